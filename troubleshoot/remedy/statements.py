"""The one statement that allows a denied call, and nothing more."""

from collections.abc import Iterator, Mapping
from typing import Any

from troubleshoot.iam import CompiledPolicies
from troubleshoot.iam.arn import parse_arn
from troubleshoot.iam.catalog import PLACEHOLDER, ResourceType
from troubleshoot.iam.catalog import action as catalog_action
from troubleshoot.iam.decision import Outcome
from troubleshoot.iam.document import Policy
from troubleshoot.iam.layers import PolicySet
from troubleshoot.iam.request import Request
from troubleshoot.iam.witnesses import witness_requests

PASSED_TO = "iam:PassedToService"
SID = "AccessDesk"


def exact_statement(request: Request) -> dict[str, Any]:
    """Return the one statement that allows exactly this action on exactly this resource."""
    statement: dict[str, Any] = {
        "Sid": SID,
        "Effect": "Allow",
        "Action": request.action,
        "Resource": "*" if request.wildcard_only else literal(request.resource),
    }
    if service := request.context.get(PASSED_TO):
        statement["Condition"] = {"StringEquals": {PASSED_TO: service}}
    return statement


def whole_statement(request: Request, policies: PolicySet | None) -> dict[str, Any]:
    """Return the exact statement with every type of resource that one call of the action is checked on.

    AWS checks eleven actions of Personalize on two resources in each call, and an error names one of them. The other
    stands as a pattern in the same place, unless `policies` allow the action on some of that type already:
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_personalize.html
    """
    statement = exact_statement(request)
    others = [form for form in other_forms(request) if policies is None or not _is_allowed(request, form, policies)]
    return {**statement, "Resource": [statement["Resource"], *others]} if others else statement


def other_forms(request: Request) -> tuple[str, ...]:
    """Return the patterns of the other required types of resource of the request's action, in the same place."""
    known, arn = catalog_action(request.action), parse_arn(request.resource)
    if known is None or arn is None or len(known.required_types) < 2:
        return ()
    if not any(kind.fits(request.resource) for kind in known.required_types):
        return ()
    place = {"Partition": arn.partition, "Region": arn.region, "Account": arn.account}
    return tuple(_form(kind, place) for kind in known.required_types if not kind.fits(request.resource))


def added_statement(policy: Policy | None, statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return the statement with a Sid that the policy does not have yet."""
    taken = {one.sid.value for one in policy.statements if one.sid} if policy else set()
    return {**statement, "Sid": next(sid for sid in _sids() if sid not in taken)}


def literal(resource: str) -> str:
    """Escape what a policy would read as a variable or a wildcard; a bare `*` stays, the action takes no resource.

    Variables are read only after an ARN's fifth colon:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
    """
    if resource == "*":
        return resource
    special = {"$": "${$}", "*": "${*}", "?": "${?}"}
    *head, tail = resource.split(":", 5)
    return ":".join([*head, "".join(special.get(character, character) for character in tail)])


def _form(kind: ResourceType, place: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: place.get(found.group(1), "*"), kind.arn)


def _is_allowed(request: Request, form: str, policies: PolicySet) -> bool:
    compiled = CompiledPolicies(policies)
    return any(compiled.decide(one) is Outcome.ALLOWED for one in witness_requests(request, form, policies))


def _sids() -> Iterator[str]:
    yield SID
    number = 2
    while True:
        yield f"{SID}{number}"
        number += 1
