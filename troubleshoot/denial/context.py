"""Reads what stands around a denial: error code, API operation, Region, request id."""

import re
from collections.abc import Iterator
from typing import Final

from troubleshoot.denial.clean import Script
from troubleshoot.denial.found import Found
from troubleshoot.denial.marks import HARD
from troubleshoot.denial.slots import Slot, carried_on, put_together
from troubleshoot.denial.words import CODE

_HEAD: Final = 3000
_TAIL: Final = 1500
_NEAR: Final = 400
_WORD: Final = re.compile(r"[\w.]*")
_QUOTE: Final = r"[\"'`*]*"
_ANY_CODE: Final = rf"(?:[\w.]+#)?(?:{CODE}|[A-Z]\w+(?:Exception|Error|Failure)|403(?: Forbidden)?|Forbidden)"


_KNOWN_CODE: Final = re.compile(rf"{_ANY_CODE}")


class _Mark:
    """A word to look for, and the pattern that reads the value around it."""

    __slots__ = ("behind", "pattern", "word")

    def __init__(self, word: str, pattern: str, *, behind: int = 0) -> None:
        self.word, self.pattern, self.behind = word, re.compile(pattern), behind

    def before(self, script: Script, start: int, end: int) -> Slot | None:
        """Return the value of the last such word before `end`."""
        at = script.low.rfind(self.word, start, end)
        while at >= 0:
            slot = self._read(script, at, start, end)
            if slot:
                return slot
            at = script.low.rfind(self.word, start, at)
        return None

    def after(self, script: Script, start: int, end: int) -> Slot | None:
        """Return the value of the first such word from `start` on."""
        at = script.low.find(self.word, start, end)
        while at >= 0:
            slot = self._read(script, at, start, end)
            if slot:
                return slot
            at = script.low.find(self.word, at + 1, end)
        return None

    def _read(self, script: Script, at: int, start: int, end: int) -> Slot | None:
        match = (
            self.pattern.search(script.text, max(start, at - self.behind), end)
            if self.behind
            else self.pattern.match(script.text, at, end)
        )
        if match is None:
            return None
        start, end = match.span(1)
        if script.text[end : end + 1] in {"\n", HARD}:
            carried = carried_on(script.text, start, end)
            if carried is None or (
                self.word == "api error" and carried == end and not _KNOWN_CODE.fullmatch(script.text, start, end)
            ):
                return None
            end = _word_end(script.text, end + 1, carried) if carried > end else end
        return Slot(put_together(script.text[start:end]), start, end)


def _word_end(text: str, start: int, end: int) -> int:
    match = _WORD.match(text, start, end)
    return match.end() if match else start


_CALL_CODE: Final = _Mark(
    "when calling", r"\(([\w.]+(?:[\n\x0b][\w.]+)?)\)\s+(?:occurred\s+)?when\s+calling", behind=90
)
_CALL_OPERATION: Final = _Mark("when calling the", r"(?i:when\s+calling\s+the)\s+(\w+(?:[\n\x0b]\w+(?=\s+operation))?)")
_API_CODE: Final = _Mark("api error", r"(?i:api\s+error)\s+([A-Za-z][\w.]*)")
_HANDLER: Final = _Mark("handlererrorcode", r"\w+:\s*([A-Z]\w+(?:[\n\x0b]\w+(?=\s?\)))?)")
_OPERATIONS: Final = (
    _CALL_OPERATION,
    _Mark("operation error", r"(?i:operation\s+error)\s+[^:]{1,60}:\s+(\w+),"),
    _Mark("api:", r"API:\s+[a-z0-9-]+:(\w+)"),
    _Mark("error executing", rf"(?i:error\s+executing)\s+\"(\w+)\""),
    _Mark("eventname", rf"(?i:eventName){_QUOTE}\s*(?:[:=]|,AttributeValue=)\s*{_QUOTE}(\w+)"),
    _Mark("calling `", r"calling\s+`([A-Z]\w+)`"),
)
_KEYED_CODES: Final = (
    _Mark("code", rf"(?<!tatus\s)(?<!tatus)(?i:code){_QUOTE}\s*(?:[:=>]+)\s*{_QUOTE}({_ANY_CODE})(?!\w)"),
    _Mark("errortype", rf"(?i:errorType){_QUOTE}\s*[:=]\s*{_QUOTE}({_ANY_CODE})(?!\w)"),
    _Mark("__type", rf"__type{_QUOTE}\s*:\s*{_QUOTE}({_ANY_CODE})(?!\w)"),
    _Mark("name", rf"name{_QUOTE}\s*:\s*{_QUOTE}({CODE})(?!\w)"),
    _Mark("(client)", rf"({_ANY_CODE})\s+\(client\)", behind=60),
)
_BARE_CODE: Final = re.compile(rf"(?<![\w.#])({CODE})(?!\w|\.\w)|(?<![\w.])({CODE})(?=KMS Message)")
_ADJACENT: Final = re.compile(
    r"(?<![\w.])((?:Validation|InvalidParameterValue|InvalidInput|InvalidRequest|BadRequest|GeneralService|ResourceInitialization)(?:Exception|Error)"
    r"|[A-Z][A-Za-z]+\.[A-Z]\w+Exception):\s*[\"']?\Z"
)
_REQUEST: Final = (
    _Mark("request id", r"(?i:request\s+id):?\s*([\w-]{6,})"),
    _Mark("requestid", rf"(?i:requestid){_QUOTE}\s*[:=>]\s*{_QUOTE}([\w-]{{6,}})"),
)
_REGION: Final = _Mark("awsregion", rf"(?i:awsRegion){_QUOTE}\s*[:=]\s*{_QUOTE}([a-z]{{2}}(?:-[a-z]+)+-\w+)")


def read_context(script: Script, found: Found, before: int, after: int) -> None:
    """Fill in what the text around a denial says, from the end of the one before to the start of the next."""
    head, tail = max(before, found.start - _HEAD), min(after, found.end + _TAIL)
    _code(script, found, head, tail)
    _operation(script, found, head, tail)
    for mark in _REQUEST:
        if "request_id" not in found.fields:
            found.put_aside("request_id", mark.after(script, found.end, tail) or mark.before(script, head, found.start))
    if "region" not in found.fields:
        found.put_aside("region", _nearest(_REGION, script, found, head, tail))


def _code(script: Script, found: Found, head: int, tail: int) -> None:
    if "error_code" not in found.fields:
        found.put_aside("error_code", next((slot for slot in _codes(script, found, head, tail) if slot), None))


def _codes(script: Script, found: Found, head: int, tail: int) -> Iterator[Slot | None]:
    """Yield what may be the error code, the surest first: CloudFormation's, the outermost, a near one, a later one."""
    start, end = found.start, found.end
    yield _HANDLER.after(script, end, tail)
    call = _CALL_CODE.before(script, head, start)
    if call and call.value.isdigit():
        yield _KEYED_CODES[0].before(script, call.end, start)
    yield call
    yield _API_CODE.before(script, head, start)
    near = max(head, start - _NEAR)
    adjacent = _ADJACENT.search(script.text, near, start)
    yield Slot(adjacent[1], *adjacent.span(1)) if adjacent else None
    for mark in _KEYED_CODES:
        yield mark.before(script, head, start)
    match = None
    for match in _BARE_CODE.finditer(script.text, near, start):
        pass
    yield Slot(match[1] or match[2], *match.span(1 if match[1] else 2)) if match else None
    for mark in _KEYED_CODES:
        yield mark.after(script, end, tail)


def _operation(script: Script, found: Found, head: int, tail: int) -> None:
    if "operation" in found.fields:
        return
    for mark in _OPERATIONS:
        slot = _nearest(mark, script, found, head, tail)
        if slot:
            found.put_aside("operation", slot)
            return


def _nearest(mark: _Mark, script: Script, found: Found, head: int, tail: int) -> Slot | None:
    before = mark.before(script, head, found.start)
    after = mark.after(script, found.end, tail)
    if before and after:
        return before if found.start - before.end <= after.start - found.end else after
    return before or after
