"""The engine against the naive reference, and what must hold whatever the policies say."""

import json

from hypothesis import given

from tests.iam import reference
from tests.iam.strategies import Maker, examples, made
from troubleshoot.iam import decide, evaluate
from troubleshoot.iam.case import Case, read_case


def read(case: dict) -> Case:
    return read_case(json.dumps(case))


def assert_same(case: dict) -> None:
    found = read(case)
    expected = reference.decide(case)
    assert decide(found.request, found.policies) == expected
    assert evaluate(found.request, found.policies).outcome == expected


@given(made(Maker.case))
@examples(400)
def test_the_engine_decides_as_the_naive_reference(case):
    assert_same(case)


@given(made(Maker.condition_case))
@examples(600)
def test_conditions_hold_as_in_the_naive_reference(case):
    assert_same(case)


@given(made(Maker.element_case))
@examples(400)
def test_actions_and_resources_match_as_in_the_naive_reference(case):
    assert_same(case)
