"""What somebody should know before a request is filed: who will decide, and what was asked for or given already."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from troubleshoot.access import routing
from troubleshoot.access.doors import may_see
from troubleshoot.access.routing import Asked
from troubleshoot.iam.request import Request
from troubleshoot.models import UNSETTLED, AccessRequest, Account, Person, RoutingRule, State
from troubleshoot.remedy import Change, change_from_data
from troubleshoot.remedy.overlapping import Extent, overlaps

_MOST = 50


@dataclass(frozen=True, slots=True)
class WhoDecides:
    """Who may decide, how many of them must approve, and which of them only stand in for somebody today.

    `rules` are the routing rules that say so; none where the account's approvers decide.
    """

    people: tuple[Person, ...]
    needed: int
    substitutes: tuple[Person, ...] = ()
    rules: tuple[RoutingRule, ...] = ()

    @property
    def enough(self) -> bool:
        """Whether it can be approved at all."""
        return len(self.people) >= self.needed


class Likeness(StrEnum):
    """What another request has to do with the one that somebody is about to file."""

    SAME = "same"  # it is for the same call
    COVERS = "covers"  # it is active, and gives all that is asked
    OVERLAPS = "overlaps"  # it is active, and gives a part of it


@dataclass(frozen=True, slots=True)
class Similar:
    """A request that is open or active, and what it has to do with the new one."""

    request: AccessRequest
    likeness: Likeness


def who_will_decide(
    account: Account,
    requester: Any,
    principal: str,
    change: Change,
    risk: str,
    *,
    beneficiary: Person | None = None,
) -> WhoDecides:
    """Return who would decide a request of `requester` for `change`, by the rules as they stand now.

    Costs four queries at most, however many rules and people there are.
    """
    asked = Asked(account, requester, beneficiary, principal, change, risk)
    route = routing.route_of(asked)
    people = tuple(routing.people_of(route, asked))
    standing_in = routing.substitutes_of(route)
    substitutes = tuple(person for person in people if person.pk in standing_in)
    return WhoDecides(people, route.approvals, substitutes, route.rules)


def similar_requests(person: Person, call: Request, change: Change) -> tuple[Similar, ...]:
    """Return what was asked for or given already and has to do with `change`, as far as `person` may know of it.

    The oldest first: open or active requests for the same call, and active grants that give what is asked.
    """
    rows = AccessRequest.objects.filter(
        account__account_id=change.account, principal_arn=change.principal, state__in=UNSETTLED
    )
    found = rows.select_related("account", "requester", "beneficiary", "grant").order_by("pk")[:_MOST]
    return tuple(_similar([row for row in found if may_see(person, row)], call, change))


def others_for_the_same_call(request: AccessRequest) -> list[AccessRequest]:
    """Return the other open or active requests for a request's call: a stranger may have filed one on behalf."""
    rows = AccessRequest.objects.filter(
        account=request.account,
        principal_arn=request.principal_arn,
        action__iexact=request.action,
        resource=request.resource,
        state__in=UNSETTLED,
    )
    known = [pk for pk in (request.pk, request.extends_id, request.follows_id) if pk]
    return list(rows.exclude(pk__in=known).select_related("requester", "account").order_by("pk")[:_MOST])


def _similar(rows: list[AccessRequest], call: Request, change: Change) -> Iterator[Similar]:
    same = {row.code for row in rows if (row.action.lower(), row.resource) == (call.action.lower(), call.resource)}
    active = {row.code: change_from_data(row.change) for row in rows if row.state == State.ACTIVE}
    extents = {overlap.name: overlap.extent for overlap in overlaps(change, active)}
    for row in rows:
        if row.code in same:
            yield Similar(row, Likeness.SAME)
        elif row.code in extents:
            yield Similar(row, Likeness.COVERS if extents[row.code] is Extent.WHOLLY else Likeness.OVERLAPS)
