"""Reads what may follow any denial: EC2's encoded message, and the authorization id of 2026."""

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import Final

from troubleshoot.denial.clean import Script
from troubleshoot.denial.found import Found
from troubleshoot.denial.marks import HARD
from troubleshoot.denial.slots import Slot, open_ended, put_together

CUT: Final = "…"
"""Stands in `encoded_message` for a message that was there and is not any more."""

_ENCODED: Final = "encoded authorization failure message"
_BLOB: Final = re.compile(r"[\w+/=-]+")
_LINE_BREAK: Final = re.compile(r"[\n\x0b](?=[\w+/=-]+(?:[\"'`.,;)<]|\s|\Z))", re.ASCII)
_ELIDED: Final = re.compile(r"[\"'`]?(<[^<>]{0,60}>|[^\s\"'`]+)")
_LINK: Final = "authorization-details/"
_ID: Final = "authorization id:"
_IN_EACH: Final = "authorization"
_ID_VALUE: Final = re.compile(r"[0-9A-Za-z]{10,256}")
_REGION: Final = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d)\.console\.")
_NEAR: Final = 700


def read_tails(script: Script, found: list[Found]) -> list[Found]:
    """Give each tail to the denial that it follows; one that follows none is a denial of its own."""
    if _IN_EACH not in script.low:
        return found
    tails = [*_each(script, _ENCODED, _encoded), *_each(script, _LINK, _identified), *_each(script, _ID, _identified)]
    for tail in sorted(tails, key=lambda item: item.start):
        found = _given(script, found, tail)
    return found


def _each(script: Script, word: str, read: Callable[[Script, int, int], Found | None]) -> list[Found]:
    tails = []
    at = script.low.find(word)
    while at >= 0:
        tail = read(script, at, at + len(word))
        if tail:
            tails.append(tail)
        at = script.low.find(word, at + len(word))
    return tails


def _given(script: Script, found: list[Found], tail: Found) -> list[Found]:
    index = bisect_right(found, tail.start, key=lambda item: item.start) - 1
    owner = found[index] if index >= 0 else None
    if owner is None or tail.start - owner.end > _NEAR or "\n\n" in script.text[owner.end : tail.start]:
        return [*found[: index + 1], tail, *found[index + 1 :]]
    owner.fields = {**tail.fields, **owner.fields}
    owner.spans = {**tail.spans, **owner.spans}
    owner.end = max(owner.end, tail.end)
    return found


def _encoded(script: Script, start: int, end: int) -> Found | None:
    separator = _SEPARATOR.match(script.text, end)
    if separator is None:
        return None
    tail = Found(start, end)
    begin = separator.end()
    slot = _blob(script.text, begin) or _elided(script.text, begin) or Slot(CUT, start, end)
    tail.fields["encoded_message"] = slot.value
    tail.spans["encoded_message"] = (slot.start, slot.end)
    tail.end = slot.end
    return tail


_SEPARATOR: Final = re.compile(r"[\"'`]?\s?:[\s\"'`]*|\s*\Z")


def _blob(text: str, begin: int) -> Slot | None:
    """Read the message, over as many lines as it takes; a last line that may be a word makes it unknown."""
    match = _BLOB.match(text, begin)
    if match is None:
        return None
    value, end = match[0], match.end()
    while (gap := _LINE_BREAK.match(text, end)) is not None:
        more = _BLOB.match(text, gap.end())
        if more is None or not _LONE.match(text, more.end()):
            break
        if gap[0] != HARD and len(more[0]) < _WHOLE_LINE and not _LOOKS_CODED.search(more[0]):
            return Slot(CUT, begin, end) if len(value) >= _SHORTEST else None
        value, end = value + more[0], more.end()
    if _REMOVED.match(text, end):
        return Slot(CUT, begin, end)
    return Slot(value, begin, end) if len(value) >= _SHORTEST else None


_REMOVED: Final = re.compile(r"\s?\W{0,3}\[[a-z-]+-removed\]")
"""A part of the message that looked like a key, and was removed."""
_SHORTEST: Final = 20
_WHOLE_LINE: Final = 16
_LONE: Final = re.compile(r"[\"'`.,;)}\]]*(?:[\n\x0b]|\Z)|[\"'<]")
_LOOKS_CODED: Final = re.compile(r"\d|_|[a-z][A-Z]")


def _elided(text: str, begin: int) -> Slot | None:
    match = _ELIDED.match(text, begin)
    if match is None or _CUT_WORD.match(text, begin):
        return None
    return Slot(put_together(match[1]), *match.span(1))


_CUT_WORD: Final = re.compile(r"[\w+/=-]{1,20}[\n\x0b]+[\w+/=-]{16}")
"""The first letters of a message, and more of it on the next line."""


def _identified(script: Script, start: int, end: int) -> Found | None:
    begin = end + 1 if script.text[end : end + 1].isspace() else end
    slot = open_ended(script.text, begin)
    if slot is None or _ID_VALUE.fullmatch(slot.value) is None:
        return None
    tail = Found(start, slot.end)
    tail.put("authorization_id", slot)
    region = _REGION.search(script.text, max(0, start - 120), start)
    if region:
        tail.put_aside("region", Slot(region[1], *region.span(1)))
    return tail
