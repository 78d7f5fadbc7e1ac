"""The five flows as graphs and as walks: nobody gets stuck, every edge is taken, each known cause is reached."""

import random
import re
from dataclasses import replace

import pytest

from tests.flows.walking import ACTIONS, edges, random_walk, walks
from troubleshoot.guide.actions import kind_of
from troubleshoot.guide.blocks import Sample
from troubleshoot.guide.causes import CAUSES
from troubleshoot.guide.flow import (
    ACTION_KINDS,
    UNKNOWN,
    Flow,
    HandOver,
    Next,
    Option,
    Outcome,
    Question,
    flow_of,
    to,
)
from troubleshoot.guide.flows import FLOWS
from troubleshoot.guide.graph import mermaid, problems, svg
from troubleshoot.guide.topics import BY_SLUG
from troubleshoot.guide.walk import replay
from troubleshoot.management.commands.draw_flows import has_template
from troubleshoot.web.guide import RESERVED

ALL = pytest.mark.parametrize("flow", FLOWS.values(), ids=list(FLOWS))
END = Outcome("end", "The end", (), ("Do it.",), (Next("On", "/", "There."),))
YES = Option("yes", "Yes")


def test_every_topic_has_its_flow() -> None:
    assert list(FLOWS) == list(BY_SLUG)


@ALL
def test_nobody_gets_stuck(flow: Flow) -> None:
    assert problems(flow, FLOWS, has_template) == []


@ALL
def test_every_edge_is_taken_by_some_answers(flow: Flow) -> None:
    taken = {(question.id, question.edges.index(edge)) for question, edge, _ in edges(flow)}
    declared = {(node.id, at) for node in flow.questions for at, _ in enumerate(node.edges)}
    assert declared - taken == set()


@ALL
def test_ids_fit_an_address_and_are_none_of_the_reserved_ones(flow: Flow) -> None:
    for node in flow.nodes.values():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", node.id), node.id
        assert node.id not in RESERVED
        for option in node.options if isinstance(node, Question) else ():
            assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", option.key), option.key


@ALL
def test_no_sentence_is_longer_than_25_words(flow: Flow) -> None:
    for node in flow.nodes.values():
        for said in node.sentences():
            for sentence in re.split(r"(?<=[.!?])\s+", said):
                assert len(sentence.split()) <= 25, sentence


@ALL
def test_every_end_gives_something_to_use(flow: Flow) -> None:
    """Not prose alone: documents, something looked up, a command, or a text to send."""
    for outcome in flow.outcomes:
        commands = [block for block in outcome.means if isinstance(block, Sample)]
        assert outcome.builder or outcome.live or outcome.ask_admin or commands, outcome.id


@ALL
def test_every_link_to_a_guide_leads_to_where_its_answers_say(flow: Flow) -> None:
    for outcome in flow.outcomes:
        for step in outcome.next:
            if not step.url.startswith("/guide/"):
                continue
            slug, _, query = step.url.removeprefix("/guide/").partition("/?")
            answers = dict(pair.split("=") for pair in query.split("&") if pair)
            target = FLOWS[slug.strip("/")]
            for name, value in answers.items():
                question = target.nodes[name]
                assert isinstance(question, Question)
                assert value in question.keys, step.url


@ALL
def test_random_answers_always_come_to_an_end(flow: Flow) -> None:
    chance = random.Random(7)  # noqa: S311 - which paths are tried is no secret
    for _ in range(200):
        assert not isinstance(random_walk(flow, chance).at, Question)


@pytest.mark.parametrize("cause", list(CAUSES))
def test_each_known_cause_is_reached(cause: str) -> None:
    assert cause in REACHED, cause


@pytest.mark.parametrize("kind", ACTION_KINDS)
def test_each_kind_of_action_has_an_example(kind: str) -> None:
    assert kind_of(ACTIONS[kind]) == kind


def _reached() -> set[str]:
    found: set[str] = set()
    for flow in FLOWS.values():
        pointing = sorted({one.question for outcome in flow.outcomes for one in outcome.findings})
        for walk in walks(flow, pointing):
            found.update(walk.causes())
    return found


REACHED = _reached()


def test_a_changed_answer_keeps_the_later_ones_that_still_apply() -> None:
    flow = FLOWS["access-keys"]
    walk = replay(flow, {"want": "lost", "lost": "one", "stage": "made"}, {})
    assert walk.answers == {"want": "lost", "lost": "one"}
    assert walk.at.id == "replace"
    assert replay(flow, {"want": "rotate", "lost": "one", "stage": "made"}, {}).at.id == "switch"


def test_an_answer_that_is_none_is_asked_again() -> None:
    flow = FLOWS["pass-role"]
    assert replay(flow, {"when": "nonsense"}, {}).at.id == "when"
    assert replay(
        flow, {"when": "call", "op": "import", "same": "yes", "fresh": "no", "caller": "given"}, {}
    ).at.id == ("caller")


def test_a_hand_over_takes_what_is_known_along() -> None:
    walk = replay(FLOWS["not-authorized"], {"text": "no", "what": "job", "job": "export"}, {})
    assert isinstance(walk.at, HandOver)
    assert walk.at.flow == "pass-role"
    assert walk.carried() == {"when": "job", "op": "export"}


def _flow(*edges_: object, end: Outcome = END, options: tuple[Option, ...] = (YES,)) -> Flow:
    return flow_of("x", "X", "", Question("q", "Q?", edges_, options=options), end)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("flow", "words"),
    [
        (_flow(), "dead end"),
        (_flow(to("end", "")), "unlabelled edge"),
        (_flow(to("nowhere", "there"), to("end", "on")), "which is nowhere"),
        (_flow(to("end", "on", "no"), to("end", "on")), "does not offer"),
        (_flow(to("end", "on", "yes"), options=(YES, Option("no", "No"))), "no way on for `no`"),
        (_flow(to("end", "on"), end=replace(END, next=())), "without a next step"),
        (_flow(to("end", "on"), end=replace(END, template="guide/none.html")), "has no template"),
        (flow_of("x", "X", "", Question("q", "Q?", (to("q", "again"),), options=(YES,)), END), "cannot be reached"),
        (
            flow_of("x", "X", "", Question("q", "Q?", (to("h", "on"),), options=(YES,)), HandOver("h", "H", "none")),
            "is no flow",
        ),
        (
            flow_of(
                "x",
                "X",
                "",
                Question("q", "Q?", (to("h", "on"),), options=(YES,)),
                HandOver("h", "H", "pass-role", (("when", "nonsense"),)),
            ),
            "does not offer",
        ),
    ],
)
def test_the_check_finds_what_is_broken(flow: Flow, words: str) -> None:
    assert any(words in problem for problem in problems(flow, FLOWS, has_template))


def test_two_nodes_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="share an id"):
        flow_of("x", "X", "", END, END)


@ALL
def test_the_picture_shows_every_node_and_every_edge(flow: Flow) -> None:
    drawn, text = svg(flow), mermaid(flow)
    count = sum(len(node.edges) for node in flow.nodes.values())
    assert drawn.count("<rect") == len(flow.nodes)
    assert drawn.count("<path") == count
    assert text.count("-->") == count
    assert "style=" not in drawn


def test_not_knowing_is_an_answer_wherever_a_person_may_not_know() -> None:
    asked = [question for flow in FLOWS.values() for question in flow.questions]
    with_unknown = [one for one in asked if one.may_not_know or UNKNOWN in one.keys]
    assert len(with_unknown) >= len(asked) // 2


def test_who_does_not_know_where_a_program_runs_is_not_told_to_make_a_key() -> None:
    flow = FLOWS["access-keys"]
    assert replay(flow, {"want": "need", "runs": "unknown"}, {}).at.id == "find-where"
    assert replay(flow, {"want": "need", "runs": "none"}, {}).at.id == "key"
