"""What was read of an account for one principal, at one moment: each piece a value, or a reason why not.

A snapshot is plain data. It is kept with a diagnosis as JSON, so that the diagnosis can be replayed later
with the same policies, byte for byte as AWS returned them.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from troubleshoot.iam.document import Policy, PolicyError, parse_policy
from troubleshoot.iam.layers import PolicySet, Unknown

PolicyKind = Literal[
    "inline", "managed", "aws-managed", "boundary", "scp", "rcp", "resource", "session", "vpc-endpoint"
]


@dataclass(frozen=True, slots=True)
class Missing:
    """A piece that could not be read: why, and which permission of the portal's reader would help."""

    why: str
    permission: str | None = None


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """One policy as read. `document` is AWS's own text; `attached_to` the ARN or organization id that holds it."""

    kind: PolicyKind
    name: str
    document: str
    attached_to: str
    arn: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class OrganizationLevel:
    """The control policies attached to one node: the root, an organizational unit, or the account."""

    target_id: str
    name: str
    policies: tuple[StoredPolicy, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The live state that decides for one principal. `read_at` is an ISO 8601 time in UTC.

    `unique_id` tells two principals of the same ARN apart, of which one was made after the other was deleted. It is
    empty where it was not read.
    """

    account: str
    principal: str
    read_at: str
    exists: bool | Missing = True
    path: str | None = None
    groups: tuple[str, ...] | Missing = ()
    identity: tuple[StoredPolicy, ...] | Missing = ()
    boundary: StoredPolicy | Missing | None = None
    scps: tuple[OrganizationLevel, ...] | Missing | None = None
    rcps: tuple[OrganizationLevel, ...] | Missing | None = None
    resource: StoredPolicy | Missing | None = None
    session: StoredPolicy | Missing | None = None
    vpc_endpoint: tuple[StoredPolicy, ...] | Missing | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    unique_id: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return the snapshot as plain JSON data; `from_data` is the way back."""
        return asdict(self)

    def digest(self) -> str:
        """Return the SHA-256 of what was read, in hexadecimal. The time of reading does not count."""
        data = self.as_data()
        del data["read_at"]
        canonical = json.dumps(data, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def policy_set(self) -> PolicySet:
        """Return the layers for the evaluator. A policy that does not parse makes its layer unknown."""
        return PolicySet(
            identity=_flat(self.identity),
            resource=_one(self.resource),
            boundary=_optional(self.boundary),
            session=_one(self.session),
            scps=_levels(self.scps),
            rcps=_levels(self.rcps),
            vpc_endpoint=None if self.vpc_endpoint is None else _flat(self.vpc_endpoint),
        )


def from_data(data: Mapping[str, Any]) -> Snapshot:
    """Return the snapshot that `Snapshot.as_data` was taken from. `KeyError` or `TypeError` on foreign data."""
    values = dict(data)
    for name in ("boundary", "resource", "session"):
        values[name] = _piece(values[name])
    for name in ("identity", "vpc_endpoint"):
        values[name] = _pieces(values[name], _policy)
    for name in ("scps", "rcps"):
        values[name] = _pieces(values[name], _level)
    if isinstance(values["exists"], dict):
        values["exists"] = Missing(**values["exists"])
    groups = values["groups"]
    values["groups"] = Missing(**groups) if isinstance(groups, dict) else tuple(groups)
    return Snapshot(**values)


def _policy(data: Mapping[str, Any]) -> StoredPolicy:
    return StoredPolicy(**data)


def _level(data: Mapping[str, Any]) -> OrganizationLevel:
    return OrganizationLevel(data["target_id"], data["name"], tuple(_policy(item) for item in data["policies"]))


def _piece(data: Mapping[str, Any] | None) -> StoredPolicy | Missing | None:
    if data is None:
        return None
    return Missing(**data) if "why" in data else _policy(data)


def _pieces(data: Any, item: Any) -> Any:
    if data is None:
        return None
    return Missing(**data) if isinstance(data, dict) else tuple(item(entry) for entry in data)


def _flat(policies: tuple[StoredPolicy, ...] | Missing) -> tuple[Policy, ...] | Unknown:
    if isinstance(policies, Missing):
        return Unknown(policies.why)
    try:
        return tuple(_parsed(policy) for policy in policies)
    except PolicyError as error:
        return Unknown(str(error))


def _one(policy: StoredPolicy | Missing | None) -> Policy | Unknown | None:
    if policy is None:
        return None
    parsed = _flat(policy if isinstance(policy, Missing) else (policy,))
    return parsed if isinstance(parsed, Unknown) else parsed[0]


def _optional(policy: StoredPolicy | Missing | None) -> tuple[Policy, ...] | Unknown | None:
    if policy is None:
        return None
    return _flat(policy if isinstance(policy, Missing) else (policy,))


def _levels(levels: tuple[OrganizationLevel, ...] | Missing | None) -> tuple[tuple[Policy, ...], ...] | Unknown | None:
    if levels is None or isinstance(levels, Missing):
        return None if levels is None else Unknown(levels.why)
    parsed: list[tuple[Policy, ...]] = []
    for level in levels:
        policies = _flat(level.policies)
        if isinstance(policies, Unknown):
            return policies
        parsed.append(policies)
    return tuple(parsed)


def _parsed(policy: StoredPolicy) -> Policy:
    return parse_policy(policy.document, name=policy.name, arn=policy.arn, attached_to=policy.attached_to)
