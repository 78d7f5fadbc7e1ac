"""Which IAM entity stands behind a principal's ARN.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

from dataclasses import dataclass
from enum import StrEnum

from troubleshoot.iam.arn import parse_arn


class EntityKind(StrEnum):
    """What can carry policies of its own, and what cannot."""

    USER = "user"
    ROLE = "role"
    ROLE_SESSION = "role-session"
    ROOT = "root"
    FEDERATED_USER = "federated-user"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Entity:
    """The user or role to ask IAM about. `name` has no path: IAM's names are unique without it."""

    kind: EntityKind
    account: str
    name: str
    arn: str

    @property
    def is_user(self) -> bool:
        return self.kind is EntityKind.USER

    @property
    def has_own_policies(self) -> bool:
        """Tell whether it is a user or a role, by itself or behind a session: what a policy can be attached to."""
        return self.kind in (EntityKind.USER, EntityKind.ROLE, EntityKind.ROLE_SESSION)

    @property
    def path(self) -> str | None:
        """The path that the ARN shows: `/` or `/personalize-people/`. None for a session, whose ARN shows none."""
        if self.kind not in (EntityKind.USER, EntityKind.ROLE):
            return None
        return "/" + self.arn.split("/", 1)[1].removesuffix(self.name)

    def is_same_as(self, live_arn: str) -> bool:
        """Tell whether IAM's own ARN is this principal's. A session's ARN leaves the role's path out."""
        return self.kind is EntityKind.ROLE_SESSION or live_arn == self.arn


def entity_of(principal_arn: str) -> Entity:
    """Return the entity behind an ARN; kind `OTHER` for services, identity providers and non-ARNs."""
    arn = parse_arn(principal_arn)
    if arn is None:
        return Entity(EntityKind.OTHER, "", "", principal_arn)
    parts = arn.resource.split("/")
    if arn.service == "iam" and parts[0] in ("user", "role") and len(parts) > 1 and parts[-1]:
        return Entity(EntityKind(parts[0]), arn.account, parts[-1], principal_arn)
    if arn.service == "sts" and parts[0] == "assumed-role" and len(parts) == 3 and parts[1]:
        return Entity(EntityKind.ROLE_SESSION, arn.account, parts[1], principal_arn)
    if arn.service == "iam" and arn.resource == "root":
        return Entity(EntityKind.ROOT, arn.account, "", principal_arn)
    if arn.service == "sts" and parts[0] == "federated-user" and len(parts) == 2 and parts[1]:
        return Entity(EntityKind.FEDERATED_USER, arn.account, parts[1], principal_arn)
    return Entity(EntityKind.OTHER, arn.account, "", principal_arn)
