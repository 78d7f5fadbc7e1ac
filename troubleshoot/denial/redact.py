"""Takes secrets out of a text before anything else sees it. What was taken is told by kind, never by value."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from troubleshoot.denial.marks import same_length, with_hard_breaks, without_marks
from troubleshoot.denial.reading import Removed
from troubleshoot.denial.secret_runs import broken_runs, runs
from troubleshoot.denial.secret_shapes import EXAMPLES, KEY_ID, Shape, is_stand_in
from troubleshoot.denial.secret_signs import announced, has_blob, has_run, is_escaped
from troubleshoot.denial.view import View
from troubleshoot.denial.wrapped_secrets import decoded_blobs


@dataclass(frozen=True, slots=True)
class Redacted:
    """The text without its secrets, and what was removed, by kind."""

    text: str
    removed: tuple[Removed, ...] = ()


_PERCENT: Final = re.compile(r"%(?:25)*(0[ADad]|[2-7][0-9A-Fa-f])")
_LINE_BREAK: Final = re.compile(r"[ \t]?\n[ \t>#*|│/]{0,12}")
_BREAK_OR_BLANK: Final = re.compile(r"[ \t]?\n")
_BLANKS: Final = re.compile("  +")
_HARD_BREAK: Final = re.compile("\x0b")
_WRAPPINGS: Final = 2
"""How many layers of base64 are opened."""

_Span = tuple[int, int, str]


def redact(text: str) -> Redacted:
    """Return the text with every secret replaced by words that name its kind.

    Escapes, colours, base64 and line breaks inside a secret do not hide it. Access key ids keep their last four
    characters; AWS's own example keys stay. Never raises.
    """
    found = _all_found(text, _WRAPPINGS)
    return _without(text, found) if found else Redacted(text)


def _all_found(text: str, wrappings: int) -> list[_Span]:
    has_row = has_blob(text)
    found = list(_wrapped(text, wrappings)) if wrappings and has_row else []
    shapes = None if is_escaped(text) else announced(_words_of(text))
    if shapes == () and not _may_hide(text, has_row=has_row):
        return found
    for view, glued in _views(text, shapes):
        found += _found_in(view, shapes, glued=glued)
    return found


def _words_of(text: str) -> str:
    """Return the text in lower case, one blank for every kind and number of blanks."""
    low = text.lower()
    if "\t" in low or not low.isascii():
        low = same_length(low)
    return _BLANKS.sub(" ", low) if "  " in low else low


def _may_hide(text: str, *, has_row: bool) -> bool:
    """Say whether the text may hold a secret that no word announces; a row of letters may be too short for one."""
    if has_row and has_run(text):
        return True
    if ("AKIA" in text or "ASIA" in text) and any(match[0] not in EXAMPLES for match in KEY_ID.finditer(text)):
        return True
    return "\n" in text and next(broken_runs(text), None) is not None


def _wrapped(text: str, wrappings: int) -> Iterator[_Span]:
    """Find what is encoded in base64 and holds a secret: the whole of it goes."""
    for start, end, plain in decoded_blobs(text):
        inner = _all_found(plain, wrappings - 1)
        if inner:
            yield start, end, inner[0][2] if inner[0][2] != "access-key-id" else inner[-1][2]


def _views(text: str, shapes: tuple[Shape, ...] | None) -> Iterator[tuple[View, bool]]:
    """Yield the text as it is, without escapes, without percent signs, and with broken lines put together."""
    view = View(text)
    yield view, False
    plain = without_marks(view)
    if "  " in plain.text:
        plain = plain.sub(_BLANKS, lambda _: " ")
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
        if shapes is None or any(shape.glued for shape in shapes):
            yield plain.sub(_LINE_BREAK, lambda _: "", first=_BREAK_OR_BLANK), True


def _found_in(view: View, shapes: tuple[Shape, ...] | None, *, glued: bool) -> Iterator[_Span]:
    for shape in announced(view.text.lower()) if shapes is None else shapes:
        if shape.glued or not glued:
            for match in shape.pattern.finditer(view.text):
                group = match.lastgroup or "value"
                if not is_stand_in(match[group]):
                    yield (*view.source(*match.span(group)), shape.kind)
    if glued:
        return
    for start, end in runs(view.text):
        yield (*view.source(start, end), "secret-access-key")
    if "AKIA" in view.text or "ASIA" in view.text:
        yield from _key_ids(view)


def _key_ids(view: View) -> Iterator[_Span]:
    for match in KEY_ID.finditer(view.text):
        if match[0] not in EXAMPLES:
            yield (*view.source(match.start() + 4, match.end() - 4), "access-key-id")


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
