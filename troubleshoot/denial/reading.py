"""What is read from a pasted text: denials, near misses, and what was removed before anything was read."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class PrincipalKind(StrEnum):
    """What the message says the caller is. `UNKNOWN`: it has a subject, but does not say which."""

    USER = "user"
    ROLE_SESSION = "role-session"
    FEDERATED_USER = "federated-user"
    ROOT = "root"
    SERVICE = "service"
    ANONYMOUS = "anonymous"
    WEB_IDENTITY = "web-identity"
    UNKNOWN = "unknown"


class DenyKind(StrEnum):
    """Whether the message names an explicit deny, a missing allow, or neither."""

    EXPLICIT = "explicit"
    IMPLICIT = "implicit"
    UNKNOWN = "unknown"


class PolicyType(StrEnum):
    """The kind of policy that the message names."""

    IDENTITY = "identity"
    RESOURCE = "resource"
    BOUNDARY = "boundary"
    SESSION = "session"
    SCP = "scp"
    RCP = "rcp"
    VPC_ENDPOINT = "vpc-endpoint"
    TRUST = "trust"


_ENCODED = re.compile(r"[A-Za-z0-9_-]{60,10240}")


@dataclass(frozen=True, slots=True)
class Denial:
    """One access denial. A field is None where the text does not say; nothing is guessed.

    `encoded_message` is as given: the words that stand for one that was left out, `…` for one that was cut off.
    `spans` maps a field's name to its start and end in `Reading.text`. `count` says how often the same denial
    stands in the text.
    """

    principal: str | None = None
    principal_kind: PrincipalKind | None = None
    account: str | None = None
    action: str | None = None
    resource: str | None = None
    deny_kind: DenyKind = DenyKind.UNKNOWN
    policy_type: PolicyType | None = None
    policy_arn: str | None = None
    authorization_id: str | None = None
    encoded_message: str | None = None
    operation: str | None = None
    error_code: str | None = None
    region: str | None = None
    request_id: str | None = None
    spans: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    count: int = 1

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that a page has to ask for: who, in which account, what, on what; only those not read."""
        needed = ["action", "resource"]
        if self.principal_kind not in {PrincipalKind.ANONYMOUS, PrincipalKind.WEB_IDENTITY}:
            needed = ["principal", *needed]
        if self.principal_kind not in {PrincipalKind.ANONYMOUS, PrincipalKind.SERVICE, PrincipalKind.WEB_IDENTITY}:
            needed = [*needed, "account"]
        return tuple(name for name in needed if getattr(self, name) is None)

    @property
    def decodable_message(self) -> str | None:
        """The encoded message if it stands in the text whole, as far as its letters tell; else None."""
        message = self.encoded_message
        return message if message is not None and _ENCODED.fullmatch(message) else None

    def as_data(self) -> dict[str, Any]:
        """Return the denial as `manage.py parse_denial --jsonl` prints it (without spans and count)."""
        data = asdict(self)
        del data["spans"], data["count"]
        return {"is_denial": True, **data}


def denial_from_data(data: Mapping[str, Any]) -> Denial:
    """Return the denial that `Denial.as_data` was taken from. Spans and count are kept where they are there."""
    values = {name: value for name, value in data.items() if name != "is_denial"}
    if "spans" in values:
        values["spans"] = {name: (start, end) for name, (start, end) in values["spans"].items()}
    for name, enum in (("principal_kind", PrincipalKind), ("deny_kind", DenyKind), ("policy_type", PolicyType)):
        if values.get(name) is not None:
            values[name] = enum(values[name])
    return Denial(**values)


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A text that looks like a denial and is none. `code` is stable (`expired-token`, `kubernetes-rbac`, …)."""

    code: str
    title: str
    advice: str


@dataclass(frozen=True, slots=True)
class Removed:
    """Something secret that was removed before anything else saw the text: its kind, never its value."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The whole reading. `text` is the pasted text without its secrets; it is the only text that goes on."""

    text: str
    denials: tuple[Denial, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    removed: tuple[Removed, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return all but the text as plain JSON data; `reading_from_data` is the way back."""
        data = asdict(self)
        del data["text"]
        return data


def reading_from_data(text: str, data: Mapping[str, Any]) -> Reading:
    """Return the reading of `text` that `Reading.as_data` was taken from, without reading the text again."""
    return Reading(
        text,
        denials=tuple(denial_from_data(item) for item in data["denials"]),
        near_misses=tuple(NearMiss(**item) for item in data["near_misses"]),
        removed=tuple(Removed(**item) for item in data["removed"]),
    )


class TextTooLarge(ValueError):  # noqa: N818 - reads as what happened, and is shown to people
    """The text is larger than 256 KB. The message says what to do."""
