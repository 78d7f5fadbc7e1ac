"""Puts the reading together: clean, redact, recognise, look around, merge what is said twice."""

from dataclasses import replace
from typing import Final

from troubleshoot.denial.bare import read_bare, read_fragments
from troubleshoot.denial.clean import Script, clean
from troubleshoot.denial.context import marks_in, read_context
from troubleshoot.denial.forms import read_sentences
from troubleshoot.denial.found import Found, Row
from troubleshoot.denial.nearmiss import belongs_to_one, find_near_misses, told
from troubleshoot.denial.prose import read_boxes, read_other_words, read_prose
from troubleshoot.denial.reading import Denial, NearMiss, Reading, TextTooLarge
from troubleshoot.denial.redact import redact
from troubleshoot.denial.tails import read_tails

LARGEST: Final = 256 * 1024
"""The longest text that is read, in bytes of UTF-8."""


def parse(text: str) -> Reading:
    """Read a pasted text. Raises `TextTooLarge` for more than 256 KB; nothing else.

    Secrets are removed first; every span counts in the text without them.
    """
    if len(text) > LARGEST or (len(text) * 4 > LARGEST and len(text.encode(errors="replace")) > LARGEST):
        raise TextTooLarge("This text is larger than 256 KB. Paste only the lines around the error.")
    redacted = redact(text)
    script = clean(redacted.text)
    found, near_misses = recognise(script)
    denials = _merged([_denial(script, item) for item in found])
    return Reading(redacted.text, tuple(denials), near_misses, redacted.removed)


def recognise(script: Script) -> tuple[list[Found], tuple[NearMiss, ...]]:
    """Return what every recogniser found, in the order of the text, with what stands around; and the near misses."""
    found = _all_found(script)
    near_misses = find_near_misses(script.low, [(item.start, item.end) for item in found if not item.weak])
    if near_misses:
        found = [item for item in found if not (item.weak and belongs_to_one(item.start, near_misses))]
    if found:
        _read_around(script, found)
    return found, told(near_misses, [(item.start, item.end) for item in found]) if near_misses else ()


def _read_around(script: Script, found: list[Found]) -> None:
    marks = marks_in(script.low)
    before = 0
    for number, item in enumerate(found):
        after = found[number + 1].start if number + 1 < len(found) else len(script.text)
        read_context(script, item, before, after, marks)
        before = item.end


def _all_found(script: Script) -> list[Found]:
    """Run the recognisers, the most telling first; each adds what the ones before it do not tell."""
    strong = Row(read_sentences(script))
    strong = strong.with_more([item for item in read_boxes(script) if not strong.touches(item.start, item.end)])
    strong = strong.with_more(read_fragments(script, strong))
    strong = strong.with_more(
        [item for item in read_prose(script) if not strong.touches(item.start, item.end + _JUST_BEHIND)]
    )
    found = strong.with_more(read_bare(script, strong)).items or read_other_words(script)
    return read_tails(script, found)


_JUST_BEHIND: Final = 160
"""Prose is left out if the plain sentence comes just behind it ("could not assume the role: User: …")."""


def _denial(script: Script, found: Found) -> Denial:
    spans = found.spans
    if script.view.layers:
        spans = {name: script.view.source(*span) for name, span in spans.items()}
    return Denial(**found.fields, spans=spans)


_SAME: Final = ("principal", "principal_kind", "action", "resource", "deny_kind", "policy_type", "policy_arn")
_MORE: Final = ("authorization_id", "encoded_message", "operation", "error_code", "region", "request_id")


def _merged(denials: list[Denial]) -> list[Denial]:
    if len(denials) < 2:
        return denials
    merged: dict[tuple[object, ...], Denial] = {}
    for denial in denials:
        key = (*(getattr(denial, name) for name in _SAME), None if denial.action else denial.operation)
        first = merged.get(key)
        merged[key] = denial if first is None else _both(first, denial)
    return list(merged.values())


def _both(first: Denial, second: Denial) -> Denial:
    more = {
        name: getattr(second, name)
        for name in _MORE
        if getattr(first, name) is None and getattr(second, name) is not None
    }
    spans = {**first.spans, **{name: second.spans[name] for name in more if name in second.spans}}
    return replace(first, **more, spans=spans, count=first.count + 1)
