"""Entries of the audit trail, as lines of a list."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from troubleshoot.access.selectors import Moment
from troubleshoot.models import AuditEntry
from troubleshoot.web.components import Fact

_SHORT = 12
_OPAQUE = re.compile(r"[0-9a-f-]{32,}")


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One step. `details` is its data in a line; `texts` are the words that people wrote, until they are erased."""

    sequence: int
    at: datetime
    event: str
    actor: str
    subject: str
    details: str
    texts: tuple[Fact, ...]
    digest: str


def audit_row(entry: AuditEntry, moment: Moment) -> AuditRow:
    """Return an entry with the person and the words that it speaks of."""
    actor = str(moment.actor) if moment.actor else _nobody(entry.actor)
    details = ", ".join(_details(entry.data))
    texts = tuple(Fact(_name(name).capitalize(), text) for name, text in moment.texts.items())
    return AuditRow(entry.sequence, entry.at, entry.event, actor, entry.subject, details, texts, entry.digest)


def _nobody(actor: str) -> str:
    return "somebody who is gone" if len(actor) == 36 else "the portal"


def _details(data: Mapping[str, Any]) -> Iterator[str]:
    for name, value in data.items():
        if name != "texts" and value not in (None, "", [], {}):
            yield f"{_name(name)} {_short(value)}"


def _short(value: Any) -> str:
    """Digests and opaque ids are known by their first characters; the whole stands in the export."""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{text[:_SHORT]}…" if _OPAQUE.fullmatch(text) else text


def _name(name: str) -> str:
    return name.replace("_", " ")
