"""The risk of a change in words: its level, what it asks of an approval, and each finding."""

from collections.abc import Iterable
from dataclasses import dataclass

from troubleshoot.remedy.risk import Assessment, Finding
from troubleshoot.web.presenters.names import list_in_words

_HOURS_A_DAY = 24
_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding: its level, why, and the narrower way. `about` are actions, the first few of them."""

    level: str
    reason: str
    narrower: str
    about: str


@dataclass(frozen=True, slots=True)
class RiskView:
    """The whole risk. `words` say what it asks of an approval."""

    level: str
    words: str
    findings: tuple[FindingView, ...]


def risk_view(assessed: Assessment) -> RiskView:
    """Return an assessment in words."""
    return RiskView(
        str(assessed.level), f"{approvals_words(assessed)} {longest_words(assessed)}", _views(assessed.findings)
    )


def stored_risk(level: str, findings: Iterable[Finding]) -> RiskView:
    """Return the risk that was kept with a request."""
    return RiskView(level, "", _views(findings))


def approvals_words(assessed: Assessment) -> str:
    """Return how many people have to approve it."""
    return (
        "One approver decides." if assessed.approvals == 1 else f"{assessed.approvals} different people must approve."
    )


def longest_words(assessed: Assessment) -> str:
    """Return how long it may last because of its risk."""
    if assessed.longest_hours is None:
        return "Its risk sets no limit on how long it lasts."
    days = assessed.longest_hours // _HOURS_A_DAY
    return f"It may last {days} days at most."


def _views(findings: Iterable[Finding]) -> tuple[FindingView, ...]:
    ordered = sorted(findings, key=lambda one: -one.level.rank)
    return tuple(FindingView(str(one.level), one.reason, one.narrower, _about(one.actions)) for one in ordered)


def _about(actions: tuple[str, ...]) -> str:
    rest = len(actions) - _MOST_NAMED
    return list_in_words([*actions[:_MOST_NAMED], *([f"{rest} more"] if rest > 0 else [])])
