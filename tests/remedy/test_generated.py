"""Every proposal of a generated denial flips its decision and is minimal, and none is made where none can help."""

import itertools
import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.remedy.denials import HARD, Made, denial
from troubleshoot.iam import Outcome, Request, decide, evaluate
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.witnesses import witness_requests
from troubleshoot.remedy import Change, NoProposal, Proposal, propose, with_change
from troubleshoot.remedy.alternatives import alternatives
from troubleshoot.remedy.newly import as_texts
from troubleshoot.remedy.statements import other_forms

DEEP = bool(os.environ.get("ACCESS_DESK_DEEP"))
SEEDS = range(500 if DEEP else 60)
SOME_SEEDS = range(40 if DEEP else 4)


def proposal_of(made: Made) -> Proposal:
    answer = propose(made.situation)
    assert isinstance(answer, Proposal), (made.situation.request, answer)
    return answer


def checks(made: Made) -> list[Request]:
    """Every check of the call: the denied one, and one on each other type that the action is checked on."""
    situation = made.situation
    others = [
        one
        for form in other_forms(situation.request)
        for one in witness_requests(situation.request, form, situation.policies)[:1]
    ]
    return [situation.request, *others]


def smaller(change: Change) -> Iterator[Change]:
    """Yield the change with each of its elements removed, and with each narrowed."""
    for at, statement in enumerate(change.statements):
        rest = [*change.statements[:at], *change.statements[at + 1 :]]
        if rest:
            yield replace(change, statements=tuple(rest))
        for element in ("Action", "Resource"):
            values = as_texts(statement[element])
            for place in range(len(values)):
                others = [*values[:place], *values[place + 1 :]]
                kept = [others] if others else []
                for value in (*kept, [*others, narrowed(values[place], element)]):
                    yield replace(change, statements=(*rest, {**statement, element: value}))


def narrowed(value: str, element: str) -> str:
    """A value that covers less: for `*` one ARN only, for a name one that is longer."""
    if element == "Action":
        return f"{value}X"
    return "arn:aws:s3:::only-this" if value == "*" else f"{value}/only-this"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_proposal_flips_its_decision_and_is_minimal(seed):
    made = denial(seed)
    situation, change = made.situation, proposal_of(made).change
    assert situation.policies is not None
    assert situation.decision is not None
    assert situation.decision.outcome is Outcome.IMPLICIT_DENY
    after = with_change(situation.policies, change)
    every = checks(made)
    assert [decide(one, after) for one in every] == [Outcome.ALLOWED] * len(every)
    for less in smaller(change):
        weaker = with_change(situation.policies, less)
        assert any(decide(one, weaker) is not Outcome.ALLOWED for one in every), less.statements


@pytest.mark.parametrize("seed", SEEDS[::4])
def test_every_alternative_flips_the_decision_too(seed):
    made = denial(seed)
    situation = made.situation
    found = alternatives(situation, proposal_of(made), region="us-east-1", permanent=True)
    assert len({one.change.digest() for one in found}) == len(found)
    for one in found:
        assert one.proven
        assert not evaluate(situation.request, with_change(situation.policies, one.change)).stopping
        assert any(entry.action.lower() == situation.request.action.lower() for entry in one.allows.entries)


PLANTED = [
    *((layer, explicit) for layer, explicit in itertools.product(HARD, (True, False)) if layer is not Layer.RCPS),
    (Layer.RCPS, True),
    (Layer.IDENTITY, True),
    (Layer.RESOURCE, True),
]
"""Layer by kind of denial. A control policy on resources only ever denies: RCPFullAWSAccess cannot be detached."""


@pytest.mark.parametrize(("layer", "explicit"), PLANTED)
@pytest.mark.parametrize("seed", SOME_SEEDS)
def test_nothing_is_proposed_where_another_layer_stops_the_call(seed, layer, explicit):
    made = denial(seed, (layer, explicit))
    decision = made.situation.decision
    assert decision is not None
    if not decision.layers[layer].effect.stops:
        assert layer in (Layer.RCPS, Layer.RESOURCE, Layer.SESSION)  # not every service and caller comes under these
        return
    answer = propose(made.situation)
    assert isinstance(answer, NoProposal)
    assert answer.layer is layer
    assert {one.layer for one in answer.blockers} == {one.layer for one in decision.stopping}
    assert made.situation.request.action in answer.ask
