"""The person's own text, with what was read from it marked."""

from collections.abc import Mapping
from dataclasses import dataclass

AROUND = 600
"""How many characters of a long text stay before the first mark and after the last one."""
LONGEST = 6000

LABELS = {
    "principal": "who",
    "account": "account",
    "action": "action",
    "resource": "resource",
    "deny_kind": "how it was denied",
    "policy_type": "kind of policy",
    "policy_arn": "policy",
    "authorization_id": "authorization id",
    "encoded_message": "encoded message",
    "operation": "call",
    "error_code": "error code",
    "region": "region",
    "request_id": "request id",
}


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the text. `label` says what was read from it, and is empty where nothing was."""

    text: str
    label: str = ""


def marked(text: str, spans: Mapping[str, tuple[int, int]]) -> tuple[Segment, ...]:
    """Return the text as segments. Of overlapping marks the earlier and longer one stays.

    A long text is cut around its marks; an ellipsis stands where something was left out.
    """
    marks = _without_overlaps(text, spans)
    first = max(0, marks[0][0] - AROUND) if marks else 0
    last = min(len(text), (marks[-1][1] if marks else 0) + AROUND, first + LONGEST)
    segments = [Segment("… ")] if first else []
    position = first
    for start, end, name in marks:
        if end > last:
            break
        if start > position:
            segments.append(Segment(text[position:start]))
        segments.append(Segment(text[start:end], LABELS.get(name, name)))
        position = end
    segments.append(Segment(text[position:last] + (" …" if last < len(text) else "")))
    return tuple(segment for segment in segments if segment.text)


def _without_overlaps(text: str, spans: Mapping[str, tuple[int, int]]) -> list[tuple[int, int, str]]:
    kept: list[tuple[int, int, str]] = []
    valid = [(start, end, name) for name, (start, end) in spans.items() if 0 <= start < end <= len(text)]
    for start, end, name in sorted(valid, key=lambda mark: (mark[0], -mark[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, name))
    return kept
