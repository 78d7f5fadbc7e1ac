"""Quick looks that tell, for almost every text, that no secret can stand in it: they cost a few microseconds."""

import re
from typing import Final

from troubleshoot.denial.secret_shapes import RUN_CHARS, SHAPES, Shape
from troubleshoot.denial.word_search import WordSearch

_WORDS: Final = WordSearch(word for shape in SHAPES for word in shape.words)
_CLASSES: Final = bytes(0x78 if chr(code) in RUN_CHARS else 0x20 for code in range(256))
_KEY: Final = b"x" * 40
_BLOB: Final = b"x" * 32
_ESCAPED: Final = re.compile(r"\\(?:u00|x[2-7]|/|\+)|&#|%[2-7][0-9A-Fa-f]|[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\x1b]")


def announced(low: str) -> tuple[Shape, ...]:
    """Return the shapes that the text (in lower case) may hold: what they can't do without stands there."""
    words = _WORDS.found_in(low)
    return tuple(shape for shape in SHAPES if not words.isdisjoint(shape.words) and shape.also in low) if words else ()


def has_run(text: str) -> bool:
    """Say whether 40 letters, digits, `/` and `+` stand in a row: the length of a secret access key."""
    return _KEY in _classes(text)


def has_blob(text: str) -> bool:
    """Say whether a row of letters stands in the text that may be something encoded in base64."""
    return _BLOB in _classes(text)


def _classes(text: str) -> bytes:
    """Return the text with an `x` for each character that a key may have, and a blank for each other."""
    return text.encode("ascii", "replace").translate(_CLASSES)


def is_escaped(text: str) -> bool:
    """Say whether letters of the text may stand in it as escapes, so that a secret does not show as it is."""
    has_marks = "\\" in text or "&#" in text or "%" in text or "\x1b" in text or not text.isascii()
    return has_marks and _ESCAPED.search(text) is not None
