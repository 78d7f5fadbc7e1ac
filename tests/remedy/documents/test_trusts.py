"""Whom trust, bucket and key documents let in, by the engine: those whom they name, on conditions, and nobody else."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from tests.remedy.documents.test_builders import plans
from troubleshoot.iam import PolicySet, Request, evaluate, parse_policy, request_context
from troubleshoot.iam.decision import Effect
from troubleshoot.iam.layers import Layer
from troubleshoot.remedy.documents.plan import Kind, Paper, as_list

ROLE = "arn:aws:iam::123456789012:role/Any"
STRANGERS = (
    "arn:aws:iam::999999999999:root",
    "arn:aws:iam::999999999999:role/Stranger",
    "lambda.amazonaws.com",
    "anonymous",
)
WITNESS = "witness"


@cache
def papers(kind: Kind) -> tuple[Paper, ...]:
    """Return every different document of a kind that a guide can produce."""
    return tuple(
        {paper.text: paper for _, _, plan in plans() for paper in plan.papers() if paper.kind is kind}.values()
    )


def passes(paper: Paper, principal: str, action: str, resource: str, context: Mapping[str, str]) -> bool:
    policy = parse_policy(paper.text, name=paper.name)
    full = {**request_context(principal), **context}
    request = Request(principal, action, resource, "123456789012", full)
    return evaluate(request, PolicySet(resource=policy)).layers[Layer.RESOURCE].effect is Effect.PASSES


def trusted(statement: Mapping[str, Any]) -> Iterator[str]:
    """Yield whom a statement names, as the principal of a call."""
    for value in statement["Principal"].values():
        for one in as_list(value):
            yield one.replace(":root", ":role/Somebody") if one.endswith(":root") else one


def wanted(statement: Mapping[str, Any]) -> dict[str, str]:
    """Return a context that meets every condition of the statement."""
    conditions = statement.get("Condition", {}).values()
    return {key: value.replace("*", WITNESS) for keys in conditions for key, value in keys.items()}


def calls(paper: Paper) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Yield each call that the document speaks of: principal, action, resource, context."""
    for statement in as_list(paper.policy["Statement"]):
        for resource in as_list(statement.get("Resource", ROLE)):
            for action in as_list(statement["Action"]):
                for principal in trusted(statement):
                    yield principal, action, resource.replace("*", WITNESS), wanted(statement)


KINDS = pytest.mark.parametrize("kind", [Kind.TRUST, Kind.BUCKET, Kind.KEY])


@KINDS
def test_whoever_is_named_is_let_in(kind: Kind) -> None:
    assert papers(kind)
    for paper in papers(kind):
        for principal, action, resource, context in calls(paper):
            assert passes(paper, principal, action, resource, context), (principal, action, paper.text)


@KINDS
def test_nobody_else_is_let_in(kind: Kind) -> None:
    for paper in papers(kind):
        for _, action, resource, context in calls(paper):
            for stranger in STRANGERS:
                named = stranger in paper.text
                assert named or not passes(paper, stranger, action, resource, context), (stranger, paper.text)


@KINDS
def test_no_other_action_is_let_in(kind: Kind) -> None:
    others = {Kind.TRUST: "sts:GetFederationToken", Kind.BUCKET: "s3:DeleteObject", Kind.KEY: "kms:ScheduleKeyDeletion"}
    for paper in papers(kind):
        for principal, _, resource, context in calls(paper):
            assert not passes(paper, principal, others[kind], resource, context)


@KINDS
def test_each_condition_holds_back_who_does_not_meet_it(kind: Kind) -> None:
    for paper in papers(kind):
        for principal, action, resource, context in calls(paper):
            for key in context:
                missing = {name: value for name, value in context.items() if name != key}
                assert not passes(paper, principal, action, resource, missing), (key, paper.text)
                assert not passes(paper, principal, action, resource, {**context, key: "something-else"}), (
                    key,
                    paper.text,
                )
