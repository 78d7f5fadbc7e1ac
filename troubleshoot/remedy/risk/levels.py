"""How grave a change is, as data: findings, and what they mean for the approval."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent.parent / "data"


class Level(StrEnum):
    """How much care a change needs, the least first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        return list(Level).index(self)

    @property
    def below(self) -> "Level":
        """One step less."""
        return list(Level)[max(self.rank - 1, 0)]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to take care of. `code` is stable; `reason` and `narrower` are in words.

    `actions` and `resources` are what it is about; `paths` the ids of known ways to more rights, in
    `data/escalation.json`; `sources` where they are described.
    """

    code: str
    level: Level
    reason: str
    narrower: str
    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return the finding as plain JSON data; `finding_from_data` is the way back."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def finding_from_data(data: Mapping[str, Any]) -> Finding:
    """Return the finding that `Finding.as_data` was taken from. `KeyError` or `ValueError` on foreign data."""
    lists = {name: tuple(data[name]) for name in ("actions", "resources", "paths", "sources")}
    return Finding(data["code"], Level(data["level"]), data["reason"], data["narrower"], **lists)


@dataclass(frozen=True, slots=True)
class Assessment:
    """The risk of a change. `longest_hours` is None where risk sets no limit and an end is not needed because of it.

    `approvals` is how many different people must approve.
    """

    level: Level
    findings: tuple[Finding, ...]
    approvals: int
    longest_hours: int | None

    def allows_hours(self, hours: int | None) -> bool:
        """Tell whether the change may last so long, as far as its risk goes. None: without an end."""
        return self.longest_hours is None or (hours is not None and hours <= self.longest_hours)


def assessment(findings: Sequence[Finding], *, may_end: bool = True) -> Assessment:
    """Return what the findings mean, the gravest first. Without a finding the risk is low.

    A change of medium risk that cannot have an end needs one approver more in place of the limit of time.
    """
    ordered = tuple(sorted(findings, key=lambda one: -one.level.rank))
    level = ordered[0].level if ordered else Level.LOW
    rule = risk_data("risk")["levels"][level]
    if level is Level.MEDIUM and not may_end:
        return Assessment(level, ordered, rule["approvals"] + 1, None)
    return Assessment(level, ordered, rule["approvals"], rule["longest_hours"])


@cache
def risk_data(name: str) -> Mapping[str, Any]:
    """Return one of the data files: `risk` or `escalation`."""
    found: dict[str, Any] = json.loads((_DATA / f"{name}.json").read_text(encoding="utf-8"))
    return found
