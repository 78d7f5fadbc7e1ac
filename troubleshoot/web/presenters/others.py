"""Who can make a requested call already, in words."""

from dataclasses import dataclass
from datetime import datetime

from troubleshoot.access.others import Other, Others
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.snapshot import Missing
from troubleshoot.models import AccessRequest
from troubleshoot.web.components import Status, Tone
from troubleshoot.web.presenters.names import (
    Name,
    in_sentence,
    keys_in_words,
    list_in_words,
    principal_name,
    resource_name,
)

_MOST = 100
_NEVER_SEEN = frozenset({Layer.VPC_ENDPOINT, Layer.SESSION})
_ALLOWED = Status("may", Tone.GOOD)
_AS_FAR_AS_READ = Status("may, as far as was read", Tone.GOOD)
_DEPENDS = Status("depends", Tone.WAIT)


@dataclass(frozen=True, slots=True)
class OtherRow:
    """One principal that may make the call, whose it is, and what that hangs on."""

    name: Name | None
    people: str
    status: Status
    words: str


@dataclass(frozen=True, slots=True)
class OthersView:
    """The page. `why_not` is empty where the account was read; `more` counts those that are not listed."""

    action: str
    resource: Name | None
    rows: tuple[OtherRow, ...] = ()
    more: int = 0
    read_at: datetime | None = None
    why_not: str = ""


def others_view(found: Others | Missing, asked: AccessRequest) -> OthersView:
    """Return the page of who was found, or of why nobody could be looked for."""
    resource = resource_name(asked.resource)
    shown = resource if resource and resource.short != "*" else None
    if isinstance(found, Missing):
        return OthersView(asked.action, shown, why_not=found.why)
    rows = tuple(_row(one) for one in found.found[:_MOST])
    return OthersView(
        asked.action, shown, rows, len(found.found) - len(rows), read_at=datetime.fromisoformat(found.read_at)
    )


def _row(one: Other) -> OtherRow:
    able = one.able
    unread = [in_sentence(layer) for layer in able.missing_layers if layer not in _NEVER_SEEN]
    words = []
    if able.missing_keys:
        words.append(f"It depends on {keys_in_words(able.missing_keys)}.")
    if unread:
        words.append(f"The portal could not read the {list_in_words(unread, last='or')}.")
    status = _ALLOWED if able.is_certain else _DEPENDS if words else _AS_FAR_AS_READ
    people = list_in_words([str(person) for person in one.people])
    return OtherRow(principal_name(able.arn), people, status, " ".join(words))
