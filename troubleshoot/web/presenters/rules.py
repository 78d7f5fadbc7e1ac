"""Routing rules in words: what one fits, whom it names, and who would decide."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from troubleshoot.access.asking import WhoDecides
from troubleshoot.access.routing import stands_in
from troubleshoot.models import AdminChange, Person, Risk, RoutingRule, RuleApprover
from troubleshoot.web.presenters.decisions import who_in_words
from troubleshoot.web.presenters.names import list_in_words

_FROM_RISK = {Risk.LOW: "", Risk.MEDIUM: "medium or high risk", Risk.HIGH: "high risk"}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in the order of the list. `needs` is how many must approve."""

    id: int
    position: int
    name: str
    fits: tuple[str, ...]
    people: tuple[str, ...]
    needs: str


@dataclass(frozen=True, slots=True)
class TryOut:
    """Who would decide, in words, and by which rules."""

    words: str
    rules: str
    substitutes: str


def rule_row(rule: RoutingRule, *, today: date) -> RuleRow:
    """Return a line of the list. The rule's people must have been read with it."""
    group = rule.group.name if rule.group else ""
    account = rule.account.name if rule.account else ""
    fits = _fits(account, rule.action_pattern, rule.resource_pattern, group, rule.minimal_risk)
    people = tuple(_place(row, today) for row in rule.approvers.all())
    return RuleRow(rule.pk, rule.position, rule.name, fits, people, _needs(rule.approvals))


def rule_change_words(change: AdminChange, people: Mapping[str, Person]) -> tuple[str, str]:
    """Return the title and the detail of a proposed change of rules. `people` are those it names, by public id."""
    details = change.details or {}
    if change.kind == AdminChange.Kind.REMOVE_RULE:
        return f"End the rule “{details['name']}”", ""
    fits = _fits(
        change.account.name if change.account else "",
        details["action_pattern"],
        details["resource_pattern"],
        details["group"] or "",
        details["minimal_risk"],
    )
    named = [_proposed(place, people) for place in details["places"]]
    title = f"Add the rule “{details['name']}” at place {details['position']}"
    return title, f"{', '.join(fits)}: {list_in_words(named)}. {_needs(details['approvals'])}."


def people_named(changes: Iterable[AdminChange]) -> set[str]:
    """Return the public ids of the people whom proposed rules name, so that they are read at once."""
    places = [place for change in changes for place in (change.details or {}).get("places", [])]
    return {place[who] for place in places for who in ("person", "substitute") if place[who]}


def try_out(found: WhoDecides) -> TryOut:
    """Return who would decide, and why them."""
    by = [f"“{rule.name}”" for rule in found.rules]
    substitutes = list_in_words([str(person) for person in found.substitutes])
    return TryOut(
        who_in_words([str(person) for person in found.people], found.needed),
        f"By the rule {list_in_words(by)}." if by else "No rule fits, so the account’s approvers decide.",
        f"Standing in today: {substitutes}." if found.substitutes else "",
    )


def _fits(account: str, action: str, resource: str, group: str, risk: str) -> tuple[str, ...]:
    parts = (
        f"account {account}" if account else "",
        action if action != "*" else "",
        resource if resource != "*" else "",
        f"asked by {group}" if group else "",
        _FROM_RISK[Risk(risk)],
    )
    return tuple(part for part in parts if part) or ("everything",)


def _needs(approvals: int) -> str:
    return "One must approve" if approvals == 1 else f"{approvals} must approve"


def _place(row: RuleApprover, today: date) -> str:
    name = f"{row.person}{'' if row.person.is_active else ' (disabled)'}"
    if row.substitute is None:
        return name
    now = "now" if stands_in(row, today) else ""
    days = f"{row.substitute_from:%-d %b %Y} to {row.substitute_until:%-d %b %Y}"
    return f"{name}, substitute {row.substitute} {now or days}" + (f" ({days})" if now else "")


def _proposed(place: Mapping[str, Any], people: Mapping[str, Person]) -> str:
    person, substitute = (people.get(place[who] or "") for who in ("person", "substitute"))
    name = str(person) if person else "somebody who is gone"
    return f"{name} (substitute {substitute}, {place['begins']} to {place['ends']})" if substitute else name
