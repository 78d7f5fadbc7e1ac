"""The context keys that follow from who makes a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-infotouse
"""

from collections.abc import Mapping

from troubleshoot.iam.principal import Caller, CallerKind, caller_of
from troubleshoot.iam.request import ContextValue

_TYPES = {
    CallerKind.ROOT: "Account",
    CallerKind.USER: "User",
    CallerKind.ROLE: "AssumedRole",
    CallerKind.ROLE_SESSION: "AssumedRole",
    CallerKind.FEDERATED_USER: "FederatedUser",
    CallerKind.ANONYMOUS: "Anonymous",
}


def request_context(
    principal_arn: str, path: str | None = None, tags: Mapping[str, str] | None = None
) -> dict[str, ContextValue]:
    """Return the keys that AWS sets because of the principal: its ARN, account, type, name and tags.

    `path` is the path of the role behind a session (`/service-role/`), which the session's ARN does not show;
    without it a session's role is taken to have none, or that of service-linked roles where it is named like one: their
    service is then not known. `aws:userid` needs IAM's own ids and is left out.
    """
    caller = caller_of(principal_arn)
    is_service = caller.kind is CallerKind.SERVICE
    context: dict[str, ContextValue] = {"aws:PrincipalIsAWSService": _boolean(is_service), "aws:ViaAWSService": "false"}
    if is_service:
        context["aws:PrincipalServiceName"] = caller.text
    if caller.account is not None:
        context["aws:PrincipalArn"] = _principal_arn(caller, path or _usual_path(caller))
        context["aws:PrincipalAccount"] = caller.account
    if caller.kind in _TYPES:
        context["aws:PrincipalType"] = _TYPES[caller.kind]
    if caller.kind is CallerKind.USER and caller.name is not None:
        context["aws:username"] = caller.name
    for key, value in (tags or {}).items():
        context[f"aws:PrincipalTag/{key}"] = value
    return context


def _usual_path(caller: Caller) -> str:
    return "/aws-service-role/" if caller.is_service_linked else "/"


def _principal_arn(caller: Caller, path: str) -> str:
    """Of a session it is the ARN of its role, path included."""
    if caller.kind is not CallerKind.ROLE_SESSION:
        return caller.text
    return f"arn:{caller.partition}:iam::{caller.account}:role/{path.strip('/')}/{caller.name}".replace(
        "role//", "role/"
    )


def _boolean(value: bool) -> str:
    return "true" if value else "false"
