"""Telling what a principal was given already, before it is asked for once more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from troubleshoot.iam.document import Policy
from troubleshoot.remedy.narrowing import is_within, policy_of
from troubleshoot.remedy.newly import as_texts
from troubleshoot.remedy.proposal import Change


class Extent(StrEnum):
    """How much of a change another one allows already."""

    WHOLLY = "wholly"
    PARTLY = "partly"


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another change for the same principal, by the name that the caller gave it."""

    name: str
    extent: Extent


def overlaps(change: Change, others: Mapping[str, Change]) -> tuple[Overlap, ...]:
    """Return which of the `others`, named by their keys, allow the change's principal the same, wholly or partly.

    Only policies of their own for the same principal are compared. When they end does not count, and what is not
    proved is no overlap.
    """
    if change.is_manual or not change.statements:
        return ()
    found = ((name, _extent(change, other)) for name, other in others.items())
    return tuple(Overlap(name, extent) for name, extent in found if extent is not None)


def _extent(change: Change, other: Change) -> Extent | None:
    if other.is_manual or other.principal != change.principal or not other.statements:
        return None
    ours, theirs = policy_of(change.statements), policy_of(other.statements)
    if is_within(ours, theirs):
        return Extent.WHOLLY
    is_shared = any(is_within(one, theirs) for one in _pieces(change)) or any(
        is_within(one, ours) for one in _pieces(other)
    )
    return Extent.PARTLY if is_shared else None


def _pieces(change: Change) -> Iterator[Policy]:
    """Yield each action on each resource of the change as a policy of its own."""
    for statement in change.statements:
        for action in as_texts(statement.get("Action")):
            for resource in as_texts(statement.get("Resource")):
                yield policy_of([{**statement, "Action": action, "Resource": resource}])
