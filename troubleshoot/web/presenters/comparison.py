"""The gates now and with a change, side by side: what the portal's evaluator says of the same call."""

from dataclasses import dataclass

from troubleshoot.iam.decision import Decision, Outcome
from troubleshoot.web.components import Gate
from troubleshoot.web.presenters.gates import gates_of_decision

_OUTCOMES = {
    Outcome.ALLOWED: "allowed",
    Outcome.IMPLICIT_DENY: "denied: nothing allows it",
    Outcome.EXPLICIT_DENY: "denied: a statement forbids it",
    Outcome.DEPENDS: "not stopped by anything that the portal can read",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One layer before and after. `changed` where the change makes a difference."""

    name: str
    before: Gate
    after: Gate
    changed: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole call before and after, in words, and layer by layer."""

    before: str
    after: str
    rows: tuple[Row, ...]
    proven: bool
    caveat: str


def comparison_of(before: Decision | None, after: Decision | None) -> Comparison | None:
    """Return the comparison, or None where no live state was read that the viewer may see."""
    if before is None or after is None:
        return None
    proven = not after.stopping
    return Comparison(
        _OUTCOMES[before.outcome],
        _OUTCOMES[after.outcome],
        _rows(before, after),
        proven,
        _caveat(after, proven=proven),
    )


def _rows(before: Decision, after: Decision) -> tuple[Row, ...]:
    pairs = zip(gates_of_decision(before), gates_of_decision(after), strict=True)
    return tuple(Row(one.name, one, other, one.state != other.state) for one, other in pairs)


def _caveat(after: Decision, *, proven: bool) -> str:
    if not proven:
        return "The portal could not show that this change is enough."
    if after.missing_layers:
        return "What stays unknown is not promised. It shows when the call is tried again."
    return "Judged by the portal’s own evaluator on the state that it read."
