"""Which routing rules a request falls under: account, group and risk are asked of the database, patterns here. Pure.

A request may hold several permissions, and wildcards in them. Each permission goes to the first rule that covers it
whole; a rule before that one which covers a part of it has its say too. So nobody escapes a strict rule by asking
for more at once.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from troubleshoot.iam.patterns import common_text, includes
from troubleshoot.iam.variables import Variable, parse_template
from troubleshoot.iam.wildcard import Matcher, Token, Wild, compile_glob, tokens_of
from troubleshoot.models import Risk, RoutingRule
from troubleshoot.remedy import Change

RISKS: Final = (Risk.LOW, Risk.MEDIUM, Risk.HIGH)
_MOST_STATES = 20_000  # beyond this `common_text` gives up


class Overlap(StrEnum):
    """How much of a permission a rule's patterns cover."""

    WHOLE = "whole"
    PART = "part"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Permission:
    """One action on one resource, as a change names them: either may hold wildcards."""

    action: str
    resource: str


def permissions_of(change: Change) -> frozenset[Permission]:
    """Return what a change gives. Of the edit of a document these are the statements that were not there before.

    A statement that names what it leaves out counts as one that names everything.
    """
    statements = [*change.statements, *(_added(change) if change.edit else ())]
    return frozenset(
        Permission(action, resource)
        for statement in statements
        for action in _texts(statement.get("Action", "*"))
        for resource in _texts(statement.get("Resource", "*"))
    )


def up_to(risk: str) -> tuple[Risk, ...]:
    """Return this risk and the lower ones: a rule counts from its minimal risk on."""
    return RISKS[: RISKS.index(Risk(risk)) + 1]


def rules_over(permissions: frozenset[Permission], rules: Sequence[RoutingRule]) -> tuple[list[RoutingRule], bool]:
    """Return those of the rules, in their order, that the permissions fall under, and whether some fall under none.

    Permissions that nothing is known of fall under no rule.
    """
    found: set[Any] = set()
    left = not permissions
    for permission in permissions:
        had, covered = _rules_over_one(permission, rules)
        found.update(had)
        left = left or not covered
    return [rule for rule in rules if rule.pk in found], left


def _rules_over_one(permission: Permission, rules: Sequence[RoutingRule]) -> tuple[list[Any], bool]:
    touched = []
    for rule in rules:
        overlap = _of_one(rule.action_pattern, rule.resource_pattern, permission)
        if overlap is not Overlap.NONE:
            touched.append(rule.pk)
        if overlap is Overlap.WHOLE:
            return touched, True
    return touched, False


def _of_one(action: str, resource: str, permission: Permission) -> Overlap:
    """IAM reads an action in any case, and a resource exactly."""
    one = _overlap(action.lower(), tuple(tokens_of(permission.action.lower())))
    if one is Overlap.NONE:
        return Overlap.NONE
    other = _overlap(resource, _resource(permission.resource))
    return other if one is Overlap.WHOLE or other is Overlap.NONE else Overlap.PART


def _resource(text: str) -> tuple[Token, ...]:
    """Return what a resource in a policy stands for: a variable for any text, `${*}` and its like for the character."""
    parts = parse_template(text, variables=True, wildcards=True)
    return tuple(Wild.STAR if isinstance(part, Variable) else part for part in parts)


@lru_cache(maxsize=8192)
def _overlap(pattern: str, tokens: tuple[Token, ...]) -> Overlap:
    if pattern == "*":
        return Overlap.WHOLE
    literal = "".join(token for token in tokens if isinstance(token, str))
    if not any(isinstance(token, Wild) for token in tokens):
        return Overlap.WHOLE if _matcher(pattern)(literal) else Overlap.NONE
    if includes(tokens_of(pattern), tokens):
        return Overlap.WHOLE
    # Too long to be searched through: rather a rule too many than one that somebody escapes.
    too_long = len(pattern) * (len(literal) + len(tokens)) > _MOST_STATES
    common = too_long or common_text([tokens_of(pattern), list(tokens)]) is not None
    return Overlap.PART if common else Overlap.NONE


@lru_cache(maxsize=1024)
def _matcher(pattern: str) -> Matcher:
    return compile_glob(tokens_of(pattern))


def _added(change: Change) -> Iterator[dict[str, Any]]:
    before = _statements(change.edit.before) if change.edit else []
    after = _listed(change.edit.after.get("Statement")) if change.edit else []
    return (statement for statement in after if statement not in before and statement.get("Effect") != "Deny")


def _statements(text: str) -> list[dict[str, Any]]:
    try:
        document = json.loads(text) if text else {}
    except ValueError:
        return []  # what cannot be read hides nothing: all that stands there now counts as added
    return _listed(document.get("Statement")) if isinstance(document, dict) else []


def _listed(value: Any) -> list[dict[str, Any]]:
    found = value if isinstance(value, list | tuple) else [value]
    return [dict(statement) for statement in found if isinstance(statement, dict)]


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]
