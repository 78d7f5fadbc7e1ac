"""Finds where a value ends, and puts a value together that was broken over lines."""

import re
from typing import Final, NamedTuple

FOLLOW: Final = re.compile(
    r"(?:because\b|with\s+an?\b|is\s+not\b|are\s+not\b|on\s+(?:the\s+|this\s+)?resource|status\s+code|for\s+complete"
    r"|\(Service\b|\(Status|Encoded\s+auth|Go\s+to\b|transitively\b|not\s+authori)",
    re.IGNORECASE,
)
"""What may follow a value in AWS's sentences: a line that starts so does not carry the value on."""

_BROKEN: Final = re.compile(r"[ ]*[\n\x0b]+[ ]*")
_TOKEN: Final = re.compile(r"(?:<[^<>\n\x0b/][^<>\n\x0b]{0,60}>|\{[^{}\"\n\x0b]{0,60}\}|[^\s\"<>]|<(?!/)|>)+")
_WORD: Final = re.compile(r"[^\s\"<>]+")
_MASK: Final = re.compile(
    r"[*.…xX#?_\s-]+|[<\[{(](?:\s*[^<>\[\]{}():]*)[>\]})]+|\$\{?\w+\}?|\[?etc\.?\]?|(?:[xX]+|redacted|masked|hidden|\*+redacted\**)",
    re.IGNORECASE,
)
_OPENERS: Final = {")": "(", "]": "[", "}": "{", ">": "<"}


class Slot(NamedTuple):
    """A value and where it stands in the cleaned text."""

    value: str
    start: int
    end: int


def delimited(text: str, start: int, end: int) -> Slot | None:
    """Return the value between two known words: whatever breaks it, it is one value."""
    start, end = trimmed(text, start, end)
    return Slot(put_together(text[start:end]), start, end) if start < end else None


def open_ended(text: str, start: int) -> Slot | None:
    """Return the value that starts here and ends where a blank, a quote or a new sentence does.

    None if there is none, or if the next line may or may not carry it on: then it is not known.
    """
    match = _TOKEN.match(text, start)
    if match is None:
        return None
    end = match.end()
    while (carried := _carried_on(text, start, end)) is not None:
        if carried == end:
            return None
        end = carried
    start, end = trimmed(text, start, end)
    return Slot(put_together(text[start:end]), start, end) if start < end else None


def _carried_on(text: str, start: int, end: int) -> int | None:
    """Where the value that was broken at `end` goes on to; `end` itself if that can't be told; None if it is whole."""
    gap = _BREAK_AHEAD.match(text, end)
    if gap is None or FOLLOW.match(text, gap.end()):
        return None
    word = _TOKEN.match(text, gap.end())
    if word is None:
        return None
    unfinished = _UNFINISHED.search(text, start, end) is not None or _is_short_arn(text[start:end])
    if gap["blank"]:
        return word.end() if _is_short_arn(text[start:end]) else None
    alone = _ALONE.match(text, word.end()) is not None
    if "\x0b" in gap[0] and _PIECE.fullmatch(word[0]):
        return word.end()
    if alone and _PIECE.fullmatch(word[0]) and (unfinished or FOLLOW.match(text, _skip(text, word.end()))):
        return word.end()
    return None


_BREAK_AHEAD: Final = re.compile(r"(?:[\n\x0b]|(?P<blank>[ ]))(?!\s)")
_UNFINISHED: Final = re.compile(r"[:/-]\Z")
_ALONE: Final = re.compile(r"[\"'`,;.)}\]]*\s*(?:[\n\x0b]|\Z)|\s+(?=because|with\s+an|is\s+not|\(Service)")
_PIECE: Final = re.compile(r"[\w:/.*@=+,-]+[\"'`)}\].,;]*")
_SPACE: Final = re.compile(r"\s*")


def _skip(text: str, start: int) -> int:
    match = _SPACE.match(text, start)
    return match.end() if match else start


def _is_short_arn(value: str) -> bool:
    return value.startswith(("arn:", '"arn:')) and (
        value.count(":") < 5 or (value.count(":") == 5 and value.endswith(":"))
    )


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the bounds without the quotes, brackets and final stop around the value."""
    while start < end and text[start] in " \n\x0b\"'`(“":
        start += 1
    while start < end and _is_outside(text[start:end]):
        end -= 1
    return start, end


def _is_outside(value: str) -> bool:
    last = value[-1]
    if last in " \n\x0b\"',;!":
        return True
    if last == "`":
        return value.count("`") % 2 == 1
    if last == ".":
        return not value.endswith("..")
    opener = _OPENERS.get(last)
    return opener is not None and value.count(opener) < value.count(last)


def put_together(value: str) -> str:
    """Return the value without the line breaks and blanks that a window or a formatter put into it."""
    if " " not in value and "\n" not in value and "\x0b" not in value:
        return value
    if "<" in value:
        value = re.sub(r"<[^<>]*>", lambda match: _BROKEN.sub(" ", match[0]), value)
    if not re.match(r"[a-z ]{3,20}\s", value):
        value = _BROKEN.sub("", value)
        return re.sub(r"(?<=:) (?=[\w-])", "", value) if value.startswith(("arn:", "aws:")) else value
    kind = re.match(r"(?:[a-z]+\s+){1,3}", value)
    cut = kind.end() if kind else 0
    return re.sub(r"\s+", " ", value[:cut]) + _BROKEN.sub("", value[cut:])


def is_mask(value: str) -> bool:
    """Say whether the value is a bare stand-in (`***`, `...`, `<user-arn>`) that tells nothing."""
    value = value.strip("\"'` ")
    return value != "*" and _MASK.fullmatch(value) is not None
