"""No known way to escalate is open to the writer's role, nor to anybody under the ceiling, whatever was granted."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from troubleshoot.aws.policies import ceiling_arn, shipped_policy
from troubleshoot.aws.sandbox import world
from troubleshoot.iam import CompiledPolicies, Outcome, Policy, PolicySet, Request, parse_policy

LIST = json.loads((Path(__file__).parent / "data" / "escalation_paths.json").read_text())
PATHS = [pytest.param(path["all_of"], id=path["id"]) for path in LIST["paths"]]
WRITER = f"arn:aws:sts::{world.ACCOUNT}:assumed-role/AccessDeskWriter/access-desk"
ANYTHING = parse_policy(json.dumps(world.policy(world.allow("Anything", "*"))), name="anything")

# Principals and things that nobody meant the portal to touch: beside the people path and `/portal-managed/`.
OUTSIDE = tuple(
    f"arn:aws:iam::{world.ACCOUNT}:{name}"
    for name in (
        "user/admin",
        "user/other/alice",
        "role/Admin",
        "role/portal/AccessDeskWriter",
        "role/service-role/lambda",
        "group/admins",
        "policy/Admin",
        "policy/portal-guard/PortalCeiling",
        "instance-profile/web",
        "oidc-provider/example.com",
        "saml-provider/example",
    )
)
SERVICES = ("ec2.amazonaws.com", "lambda.amazonaws.com", "ecs-tasks.amazonaws.com")


def may(action: str, policies: CompiledPolicies, principal: str) -> bool:
    """Tell whether an action is allowed on anything outside, in any of the contexts that would help."""
    return any(
        policies.decide(Request(principal, action, resource, context=context)) is Outcome.ALLOWED
        for resource in ("*", *OUTSIDE)
        for context in contexts(action)
    )


def contexts(action: str) -> list[dict[str, str]]:
    if action.lower() == "iam:passrole":
        return [{"iam:PassedToService": service} for service in SERVICES]
    return [
        {"iam:PolicyARN": policy, "iam:PermissionsBoundary": ceiling_arn(world.ACCOUNT)}
        for policy in (
            f"arn:aws:iam::{world.ACCOUNT}:policy/portal-managed/AD-1",
            "arn:aws:iam::aws:policy/AdministratorAccess",
        )
    ]


@cache
def shipped(name: Any, people_path: str = "/personalize-people/") -> Policy:
    return parse_policy(shipped_policy(name, account_id=world.ACCOUNT, people_path=people_path), name=name)


@pytest.mark.parametrize("actions", PATHS)
def test_the_writer_escalates_nowhere_outside(actions: list[str]) -> None:
    policies = CompiledPolicies(PolicySet(identity=(shipped("writer"),)))
    assert not all(may(action, policies, WRITER) for action in actions)


@pytest.mark.parametrize("actions", PATHS)
def test_nobody_under_the_ceiling_escalates_with_any_grant(actions: list[str]) -> None:
    policies = CompiledPolicies(PolicySet(identity=(ANYTHING,), boundary=(shipped("ceiling"),)))
    assert not all(may(action, policies, world.MATEO) for action in actions)


@pytest.mark.parametrize("actions", PATHS)
def test_the_reader_escalates_nowhere(actions: list[str]) -> None:
    policies = CompiledPolicies(PolicySet(identity=(shipped("reader"),)))
    assert not all(may(action, policies, WRITER.replace("Writer", "Reader")) for action in actions)


def test_without_any_limit_every_way_is_open() -> None:
    """The list and the questions asked here do find what they look for."""
    policies = CompiledPolicies(PolicySet(identity=(ANYTHING,)))
    closed = [path["id"] for path in LIST["paths"] if not all(may(a, policies, world.MATEO) for a in path["all_of"])]
    assert closed == []
