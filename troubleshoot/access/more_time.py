"""What an extension asks for, in words: which grant it goes on with, and until when instead of when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from troubleshoot.models import UNSETTLED, AccessRequest, Grant


@dataclass(frozen=True, slots=True)
class MoreTime:
    """The request that an extension goes on with, and the whole of it as a clause: `goes on with K7QXPA, until …`."""

    first: str
    words: str


def more_time_of(request: AccessRequest, grant: Grant | None) -> MoreTime | None:
    """Return what an extension asks for, or None where the request extends nothing. Costs two queries at most.

    `grant` is the request's own, None before it has one: then the end is the one that it would have if it were
    applied now, because its time counts from that moment.
    """
    first = request.extends
    if first is None:
        return None
    if grant is None and request.state not in UNSETTLED:
        return MoreTime(first.code, f"was to go on with {first.code}")
    before: Grant | None = getattr(first, "grant", None)
    instead = f" instead of {_said(before.expires_at)}" if before and before.expires_at else ""
    return MoreTime(first.code, f"goes on with {first.code}, until {_until(request, grant)}{instead}")


def _until(request: AccessRequest, grant: Grant | None) -> str:
    hours = request.change["hours"]
    ends = grant.expires_at if grant else None
    if hours is not None and ends is None:
        ends = timezone.now() + timedelta(hours=hours)
    return _said(ends) if ends else "it is revoked"


def _said(moment: datetime) -> str:
    return f"{moment:%-d %B %Y, %H:%M} UTC"
