"""Finds secret access keys that nothing announces: 40 characters that look random, in one line or over several."""

import re
from collections.abc import Iterator
from typing import Final

from troubleshoot.denial.secret_shapes import EXAMPLES, RUN, RUN_CHARS, looks_random
from troubleshoot.denial.secret_signs import has_run

_Span = tuple[int, int]
_KEY: Final = 40
_NAMES: Final = re.compile(r"arn:|assumed-role/|:role/|:user/")
_GAP: Final = r"(?:\\{1,4}[nr]|[\s>#*|│/]){0,16}"
_GAPS: Final = _GAP.replace("{0,16}", "{1,16}")
_BLOB: Final = re.compile(
    r"[\w/+=\u00ad\u200b-\u200f\u2060-\u2064\ufeff-]{101,}"
    rf"|(?i:{_GAP.join('message')}){_GAP}:[\"'`\s]{{0,20}}[\w-]+(?:{_GAPS}[\w-]{{4,}}(?![\w ]))+"
)
"""EC2's encoded message, in one line or broken over several: some part of it may look like a key."""
_BLOB_LENGTH: Final = 100
_NAMED: Final = re.compile(r"(?:role|user|policy)/")
"""A piece of an ARN, broken over lines: no key."""
_RUN_START: Final = re.compile(r"[ \t>#*|]{0,12}([A-Za-z0-9/+]{1,39})(?![A-Za-z0-9/+=])")
_PIECE: Final = re.compile(r"[A-Za-z0-9/+]{10}")
"""Of 40 characters over four lines at most, one line holds ten."""
_REACH: Final = 160
"""So far behind the end of the first line may the last of the four begin."""


def runs(text: str) -> list[_Span]:
    """Return where 40 characters stand that look like a secret access key."""
    found = [span for match in RUN.finditer(text) for span in _in_run(text, match)] if has_run(text) else []
    found += broken_runs(text)
    blobs = [match.span() for match in _BLOB.finditer(text) if len(match[0]) > _BLOB_LENGTH] if found else []
    return [span for span in found if not any(start <= span[0] < end for start, end in blobs)]


def _in_run(text: str, match: re.Match[str]) -> Iterator[_Span]:
    """A run of 40 may be a key; so may the last 40 characters of a longer one, behind a slash of a name."""
    start, end = match.span()
    is_longer = end - start > _KEY
    among_names = _is_among_names(text, start)
    if is_longer and not (among_names and text[end - _KEY - 1] == "/"):
        return
    run = text[end - _KEY : end]
    if run not in EXAMPLES and looks_random(run, among_names=among_names):
        yield end - _KEY, end


def _is_among_names(text: str, at: int) -> bool:
    begin = max(0, at - 300)
    start = max(text.rfind(char, begin, at) for char in " \n\"'")
    return _NAMES.search(text, max(start, begin), at + 20) is not None


def broken_runs(text: str) -> Iterator[_Span]:
    """Find 40 such characters over two to four lines."""
    at, piece = text.find("\n"), _next_piece(text, 0)
    while at >= 0 and piece < len(text):
        head = text[max(0, at - _KEY) : at]
        length = len(head) - len(head.rstrip(RUN_CHARS))
        if 0 < length < _KEY:
            piece = piece if piece >= at - length else _next_piece(text, at - length)
            end = _whole_run(text, at - length, at) if piece <= at + _REACH else None
            if end:
                yield at - length, end
        at = text.find("\n", at + 1)


def _next_piece(text: str, at: int) -> int:
    """Return where the next line that is long enough for a part of a key has it; the text's end if none does."""
    match = _PIECE.search(text, at)
    return match.start() if match else len(text)


def _whole_run(text: str, start: int, line_end: int) -> int | None:
    """Return where the run ends that begins at `start` and is broken at `line_end`, if it is a key's length."""
    run, end = text[start:line_end], line_end + 1
    for _ in range(3):
        more = _RUN_START.match(text, end)
        if more is None or len(run) + len(more[1]) > _KEY:
            return None
        run, end = run + more[1], more.end(1)
        if len(run) == _KEY:
            return end if looks_random(run, among_names=True) and _NAMED.search(run) is None else None
        if text[end : end + 1] != "\n":
            return None
        end += 1
    return None
