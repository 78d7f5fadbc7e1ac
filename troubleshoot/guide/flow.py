"""What a guided flow is made of, as data: questions, outcomes, hand-overs, and the labelled edges between them.

Where a person stands is never stored: `walk.replay` finds it from the answers. How a node looks is its template's
business, what is asked and said is here. Words may hold `code`, **strong** and [links](/own-page/) as in `blocks`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from troubleshoot.guide.blocks import Block

UNKNOWN = "unknown"
"""The answer *I don't know*, in every kind of question."""
GIVEN = "given"
"""What stands in the address for an answer that was posted and is kept on the server."""


ACTION_KINDS = ("pass", "passing", "list", "events", "items", "recommend", "pair", "version", "recipe", "any")
"""What edges and findings say of a chosen action, the first that fits (`actions.kind_of`)."""


class Ask(StrEnum):
    """How a question is answered. What is typed (`TEXT`) is posted and kept; the others stand in the address."""

    ONE = "one"  # one of the options
    SOME = "some"  # one or more of the options, joined by dots
    ACTION = "action"  # an action of the catalog
    ACTIONS = "actions"  # several of them
    TEXT = "text"  # fields to type into


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose. `key` is short and stable: it stands in addresses that helpdesks keep."""

    key: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """Something to type. `shape` names its check in `answers.SHAPES`; an `optional` one may stay empty."""

    name: str
    label: str
    shape: str
    hint: str = ""
    optional: bool = False
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Given:
    """A precondition of an edge: an earlier answer is one of these."""

    question: str
    answers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Edge:
    """A way on. It is taken for these answers (any, where there are none) if the precondition holds too."""

    label: str
    to: str
    answers: frozenset[str] = frozenset()
    given: Given | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question, one page. The first edge that fits the answer is taken.

    `services` narrows which actions are offered.
    """

    id: str
    title: str
    edges: tuple[Edge, ...]
    ask: Ask = Ask.ONE
    options: tuple[Option, ...] = ()
    fields: tuple[Field, ...] = ()
    hint: str = ""
    help: tuple[Block, ...] = ()
    may_not_know: bool = False
    services: tuple[str, ...] = ()
    template: str = "guide/question.html"
    kind = "question"

    @property
    def keys(self) -> tuple[str, ...]:
        """Every answer that an edge may speak of."""
        if self.options:
            return tuple(option.key for option in self.options)
        if self.ask is Ask.ACTION:
            return (*ACTION_KINDS, UNKNOWN)
        return (GIVEN, UNKNOWN) if self.may_not_know else (GIVEN,)

    def sentences(self) -> Iterator[str]:
        """Return everything that the question says in words."""
        yield from (self.title, self.hint)
        for block in self.help:
            yield from block.sentences()
        for option in self.options:
            yield from (option.label, option.hint)
        for one in self.fields:
            yield from (one.label, one.hint)


@dataclass(frozen=True, slots=True)
class Next:
    """A way on from an outcome: a page of this site (`/causes/`) or another flow (`/guide/pass-role/`)."""

    label: str
    url: str
    words: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A known cause that fits the answers: it is told where `question` was answered with one of `answers`."""

    cause: str
    question: str
    answers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a flow ends: what it means, what to do now, and what can be used.

    `builder` names the maker of its documents, `live` the part that is looked up for the person who asks, `causes`
    the known causes that fit always, `findings` those that fit some answers. `ask_admin` is a text to send to an
    administrator. With `check` the answers are shown for checking first.
    """

    id: str
    title: str
    means: tuple[Block, ...]
    now: tuple[str, ...]
    next: tuple[Next, ...]
    causes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    builder: str = ""
    live: str = ""
    ask_admin: str = ""
    check: bool = False
    template: str = "guide/outcome.html"
    kind = "outcome"
    edges: tuple[Edge, ...] = ()

    def sentences(self) -> Iterator[str]:
        """Return everything that the outcome says in words."""
        yield from (self.title, *self.now)
        for block in self.means:
            yield from block.sentences()
        for step in self.next:
            yield from (step.label, step.words)


@dataclass(frozen=True, slots=True)
class HandOver:
    """The way into another flow. `carry` gives that flow's answers: a key, or `$question` for ours."""

    id: str
    title: str
    flow: str
    carry: tuple[tuple[str, str], ...] = ()
    kind = "hand-over"
    edges: tuple[Edge, ...] = ()

    def sentences(self) -> Iterator[str]:
        """Return what the hand-over says in words."""
        yield self.title


Node = Question | Outcome | HandOver


@dataclass(frozen=True)
class Flow:
    """One of the five guides. `slug` is the topic's; `start` the first question's id."""

    slug: str
    title: str
    intro: str
    start: str
    nodes: Mapping[str, Node] = field(repr=False)

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions, in the order in which their answers stand in an address."""
        return tuple(node for node in self.nodes.values() if isinstance(node, Question))

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The outcomes, in their order."""
        return tuple(node for node in self.nodes.values() if isinstance(node, Outcome))


def flow_of(slug: str, title: str, intro: str, *nodes: Node) -> Flow:
    """Return the flow of these nodes; the first is its start. `ValueError` where two have the same id."""
    by_id = {node.id: node for node in nodes}
    if len(by_id) != len(nodes):
        raise ValueError(f"two nodes of `{slug}` share an id")
    return Flow(slug, title, intro, nodes[0].id, by_id)


def to(node: str, label: str, *answers: str, given: Given | None = None) -> Edge:
    """Return an edge to `node`, for these answers or, where there are none, for any."""
    return Edge(label, node, frozenset(answers), given)


def given(question: str, *answers: str) -> Given:
    """Return the precondition that an earlier answer is one of these."""
    return Given(question, frozenset(answers))


def finding(cause: str, question: str, *answers: str) -> Finding:
    """Return the finding that a known cause fits these answers to a question."""
    return Finding(cause, question, frozenset(answers))
