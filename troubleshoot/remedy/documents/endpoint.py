"""The statements for a VPC endpoint's policy that let one call pass: to hand to whoever owns the endpoint. Pure.

The policy of an endpoint gives nobody anything. It only limits what may go through that endpoint:
https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html and
https://docs.aws.amazon.com/personalize/latest/dg/vpc-interface-endpoints.html
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from troubleshoot.iam import evaluate, request_context
from troubleshoot.iam.arn import account_of, parse_arn
from troubleshoot.iam.catalog import PLACEHOLDER, checks_for_operation, endpoint_of
from troubleshoot.iam.catalog import action as catalog_action
from troubleshoot.iam.decision import Effect
from troubleshoot.iam.document import parse_policy
from troubleshoot.iam.layers import Layer, PolicySet
from troubleshoot.iam.request import Request
from troubleshoot.remedy.documents.checked import problems
from troubleshoot.remedy.documents.plan import PERSONALIZE, Kind, Paper, document
from troubleshoot.remedy.situation import attachable_principal
from troubleshoot.remedy.statements import PASSED_TO, exact_statement, other_forms

NAME = "vpc-endpoint-policy"
_PASS_ROLE = "iam:PassRole"  # noqa: S105 - an action, no password


def endpoint_paper(call: Request, *, path: str | None = None) -> Paper | None:
    """Return the statements that let the call through an endpoint, with the role that it may pass.

    `path` is that of the role behind a session, None where it is not known. None where the caller is nobody whom a
    policy can name, or where the engine finds that the document would not do.
    """
    principals = _principals(call.principal, path)
    if not principals or catalog_action(call.action) is None:
        return None
    guard = {"ArnLike": {"aws:PrincipalArn": principals[0] if len(principals) == 1 else list(principals)}}
    paper = Paper(
        NAME, "Statements for the policy of the VPC endpoint", Kind.ENDPOINT, _policy(call, guard), _belongs(call)
    )
    return paper if _lets_through(paper, call, path) and not problems(paper) else None


def passes_role(action: str) -> bool:
    """Tell whether a call of the action may pass a role, which the endpoint checks too."""
    return action.lower() != _PASS_ROLE.lower() and any(
        check.action == _PASS_ROLE for check in checks_for_operation(action)
    )


def any_of_its_kind(action: str, principal: str) -> tuple[str, ...]:
    """Return the patterns of all that an action is about in the caller's account: where the one is not known."""
    info, caller = catalog_action(action), parse_arn(principal)
    if info is None or info.wildcard_only or caller is None:
        return ()
    places = {"Partition": caller.partition, "Account": caller.account}
    return tuple(
        PLACEHOLDER.sub(lambda found: places.get(found.group(1), "*"), one.type.arn) for one in info.resource_types
    )


def _policy(call: Request, guard: dict[str, Any]) -> dict[str, Any]:
    return document(*(_statement(sid, one, guard) for sid, one in _wanted(call)))


def _wanted(call: Request) -> Iterator[tuple[str, dict[str, Any]]]:
    exact = exact_statement(call)
    resources = _resources(call, exact["Resource"])
    yield "LetThisCallThrough", {**exact, "Resource": resources[0] if len(resources) == 1 else list(resources)}
    if passes_role(call.action):
        caller = parse_arn(call.principal)
        roles = f"arn:{caller.partition}:iam::{caller.account}:role/*" if caller else "*"
        passed = {"StringEquals": {PASSED_TO: PERSONALIZE}}
        yield "LetItPassARole", {"Action": _PASS_ROLE, "Resource": roles, "Condition": passed}


def _resources(call: Request, exact: str) -> tuple[str, ...]:
    if exact == "*" and not call.wildcard_only:
        return any_of_its_kind(call.action, call.principal) or (exact,)
    return (exact, *other_forms(call))


def _statement(sid: str, wanted: dict[str, Any], guard: dict[str, Any]) -> dict[str, Any]:
    """With a gateway endpoint only `*` works as the principal, narrowed by the caller's ARN; others take it too."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": "*",
        "Action": wanted["Action"],
        "Resource": wanted["Resource"],
        "Condition": {**wanted.get("Condition", {}), **guard},
    }


def _principals(principal: str, path: str | None) -> tuple[str, ...]:
    """The caller's ARN as conditions see it: of a session that of its role, on any path where that is not known."""
    named = attachable_principal(principal, path)
    if named is None:
        return ()
    if path is not None or named == principal:
        return (named,)
    head, _, name = named.rpartition("/")
    return named, f"{head}/*/{name}"


def _belongs(call: Request) -> str:
    name, arn = endpoint_of(call.action), parse_arn(call.resource)
    where = f"com.amazonaws.{arn.region}.{name}" if arn and arn.region else name
    return f"the policy of the VPC endpoint for {where}, beside the statements that are there"


def _lets_through(paper: Paper, call: Request, path: str | None) -> bool:
    """Whether the engine finds that the endpoint passes the call with this policy alone."""
    known = {**call.context, **request_context(call.principal, path=path)}
    request = replace(call, context=known)
    if request.resource == "*" and not call.wildcard_only:
        return account_of(call.principal) is not None
    policy = parse_policy(paper.text, name=paper.name)
    return evaluate(request, PolicySet(vpc_endpoint=(policy,))).layers[Layer.VPC_ENDPOINT].effect is Effect.PASSES
