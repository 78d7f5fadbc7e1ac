"""Who may decide a request. Every answer is read from the database anew: a decision never rests on a kept one.

The first routing rule that fits says who decides, and how many must approve; without one, the approvers of the
account do. A request that falls under several rules needs people whom each of them names.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib.auth.models import Group
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from troubleshoot.access.matching import permissions_of, rules_over, up_to
from troubleshoot.iam.arn import parse_arn
from troubleshoot.models import (
    AccessRequest,
    Account,
    Approval,
    Person,
    PrincipalLink,
    Risk,
    Role,
    RoutingRule,
    RuleApprover,
)
from troubleshoot.remedy import Change, change_from_data

BY_RISK: Final = {Risk.LOW: 1, Risk.MEDIUM: 1, Risk.HIGH: 2}
"""How many different people approve at least: two for a high risk, whatever a rule says."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides whose request it is: filed or not yet."""

    account: Account
    requester: Any
    beneficiary: Person | None
    principal_arn: str
    change: Change
    risk: str


@dataclass(frozen=True, slots=True)
class Route:
    """The rules that a request falls under, in their order, and how many people must approve.

    `by_account`: it falls, wholly or in part, under no rule, so the account's approvers have their say.
    """

    rules: tuple[RoutingRule, ...]
    by_account: bool
    approvals: int


def asked_of(request: AccessRequest) -> Asked:
    """Return what routing asks of a request."""
    return Asked(
        request.account,
        request.requester,
        request.beneficiary,
        request.principal_arn,
        change_from_data(request.change),
        request.risk,
    )


def route_of(asked: Asked) -> Route:
    """Return the route of what is asked, by the rules as they stand now."""
    rules, by_account = rules_over(permissions_of(asked.change), _rules_for(asked))
    return Route(tuple(rules), by_account, max([_least(asked), *(rule.approvals for rule in rules)]))


def _least(asked: Asked) -> int:
    """A change of medium risk that cannot have an end takes two people, in place of a limit of time."""
    endless = asked.risk == Risk.MEDIUM and not asked.change.may_end
    return 2 if endless else BY_RISK[Risk(asked.risk)]


def people_of(route: Route, asked: Asked, *, day: date | None = None) -> QuerySet[Person]:
    """Return who may decide on that way on `day` (today), a substitute within the dates included.

    Nobody decides their own request, and nobody gives rights to a principal that is linked to them.
    """
    people, named = _candidates(route, asked), _named_on(route, day or timezone.localdate())
    return people if named is None else people.filter(pk__in=named)


def people_by_day(route: Route, asked: Asked, days: Collection[date]) -> dict[date, list[Person]]:
    """Return for each of `days` whom `people_of` would. It costs the same, however many days there are."""
    named = {day: _named_on(route, day) for day in days}
    ever = [ids for ids in named.values() if ids is not None]
    people = _candidates(route, asked)
    found = list(people.filter(pk__in=set().union(*ever)) if ever else people)
    return {day: [one for one in found if ids is None or one.pk in ids] for day, ids in named.items()}


def _candidates(route: Route, asked: Asked) -> QuerySet[Person]:
    """Return who may decide as far as no rule names other people."""
    if route.rules and not route.by_account:
        apart = [asked.requester.pk, *(person.pk for person in holders_of(asked.account, asked.principal_arn))]
        people = Person.objects.filter(is_active=True).exclude(pk__in=apart).order_by("pk")
    else:
        people = approvers_for(account=asked.account, requester=asked.requester, principal_arn=asked.principal_arn)
    return people.exclude(pk=asked.beneficiary.pk) if asked.beneficiary else people


def _named_on(route: Route, day: date) -> set[int] | None:
    """Return the ids of those whom every rule of the route names on that day; None where there is no rule."""
    return set.intersection(*(_named_by(rule, day) for rule in route.rules)) if route.rules else None


def substitutes_of(route: Route, *, day: date | None = None) -> frozenset[int]:
    """Return the ids of those who stand in for somebody on `day` (today)."""
    day = day or timezone.localdate()
    standing = (row for rule in route.rules for row in rule.approvers.all() if stands_in(row, day))
    return frozenset(row.substitute_id for row in standing if row.substitute_id)


def stands_in(row: RuleApprover, day: date) -> bool:
    """Tell whether the substitute of a rule's approver counts on that day; both dates are included."""
    begins, ends = row.substitute_from, row.substitute_until
    return row.substitute_id is not None and begins is not None and ends is not None and begins <= day <= ends


def active_rules() -> QuerySet[RoutingRule]:
    """Return the rules that count, in their order, with the people whom they name."""
    rows = RuleApprover.objects.select_related("person", "substitute")
    rules = RoutingRule.objects.filter(ended_at__isnull=True).order_by("position", "pk")
    return rules.prefetch_related(Prefetch("approvers", queryset=rows))


def _rules_for(asked: Asked) -> Sequence[RoutingRule]:
    """A rule for a group fits who files, and whom it is for: filing on behalf leads nobody past a rule."""
    people = [person.pk for person in (asked.requester, asked.beneficiary) if person is not None]
    groups = Group.objects.filter(user__in=people).values("pk")
    rules = active_rules().filter(minimal_risk__in=up_to(asked.risk))
    here = Q(account__isnull=True) | Q(account=asked.account)
    return list(rules.filter(here, Q(group__isnull=True) | Q(group__in=groups)))


def _named_by(rule: RoutingRule, day: date) -> set[int]:
    rows = rule.approvers.all()
    return {row.person_id for row in rows} | {
        row.substitute_id for row in rows if row.substitute_id and stands_in(row, day)
    }


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
    """Return the people who may decide this request today."""
    asked = asked_of(request)
    return people_of(route_of(asked), asked)


def may_decide(person: Any, request: AccessRequest) -> bool:
    """Tell whether `person` may decide this request now."""
    return deciders(request).filter(pk=person.pk).exists()


def required_approvals(request: AccessRequest) -> int:
    """Return how many different approvers a request needs: by its risk, or more where a rule says so."""
    return route_of(asked_of(request)).approvals


def standing_approvals(request: AccessRequest) -> list[Approval]:
    """Return the approvals that count: of exactly this change, by people who may still decide it.

    A substitute's counts where it was given within the dates, also when these are over.
    """
    given = approvals_of(request, request.approvals.select_related("approver"))
    if not given:
        return []
    asked = asked_of(request)
    may = people_by_day(route_of(asked), asked, days_of(given))
    return [approval for approval in given if approval.approver in may[approval.decided_at.date()]]


def approvals_of(request: AccessRequest, decisions: Iterable[Approval]) -> list[Approval]:
    """Return those of a request's decisions that approve exactly the change that it asks for now."""
    now = (Approval.Verdict.APPROVE, request.change_digest)
    return [decision for decision in decisions if (decision.verdict, decision.change_digest) == now]


def days_of(approvals: Iterable[Approval]) -> set[date]:
    """Return the days on which they were given."""
    return {approval.decided_at.date() for approval in approvals}


def admins() -> QuerySet[Person]:
    """Return the active administrators of the portal."""
    return Person.objects.filter(is_active=True, role_assignments__role=Role.ADMIN).distinct().order_by("pk")


def holders_of(account: Account, principal_arn: str) -> list[Person]:
    """Return the active people whose principal this is: linked to it, to its role, or to a session of it."""
    named = _named(principal_arn)
    if named is None or named[0] != account.account_id:
        return []
    links = PrincipalLink.objects.filter(account=account, person__is_active=True)
    nearly = links.filter(principal_arn__icontains=f"/{named[2]}").select_related("person").order_by("person_id", "pk")
    found = {link.person_id: link.person for link in nearly if _named(link.principal_arn) == named}
    return list(found.values())


def _named(text: str) -> tuple[str, str, str] | None:
    """Return the account, kind and name of a user or role. A wrong path, or another case, hides nobody.

    A name is unique in its account, whatever its case:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    arn = parse_arn(text)
    if arn is None or arn.resource_type not in {"user", "role", "assumed-role"}:
        return None
    kind = "user" if arn.resource_type == "user" else "role"
    name = arn.resource_id.split("/")[0 if arn.resource_type == "assumed-role" else -1]
    return arn.account, kind, name.lower()
