"""What can be asked for from the documents of a guide: rights for a user or role that is there already. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from troubleshoot.guide.flow import Outcome
from troubleshoot.guide.results import plan_of
from troubleshoot.guide.walk import Walk
from troubleshoot.remedy.documents.plan import Kind, Paper, as_list

ASKED_FOR = frozenset({"grant"})
"""The builders whose permissions make sense for somebody who is there already. The others make new roles."""
_NOW = "aws:CurrentTime"


@dataclass(frozen=True, slots=True)
class Wish:
    """Rights in an account. `last_day` is the end that was chosen: it is the request's, not a statement's."""

    account: str
    statements: tuple[Mapping[str, Any], ...]
    paper: Paper
    last_day: dt.date | None


def wish_of(walk: Walk) -> Wish | None:
    """Return what can be asked for at this outcome, or None. `NothingToBuildError` as in `results.plan_of`."""
    if not isinstance(walk.at, Outcome) or walk.at.builder not in ASKED_FOR:
        return None
    plan = plan_of(walk)
    if plan is None:
        return None
    paper = next(one for one in plan.papers() if one.kind is Kind.PERMISSIONS)
    statements = tuple(_undated(one) for one in as_list(paper.policy["Statement"]))
    ends = walk.typed.get("ends")
    return Wish(plan.place.account, statements, paper, dt.date.fromisoformat(ends) if ends else None)


def _undated(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the statement's own date: a grant writes its end into each statement itself."""
    kept = {
        operator: left
        for operator, keys in statement.get("Condition", {}).items()
        if (left := {key: value for key, value in keys.items() if key != _NOW})
    }
    rest = {name: value for name, value in statement.items() if name != "Condition"}
    return {**rest, "Condition": kept} if kept else rest
