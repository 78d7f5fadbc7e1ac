"""What pages list. Each list costs the same number of queries, however many rows there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db.models import Prefetch, Q, QuerySet

from troubleshoot.access import routing, searching
from troubleshoot.access.permissions import roles_of
from troubleshoot.access.trail import Search
from troubleshoot.models import (
    UNSETTLED,
    AccessRequest,
    AdminChange,
    Approval,
    AuditEntry,
    AuditExport,
    ErasableText,
    Grant,
    Person,
    PrincipalLink,
    RoleAssignment,
    RoutingRule,
    State,
)

PAGE = 50
WAITING = (State.SUBMITTED,)
COUNT_UP_TO = 100

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list. `after` opens the next one, or is None at the end."""

    rows: Sequence[Row]
    after: str | None


@dataclass(frozen=True, slots=True)
class Moment:
    """One step in the life of a request, with its words as far as they have not been erased."""

    at: datetime
    event: str
    actor: Person | None
    data: Mapping[str, Any]
    texts: Mapping[str, str]


def my_requests(person: Person) -> QuerySet[AccessRequest]:
    """Return the requests that the person filed, and those that are for them, newest first."""
    mine = AccessRequest.objects.filter(Q(requester=person) | Q(beneficiary=person))
    return mine.select_related("account", "requester", "beneficiary", "grant").order_by("-submitted_at", "-pk")


def queue(
    person: Person,
    *,
    states: Iterable[str] = WAITING,
    account: str = "",
    risk: str = "",
    waiting_since: datetime | None = None,
    search: str = "",
    after: str | None = None,
    newest_first: bool = False,
    size: int = PAGE,
) -> Page[AccessRequest]:
    """Return one page of the requests that the person may see as staff, oldest first; an empty `states` means all.

    Approvers see those of their accounts, helpdesk, administrators and auditors all. `account` is an AWS account's
    id, `waiting_since` leaves out what was asked later. `after` is the page before's.
    """
    rows = _visible(person)
    wanted = [state for state in states if state in State.values]
    if wanted:
        rows = rows.filter(state__in=wanted)
    if account:
        rows = rows.filter(account__account_id=account)
    if risk:
        rows = rows.filter(risk=risk)
    if waiting_since:
        rows = rows.filter(submitted_at__lte=waiting_since)
    if search.strip():
        rows = searching.matching(rows, search)
    order = ("-submitted_at", "-pk") if newest_first else ("submitted_at", "pk")
    if place := _place(after):
        rows = rows.filter(_behind(place, newest_first=newest_first))
    rows = rows.order_by(*order)[: size + 1]
    if search.strip():
        # The page is chosen before it is read: among a million, planning that and the joins at once costs more.
        rows = AccessRequest.objects.filter(pk__in=rows.values("pk")).order_by(*order)
    found = list(rows.select_related("account", "requester", "beneficiary", "grant"))
    more = len(found) > size
    last = found[size - 1] if more else None
    return Page(found[:size], f"{last.submitted_at.isoformat()},{last.pk}" if last else None)


def waiting_count(person: Person) -> int:
    """Return how many requests wait that the person may see as staff; it stops counting at 100."""
    return _visible(person).filter(state__in=WAITING).order_by()[:COUNT_UP_TO].count()


def decisions(request: AccessRequest) -> QuerySet[Approval]:
    """Return the decisions on a request, oldest first."""
    return request.approvals.select_related("approver").order_by("decided_at", "pk")


def grant_of(request: AccessRequest) -> Grant | None:
    """Return what the worker wrote for a request, with its steps, or None before anything was meant to be written."""
    return Grant.objects.filter(request=request).prefetch_related("steps").first()


def moments(request: AccessRequest) -> list[Moment]:
    """Return the request's life from the audit trail, oldest first."""
    return _moments(list(AuditEntry.objects.filter(subject=request.code).order_by("sequence")))


def last_question(request: AccessRequest) -> str:
    """Return what an approver wanted to know when the request was last sent back; empty once it was erased."""
    asked = AuditEntry.objects.filter(subject=request.code, event="request.ask_for_changes")
    entry = asked.order_by("-sequence").first()
    text = ErasableText.objects.filter(sequence=entry.sequence, name="reason").first() if entry else None
    return text.text if text else ""


def was_narrowed(request: AccessRequest) -> bool:
    """Tell whether an approver narrowed the request. No query where it asks for what it asked at first."""
    narrowings = AuditEntry.objects.filter(subject=request.code, event="request.narrow")
    return request.first_change is not None and narrowings.exists()


def audit_page(*, search: Search | None = None, after: str | None = None, size: int = PAGE) -> Page[AuditEntry]:
    """Return one page of the audit trail, newest first, of what `search` names where it is given."""
    rows = (search or Search()).narrow(AuditEntry.objects.order_by("-sequence"))
    if after and after.isdecimal() and len(after) < 19:
        rows = rows.filter(sequence__lt=int(after))
    found = list(rows[: size + 1])
    return Page(found[:size], str(found[size - 1].sequence) if len(found) > size else None)


def last_exported_head() -> AuditExport | None:
    """Return the head of the chain that was given away last, or None where none ever was."""
    return AuditExport.objects.order_by("-pk").first()


def audit_moments(entries: Sequence[AuditEntry]) -> list[Moment]:
    """Return entries of the audit trail with the people and the words that they speak of."""
    return _moments(entries)


def people() -> QuerySet[Person]:
    """Return everybody, with roles and links, by name."""
    roles = RoleAssignment.objects.select_related("account").order_by("role", "pk")
    links = PrincipalLink.objects.select_related("account").order_by("principal_arn")
    rows = Person.objects.order_by("first_name", "last_name", "username")
    return rows.prefetch_related(Prefetch("role_assignments", queryset=roles), Prefetch("links", queryset=links))


def open_requests_of(person: Person) -> list[AccessRequest]:
    """Return what a person still asks for or holds, and what they asked for others, the oldest first; 50 at most."""
    return list(my_requests(person).filter(state__in=UNSETTLED).order_by("submitted_at", "pk")[:PAGE])


def proposed_changes() -> QuerySet[AdminChange]:
    """Return the changes that wait for a second administrator, oldest first."""
    waiting = AdminChange.objects.filter(state=AdminChange.State.PROPOSED)
    return waiting.select_related("person", "account", "proposed_by").order_by("proposed_at", "pk")


def active_rules() -> QuerySet[RoutingRule]:
    """Return the routing rules that count, in their order, with their accounts, groups and people."""
    return routing.active_rules().select_related("account", "group")


def people_by_public_id(ids: Iterable[str]) -> dict[str, Person]:
    """Return people by their opaque ids; whoever is gone is left out. No query where there are none."""
    wanted = set(ids)
    return {str(person.public_id): person for person in Person.objects.filter(public_id__in=wanted)} if wanted else {}


def usernames() -> list[str]:
    """Return the names that active people sign in with, for fields that offer them; no more than 500."""
    names = Person.objects.filter(is_active=True).order_by("username")
    return list(names.values_list("username", flat=True)[:500])


def _visible(person: Person) -> QuerySet[AccessRequest]:
    roles = roles_of(person)
    if roles.is_admin or roles.is_auditor or roles.is_helpdesk or roles.is_approver_everywhere:
        return AccessRequest.objects.all()
    return AccessRequest.objects.filter(account__in=roles.approver_accounts)


def _place(after: str | None) -> tuple[datetime, int] | None:
    """Read where the page before ended; an address that somebody edited means the first page."""
    at, _, pk = (after or "").partition(",")
    try:
        moment, number = datetime.fromisoformat(at), int(pk)
        # The database compares in UTC, where the first and the last day of the calendar can fall off it.
        place = moment.astimezone(UTC), number
    except (ValueError, OverflowError):
        return None
    return place if moment.tzinfo and 0 <= number < 2**63 else None


def _behind(place: tuple[datetime, int], *, newest_first: bool) -> Q:
    at, pk = place
    if newest_first:
        return Q(submitted_at__lt=at) | Q(submitted_at=at, pk__lt=pk)
    return Q(submitted_at__gt=at) | Q(submitted_at=at, pk__gt=pk)


def _moments(entries: Sequence[AuditEntry]) -> list[Moment]:
    sequences = [entry.sequence for entry in entries]
    texts: dict[int, dict[str, str]] = {}
    for text in ErasableText.objects.filter(sequence__in=sequences):
        texts.setdefault(text.sequence, {})[text.name] = text.text
    ids = {entry.actor for entry in entries if len(entry.actor) == 36}
    actors = {str(person.public_id): person for person in Person.objects.filter(public_id__in=ids)}
    return [
        Moment(entry.at, entry.event, actors.get(entry.actor), entry.data, texts.get(entry.sequence, {}))
        for entry in entries
    ]
