"""Where a person stands in a flow, replayed from the answers. Nothing is remembered, so nothing can be stale."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from troubleshoot.guide.actions import kind_of
from troubleshoot.guide.flow import GIVEN, UNKNOWN, Ask, Edge, Flow, HandOver, Node, Outcome, Question
from troubleshoot.iam import catalog

MOST_ACTIONS = 40
Kept = Mapping[str, Mapping[str, str]]
"""What was typed, by question and field."""


class NoWayError(ValueError):
    """No edge fits an answer: the flow is broken, which `graph.problems` would have told."""


@dataclass(frozen=True, slots=True)
class Step:
    """A question that was answered: `answer` as in the address, `typed` what is kept for it, and the way taken."""

    question: Question
    answer: str
    typed: Mapping[str, str]
    edge: Edge

    @property
    def words(self) -> str:
        """The answer as people say it."""
        return answer_words(self.question, self.answer, self.typed)


@dataclass(frozen=True, slots=True)
class Walk:
    """The questions answered so far, and the node that the answers lead to."""

    flow: Flow
    steps: tuple[Step, ...]
    at: Node

    @property
    def answers(self) -> dict[str, str]:
        """The answers on the way here, in the flow's order."""
        return {step.question.id: step.answer for step in self.steps}

    @property
    def typed(self) -> dict[str, str]:
        """Every field that was typed on the way here. Empty ones are left out."""
        return {name: value for step in self.steps for name, value in step.typed.items() if value}

    def answer(self, question: str) -> str:
        """Return the answer to a question, or an empty text where it was not on the way."""
        return self.answers.get(question, "")

    def causes(self) -> tuple[str, ...]:
        """Return the known causes that fit: the outcome's own, and those that the answers point to."""
        if not isinstance(self.at, Outcome):
            return ()
        said = {step.question.id: meant(step.question, step.answer) for step in self.steps}
        pointed = [one.cause for one in self.at.findings if one.answers & said.get(one.question, frozenset())]
        return tuple(dict.fromkeys([*pointed, *self.at.causes]))

    def query(self) -> str:
        """Return the answers as a query string."""
        return urlencode(self.answers, safe=":")

    def carried(self) -> dict[str, str]:
        """Return the answers that a hand-over takes along into the other flow. Empty elsewhere."""
        if not isinstance(self.at, HandOver):
            return {}
        ours = {name: self.answer(value[1:]) if value.startswith("$") else value for name, value in self.at.carry}
        return {name: value for name, value in ours.items() if value}


def replay(flow: Flow, answers: Mapping[str, str], kept: Kept) -> Walk:
    """Follow the answers from the start to the first question that has none, or to the end.

    An answer that the question does not know counts as none. What is not on the way is not looked at.
    """
    steps: list[Step] = []
    node = flow.nodes[flow.start]
    taken: dict[str, str] = {}
    while isinstance(node, Question):
        answer = answers.get(node.id, "")
        typed = kept.get(node.id, {}) if answer == GIVEN else {}
        if not accepts(node, answer, typed):
            break
        taken[node.id] = answer
        edge = way(node, taken)
        steps.append(Step(node, answer, typed, edge))
        node = flow.nodes[edge.to]
    return Walk(flow, tuple(steps), node)


def way(question: Question, answers: Mapping[str, str]) -> Edge:
    """Return the first edge that fits the answer and the answers before it. `NoWayError` where none does."""
    chosen = meant(question, answers[question.id])
    for edge in question.edges:
        if edge.answers and not edge.answers & chosen:
            continue
        if edge.given is None or edge.given.answers & set(answers.get(edge.given.question, "").split(".")):
            return edge
    raise NoWayError(f"`{question.id}` has no way on for `{answers[question.id]}`")


def meant(question: Question, answer: str) -> frozenset[str]:
    """Return what edges and findings say of an answer: its keys, or the kind of the action."""
    if question.ask is Ask.ACTION and answer != UNKNOWN:
        return frozenset({kind_of(answer)})
    return frozenset(answer.split(".")) if question.ask is Ask.SOME else frozenset({answer})


def accepts(question: Question, answer: str, typed: Mapping[str, str]) -> bool:
    """Tell whether `answer` is one of the question's: an option, an action of the catalog, or something kept."""
    if not answer:
        return False
    if answer == UNKNOWN and question.may_not_know:
        return True
    if question.ask is Ask.ONE:
        return answer in question.keys
    if question.ask is Ask.SOME:
        chosen = answer.split(".")
        return set(chosen) <= set(question.keys) and len(chosen) == len(set(chosen))
    if question.ask is Ask.ACTION:
        return _is_action(answer)
    if question.ask is Ask.ACTIONS:
        named = answer.split(".")
        return len(named) <= MOST_ACTIONS and all(_is_action(one) for one in named)
    return answer == GIVEN and all(one.optional or typed.get(one.name) for one in question.fields)


def answer_words(question: Question, answer: str, typed: Mapping[str, str]) -> str:
    """Return an answer as people say it: the options' labels, the actions, or what was typed."""
    if answer == UNKNOWN and not question.options:
        return "I don’t know"
    labels = {option.key: option.label for option in question.options}
    if question.ask in (Ask.ONE, Ask.SOME):
        return ", ".join(labels.get(key, key) for key in answer.split("."))
    if question.ask is Ask.ACTIONS:
        return ", ".join(answer.split("."))
    if question.ask is Ask.TEXT:
        return ", ".join(value for one in question.fields if (value := typed.get(one.name)))
    return answer


def ends(walk: Walk) -> bool:
    """Tell whether the answers lead to an end: an outcome or a hand-over."""
    return isinstance(walk.at, Outcome | HandOver)


def _is_action(answer: str) -> bool:
    found = catalog.action(answer)
    return found is not None and found.name == answer
