"""The gates now and with a change, side by side: what the portal's evaluator says of the same call."""

from dataclasses import dataclass

from troubleshoot.access.answer import Answer
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


def comparison_of(answer: Answer) -> Comparison | None:
    """Return the comparison, or None where no live state was read that the viewer may see."""
    if answer.decision is None or answer.after is None:
        return None
    proven = bool(answer.proposal and answer.proposal.proven)
    return Comparison(
        _OUTCOMES[answer.decision.outcome],
        _OUTCOMES[answer.after.outcome],
        _rows(answer.decision, answer.after),
        proven,
        _caveat(answer, proven),
    )


def _rows(before: Decision, after: Decision) -> tuple[Row, ...]:
    pairs = zip(gates_of_decision(before), gates_of_decision(after), strict=True)
    return tuple(Row(one.name, one, other, one.state != other.state) for one, other in pairs)


def _caveat(answer: Answer, proven: bool) -> str:
    unchecked = len(answer.proposal.unchecked) if answer.proposal else 0
    if not proven:
        return "The portal could not show that this change is enough."
    if unchecked:
        return "What stays unknown is not promised. It shows when the call is tried again."
    return "Judged by the portal’s own evaluator on the state that it read."
