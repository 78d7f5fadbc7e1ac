"""What a change newly allows, in words: concrete actions, together where they are on the same resources."""

import json
from dataclasses import dataclass, replace
from functools import lru_cache

from troubleshoot.iam import catalog
from troubleshoot.iam.access import Access
from troubleshoot.iam.document import Condition
from troubleshoot.remedy import Change, Newly, change_from_data, newly
from troubleshoot.web.presenters.names import list_in_words

_DESCRIBED = 6
"""Up to so many actions are explained one by one."""


@dataclass(frozen=True, slots=True)
class AllowedAction:
    """One action, with what AWS says it does. `maybe`: what nobody can read or know yet may stop it."""

    name: str
    description: str
    maybe: bool


@dataclass(frozen=True, slots=True)
class AllowedGroup:
    """Actions on the resources of one pattern, under the same conditions. `resource` is empty where they take none."""

    resource: str
    condition: str
    actions: tuple[AllowedAction, ...]


@dataclass(frozen=True, slots=True)
class AllowsView:
    """All that a change newly allows. `caveats` say what the list rests on; `count` is the number of actions."""

    groups: tuple[AllowedGroup, ...]
    caveats: tuple[str, ...]
    count: int


def allows_view(found: Newly, *, is_known: bool) -> AllowsView:
    """Return what was found, in words. `is_known`: what the principal has already was read, and is left out."""
    names = {entry.action for entry in found.entries}
    grouped: dict[tuple[str, str], list[Access]] = {}
    for entry in found.entries:
        key = ("" if entry.resource == "*" else entry.resource, _conditions(entry.conditions))
        grouped.setdefault(key, []).append(entry)
    explains = len(names) <= _DESCRIBED
    marks = any(entry.certain for entry in found.entries)
    groups = tuple(
        AllowedGroup(*key, _actions(entries, explains=explains, marks=marks)) for key, entries in grouped.items()
    )
    return AllowsView(groups, tuple(_caveats(found, is_known=is_known)), len(names))


def asked_view(change: Change) -> AllowsView:
    """Return all that a change allows, whoever looks and whatever is held already."""
    return _asked_view(json.dumps(change.as_data(), sort_keys=True))


@lru_cache(maxsize=256)
def _asked_view(change: str) -> AllowsView:
    found = allows_view(newly(change_from_data(json.loads(change)), None), is_known=False)
    return replace(found, caveats=())


def _caveats(found: Newly, *, is_known: bool) -> list[str]:
    caveats = []
    if not is_known:
        caveats.append("What is held already was not read, so all of the change is listed.")
    elif not found.entries:
        caveats.append("Nothing that is not allowed already.")
    if not found.is_whole:
        caveats.append("It speaks of every service of AWS. Only the gravest ones are listed.")
    unsure = [entry for entry in found.entries if not entry.certain]
    if unsure:
        where = "" if len(unsure) == len(found.entries) else "Where “possible” stands: "
        caveats.append(f"{where}What cannot be read, or known before a call, may still stop it.")
    return caveats


def _actions(entries: list[Access], *, explains: bool, marks: bool) -> tuple[AllowedAction, ...]:
    found = {
        entry.action: AllowedAction(
            entry.action, _described(entry.action) if explains else "", marks and not entry.certain
        )
        for entry in entries
    }
    return tuple(found.values())


def _described(action: str) -> str:
    known = catalog.action(action)
    if known is None:
        return ""
    what = known.description.removeprefix("Grants permission to ").rstrip(".")
    levels = ", ".join(sorted(known.access_levels))
    return f"{what[:1].upper()}{what[1:]} (access level: {levels})" if levels else what


def _conditions(conditions: tuple[Condition, ...]) -> str:
    parts = [
        f"{one.key.value} is {list_in_words([value.value for value in one.values], last='or')}"
        if one.operator.value.startswith("StringEquals")
        else f"{one.operator.value} {one.key.value}: {list_in_words([value.value for value in one.values], last='or')}"
        for one in conditions
    ]
    return list_in_words(parts)
