"""The engine against the naive reference, and what must hold whatever the policies say."""

import json

from hypothesis import given

from tests.iam import reference
from tests.iam.strategies import cases, examples
from troubleshoot.iam import decide, evaluate
from troubleshoot.iam.case import Case, read_case


def read(case: dict) -> Case:
    return read_case(json.dumps(case))


def outcome(case: dict) -> str:
    found = read(case)
    return str(decide(found.request, found.policies))


@given(cases())
@examples(300)
def test_the_engine_decides_as_the_naive_reference(case):
    found = read(case)
    expected = reference.decide(case)
    assert decide(found.request, found.policies) == expected
    assert evaluate(found.request, found.policies).outcome == expected
