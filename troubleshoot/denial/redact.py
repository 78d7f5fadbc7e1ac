"""Takes secrets out of a text before anything else sees it. What was taken is told by kind, never by value."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from troubleshoot.denial.marks import with_hard_breaks, without_marks
from troubleshoot.denial.reading import Removed
from troubleshoot.denial.secret_shapes import EXAMPLES, KEY_ID, RUN, SHAPES, Shape, is_stand_in, looks_random
from troubleshoot.denial.view import View


@dataclass(frozen=True, slots=True)
class Redacted:
    """The text without its secrets, and what was removed, by kind."""

    text: str
    removed: tuple[Removed, ...] = ()


_ESCAPED: Final = re.compile(r"\\(?:u00|x[2-7]|/|\+)|&#|%[2-7][0-9A-Fa-f]|[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\x1b]")
_PERCENT: Final = re.compile(r"%(?:25)*([2-7][0-9A-Fa-f])")
_LINE_BREAK: Final = re.compile(r"[ \t]?\n[ \t>#*|│/]{0,12}")
_RUN_AT_BREAK: Final = re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{1,39}\n")
_NAMES: Final = re.compile(r"arn:|assumed-role/|:role/|:user/")

_Span = tuple[int, int, str]


def redact(text: str) -> Redacted:
    """Return the text with every secret replaced by words that name its kind.

    Escapes, colours and line breaks inside a secret do not hide it. Access key ids keep their last four characters;
    AWS's own example keys stay. Never raises.
    """
    low = text.lower()
    if not _is_announced(low) and not _may_hide(text):
        return Redacted(text)
    announced = None if _is_escaped(text) else _announced(low)
    found = [span for view, glued in _views(text) for span in _found_in(view, announced, glued=glued)]
    return _without(text, found) if found else Redacted(text)


def _announced(low: str) -> tuple[Shape, ...]:
    return tuple(shape for shape in SHAPES if any(word in low for word in shape.words))


_WORDS: Final = tuple({word for shape in SHAPES for word in shape.words})


def _is_announced(low: str) -> bool:
    for word in _WORDS:  # noqa: SIM110 - any() takes twice as long, and this runs over every log line
        if word in low:
            return True
    return False


def _may_hide(text: str) -> bool:
    """Say whether the text may hold a secret that no word announces."""
    if RUN.search(text) is not None:
        return True
    if ("AKIA" in text or "ASIA" in text) and any(match[0] not in EXAMPLES for match in KEY_ID.finditer(text)):
        return True
    if _is_escaped(text):
        return True
    return "\n" in text and next(_broken_runs(text), None) is not None


def _is_escaped(text: str) -> bool:
    has_marks = "\\" in text or "&#" in text or "%" in text or "\x1b" in text or not text.isascii()
    return has_marks and _ESCAPED.search(text) is not None


def _views(text: str) -> Iterator[tuple[View, bool]]:
    """Yield the text as it is, without escapes, without percent signs, and with broken lines put together."""
    view = View(text)
    yield view, False
    plain = without_marks(view)
    if plain is not view:
        yield plain, False
    if "%" in plain.text:
        unquoted = plain.sub(_PERCENT, lambda match: chr(int(match[1], 16)))
        if unquoted is not plain:
            yield unquoted, False
    if "\n" in plain.text:
        hard = with_hard_breaks(plain)
        if hard is not plain:
            yield hard.sub(_HARD_BREAK, lambda _: ""), False
        yield plain.sub(_LINE_BREAK, lambda _: ""), True


_HARD_BREAK: Final = re.compile("\x0b")


def _found_in(view: View, announced: tuple[Shape, ...] | None, *, glued: bool) -> Iterator[_Span]:
    for shape in _announced(view.text.lower()) if announced is None else announced:
        if shape.glued or not glued:
            for match in shape.pattern.finditer(view.text):
                group = match.lastgroup or "value"
                if not is_stand_in(match[group]):
                    yield (*view.source(*match.span(group)), shape.kind)
    if glued:
        return
    for start, end in _runs(view.text):
        yield (*view.source(start, end), "secret-access-key")
    for match in KEY_ID.finditer(view.text):
        if match[0] not in EXAMPLES:
            yield (*view.source(match.start() + 4, match.end() - 4), "access-key-id")


def _runs(text: str) -> list[tuple[int, int]]:
    """Find 40 characters that look like a secret access key, though nothing says so."""
    found = [span for match in RUN.finditer(text) for span in _in_run(text, match)]
    found += _broken_runs(text)
    blobs = [match.span() for match in _BLOB.finditer(text) if len(match[0]) > _BLOB_LENGTH] if found else []
    return [span for span in found if not any(start <= span[0] < end for start, end in blobs)]


def _in_run(text: str, match: re.Match[str]) -> Iterator[tuple[int, int]]:
    """A run of 40 may be a key; so may the last 40 characters of a longer one, behind a slash of a name."""
    start, end = match.span()
    is_longer = end - start > _KEY
    among_names = _is_among_names(text, start)
    if is_longer and not (among_names and text[end - _KEY - 1] == "/"):
        return
    run = text[end - _KEY : end]
    if run not in EXAMPLES and looks_random(run, among_names=among_names):
        yield end - _KEY, end


_KEY: Final = 40


_GAP: Final = r"(?:\\{1,4}[nr]|[\s>#*|│/]){0,16}"
_GAPS: Final = _GAP.replace("{0,16}", "{1,16}")
_BLOB: Final = re.compile(
    r"[\w/+=\u00ad\u200b-\u200f\u2060-\u2064\ufeff-]{101,}"
    rf"|(?i:{_GAP.join('message')}){_GAP}:[\"'`\s]{{0,20}}[\w-]+(?:{_GAPS}[\w-]{{4,}}(?![\w ]))+"
)
"""EC2's encoded message, in one line or broken over several: some part of it may look like a key."""

_BLOB_LENGTH: Final = 100


def _is_among_names(text: str, at: int) -> bool:
    begin = max(0, at - 300)
    start = max(text.rfind(char, begin, at) for char in " \n\"'")
    return _NAMES.search(text, max(start, begin), at + 20) is not None


def _broken_runs(text: str) -> Iterator[tuple[int, int]]:
    """Find 40 such characters over two or three lines."""
    for match in _RUN_AT_BREAK.finditer(text):
        run, end = match[0][:-1], match.end()
        for _ in range(3):
            more = _RUN_START.match(text, end)
            if more is None or len(run) + len(more[1]) > 40:
                break
            run, end = run + more[1], more.end(1)
            if len(run) == 40:
                if looks_random(run, among_names=True) and _NAMED.search(run) is None:
                    yield match.start(), end
                break
            if text[end : end + 1] != "\n":
                break
            end += 1


_NAMED: Final = re.compile(r"(?:role|user|policy)/")
"""A piece of an ARN, broken over lines: no key."""
_RUN_START: Final = re.compile(r"[ \t>#*|]{0,12}([A-Za-z0-9/+]{1,39})(?![A-Za-z0-9/+=])")


def _without(text: str, found: list[_Span]) -> Redacted:
    pieces: list[str] = []
    counts = Counter[str]()
    done = 0
    for start, end, kind in _united(found):
        pieces += text[done:start], "…" if kind == "access-key-id" else f"[{kind}-removed]"
        counts[kind] += 1
        done = end
    pieces.append(text[done:])
    return Redacted("".join(pieces), tuple(Removed(kind, count) for kind, count in counts.items()))


def _united(found: list[_Span]) -> list[_Span]:
    united: list[_Span] = []
    for start, end, kind in sorted(found, key=lambda span: (span[0], -span[1])):
        if united and start < united[-1][1]:
            last = united[-1]
            united[-1] = (last[0], max(last[1], end), last[2])
        else:
            united.append((start, end, kind))
    return united
