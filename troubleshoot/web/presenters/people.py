"""People and proposed changes, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from troubleshoot.access.permissions import roles_of
from troubleshoot.access.rules import RULE_KINDS
from troubleshoot.models import AccessRequest, AdminChange, Mode, Person, Role, RoleAssignment, State
from troubleshoot.web.presenters.requests import RequestRow, request_row
from troubleshoot.web.presenters.rules import people_named, rule_change_words

_KIND = AdminChange.Kind


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody, with roles and principals."""

    url: str
    name: str
    username: str
    is_active: bool
    roles: tuple[str, ...]
    principals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A proposed change. `note` is more about it in words.

    `may_decide`: for administrators, except who proposed it and whom it is about.
    """

    id: int
    title: str
    detail: str
    proposed_by: str
    proposed_at: datetime
    may_decide: bool
    note: str = ""


def person_row(person: Person) -> PersonRow:
    """Return a line of the list of people. Roles and links must have been read with the person."""
    return PersonRow(
        reverse("person", args=[person.public_id]),
        str(person),
        person.username,
        person.is_active,
        tuple(_role(assignment) for assignment in person.role_assignments.all()),
        tuple(link.principal_arn for link in person.links.all()),
    )


def change_view(change: AdminChange, *, viewer: Person, people: Mapping[str, Person] | None = None) -> ChangeView:
    """Return a proposed change in words. `people` are those whom a proposed rule names, by public id."""
    named = people or {}
    if change.kind in RULE_KINDS:
        title, detail = rule_change_words(change, named)
        ids = people_named([change])
        about = {person.pk for person in named.values() if str(person.public_id) in ids}
    else:
        title, detail = _title(change), change.principal_arn
        about = {change.person_id} if change.person_id else set()
    return ChangeView(
        change.pk,
        title,
        detail,
        str(change.proposed_by),
        change.proposed_at,
        roles_of(viewer).is_admin and viewer.pk not in {change.proposed_by_id, *about},
        _note(change),
    )


def _title(change: AdminChange) -> str:
    role = Role(change.role).label if change.role else ""
    where = f" for {change.account}" if change.account else ""
    match change.kind:
        case _KIND.ADD_ROLE:
            return f"Give {change.person} the role “{role}”{where}"
        case _KIND.REMOVE_ROLE:
            return f"Take the role “{role}”{where} from {change.person}"
        case _KIND.ADD_LINK:
            return f"Link {change.person} to an IAM principal{where}"
        case _KIND.ERASE_PERSON:
            return f"Erase what {change.person} wrote, and their name"
        case _KIND.ENABLE_PERSON:
            return f"Let {change.person} sign in again"
        case _KIND.CHANGE_MODE:
            before, after = (Mode((change.details or {})[name]).label for name in ("before", "after"))
            return f"Change the mode of {change.account} from “{before}” to “{after}”"
    return f"Remove a link of {change.person}{where}"


def _note(change: AdminChange) -> str:
    if change.kind != _KIND.ERASE_PERSON:
        return ""
    return f"It cannot be undone. The reason: {(change.details or {}).get('reason', 'not there any more')}"


def _role(assignment: RoleAssignment) -> str:
    label = Role(assignment.role).label
    if assignment.role != Role.APPROVER:
        return label
    return f"{label} of {assignment.account.name}" if assignment.account else f"{label} of all accounts"


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Somebody, what they still ask for (`waiting`), and what they hold in IAM (`active`)."""

    row: PersonRow
    id: str
    can_get_mail: bool
    waiting: tuple[RequestRow, ...]
    active: tuple[RequestRow, ...]
    is_viewer: bool


def person_page(person: Person, requests: Iterable[AccessRequest], *, viewer: Person) -> PersonPage:
    """Return the page of a person. `requests` are those by or for them that are not over."""
    rows = [(request.state == State.ACTIVE, request_row(request)) for request in requests]
    return PersonPage(
        person_row(person),
        str(person.public_id),
        bool(person.email),
        tuple(row for is_active, row in rows if not is_active),
        tuple(row for is_active, row in rows if is_active),
        person.pk == viewer.pk,
    )
