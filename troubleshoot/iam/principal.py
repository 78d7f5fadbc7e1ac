"""Who makes a request, and which principals of a policy mean that caller.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from troubleshoot.iam.arn import Arn, is_account_id, parse_arn

ANONYMOUS = "anonymous"


class CallerKind(StrEnum):
    """What sort of principal makes the request."""

    USER = "user"
    ROLE = "role"
    ROLE_SESSION = "role-session"
    FEDERATED_USER = "federated-user"
    ROOT = "root"
    SERVICE = "service"
    IDENTITY_PROVIDER = "identity-provider"
    ANONYMOUS = "anonymous"
    OTHER = "other"


_WITHOUT_IDENTITY = (CallerKind.SERVICE, CallerKind.IDENTITY_PROVIDER, CallerKind.ANONYMOUS)
_IAM_KINDS = {
    "user": CallerKind.USER,
    "role": CallerKind.ROLE,
    "saml-provider": CallerKind.IDENTITY_PROVIDER,
    "oidc-provider": CallerKind.IDENTITY_PROVIDER,
}
_STS_KINDS = {"assumed-role": CallerKind.ROLE_SESSION, "federated-user": CallerKind.FEDERATED_USER}


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller. `name` is the name of the user or role, without path and session; `account` its 12 digits.

    `has_identity_policies`: identity-based policies can bear on the caller, else a resource policy alone decides.
    `needs_identity_policies`: they also must allow; a root user is allowed without them.
    `is_under_scps`: service control policies bind the caller (members, their root users included).
    """

    text: str
    kind: CallerKind
    account: str | None = None
    name: str | None = None
    partition: str | None = None
    is_service_linked: bool = False
    has_identity_policies: bool = field(init=False)
    needs_identity_policies: bool = field(init=False)
    is_under_scps: bool = field(init=False)

    def __post_init__(self) -> None:
        has_identity_policies = self.kind not in _WITHOUT_IDENTITY
        object.__setattr__(self, "has_identity_policies", has_identity_policies)
        object.__setattr__(self, "needs_identity_policies", has_identity_policies and self.kind is not CallerKind.ROOT)
        object.__setattr__(self, "is_under_scps", has_identity_policies and not self.is_service_linked)

    @property
    def is_role(self) -> bool:
        return self.kind in (CallerKind.ROLE, CallerKind.ROLE_SESSION)


@lru_cache(maxsize=65536)
def caller_of(text: str) -> Caller:
    """Return what a request's `principal` is: an ARN, an account, a service's name, or `anonymous`."""
    arn = parse_arn(text)
    if arn is not None:
        return _from_arn(text, arn)
    if text in (ANONYMOUS, "*"):
        return Caller(ANONYMOUS, CallerKind.ANONYMOUS)
    if is_account_id(text):
        return Caller(f"arn:aws:iam::{text}:root", CallerKind.ROOT, text, partition="aws")
    return Caller(text, CallerKind.SERVICE)


def _from_arn(text: str, arn: Arn) -> Caller:
    kind = {"iam": _IAM_KINDS, "sts": _STS_KINDS}.get(arn.service, {}).get(arn.resource_type, CallerKind.OTHER)
    if arn.service == "iam" and arn.resource == "root":
        kind = CallerKind.ROOT
    parts = arn.resource_id.split("/")
    name = parts[0] if kind is CallerKind.ROLE_SESSION else parts[-1]
    return Caller(text, kind, arn.account or None, name or None, arn.partition, _is_service_linked(kind, arn, name))


def _is_service_linked(kind: CallerKind, arn: Arn, name: str) -> bool:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html"""
    if kind is CallerKind.ROLE:
        return arn.resource_id.startswith("aws-service-role/")
    return kind is CallerKind.ROLE_SESSION and name.startswith("AWSServiceRoleFor")
