"""Reads what may follow any denial: EC2's encoded message, and the authorization id of 2026."""

import re
from collections.abc import Callable
from typing import Final

from troubleshoot.denial.clean import Script
from troubleshoot.denial.forms import Found
from troubleshoot.denial.slots import Slot, open_ended

CUT: Final = "…"
"""Stands in `encoded_message` for a message that was there and is not any more."""

_ENCODED: Final = "encoded authorization failure message"
_BLOB: Final = re.compile(r"[\w+/=-]+")
_NEXT_LINE: Final = re.compile(r"[\n\x0b]([\w+/=-]{16,})(?=[\s\"'`.,;)]|\Z)|\x0b([\w+/=-]+)(?=[\s\"'`.,;)]|\Z)")
_ELIDED: Final = re.compile(r"[\"'`]?([^\s\"'`]+)")
_LINK: Final = "authorization-details/"
_ID: Final = "authorization id:"
_ID_VALUE: Final = re.compile(r"[0-9A-Za-z]{10,256}")
_REGION: Final = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d)\.console\.")
_NEAR: Final = 700


def read_tails(script: Script, found: list[Found]) -> list[Found]:
    """Give each tail to the denial that it follows; one that follows none is a denial of its own."""
    found = _each(script, found, _ENCODED, _encoded)
    found = _each(script, found, _LINK, _identified)
    return _each(script, found, _ID, _identified)


def _each(
    script: Script, found: list[Found], word: str, read: Callable[[Script, int, int], Found | None]
) -> list[Found]:
    at = script.low.find(word)
    while at >= 0:
        tail = read(script, at, at + len(word))
        if tail:
            found = _given(script, found, tail)
        at = script.low.find(word, at + len(word))
    return found


def _given(script: Script, found: list[Found], tail: Found) -> list[Found]:
    owner = None
    for item in found:
        if item.start <= tail.start:
            owner = item
    if owner is not None and tail.start - owner.end < _NEAR and "\n\n" not in script.text[owner.end : tail.start]:
        owner.fields = {**tail.fields, **owner.fields}
        owner.spans = {**tail.spans, **owner.spans}
        owner.end = max(owner.end, tail.end)
        return found
    return sorted([*found, tail], key=lambda item: item.start)


def _encoded(script: Script, start: int, end: int) -> Found | None:
    tail = Found(start, end)
    begin = end + len(_SEPARATOR.match(script.text, end)[0])  # type: ignore[index]
    slot = _blob(script.text, begin) or _elided(script.text, begin) or Slot(CUT, start, end)
    tail.fields["encoded_message"] = slot.value
    tail.spans["encoded_message"] = (slot.start, slot.end)
    tail.end = slot.end
    return tail


_SEPARATOR: Final = re.compile(r"[\s:\"'`]*")


def _blob(text: str, begin: int) -> Slot | None:
    match = _BLOB.match(text, begin)
    if match is None:
        return None
    value, end = match[0], match.end()
    while (more := _NEXT_LINE.match(text, end)) is not None:
        value += more[1] or more[2]
        end = more.end()
    return Slot(value, begin, end) if len(value) >= _SHORTEST else None


_SHORTEST: Final = 20


def _elided(text: str, begin: int) -> Slot | None:
    match = _ELIDED.match(text, begin)
    return Slot(match[1], *match.span(1)) if match else None


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
