"""What the recognisers hand on."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from troubleshoot.denial.slots import Slot, is_mask, is_torn


@dataclass(slots=True)
class Found:
    """What one recogniser read: from where to where, the fields, and the span of each in the cleaned text."""

    start: int
    end: int
    fields: dict[str, Any] = field(default_factory=dict)
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    weak: bool = False

    def put(self, name: str, slot: Slot | None) -> None:
        """Keep a field and its span; a value that is not there, torn, or only a stand-in, stays unset."""
        if slot is not None and slot.value and not is_mask(slot.value) and not is_torn(slot.value):
            self.fields[name] = slot.value
            self.spans[name] = (slot.start, slot.end)
            self.end = max(self.end, slot.end)

    def put_aside(self, name: str, slot: Slot | None) -> None:
        """Keep a field that stands around the denial, not in it."""
        if slot is not None:
            self.fields[name] = slot.value
            self.spans[name] = (slot.start, slot.end)


class Row:
    """Findings in the order of the text, which do not overlap."""

    __slots__ = ("_starts", "items")

    def __init__(self, items: Iterable[Found]) -> None:
        self.items = sorted(items, key=lambda item: item.start)
        self._starts = [item.start for item in self.items]

    def with_more(self, items: list[Found]) -> "Row":
        """Return a row with these findings too."""
        return Row([*self.items, *items]) if items else self

    def last_before(self, at: int) -> Found | None:
        """Return the last finding that starts before `at`."""
        index = bisect_left(self._starts, at) - 1
        return self.items[index] if index >= 0 else None

    def touches(self, start: int, end: int) -> bool:
        """Say whether a finding overlaps the text from `start` to `end`."""
        last = self.last_before(end + 1)
        return last is not None and last.end >= start
