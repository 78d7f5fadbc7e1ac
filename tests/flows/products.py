"""Every combination of answers that ends in documents, and a small part of them that covers every pair of answers."""

import itertools
from collections.abc import Iterable, Iterator, Mapping

from tests.flows.walking import ACCOUNT, OTHER, everything, possible
from troubleshoot.guide.flow import GIVEN, Flow, Outcome, Question
from troubleshoot.guide.walk import Kept, Walk, replay, way

Answers = Mapping[str, str]
OTHERWISE: Mapping[str, tuple[str, ...]] = {
    "other": (OTHER, f"arn:aws:iam::{OTHER}:role/Collector"),
    "organization": ("o-exampleorgid", ""),
    "key": (f"arn:aws:kms:us-east-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555", ""),
}
"""What is typed and changes which documents there are, not only a name in them."""


def products(flow: Flow) -> Iterator[Answers]:
    """Yield every combination of answers that leads to an outcome with a builder. What is typed counts as given."""
    yield from _after(flow, flow.start, {})


def _after(flow: Flow, at: str, answers: dict[str, str]) -> Iterator[Answers]:
    node = flow.nodes[at]
    if isinstance(node, Question):
        for answer in possible(node):
            taken = {**answers, node.id: answer}
            yield from _after(flow, way(node, taken).to, taken)
    elif isinstance(node, Outcome) and node.builder:
        yield answers


def covering(combinations: Iterable[Answers]) -> Iterator[Answers]:
    """Yield those of the combinations that hold a pair of answers which none before them held."""
    seen: set[frozenset[tuple[str, str]]] = set()
    for answers in combinations:
        pairs = {frozenset(pair) for pair in itertools.combinations(answers.items(), 2)}
        if not pairs <= seen:
            seen |= pairs
            yield answers


def typed_ways(flow: Flow, answers: Answers) -> Iterator[Kept]:
    """Yield what may be typed on the way: every combination of what decides which documents there are."""
    whole = everything(flow)
    names = {field for name, kept in whole.items() if answers.get(name) == GIVEN for field in kept}
    choices = [[(name, value) for value in OTHERWISE[name]] for name in OTHERWISE if name in names]
    for chosen in itertools.product(*choices):
        values = dict(chosen)
        yield {name: {field: values.get(field, value) for field, value in kept.items()} for name, kept in whole.items()}


def walks_to_documents(flow: Flow, *, whole: bool) -> Iterator[Walk]:
    """Yield the walks to documents: with `whole` all of them, else a part that covers every pair of answers."""
    combinations = products(flow)
    for answers in combinations if whole else covering(combinations):
        for kept in typed_ways(flow, answers):
            yield replay(flow, answers, kept)
