"""Takes off what wraps a message: escapes, colours, invisible characters, tags, comment marks, broken lines."""

import html
import re
import string
from dataclasses import dataclass
from typing import Final

from troubleshoot.denial.view import View, view_of
from troubleshoot.denial.words import VOCABULARY

HARD: Final = "\x0b"
"""Stands for a line break that fell where the width of the window ended, not where a word did."""

_ODD: Final = re.compile(r"[\\&<\x00-\x09\x0b-\x1f\x7f-\U0010ffff]")
_INVISIBLE: Final = (
    "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\x00-\x08\x0e-\x1a\x1c-\x1f\x7f"
)
_INLINE: Final = r"span|(?-i:code)|b|i|em|strong|a|samp|kbd|tt|font|mark|u|wbr"
_BLOCK: Final = r"br|p|pre|div|li|ul|ol|td|tr|th|table|blockquote|script|html|body|h[1-6]|textarea|details|summary"
_MARKS: Final = re.compile(
    r"(?P<gone>(?:\x1b|\\+(?:x1b|u001b|033|e)|\^\[|␛)\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-_]?"
    rf"|[{_INVISIBLE}]|</?(?:{_INLINE})(?:\s[^<>]*)?/?>)"
    r"|(?P<line>\r\n?|[\u2028\u2029\x85\u21b5]|\\+\n|(?:\\+r)?\\+n|\\+r(?![a-z])"
    rf"|</?(?:{_BLOCK})(?:\s[^<>]*)?/?>)"
    r"|(?P<blank>[\t\x0b\x0c\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|\\+t|\\+\ )"
    r"|(?P<double>[\u201c-\u201f\u00ab\u00bb\u301d\u301e\uff02])"
    r"|(?P<single>[\u2018-\u201b\u2032])"
    r"|(?P<colon>\uff1a)"
    r"|\\+(?:u(?P<u>[0-9A-Fa-f]{4})|x(?P<x>[0-9A-Fa-f]{2})|(?P<char>[^\w\s]))"
    r"|(?P<entity>&(?:amp;)*(?:\#\d{1,6}|\#[xX][0-9A-Fa-f]{1,5}|quot|lt|gt|apos|nbsp|amp);)",
    re.IGNORECASE,
)
_PLAIN: Final = {"gone": "", "line": "\n", "blank": " ", "double": '"', "single": "'", "colon": ":"}
_STAMP: Final = (
    r"\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[ ]?[+-]\d\d:?\d\d)?\]?[ ]?"
    r"(?:[ ]*(?:\|[ ]*[\w.-]+[ ]*\||\[[\w.:/ -]{1,40}\]|-[ ](?=[A-Z]+\b)|(?:DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|TRACE|CRITICAL)\b:?)[ ]?)*(?:-[ ])?"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ ]+\d+[ ]\d\d:\d\d:\d\d[ ][\w.-]+[ ][\w./-]+(?:\[\d+\])?:"
    r"|\d\d:\d\d:\d\d(?:[.,]\d+)?[ ](?:\[?(?:DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL)\]?:?)"
    r"|[\w.-]{1,30}[ ]*\|(?=[ ])"
    r"|\[[\w.-]{1,30}\]:(?=[ ])"
)
_BREAK: Final = re.compile(
    rf"[ ]*[\n\x0b](?:[ ]*(?:(?:\#+|//+|/?\*{{1,2}}/?|>+|[│┃|╷╵╎]|--|;+|REM\b|<!--|-->)(?=[ \n]|$)|{_STAMP}))*[ ]*"
)
_CONCATENATED: Final = re.compile(
    r"(?P<q>\"{3}|[\"'`])[ ]*(?:\\|\+|\.{1,2}|&)[ ]*\n[ ]*[rbfu]?(?:\"{3}|[\"'`])"
    r"|(?P<r>\"{3}|[\"'`])[ ]*\n[ ]*(?:\+|\.{1,2}|&)[ ]*[rbfu]?(?:\"{3}|[\"'`])"
    r"|(?<=[ ])[\"'`][ ]*\n[ ]*[rbfu]?[\"'`](?=\w)"
    r"|(?<=\w)[\"'`][ ]*\n[ ]*[rbfu]?[\"'`](?=[ ])"
)
_HALVES: Final = re.compile(r"(?<![A-Za-z-])([A-Za-z-]{1,30})[\n\x0b]([A-Za-z-]{1,30})(?![A-Za-z-])")


_NARROWEST: Final = 16


@dataclass(frozen=True, slots=True)
class Script:
    """The cleaned text in two hands of equal length: `text` for values, `low` for words.

    `low` is in lower case and has a blank for every line break.
    """

    view: View
    text: str
    low: str


def clean(text: str) -> Script:
    """Return the text as its writer meant it: one blank between words, lines that mean something.

    A line break inside a known word is taken out, one that the window's width made becomes `HARD`, others stay.
    """
    view = view_of(text)
    if _ODD.search(text):
        view = _without_marks(view)
    if "\n" in view.text:
        view = _lines(view)
    if "  " in view.text:
        view = view.sub(_BLANKS, lambda _: " ")
    return Script(view, view.text, _lowered(view.text))


_BLANKS: Final = re.compile("  +")
_TO_LOWER: Final = {ord(char): char.lower() for char in string.ascii_uppercase}


def _lowered(text: str) -> str:
    flat = text.replace("\n", " ").replace(HARD, " ")
    low = flat.lower()
    return low if len(low) == len(flat) else flat.translate(_TO_LOWER)


def _without_marks(view: View) -> View:
    for _ in range(4):
        after = view.sub(_MARKS, _plain)
        if after is view:
            break
        view = after
        if "\\" not in view.text and "&" not in view.text and "<" not in view.text:
            break
    return view


def _plain(match: re.Match[str]) -> str:
    kind = match.lastgroup or ""
    if kind in _PLAIN:
        return _PLAIN[kind]
    value = match[kind]
    if kind == "char":
        return value
    if kind == "entity":
        return _unescaped(value)
    return _space(chr(int(value, 16)))


def _unescaped(value: str) -> str:
    for _ in range(value.count("amp;") + 1):
        value = html.unescape(value)
    return _space(value)


def _space(char: str) -> str:
    if char in "\r\n":
        return "\n"
    return "" if "\ud800" <= char <= "\udfff" else char


def _lines(view: View) -> View:
    view = _with_hard_breaks(view)
    view = view.sub(_CONCATENATED, lambda _: "")
    view = view.sub(_BREAK, lambda match: HARD if match[0][0] == HARD else "\n")
    return view.sub(_HALVES, _joined)


def _with_hard_breaks(view: View) -> View:
    """Mark the breaks of lines that are all exactly as long as the longest: no writer does that, a window does."""
    lengths = [len(line) for line in view.text.split("\n")]
    width = max(lengths)
    if width < _NARROWEST or lengths[:-1].count(width) < 2:
        return view
    return view.sub(re.compile(rf"(?m)(?<=^.{{{width}}})\n"), lambda _: HARD)


def _joined(match: re.Match[str]) -> str:
    left, right = match[1], match[2]
    whole = (left + right).lower()
    if whole in VOCABULARY and not (left.lower() in VOCABULARY and right.lower() in VOCABULARY):
        return left + right
    return match[0]
