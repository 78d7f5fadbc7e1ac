"""The denials of one text to choose from: equal ones folded into one row, a part of a long list at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from troubleshoot.denial import Denial
from troubleshoot.web.presenters.names import principal_name, resource_name

PART = 30
"""How many rows a page shows."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One row. `number` leads to its first denial, or to the chosen one; `count` says how often it stands there."""

    number: int
    words: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Several:
    """The rows of one part. `total` counts the denials, `of` the rows; `earlier` and `later` begin the next parts."""

    total: int = 0
    of: int = 0
    first: int = 0
    last: int = 0
    rows: tuple[Choice, ...] = ()
    earlier: int | None = None
    later: int | None = None
    chosen: int = 0


def several(denials: Sequence[Denial], chosen: int, start: int | None = None) -> Several:
    """Return the part of the rows that begins at `start`; None, or a place that is none: the part with the chosen."""
    rows = _folded(denials, chosen)
    if start is None or not 0 <= start < len(rows):
        start = next((at for at, row in enumerate(rows) if row.is_chosen), 0)
    first = start - start % PART
    shown = rows[first : first + PART]
    return Several(
        total=len(denials),
        of=len(rows),
        first=first + 1,
        last=first + len(shown),
        rows=shown,
        earlier=first - PART if first else None,
        later=first + PART if first + PART < len(rows) else None,
        chosen=chosen,
    )


def _folded(denials: Sequence[Denial], chosen: int) -> tuple[Choice, ...]:
    rows: dict[str, Choice] = {}
    for number, denial in enumerate(denials):
        words = _words(denial)
        before = rows.get(words)
        is_chosen = number == chosen or (before is not None and before.is_chosen)
        stays = before is not None and number != chosen
        rows[words] = Choice(
            number=before.number if before and stays else number,
            words=words,
            count=denial.count + (before.count if before else 0),
            is_chosen=is_chosen,
        )
    return tuple(rows.values())


def _words(denial: Denial) -> str:
    resource, principal = resource_name(denial.resource), principal_name(denial.principal)
    words = denial.action or denial.operation or denial.error_code or "a call that the message does not name"
    if resource and resource.short != "*":
        words += f" on {resource.short}"
    if principal:
        words += f", by {principal.short}"
    return words
