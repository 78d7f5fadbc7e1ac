"""The audit trail as a file: CSV that a spreadsheet only shows, and JSON that can be checked against the chain."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from troubleshoot import audit
from troubleshoot.access import selectors
from troubleshoot.access.errors import Refused
from troubleshoot.access.permissions import roles_of
from troubleshoot.access.trail import Search
from troubleshoot.models import AuditEntry, Person

COLUMNS: Final = (
    "sequence", "at", "event", "actor", "actor_name", "subject", "data", "texts", "previous", "digest", "key",
)  # fmt: skip
_BATCH: Final = 500
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet compute a cell: https://owasp.org/www-community/attacks/CSV_Injection"""


def export(*, by: Person, kind: str, search: Search) -> Iterator[str]:
    """Return the file piece by piece, oldest entry first: everything that `search` names up to this moment.

    `kind` is `csv` or `json`. That it was taken out, by whom and what of it, is an entry of its own. `Refused` for
    anybody but administrators and auditors, and for another kind.
    """
    roles = roles_of(by)
    if not (roles.is_admin or roles.is_auditor):
        raise Refused("not_permitted", "Only administrators and auditors may take the trail out.")
    if kind not in _WRITERS:
        raise Refused("no_such_kind", "Please choose CSV or JSON.")
    entry = audit.append(
        event="audit.export", actor=by, subject="audit", data={"format": kind}, texts={"search": search.words}
    )
    return _WRITERS[kind](_rows(search, entry.sequence))


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _rows(search: Search, before: int) -> Iterator[dict[str, Any]]:
    """Yield the entries in batches: three queries for each, however many there are."""
    last = 0
    while True:
        rows = search.narrow(AuditEntry.objects.filter(sequence__gt=last, sequence__lt=before))
        batch = list(rows.order_by("sequence")[:_BATCH])
        if not batch:
            return
        yield from _told(batch)
        last = batch[-1].sequence


def _told(batch: Sequence[AuditEntry]) -> Iterator[dict[str, Any]]:
    for entry, moment in zip(batch, selectors.audit_moments(batch), strict=True):
        yield {
            "sequence": entry.sequence,
            "at": audit.canonical_time(entry.at),
            "event": entry.event,
            "actor": entry.actor,
            "actor_name": str(moment.actor or ""),
            "subject": entry.subject,
            "data": entry.data,
            "texts": dict(moment.texts),
            "previous": entry.previous,
            "digest": entry.digest,
            "key": entry.key_id or "",
        }


def _csv(rows: Iterator[Mapping[str, Any]]) -> Iterator[str]:
    yield _line(COLUMNS)
    for row in rows:
        yield _line([_cell(row[name]) for name in COLUMNS])


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _cell(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    return safe_cell(text)


def _json(rows: Iterator[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a list, one entry a line, so that it can also be read line by line."""
    yield "[\n"
    for number, row in enumerate(rows):
        yield (",\n" if number else "") + json.dumps(row, sort_keys=True)
    yield "\n]\n"


_WRITERS: Final[Mapping[str, Callable[[Iterator[Mapping[str, Any]]], Iterator[str]]]] = {"csv": _csv, "json": _json}
