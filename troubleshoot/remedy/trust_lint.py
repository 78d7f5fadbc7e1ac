"""What is unwise in a trust policy: 26 rules, each with its page of AWS's documentation.

The grammar is `iam.document`'s subject; a document that IAM would refuse never comes here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from troubleshoot.iam.document import Policy
from troubleshoot.remedy.trust_checks import CHECKS, GITHUB
from troubleshoot.remedy.trust_look import Look, TrustFacts

__all__ = ["GITHUB", "SEVERITIES", "Finding", "TrustFacts", "lint_trust", "rules"]

SEVERITIES = ("critical", "high", "medium", "low", "info")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is unwise. `line` is 1-based; `about` is the value or key in question."""

    id: str
    severity: str
    title: str
    fix: str
    sources: tuple[str, ...]
    line: int
    about: str = ""


def lint_trust(policy: Policy, facts: TrustFacts) -> tuple[Finding, ...]:
    """Return what is unwise in a trust policy, the gravest first."""
    found: dict[tuple[str, int, str], Finding] = {}
    for statement in policy.statements:
        look = Look(statement, facts)
        line = policy.position(statement.start).line
        for rule, check in CHECKS.items():
            if statement.denies and rule != "T20":
                continue
            for about in check(look):
                found.setdefault((rule, line, about), _finding(rule, line, about))
    return tuple(sorted(found.values(), key=lambda one: (SEVERITIES.index(one.severity), one.line, one.id)))


@cache
def rules() -> Mapping[str, Finding]:
    """Return every rule, as a finding without a place."""
    data = json.loads((Path(__file__).parent / "data" / "trust_rules.json").read_text(encoding="utf-8"))
    return {row["id"]: Finding(line=0, **{**row, "sources": tuple(row["sources"])}) for row in data["rules"]}


def _finding(rule: str, line: int, about: str) -> Finding:
    known = rules()[rule]
    return Finding(known.id, known.severity, known.title, known.fix, known.sources, line, about)
