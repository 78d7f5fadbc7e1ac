"""Entries of the audit trail, as lines of a list."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from troubleshoot.access.selectors import Moment
from troubleshoot.models import AuditEntry
from troubleshoot.web.components import Fact


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One step. `facts` are its data, and the words that people wrote as far as they were not erased."""

    sequence: int
    at: datetime
    event: str
    actor: str
    subject: str
    facts: tuple[Fact, ...]
    digest: str


def audit_row(entry: AuditEntry, moment: Moment) -> AuditRow:
    """Return an entry with the person and the words that it speaks of."""
    actor = str(moment.actor) if moment.actor else _nobody(entry.actor)
    facts = (*_data(entry.data), *(Fact(_name(name), text) for name, text in moment.texts.items()))
    return AuditRow(entry.sequence, entry.at, entry.event, actor, entry.subject, facts, entry.digest)


def _nobody(actor: str) -> str:
    return "somebody who is gone" if len(actor) == 36 else "the portal"


def _data(data: Mapping[str, Any]) -> Iterator[Fact]:
    for name, value in data.items():
        if name != "texts" and value not in (None, "", [], {}):
            yield Fact(_name(name), ", ".join(map(str, value)) if isinstance(value, list) else str(value), code=True)


def _name(name: str) -> str:
    return name.replace("_", " ").capitalize()
