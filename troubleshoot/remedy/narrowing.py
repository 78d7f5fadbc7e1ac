"""Narrowing a change to what is proved to allow no more.

What cannot be proved is refused: an approval of a wider change never covers it by accident.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from troubleshoot.iam.access import Comparison, allows_no_more
from troubleshoot.iam.compiled import Dialect, compile_policy
from troubleshoot.iam.document import Policy, PolicyError, parse_policy
from troubleshoot.iam.inclusion import covers_statement
from troubleshoot.iam.printing import policy_data
from troubleshoot.iam.request import Request
from troubleshoot.remedy.grant import VERSION, grant_document
from troubleshoot.remedy.newly import as_texts
from troubleshoot.remedy.proposal import Change

_BY_HAND = "A change that is made by hand cannot be narrowed here. Reject it, and say what to ask for instead."
_LONGER = "This would last longer than what was asked for."
_NOTHING_LEFT = "This would allow nothing. Reject the request instead."
_SAME = "This is what was asked for already."
_DENIES = "A policy that is given here only allows. Leave out what should not be given."
_NO_OF_ITS_OWN = "A policy of its own names no principals."


@dataclass(frozen=True, slots=True)
class Fields:
    """What an approver keeps: actions as they stand in the change, resources instead of its own, and the hours.

    None keeps what the change says. A resource replaces those that it lies within, statement by statement.
    """

    actions: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    hours: int | None = None


@dataclass(frozen=True, slots=True)
class NotNarrower:
    """Why a document is refused, in words. `witness` is a request that it would allow beyond the change, or None."""

    witness: Request | None
    words: str


def narrow(change: Change, wanted: str | Mapping[str, Any] | Fields) -> Change | NotNarrower:
    """Return the change narrowed to `wanted`: a policy document (text or JSON data), or fields.

    `NotNarrower` where it is not proved that it allows no more than `change`, where it is no policy, allows nothing,
    or changes nothing.
    """
    if change.is_manual:
        return NotNarrower(None, _BY_HAND)
    fields = wanted if isinstance(wanted, Fields) else Fields()
    hours = change.hours if fields.hours is None else fields.hours
    if change.hours is not None and (hours is None or hours > change.hours):
        return NotNarrower(None, _LONGER)
    if hours is not None and hours < 1:
        return NotNarrower(None, _NOTHING_LEFT)
    data = _kept(change, wanted) if isinstance(wanted, Fields) else wanted
    try:
        policy = parse_policy(data if isinstance(data, str) else json.dumps(data), name="the narrower policy")
        # As it will be written: of another version, `${...}` would be plain text here and a variable there.
        policy = policy_of(policy_data(policy)["Statement"])
    except PolicyError as error:
        return NotNarrower(None, f"This is no policy: {error}.")
    return _narrowed(change, policy, hours)


def _narrowed(change: Change, policy: Policy, hours: int | None) -> Change | NotNarrower:
    if any(one.denies for one in policy.statements):
        return NotNarrower(None, _DENIES)
    if any(one.principal is not None for one in policy.statements):
        return NotNarrower(None, _NO_OF_ITS_OWN)
    if not policy.statements:
        return NotNarrower(None, _NOTHING_LEFT)
    refusal = _more_than(change, policy)
    if refusal is not None:
        return refusal
    smaller = replace(change, statements=tuple(policy_data(policy)["Statement"]), hours=hours)
    is_same = _canonical(smaller) == _canonical(change)
    return NotNarrower(None, _SAME) if is_same else smaller


def _more_than(change: Change, policy: Policy) -> NotNarrower | None:
    asked = parse_policy(grant_document(change, ends_at=None), name="what was asked for")
    found = allows_no_more(policy, asked, change.principal)
    if found.comparison is Comparison.NO_MORE:
        return None
    if found.witness is None:
        return NotNarrower(None, f"It could not be proved that this allows no more: {found.why}.")
    witness = found.witness
    return NotNarrower(
        witness, f"This allows more than was asked for: {witness.action} on {witness.resource}, for example."
    )


def _kept(change: Change, fields: Fields) -> dict[str, Any]:
    return {"Version": VERSION, "Statement": list(_kept_statements(change, fields))}


def _kept_statements(change: Change, fields: Fields) -> Iterator[dict[str, Any]]:
    """Yield the statements with the actions and resources that stay; one that loses all of either goes away."""
    for statement in change.statements:
        kept = dict(statement)
        if fields.actions is not None and "Action" in kept:
            kept["Action"] = _plain(_chosen(as_texts(kept["Action"]), fields.actions))
        if fields.resources is not None and "Resource" in kept and not _is_star(kept):
            kept["Resource"] = _plain(_within(kept, fields.resources))
        if kept.get("Action", True) and kept.get("Resource", True):
            yield kept


def _is_star(statement: Mapping[str, Any]) -> bool:
    return as_texts(statement["Resource"]) == ["*"]


def _chosen(actions: Iterable[str], wanted: Iterable[str]) -> list[str]:
    names = {name.lower() for name in wanted}
    return [name for name in actions if name.lower() in names]


def _within(statement: Mapping[str, Any], resources: Iterable[str]) -> list[str]:
    """Return the resources that lie within the statement's own."""
    return [one for one in resources if _lies_within({**statement, "Resource": one}, statement)]


def _lies_within(narrow_one: Mapping[str, Any], wide: Mapping[str, Any]) -> bool:
    try:
        return is_within(policy_of([narrow_one]), policy_of([wide]))
    except PolicyError:
        return False


def policy_of(statements: Iterable[Mapping[str, Any]]) -> Policy:
    """Return the policy of these statements. `PolicyError` where they are none."""
    return parse_policy(json.dumps({"Version": VERSION, "Statement": list(statements)}), name="part")


def is_within(narrow_one: Policy, wide: Policy) -> bool:
    """Tell whether it is proved that `narrow_one` allows no more than `wide`, where neither denies anything."""
    theirs = compile_policy(wide, Dialect.IDENTITY)
    return all(covers_statement(theirs, one) for one in compile_policy(narrow_one, Dialect.IDENTITY))


def _plain(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else values


def _canonical(change: Change) -> tuple[Any, int | None]:
    """What a change says, with one value or a list of one read the same."""
    return policy_data(policy_of(change.statements)), change.hours
