"""The layers that an authorization request passes through, and what each of them can say.

The order is the one in which AWS reports its checks:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from dataclasses import dataclass
from enum import StrEnum

from troubleshoot.iam.document import Policy


class Layer(StrEnum):
    """A kind of policy that can stop a request. The values are those of `manage.py evaluate --jsonl`."""

    RCPS = "rcps"
    SCPS = "scps"
    VPC_ENDPOINT = "vpc_endpoint"
    RESOURCE = "resource"
    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A layer, or a piece of one, that could not be read. It never lets "allowed" through."""

    reason: str


Level = tuple[Policy, ...]


@dataclass(frozen=True, slots=True)
class PolicySet:
    """Every policy that bears on one request, by layer.

    `None` means that no policy of that kind applies; an empty `boundary` is a boundary that allows nothing.
    `scps` and `rcps` hold one tuple of policies for each level, from the organization's root to the account.
    """

    identity: tuple[Policy, ...] | Unknown = ()
    resource: Policy | Unknown | None = None
    boundary: tuple[Policy, ...] | Unknown | None = None
    session: Policy | Unknown | None = None
    scps: tuple[Level, ...] | Unknown | None = None
    rcps: tuple[Level, ...] | Unknown | None = None
    vpc_endpoint: tuple[Policy, ...] | Unknown | None = None
