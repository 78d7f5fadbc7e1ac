"""A text that was changed while every character still knows where it came from."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """A changed text. `starts` and `ends` say for each of its characters which part of the source it stands for."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def sub(self, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]) -> "View":
        """Return the view with every match replaced; the new characters point at what they replace."""
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            start, end = match.span()
            new = replace(match)
            pieces += self.text[done:start], new
            starts += self.starts[done:start]
            ends += self.ends[done:start]
            starts += [self.starts[start]] * len(new)
            ends += [self.ends[end - 1]] * len(new)
            done = end
        if not done:
            return self
        pieces.append(self.text[done:])
        starts += self.starts[done:]
        ends += self.ends[done:]
        return View("".join(pieces), starts, ends)

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Return where the characters from `start` to `end` stand in the source."""
        return self.starts[start], self.ends[end - 1]


def view_of(text: str) -> View:
    """Return the view of an unchanged text."""
    return View(text, range(len(text)), range(1, len(text) + 1))
