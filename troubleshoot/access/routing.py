"""Who may decide a request. Every answer is read from the database anew: a decision never rests on a kept one."""

from typing import Any

from django.db.models import Q, QuerySet

from troubleshoot.iam.arn import parse_arn
from troubleshoot.models import AccessRequest, Account, Approval, Person, PrincipalLink, Role


def approvers_for(*, account: Account, requester: Any, principal_arn: str = "") -> QuerySet[Person]:
    """Return the active approvers of `account` who may decide a request of `requester` for `principal_arn`.

    Nobody decides their own request, and nobody gives rights to a principal that is linked to them.
    """
    scope = Q(role_assignments__account=account) | Q(role_assignments__account__isnull=True)
    holders = [person.pk for person in holders_of(account, principal_arn)]
    return (
        Person.objects.filter(scope, is_active=True, role_assignments__role=Role.APPROVER)
        .exclude(pk__in=[requester.pk, *holders])
        .distinct()
        .order_by("pk")
    )


def deciders(request: AccessRequest) -> QuerySet[Person]:
    """Return the people who may decide this request."""
    people = approvers_for(account=request.account, requester=request.requester, principal_arn=request.principal_arn)
    return people.exclude(pk=request.beneficiary_id) if request.beneficiary_id else people


def may_decide(person: Any, request: AccessRequest) -> bool:
    """Tell whether `person` may decide this request now."""
    return deciders(request).filter(pk=person.pk).exists()


def required_approvals(_request: AccessRequest) -> int:
    """Return how many different approvers a request needs."""
    return 1


def standing_approvals(request: AccessRequest) -> list[Approval]:
    """Return the approvals that count: of exactly this change, by people who may still decide it."""
    given = request.approvals.filter(verdict=Approval.Verdict.APPROVE, change_digest=request.change_digest)
    return list(given.filter(approver__in=deciders(request).order_by().values("pk")))


def admins() -> QuerySet[Person]:
    """Return the active administrators of the portal."""
    return Person.objects.filter(is_active=True, role_assignments__role=Role.ADMIN).distinct().order_by("pk")


def holders_of(account: Account, principal_arn: str) -> list[Person]:
    """Return the active people whose principal this is: linked to it, to its role, or to a session of it."""
    arn = parse_arn(principal_arn)
    if arn is None or arn.account != account.account_id:
        return []
    name = arn.resource.split("/")[1 if arn.service == "sts" else -1]
    nearly = PrincipalLink.objects.filter(account=account, person__is_active=True, principal_arn__contains=f"/{name}")
    links = nearly.select_related("person").order_by("person_id", "pk")
    found = {link.person_id: link.person for link in links if _same(principal_arn, link.principal_arn)}
    return list(found.values())


def _same(principal: str, linked: str) -> bool:
    """Whether both are one user or role. Names are unique in an account, so a wrong path hides nobody."""
    return _named(principal) is not None and _named(principal) == _named(linked)


def _named(text: str) -> tuple[str, str, str] | None:
    arn = parse_arn(text)
    if arn is None or arn.resource_type not in {"user", "role", "assumed-role"}:
        return None
    kind = "user" if arn.resource_type == "user" else "role"
    name = arn.resource_id.split("/")[0 if arn.resource_type == "assumed-role" else -1]
    return arn.account, kind, name
