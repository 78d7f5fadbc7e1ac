"""Undoes what tools do to the characters of a message: escapes, entities, tags, colours, invisible characters."""

import html
import re
from functools import lru_cache
from typing import Final

from troubleshoot.denial.view import View

HARD: Final = "\x0b"
"""Stands for a line break that fell where the width of the window ended, not where a word did."""

_INVISIBLE: Final = (
    "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\x00-\x08\x0e-\x1a\x1c-\x1f\x7f"
)
_BLANKS: Final = (
    "\t\x0b\x0c\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_DOUBLE: Final = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u301d\u301e\uff02"
_SINGLE: Final = "\u2018\u2019\u201a\u201b\u2032"
_SAME_LENGTH: Final = str.maketrans(
    {
        char: plain
        for chars, plain in ((_BLANKS, " "), (_DOUBLE, '"'), (_SINGLE, "'"), ("\uff1a", ":"))
        for char in chars
    }
)
"""Characters that a plain one stands for, place by place: blanks, quotes, the wide colon."""
_STANDS_FOR: Final = re.compile(rf"[{_BLANKS}{_DOUBLE}{_SINGLE}\uff1a]")
_FIRST: Final = re.compile(rf"[\\&<\x1b^\u241b\[\r\u2028\u2029\x85\u21b5{_INVISIBLE}\ud800-\udfff]")
"""The characters that any of the marks below begins with: the search goes by them alone, which is fast."""

_INLINE: Final = r"span|(?-i:code)|b|i|em|strong|a|samp|kbd|tt|font|mark|u|wbr"
_BLOCK: Final = r"p|pre|div|li|ul|ol|td|tr|th|table|blockquote|script|html|body|h[1-6]|textarea|details|summary"
_COLOUR: Final = (
    r"(?:\x1b|\\+(?:x1b|u001b|033|e)|\^\[|\u241b)\r?\n?\[(?:\r?\n(?=[\d;?Km]))?(?:[0-9;?]\r?\n?)*[A-Za-z]|\[\d{1,3}(?:;\d{1,3}){0,4}m"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b+(?-i:[@-Z\\\]^_])?"
)
_ESCAPED_BREAK: Final = (
    r"(?<![\s\\])\\+\n[nr]|\\+\n[nr](?![a-z])"
    r"|\\+\n[nr](?=(?:is not|are not|because|to perform|with an|on resource)\b)"
    r"|\\+\n(?!t |u[0-9A-Fa-f]{4})|(?:\\+r)?\\+n\n?|\\+r(?![a-z])"
)
_MARKS: Final = re.compile(
    rf"(?P<gone>{_COLOUR}|[{_INVISIBLE}\ud800-\udfff]+|</?(?:{_INLINE})(?:\s[^<>=]*=[^<>]*)?/?\n?>)"
    rf"|(?P<line><\n?b\n?r\s?/?\n?>(?:\r\n?|\n)?|\r+\n?|[\u2028\u2029\x85\u21b5]|{_ESCAPED_BREAK}"
    rf"|<\n?/?\n?(?:{_BLOCK})(?:\s[^<>=]*=[^<>]*|\s)?/?\n?>)"
    r"|(?P<blank>\\+\nt(?= )|\\+t|\\+\ )"
    r"|\\+(?:\n?u(?P<u>\n?(?:[0-9A-Fa-f]\n?){3}[0-9A-Fa-f])|x(?P<x>[0-9A-Fa-f]{2})|(?P<char>[^\w\s]|_))"
    r"|(?P<entity>&(?:amp;){0,4}(?:\#\d{1,6}|\#[xX][0-9A-Fa-f]{1,5}|quot|lt|gt|apos|nbsp|sol|plus|equals|amp);)",
    re.IGNORECASE,
)
_ESCAPE_GOES_ON: Final = r"n[A-Z\d\\\"'{<\[]|r\\|u[\dA-Fa-f]{4}|x[\dA-Fa-f]{2}"
_HIDDEN: Final = re.compile(rf"\\+[{_INVISIBLE}]+(?![{_INVISIBLE}]|{_ESCAPE_GOES_ON})|[{_INVISIBLE}]+")
"""Invisible characters, with the backslash that a shell put before them, unless it escapes what comes behind them."""
_BROKEN_ENTITY: Final = re.compile(r"&(?=[#\w]{0,8}\n)[#\w\n]{2,10};")
_PLAIN: Final = {"gone": "", "blank": " "}
_PASSES: Final = 4
_HARMLESS: Final = bytes(code for code in range(128) if _FIRST.match(chr(code)) is None)


def same_length(text: str) -> str:
    """Return the text with a plain blank, quote or colon for every other kind of them, each in its place."""
    return text.translate(_SAME_LENGTH) if _STANDS_FOR.search(text) else text


def without_marks(view: View) -> View:
    """Return the view with plain characters: a line break for every kind of break, a blank for every kind of blank."""
    text = view.text
    if not text.isascii() or "\t" in text or HARD in text or "\f" in text:
        view = view.in_place(same_length).sub(_HIDDEN, lambda _: "")
    for _ in range(_PASSES):
        if _is_plain(view.text):
            break
        if "&" in view.text and "\n" in view.text:
            view = view.sub(_BROKEN_ENTITY, lambda match: match[0].replace("\n", ""))
        after = view.sub(_MARKS, _plain, first=_FIRST)
        if after is view:
            break
        view = after
    return view


def _is_plain(text: str) -> bool:
    """Say whether no character that begins a mark stands in the text."""
    return text.isascii() and not text.encode().translate(None, _HARMLESS)


def _plain(match: re.Match[str]) -> str:
    kind = match.lastgroup or ""
    if kind == "line":
        return _break(match)
    if kind in _PLAIN:
        return _PLAIN[kind]
    value = match[kind]
    if kind == "char":
        return value
    plain = _unescaped(value) if kind == "entity" else _space(chr(int(value.replace("\n", ""), 16)))
    return plain if plain.isascii() and plain != "\t" else same_length(plain)


def _break(match: re.Match[str]) -> str:
    """One break in two hands (`<br>` or an escape at the end of a line) stays one."""
    text, start = match.string, match.start()
    is_second = start > 0 and text[start - 1] in "\r\n" and text[start] in "<\\"
    return "" if is_second else "\n"


@lru_cache(maxsize=256)
def _unescaped(value: str) -> str:
    for _ in range(_PASSES):
        if "&" not in value or value == "&":
            break
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
    lengths = [len(line) for line in lines]
    width = max(lengths)
    if width < _NARROWEST or lengths[:-1].count(width) < 2:
        return view
    broken = [line + (HARD if len(line) == width else "\n") for line in lines[:-1]]
    return View("".join([*broken, lines[-1]]), view.layers)
