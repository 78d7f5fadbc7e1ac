"""Who can make a requested call already: for those who decide on it."""

from dataclasses import dataclass

from troubleshoot.access import accounts
from troubleshoot.access.calls import call_from_data
from troubleshoot.access.live import RECENT
from troubleshoot.iam.roles import Able, who_can
from troubleshoot.iam.snapshot import Missing, Snapshot, from_data
from troubleshoot.models import AccessRequest, Person, PrincipalLink


@dataclass(frozen=True, slots=True)
class Other:
    """A principal that may make the call, and the people whose own it is."""

    able: Able
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Others:
    """Everybody found, the certain ones first, and when the account was read (ISO 8601, UTC)."""

    found: tuple[Other, ...]
    read_at: str


def who_can_already(request: AccessRequest) -> Others | Missing:
    """Return who may make the requested call as the account stands, without whom it is asked for.

    Whether the viewer may know is for the caller to settle: it tells about other people's rights.
    """
    state = accounts.answers(request.account, case=request.code).account()
    if isinstance(state, Missing):
        return state
    beside = _beside(request)
    call = call_from_data(request.call)
    able = [one for one in who_can(state, call, beside=beside) if one.arn != request.principal_arn]
    people = _people(request, [one.arn for one in able])
    return Others(tuple(Other(one, tuple(people.get(one.arn, ()))) for one in able), state.read_at)


def _beside(request: AccessRequest) -> Snapshot:
    """The control policies and the resource's own policy: as they were read for the case, else read for this page.

    Without them every principal of the account might do anything.
    """
    kept = request.diagnosis.snapshot if request.diagnosis else None
    if kept:
        return from_data(kept)
    reader = accounts.reader(request.account, case=request.code, max_age=RECENT)
    return reader.snapshot(request.principal_arn, action=request.action, resource=request.resource)


def _people(request: AccessRequest, arns: list[str]) -> dict[str, list[Person]]:
    links = PrincipalLink.objects.filter(account=request.account, principal_arn__in=arns).select_related("person")
    found: dict[str, list[Person]] = {}
    for link in links.order_by("person__username"):
        found.setdefault(link.principal_arn, []).append(link.person)
    return found
