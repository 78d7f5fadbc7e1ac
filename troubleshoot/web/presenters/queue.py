"""The queue: its lines, and the filters above it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from troubleshoot.access.selectors import COUNT_UP_TO
from troubleshoot.models import AccessRequest, State
from troubleshoot.web.presenters.requests import RequestRow, request_row

DEFAULT_FILTER = "waiting"
_FILTERS: dict[str, tuple[str, tuple[State, ...]]] = {
    "waiting": ("Waiting for a decision", (State.SUBMITTED, State.NEEDS_CHANGES)),
    "work": ("In work", (State.APPROVED, State.AWAITING_MANUAL_APPLY, State.APPLYING, State.VERIFYING)),
    "active": ("Active", (State.ACTIVE,)),
    "failed": ("Failed", (State.FAILED,)),
    "over": ("Over", (State.REJECTED, State.WITHDRAWN, State.LAPSED, State.EXPIRED, State.REVOKED)),
    "all": ("All", ()),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """One of the chips above the queue. `count` is empty where nothing was counted."""

    label: str
    url: str
    current: bool
    count: str


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A line of the queue, and where it leads this viewer."""

    row: RequestRow
    url: str


def states_of(chosen: str) -> tuple[State, ...]:
    """Return the states that a filter shows; none means all. An unknown filter is the default one."""
    return _FILTERS.get(chosen, _FILTERS[DEFAULT_FILTER])[1]


def filters_of(chosen: str, search: str, *, waiting: int) -> tuple[Filter, ...]:
    """Return the chips; the first one tells how many requests wait for a decision."""
    current = chosen if chosen in _FILTERS else DEFAULT_FILTER
    return tuple(
        Filter(
            label,
            f"{reverse('queue')}?{urlencode({'state': name, **({'q': search} if search else {})})}",
            name == current,
            _count(waiting) if name == DEFAULT_FILTER else "",
        )
        for name, (label, _) in _FILTERS.items()
    )


def _count(waiting: int) -> str:
    return str(waiting) if waiting < COUNT_UP_TO else f"{COUNT_UP_TO} or more"


def queue_row(request: AccessRequest, *, reviews: bool) -> QueueRow:
    """Return a line of the queue. Helpdesk reads the request's own page, reviewers its evidence."""
    return QueueRow(request_row(request), reverse("review" if reviews else "request", args=[request.code]))
