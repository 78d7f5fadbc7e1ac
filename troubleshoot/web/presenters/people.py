"""People and proposed changes, in words."""

from dataclasses import dataclass
from datetime import datetime

from troubleshoot.access.permissions import roles_of
from troubleshoot.models import AdminChange, Person, Role, RoleAssignment

_KIND = AdminChange.Kind


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody, with roles and principals."""

    name: str
    username: str
    is_active: bool
    roles: tuple[str, ...]
    principals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A proposed change. `may_decide`: for administrators, except who proposed it and whom it is about."""

    id: int
    title: str
    detail: str
    proposed_by: str
    proposed_at: datetime
    may_decide: bool


def person_row(person: Person) -> PersonRow:
    """Return a line of the list of people. Roles and links must have been read with the person."""
    return PersonRow(
        str(person),
        person.username,
        person.is_active,
        tuple(_role(assignment) for assignment in person.role_assignments.all()),
        tuple(link.principal_arn for link in person.links.all()),
    )


def change_view(change: AdminChange, *, viewer: Person) -> ChangeView:
    """Return a proposed change in words."""
    return ChangeView(
        change.pk,
        _title(change),
        change.principal_arn,
        str(change.proposed_by),
        change.proposed_at,
        roles_of(viewer).is_admin and viewer.pk not in (change.proposed_by_id, change.person_id),
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
    return f"Remove a link of {change.person}{where}"


def _role(assignment: RoleAssignment) -> str:
    label = Role(assignment.role).label
    if assignment.role != Role.APPROVER:
        return label
    return f"{label} of {assignment.account.name}" if assignment.account else f"{label} of all accounts"
