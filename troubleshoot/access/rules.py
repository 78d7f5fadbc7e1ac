"""Routing rules: one administrator proposes to add or to end one, another one confirms. A rule is never edited."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone

from troubleshoot.access import four_eyes
from troubleshoot.access.errors import Refused, Stale
from troubleshoot.access.nudges import look_again
from troubleshoot.access.words import cleaned
from troubleshoot.models import Account, AdminChange, Person, Risk, RoutingRule, RuleApprover

Kind = AdminChange.Kind
RULE_KINDS: Final = (Kind.ADD_RULE, Kind.REMOVE_RULE)
LAST_POSITION: Final = 9999
MOST_APPROVALS: Final = 5

# A service and an action, or everything: wildcards may stand in the action's name only.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
_ACTION = re.compile(r"\*|[a-z0-9-]{1,40}:[A-Za-z0-9*?]{1,80}", re.ASCII)
_TAKEN: Final = "Another rule stands at this place. Choose a free one, or end that rule first."
_COLUMNS: Final = ("name", "position", "action_pattern", "resource_pattern", "minimal_risk", "approvals")
_RESOURCE = re.compile(r"\*|arn:\S{3,2040}")


@dataclass(frozen=True, slots=True)
class Place:
    """One person whom a rule names, and who stands in for them from one day to another, both included."""

    person: Person
    substitute: Person | None = None
    begins: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule that somebody means to add. None and `*` fit everything."""

    name: str
    position: int
    places: tuple[Place, ...]
    account: Account | None = None
    action_pattern: str = "*"
    resource_pattern: str = "*"
    group: Group | None = None
    minimal_risk: str = Risk.LOW
    approvals: int = 1


def propose_rule(*, by: Person, draft: Draft) -> AdminChange:
    """Propose to add a rule. The other administrators are asked by mail.

    `Refused` where it does not fit, where its place is taken, or where nobody else could confirm it: whoever the
    rule names may not.
    """
    four_eyes.refuse_non_admin(by)
    _refuse_unfit(draft)
    change = _new_change(by, Kind.ADD_RULE, draft.account, _as_data(draft))
    return four_eyes.propose(change, data=data_of(change), texts=texts_of(change), about=about(change))


def propose_end(*, by: Person, rule: RoutingRule) -> AdminChange:
    """Propose that a rule counts no more. `Refused` where it ended already, or its end is proposed already."""
    four_eyes.refuse_non_admin(by)
    if rule.ended_at is not None:
        raise Refused("no_change", "This rule has ended already.")
    four_eyes.refuse_proposed(kind=Kind.REMOVE_RULE, details__rule=rule.pk)
    change = _new_change(by, Kind.REMOVE_RULE, rule.account, {"rule": rule.pk, "name": rule.name})
    return four_eyes.propose(change, data=data_of(change), texts=texts_of(change), about=about(change))


def carry_out(change: AdminChange, _by: Person) -> None:
    """Add or end the rule of a confirmed change, and let the worker look at whom it now asks. `Stale` in words."""
    if change.kind == Kind.ADD_RULE:
        _add(change.details or {})
    else:
        rows = RoutingRule.objects.filter(pk=(change.details or {})["rule"], ended_at__isnull=True)
        rows.update(ended_at=timezone.now())
    look_again(change.account)


def about(change: AdminChange) -> list[int]:
    """Return the ids of the people whom a rule that is to be added names: they do not confirm it."""
    if change.kind != Kind.ADD_RULE:
        return []
    places = (change.details or {})["places"]
    named = {place[who] for place in places for who in ("person", "substitute") if place[who]}
    return list(Person.objects.filter(public_id__in=named).values_list("pk", flat=True))


def data_of(change: AdminChange) -> dict[str, Any]:
    """Return what the audit trail keeps of a change of rules: its number, its account, opaque people."""
    details = change.details or {}
    return {
        "person": None,
        "rule": details.get("rule"),
        "account": change.account.account_id if change.account else None,
        "named": [place["person"] for place in details.get("places", [])],
    }


def texts_of(change: AdminChange) -> dict[str, str]:
    """Return the words of a change of rules: a name or a pattern can speak of a person, so it stays erasable."""
    return {"rule": json.dumps(change.details, sort_keys=True)}


DEED: Final = four_eyes.Deed(carry_out, data_of, texts_of, about)


def next_position() -> int:
    """Return a place behind every active rule, with room before it."""
    last = RoutingRule.objects.filter(ended_at__isnull=True).order_by("-position").first()
    return min(last.position + 10, LAST_POSITION) if last else 10


def _new_change(by: Person, kind: AdminChange.Kind, account: Account | None, details: dict[str, Any]) -> AdminChange:
    return AdminChange(kind=kind, account=account, details=details, proposed_by=by, proposed_at=timezone.now())


def _refuse_unfit(draft: Draft) -> None:
    if not cleaned(draft.name) or len(draft.name) > 80:
        raise Refused("no_name", "Give the rule a name of at most 80 characters.")
    if not _ACTION.fullmatch(draft.action_pattern):
        raise Refused("no_action", "Write the action as service:Name, such as personalize:Delete*, or * for all.")
    if not _RESOURCE.fullmatch(draft.resource_pattern):
        raise Refused("no_resource", "Write the resource as an ARN, where * and ? may stand, or * for all.")
    if not 1 <= draft.position <= LAST_POSITION:
        raise Refused("no_place", f"Choose a place between 1 and {LAST_POSITION}.")
    if RoutingRule.objects.filter(position=draft.position, ended_at__isnull=True).exists():
        raise Refused("place_taken", _TAKEN)
    _refuse_unfit_places(draft)


def _refuse_unfit_places(draft: Draft) -> None:
    people = [place.person.pk for place in draft.places]
    if not people:
        raise Refused("nobody", "Choose at least one person who decides.")
    if len(set(people)) < len(people):
        raise Refused("twice", "Choose each person once.")
    if not 1 <= draft.approvals <= min(len(people), MOST_APPROVALS):
        raise Refused("too_many", "It cannot need more approvals than it names people.")
    for place in draft.places:
        _refuse_unfit_place(place)


def _refuse_unfit_place(place: Place) -> None:
    if not place.person.is_active or (place.substitute and not place.substitute.is_active):
        raise Refused("disabled", "Somebody whom the rule names is disabled.")
    dated = place.begins is not None and place.ends is not None
    if (place.substitute is not None) != dated or (place.substitute is None and (place.begins or place.ends)):
        raise Refused("no_dates", "A substitute needs a first and a last day, and these need a substitute.")
    if place.begins and place.ends and place.ends < place.begins:
        raise Refused("no_dates", "The last day of a substitute lies before the first.")
    if place.substitute == place.person:
        raise Refused("own_substitute", "Nobody stands in for themselves.")


def _as_data(draft: Draft) -> dict[str, Any]:
    return {
        "name": cleaned(draft.name),
        "position": draft.position,
        "account": draft.account.account_id if draft.account else None,
        "action_pattern": draft.action_pattern,
        "resource_pattern": draft.resource_pattern,
        "group": draft.group.name if draft.group else None,
        "minimal_risk": str(draft.minimal_risk),
        "approvals": draft.approvals,
        "places": [_place_data(place) for place in draft.places],
    }


def _place_data(place: Place) -> dict[str, str | None]:
    return {
        "person": str(place.person.public_id),
        "substitute": str(place.substitute.public_id) if place.substitute else None,
        "begins": place.begins.isoformat() if place.begins else None,
        "ends": place.ends.isoformat() if place.ends else None,
    }


def _add(details: Mapping[str, Any]) -> None:
    named = {place[who] for place in details["places"] for who in ("person", "substitute") if place[who]}
    people = {str(person.public_id): person for person in Person.objects.filter(public_id__in=named)}
    if len(people) < len(named):
        raise Stale("gone", "Somebody whom the rule names is not there any more. Nothing was changed.")
    account, group = details["account"], details["group"]
    try:
        with transaction.atomic():
            rule = RoutingRule.objects.create(
                **{name: details[name] for name in _COLUMNS},
                account=Account.objects.get(account_id=account) if account else None,
                group=Group.objects.get(name=group) if group else None,
                created_at=timezone.now(),
            )
            RuleApprover.objects.bulk_create(_row(rule, place, people) for place in details["places"])
    except IntegrityError:
        raise Stale("place_taken", _TAKEN) from None
    except (Account.DoesNotExist, Group.DoesNotExist):
        raise Stale("gone", "The account or the group of the rule is not there any more.") from None


def _row(rule: RoutingRule, place: Mapping[str, str | None], people: Mapping[str, Person]) -> RuleApprover:
    return RuleApprover(
        rule=rule,
        person=people[place["person"] or ""],
        substitute=people[place["substitute"]] if place["substitute"] else None,
        substitute_from=date.fromisoformat(place["begins"]) if place["begins"] else None,
        substitute_until=date.fromisoformat(place["ends"]) if place["ends"] else None,
    )
