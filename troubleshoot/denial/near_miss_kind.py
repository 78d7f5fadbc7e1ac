"""One kind of text that looks like a denial and is none."""

import re
from dataclasses import dataclass
from typing import Final

from troubleshoot.denial.reading import NearMiss


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of near miss: the words to look for first, the pattern, and what to tell.

    A mere "access denied" that stands at most `before` characters ahead of it, or `behind` characters after it,
    belongs to it and is no denial.
    """

    near_miss: NearMiss
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    before: int = 0
    behind: int = 0


AHEAD: Final = (300, 80)
"""The reach of a message that explains the "access denied" before it."""
AROUND: Final = (400, 400)
"""The reach of a mark that may stand anywhere in the message."""


def kind(code: str, title: str, advice: str, words: str, pattern: str, takes: tuple[int, int] = (0, 0)) -> Kind:
    """Return a kind; `words` stand between strokes, the pattern is for text in lower case."""
    return Kind(NearMiss(code, title, advice), tuple(words.split("|")), re.compile(pattern), *takes)
