"""The queue: its lines, and the filters above it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from troubleshoot.access.selectors import COUNT_UP_TO
from troubleshoot.models import AccessRequest, Account, Risk, State
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
_AGES: dict[str, tuple[str, timedelta]] = {
    "day": ("older than a day", timedelta(days=1)),
    "week": ("older than a week", timedelta(days=7)),
    "month": ("older than 30 days", timedelta(days=30)),
}
_NARROWINGS = ("account", "risk", "age")


@dataclass(frozen=True, slots=True)
class Filter:
    """One of the chips above the queue. `count` is empty where nothing was counted."""

    label: str
    url: str
    current: bool
    count: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a list to choose from."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One list by which the queue is narrowed: its name in the address, its label, its choices."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an address asks of the queue. Values that it does not know are as if they were not there."""

    state: str
    account: str
    risk: str
    age: str

    @property
    def states(self) -> tuple[State, ...]:
        """The states to show; none means all."""
        return _FILTERS[self.state][1]

    @property
    def waiting_since(self) -> datetime | None:
        """Only what was asked before this moment."""
        return timezone.now() - _AGES[self.age][1] if self.age else None

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the state narrows the queue."""
        return bool(self.account or self.risk or self.age)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A line of the queue, and where it leads this viewer."""

    row: RequestRow
    url: str
    risk: str


def chosen_of(query: Mapping[str, str]) -> Chosen:
    """Return what the query string asks for."""
    account = query.get("account", "")
    return Chosen(
        query.get("state", "") if query.get("state", "") in _FILTERS else DEFAULT_FILTER,
        account if account.isdecimal() and account.isascii() and len(account) == 12 else "",
        query.get("risk", "") if query.get("risk", "") in Risk.values else "",
        query.get("age", "") if query.get("age", "") in _AGES else "",
    )


def filters_of(query: Mapping[str, str], chosen: Chosen, search: str, *, waiting: int) -> tuple[Filter, ...]:
    """Return the chips; the first one tells how many requests wait for a decision."""
    kept = {name: query[name] for name in _NARROWINGS if getattr(chosen, name)}
    kept |= {"q": search} if search else {}
    return tuple(
        Filter(
            label,
            f"{reverse('queue')}?{urlencode({'state': name, **kept})}",
            name == chosen.state,
            _count(waiting) if name == DEFAULT_FILTER else "",
        )
        for name, (label, _) in _FILTERS.items()
    )


def narrowings_of(chosen: Chosen, accounts: Iterable[Account]) -> tuple[Narrowing, ...]:
    """Return the lists beside the search. One account alone is nothing to choose from."""
    named = [(account.account_id, account.name) for account in accounts]
    lists = (
        ("account", "Account", "any account", named if len(named) > 1 else []),
        ("risk", "Risk", "any risk", [(risk.value, f"{risk.label} risk") for risk in Risk]),
        ("age", "Age", "any age", [(age, words) for age, (words, _) in _AGES.items()]),
    )
    return tuple(
        Narrowing(name, label, _choices([("", every), *values], getattr(chosen, name)))
        for name, label, every, values in lists
        if values
    )


def queue_row(request: AccessRequest, *, reviews: bool) -> QueueRow:
    """Return a line of the queue. Helpdesk reads the request's own page, reviewers its evidence."""
    url = reverse("review" if reviews else "request", args=[request.code])
    return QueueRow(request_row(request), url, Risk(request.risk).label)


def _choices(pairs: Iterable[tuple[str, str]], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, value == chosen) for value, label in pairs)


def _count(waiting: int) -> str:
    return str(waiting) if waiting < COUNT_UP_TO else f"{COUNT_UP_TO} or more"
