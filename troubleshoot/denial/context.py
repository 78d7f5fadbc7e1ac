"""Reads what stands around a denial: error code, API operation, Region, request id."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

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
_CODE: Final = re.compile(CODE)


class _Mark:
    """A word to look for, and the pattern that reads the value around it."""

    __slots__ = ("behind", "is_id", "pattern", "word")

    def __init__(self, word: str, pattern: str, *, behind: int = 0, is_id: bool = False) -> None:
        self.word, self.pattern, self.behind, self.is_id = word, re.compile(pattern), behind, is_id

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
        if script.text[end : end + 1] in {"\n", HARD} and not self.is_id:
            carried = end if _ends_line(script.text, start, end) else carried_on(script.text, start, end)
            if carried is None or (carried == end and self._may_be_cut(script.text, start, end)):
                return None
            end = _word_end(script.text, end + 1, carried) if carried > end else end
        return Slot(put_together(script.text[start:end]), start, end)

    def _may_be_cut(self, text: str, start: int, end: int) -> bool:
        """Say whether the value that ends a line may be a part of one: a code nobody knows, a call before a gap."""
        if self.word == "api error":
            return not _KNOWN_CODE.fullmatch(text, start, end)
        return self.word == "when calling the" and text[end + 1 : end + 2] == "\n"


def _ends_line(text: str, start: int, end: int) -> bool:
    """Say whether a known code ends the line, and does not make a longer one with the next line's first word."""
    following = _WORD.match(text, end + 1)
    is_code = _CODE.fullmatch(text, start, end) is not None
    return is_code and following is not None and _CODE.fullmatch(following[0]) is not None


def _word_end(text: str, start: int, end: int) -> int:
    match = _WORD.match(text, start, end)
    return match.end() if match else start


_CALL_CODE: Final = _Mark(
    "when calling", r"\(([\w.]+(?:[\n\x0b][\w.]+)?)\)\s+(?:occurred\s+)?when\s+calling", behind=90
)
_CALL_OPERATION: Final = _Mark(
    "when calling the", r"(?i:when\s+calling\s+the)\s+((?!\w*operation:)\w+(?:[\n\x0b]\w+(?=\s+operation))?)"
)
_API_CODE: Final = _Mark("api error", r"(?i:api\s+error)\s+([A-Za-z][\w.]*+)(?! [A-Z]\w+:)")
_HANDLER: Final = _Mark("handlererrorcode", r"\w+:\s*([A-Z]\w+(?:[\n\x0b]\w+(?=\s?\)))?)")
_OPERATIONS: Final = (
    _CALL_OPERATION,
    _Mark("when calling ", r"(?i:when\s+calling)\s+([A-Z][a-z]+[A-Z]\w+)"),
    _Mark("operation error", r"(?i:operation\s+error)\s+[^:]{1,60}:\s+(\w+),"),
    _Mark("api:", r"API:\s+[a-z0-9-]+:(\w+(?:[\n\x0b]\w+(?=\s(?:User|You)\b|\s?\Z))?)"),
    _Mark("error executing", r"(?i:error\s+executing)\s+\"(\w+)\""),
    _Mark("eventname", rf"(?i:eventName){_QUOTE}\s*(?:[:=]|,AttributeValue=)\s*{_QUOTE}(\w+)"),
    _Mark("calling `", r"calling\s+`([A-Z]\w+)`"),
)
_KEYED_CODES: Final = (
    _Mark(
        "code",
        rf"(?<![tT]us\s)(?<!TUS\s)(?<![sS])(?i:code){_QUOTE}(?:\s*[:=>]+|(?<=:code)\s(?=\"))\s*{_QUOTE}({_ANY_CODE})(?!\w)",
    ),
    _Mark("errortype", rf"(?i:errorType){_QUOTE}\s*[:=]\s*{_QUOTE}({_ANY_CODE})(?!\w)"),
    _Mark("__type", rf"__type{_QUOTE}\s*:\s*{_QUOTE}({_ANY_CODE})(?!\w)"),
    _Mark("name", rf"name{_QUOTE}\s*[:=]\s*{_QUOTE}({CODE}|Invalid\w+Exception)(?!\w)"),
    _Mark("(client)", rf"({_ANY_CODE})\s+\(client\)", behind=60),
)
_BARE_CODE: Final = re.compile(
    rf"(?=[ACFKNU])(?<![\w.#])(?<!\.[\n\x0b])({CODE})(?!\w|\.\w)"
    rf"|(?=[ACFKNU])(?<![\w.])({CODE}(?=KMS Message)|Forbidden(?=: (?:Forbidden|null)| and Http Status))"
)
_ADJACENT: Final = re.compile(
    r"(?<![\w.])((?:Validation|InvalidParameterValue|InvalidInput|InvalidRequest|BadRequest|GeneralService"
    r"|ResourceInitialization)(?:Exception|Error)"
    r"|[A-Z][A-Za-z]+\.[A-Z]\w+Exception):\s*[\"']?(?:[Tt]he [\w ]{0,60}|(?:[\w ,-]{1,80}:\s){1,3})?\Z"
)
_REQUEST: Final = (
    _Mark("request id", r"(?i:request\s+id):?\s*([\w-]{6,})", is_id=True),
    _Mark("requestid", rf"(?i:requestid){_QUOTE}\s*[:=>]\s*{_QUOTE}([\w-]{{6,}})", is_id=True),
)
_REGION: Final = _Mark("awsregion", rf"(?i:awsRegion){_QUOTE}\s*[:=]\s*{_QUOTE}([a-z]{{2}}(?:-[a-z]+)+-\w+)")


class Marks(NamedTuple):
    """The marks whose words stand anywhere in a text: looked up once, used for every denial in it."""

    sole: list[_Mark]
    operations: list[_Mark]
    keyed_codes: list[_Mark]
    requests: list[_Mark]


def marks_in(low: str) -> Marks:
    """Return the marks that the text (in lower case) holds."""
    return Marks(
        [mark for mark in _SOLE if mark.word in low],
        [mark for mark in _OPERATIONS if mark.word in low],
        [mark for mark in _KEYED_CODES if mark.word in low],
        [mark for mark in _REQUEST if mark.word in low] if "request" in low else [],
    )


_SOLE: Final = (_CALL_CODE, _API_CODE, _HANDLER, _REGION)


def read_context(script: Script, found: Found, before: int, after: int, marks: Marks) -> None:
    """Fill in what the text around a denial says, from the end of the one before to the start of the next."""
    head, tail = max(before, found.start - _HEAD), min(after, found.end + _TAIL)
    if found.start - head < _SHORTEST:
        head = found.start
    if tail - found.end < _SHORTEST:
        tail = found.end
    if head == tail - (found.end - found.start):
        return
    _code(script, found, head, tail, marks)
    _operation(script, found, head, tail, marks)
    _request(script, found, head, tail, marks)


_SHORTEST: Final = 8


def _request(script: Script, found: Found, head: int, tail: int, marks: Marks) -> None:
    for mark in marks.requests:
        slot = mark.after(script, found.end, tail) or mark.before(script, head, found.start)
        slot = _whole_id(script.text, slot) if slot else None
        if slot:
            found.put_aside("request_id", slot)
            break
    if _REGION in marks.sole and "region" not in found.fields:
        found.put_aside("region", _nearest(_REGION, script, found, head, tail))


def _whole_id(text: str, slot: Slot) -> Slot | None:
    """Return the request id, put together if a line break cut it; None if a part of it is missing."""
    if _UUID.fullmatch(slot.value) or _CUT.match(text, slot.end) is None:
        return slot
    whole = _UUID.match(text[slot.start : slot.start + 40].replace("\n", "", 1).replace(HARD, "", 1))
    return Slot(whole[0], slot.start, slot.start + len(whole[0]) + 1) if whole else None


_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_CUT: Final = re.compile(r"[\n\x0b][\w-]")


def _code(script: Script, found: Found, head: int, tail: int, marks: Marks) -> None:
    for slot in _codes(script, found, head, tail, marks):
        if slot:
            found.put_aside("error_code", slot)
            return


def _codes(script: Script, found: Found, head: int, tail: int, marks: Marks) -> Iterator[Slot | None]:
    """Yield the error codes around a denial, the surest first: CloudFormation's own is the outermost of all."""
    start, end = found.start, found.end
    if end < tail and _HANDLER in marks.sole:
        yield _HANDLER.after(script, end, tail)
    if head < start:
        yield from _codes_before(script, start, head, marks)
    if end < tail:
        for mark in marks.keyed_codes:
            yield mark.after(script, end, tail)


def _codes_before(script: Script, start: int, head: int, marks: Marks) -> Iterator[Slot | None]:
    """Yield the error codes ahead of a denial: the outermost call is the surest, and its code tells more than 403."""
    call = _CALL_CODE.before(script, head, start) if _CALL_CODE in marks.sole else None
    if call and call.value.isdigit():
        yield _KEYED_CODES[0].before(script, call.end, start)
    yield call
    if _API_CODE in marks.sole:
        yield _API_CODE.before(script, head, start)
    near = max(head, start - _NEAR)
    yield _adjacent_code(script, max(near, start - 200), start)
    for mark in marks.keyed_codes:
        yield mark.before(script, head, start)
    yield _bare_code(script, near, start)


def _adjacent_code(script: Script, start: int, end: int) -> Slot | None:
    if script.low.find("exception:", start, end) < 0 and script.low.find("error:", start, end) < 0:
        return None
    adjacent = _ADJACENT.search(script.text, start, end)
    return Slot(adjacent[1], *adjacent.span(1)) if adjacent else None


_STEMS: Final = ("denied", "unauthorized", "authorizationerror", "notauthorized", "client_error", "forbidden")
_LONGEST_PREFIX: Final = 20
_LONGEST_REST: Final = 60
_PARAGRAPHS: Final = 2
"""Behind more of them another error is told."""


def _bare_code(script: Script, start: int, end: int) -> Slot | None:
    at = max(script.low.rfind(stem, start, end) for stem in _STEMS)
    if at < 0:
        return None
    matches = list(_BARE_CODE.finditer(script.text, max(start, at - _LONGEST_PREFIX), min(end, at + _LONGEST_REST)))
    if not matches:
        matches = list(_BARE_CODE.finditer(script.text, start, end))
    if not matches:
        return None
    last = matches[-1]
    if script.text.count("\n\n", last.end(), end) > _PARAGRAPHS:
        return None
    group = 1 if last[1] else 2
    return Slot(put_together(last[group]), *last.span(group))


def _operation(script: Script, found: Found, head: int, tail: int, marks: Marks) -> None:
    for mark in marks.operations:
        slot = _nearest(mark, script, found, head, tail)
        if slot:
            found.put_aside("operation", slot)
            return


def _nearest(mark: _Mark, script: Script, found: Found, head: int, tail: int) -> Slot | None:
    before = mark.before(script, head, found.start)
    after = mark.after(script, found.end, tail)
    if after and script.text.startswith(" operation:", after.end):
        after = None
    if before and after:
        return before if found.start - before.end <= after.start - found.end else after
    return before or after
