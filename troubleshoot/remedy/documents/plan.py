"""What a builder makes: entities with their policy documents, ready to be rendered."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

VERSION = "2012-10-17"
PERSONALIZE = "personalize.amazonaws.com"


class Kind(StrEnum):
    """What a document is, which decides where it belongs and how long it may be."""

    PERMISSIONS = "permissions"
    TRUST = "trust"
    BUCKET = "bucket"
    KEY = "key"
    ENDPOINT = "endpoint"


class EntityKind(StrEnum):
    """What is made in IAM, or in IAM Identity Center."""

    ROLE = "role"
    GROUP = "group"
    USER = "user"
    PERMISSION_SET = "permission-set"


LIMITS: Mapping[tuple[Kind, EntityKind | None], tuple[int, str]] = {
    (Kind.PERMISSIONS, EntityKind.PERMISSION_SET): (10_240, "the inline policy of a permission set"),
    (Kind.PERMISSIONS, None): (6_144, "a managed policy"),
    (Kind.TRUST, None): (2_048, "a trust policy"),
    (Kind.ENDPOINT, None): (20_480, "the policy of a VPC endpoint"),
}
"""Characters without white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html and, for a
permission set, https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html; for an endpoint, which counts
white space too, https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"""


@dataclass(frozen=True, slots=True)
class Place:
    """The account and Region that the documents are for."""

    account: str
    region: str

    @property
    def partition(self) -> str:
        """AWS's partition of the Region."""
        return "aws-cn" if self.region.startswith("cn-") else "aws"


@dataclass(frozen=True, slots=True)
class Paper:
    """One policy document. `name` is its file's stem, `belongs` says where it is put; `entity` decides its quota."""

    name: str
    title: str
    kind: Kind
    policy: Mapping[str, Any]
    belongs: str
    entity: EntityKind | None = None

    @property
    def text(self) -> str:
        """The document as JSON."""
        return json.dumps(self.policy, indent=2)

    @property
    def size(self) -> int:
        """Its characters without white space, as IAM counts them."""
        return sum(not character.isspace() for character in json.dumps(self.policy))

    @property
    def limit(self) -> tuple[int, str] | None:
        """The quota that it uses, and of what; None for a document of another service."""
        return LIMITS.get((self.kind, self.entity)) or LIMITS.get((self.kind, None))


@dataclass(frozen=True, slots=True)
class Entity:
    """A role, group, user or permission set to make, with its documents."""

    kind: EntityKind
    name: str
    permissions: tuple[Paper, ...] = ()
    trust: Paper | None = None
    path: str = "/"
    boundary: str = ""
    session_seconds: int = 3600

    def arn(self, place: Place) -> str:
        """Return the ARN that it will have."""
        return f"arn:{place.partition}:iam::{place.account}:{self.kind}{self.path}{self.name}"


@dataclass(frozen=True, slots=True)
class BucketPolicy:
    """Statements for the policy of a bucket, in the account that owns it."""

    bucket: str
    paper: Paper


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that an outcome offers. `elsewhere` belongs into the other side's account, `notes` are in words."""

    place: Place
    entities: tuple[Entity, ...] = ()
    buckets: tuple[BucketPolicy, ...] = ()
    key: Paper | None = None
    elsewhere: tuple[Paper, ...] = ()
    notes: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    def papers(self) -> Iterator[Paper]:
        """Yield every document, in the order in which they are needed."""
        for entity in self.entities:
            if entity.trust is not None:
                yield entity.trust
            yield from entity.permissions
        yield from (one.paper for one in self.buckets)
        if self.key is not None:
            yield self.key
        yield from self.elsewhere


def document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    """Return a policy document of these statements."""
    return {"Version": VERSION, "Statement": [dict(one) for one in statements]}


def as_list(value: Any) -> list[Any]:
    """Return a policy's element as a list, which may stand alone there."""
    return list(value) if isinstance(value, list | tuple) else [value]
