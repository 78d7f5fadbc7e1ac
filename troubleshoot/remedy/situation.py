"""What is known of a denied call, before anything is proposed."""

from dataclasses import dataclass

from troubleshoot.denial.reading import Denial
from troubleshoot.iam.arn import parse_arn
from troubleshoot.iam.decision import Decision
from troubleshoot.iam.layers import PolicySet
from troubleshoot.iam.request import Request

_RESERVED = "AWSReservedSSO_"


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a denied call. `policies` and `decision` are None where nothing live was read."""

    denial: Denial
    request: Request
    policies: PolicySet | None = None
    decision: Decision | None = None
    principal_path: str | None = None

    @property
    def target(self) -> str:
        """The ARN of the user or role that a change is for; the caller's own where nothing can be attached to it."""
        return attachable_principal(self.request.principal, self.principal_path) or self.request.principal


def attachable_principal(principal: str, path: str | None) -> str | None:
    """Return the ARN of the IAM user or role that a policy can be attached to, or None.

    A role session's ARN names its role without the path, so `path` is the role's own, where it was read.
    """
    arn = parse_arn(principal)
    if arn is None:
        return None
    kind, _, name = arn.resource.partition("/")
    if arn.service == "iam" and kind in {"user", "role"} and name:
        return principal
    if arn.service == "sts" and kind == "assumed-role" and name:
        role = name.partition("/")[0]
        return f"arn:{arn.partition}:iam::{arn.account}:role{path or '/'}{role}"
    return None


def reserved_role(principal: str) -> bool:
    """Tell whether IAM Identity Center made the role, so that only its permission set can be changed.

    https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html
    """
    return principal.rpartition("/")[2].startswith(_RESERVED)
