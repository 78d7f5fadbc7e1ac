"""A text that was changed while every character still knows where it came from."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter

_Edit = tuple[int, int, int, int]
"""One replacement: where the new piece starts and ends in the new text, then what it replaced in the old one."""


@dataclass(slots=True)
class View:
    """A changed text, and the changes that led to it from the source, oldest first."""

    text: str
    layers: tuple[tuple[_Edit, ...], ...] = ()

    def sub(
        self,
        pattern: re.Pattern[str],
        replace: Callable[[re.Match[str]], str],
        first: re.Pattern[str] | Iterable[int] | None = None,
    ) -> "View":
        """Return the view with every match replaced; the view itself if nothing changed.

        `first` tells where a match may begin, as a quick look ahead: a pattern of such characters, or the places.
        """
        pieces: list[str] = []
        edits: list[_Edit] = []
        text = self.text
        done = at = 0
        for match in pattern.finditer(text) if first is None else _matches(pattern, first, text):
            new = replace(match)
            start, end = match.span()
            if new == text[start:end]:
                continue
            pieces += text[done:start], new
            at += start - done
            edits.append((at, at + len(new), start, end))
            at += len(new)
            done = end
        if not edits:
            return self
        pieces.append(text[done:])
        return View("".join(pieces), (*self.layers, tuple(edits)))

    def in_place(self, change: Callable[[str], str]) -> "View":
        """Return the view with single characters replaced by other single ones: every place stays the same."""
        text = change(self.text)
        return self if text == self.text else View(text, self.layers)

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Return where the characters from `start` to `end` stand in the source."""
        for edits in reversed(self.layers):
            start = _before(edits, start)[0]
            end = _before(edits, end - 1)[1]
        return start, end


def _matches(pattern: re.Pattern[str], first: re.Pattern[str] | Iterable[int], text: str) -> Iterator[re.Match[str]]:
    at = 0
    for place in map(re.Match.start, first.finditer(text)) if isinstance(first, re.Pattern) else first:
        match = pattern.match(text, place) if place >= at else None
        if match:
            at = match.end()
            yield match


def _before(edits: tuple[_Edit, ...], at: int) -> tuple[int, int]:
    """Return from where to where one character stood before the edits; a new one stands for all that it replaced."""
    index = bisect_right(edits, at, key=_start) - 1
    if index < 0:
        return at, at + 1
    _, end, old_start, old_end = edits[index]
    if at < end:
        return old_start, old_end
    moved = old_end - end
    return at + moved, at + moved + 1


_start = itemgetter(0)
