"""Undoes what tools do to the characters of a message: escapes, entities, tags, colours, invisible characters."""

import html
import re
from typing import Final

from troubleshoot.denial.view import View

HARD: Final = "\x0b"
"""Stands for a line break that fell where the width of the window ended, not where a word did."""

_ODD: Final = re.compile(r"\[\d+(?:;\d+)*m|[\\&<\x00-\x09\x0b-\x1f\x7f-\U0010ffff]")
_INVISIBLE: Final = (
    "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\x00-\x08\x0e-\x1a\x1c-\x1f\x7f"
)
_INLINE: Final = r"span|(?-i:code)|b|i|em|strong|a|samp|kbd|tt|font|mark|u|wbr"
_BLOCK: Final = r"p|pre|div|li|ul|ol|td|tr|th|table|blockquote|script|html|body|h[1-6]|textarea|details|summary"
_MARKS: Final = re.compile(
    r"(?P<gone>(?:\x1b|\\+(?:x1b|u001b|033|e)|\^\[|␛)\n?\[\n?(?:[0-9;?]\n?)*[A-Za-z]|\[\d{1,3}(?:;\d{1,3}){0,4}m|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-Z\\\]^_]?"
    rf"|[{_INVISIBLE}]|</?(?:{_INLINE})(?:\s[^<>=]*=[^<>]*)?/?>)"
    r"|(?P<line>(?:\r\n?|\n)?<\n?b\n?r\s?/?>(?:\r\n?|\n)?|\r\n?|[\u2028\u2029\x85\u21b5]|\\+\n[nr](?![a-z])|\\+\n(?!t )|\n?(?:\\+r)?\\+n\n?|\\+r(?![a-z])"
    rf"|<\n?/?\n?(?:{_BLOCK})(?:\s[^<>=]*=[^<>]*|\s)?/?>)"
    r"|(?P<blank>[\t\x0b\x0c\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|\\+\nt(?= )|\\+t|\\+\ )"
    r"|(?P<double>[\u201c-\u201f\u00ab\u00bb\u301d\u301e\uff02])"
    r"|(?P<single>[\u2018-\u201b\u2032])"
    r"|(?P<colon>\uff1a)"
    r"|\\+(?:u(?P<u>[0-9A-Fa-f]{4})|x(?P<x>[0-9A-Fa-f]{2})|(?P<char>[^\w\s]))"
    r"|(?P<entity>&(?:amp;){0,4}(?:\#\d{1,6}|\#[xX][0-9A-Fa-f]{1,5}|quot|lt|gt|apos|nbsp|sol|plus|equals|amp);)",
    re.IGNORECASE,
)
_BROKEN_ENTITY: Final = re.compile(r"&(?=[#\w]{0,8}\n)[#\w\n]{2,10};")
_PLAIN: Final = {"gone": "", "line": "\n", "blank": " ", "double": '"', "single": "'", "colon": ":"}


def without_marks(view: View) -> View:
    """Return the view with plain characters: a line break for every kind of break, a blank for every kind of blank."""
    if not _ODD.search(view.text):
        return view
    if "&" in view.text:
        view = view.sub(_BROKEN_ENTITY, lambda match: match[0].replace("\n", ""))
    for _ in range(4):
        after = view.sub(_MARKS, _plain)
        if after is view:
            break
        view = after
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
    for _ in range(4):
        value = html.unescape(value)
    return _space(value)


def _space(char: str) -> str:
    if char in "\r\n":
        return "\n"
    return "" if "\ud800" <= char <= "\udfff" else char


_NARROWEST: Final = 16


def with_hard_breaks(view: View) -> View:
    """Mark the breaks of lines that are all exactly as long as the longest: no writer does that, a window does."""
    lines = view.text.split("\n")
    width = max(map(len, lines))
    if width < _NARROWEST or sum(len(line) == width for line in lines[:-1]) < 2:
        return view
    broken = [line + (HARD if len(line) == width else "\n") for line in lines[:-1]]
    return View("".join([*broken, lines[-1]]), view.layers)
