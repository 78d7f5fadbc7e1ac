"""Takes off what wraps a message: escapes, colours, invisible characters, tags, comment marks, broken lines."""

import re
import string
from dataclasses import dataclass
from typing import Final

from troubleshoot.denial.emphasis import without_emphasis
from troubleshoot.denial.gutters import without_gutter
from troubleshoot.denial.marks import HARD, with_hard_breaks, without_marks
from troubleshoot.denial.view import View
from troubleshoot.denial.words import VOCABULARY

_STAMP: Final = (
    r"\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[ ]?[+-]\d\d:?\d\d)?\]?[ ]?"
    r"(?:[ ]?(?:\|[ ]?[\w.-]+[ ]?\||\[(?![a-z-]+-removed)[\w.:/ -]{1,40}\]|-[ ](?=[A-Z]+\b)"
    r"|(?:DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL"
    r"|TRACE|CRITICAL)\b:?)[ ]?)*(?:-[ ])?"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ ]\d+[ ]\d\d:\d\d:\d\d[ ][\w.-]+[ ][\w./-]+(?:\[\d+\])?:"
    r"|\d\d:\d\d:\d\d(?:[.,]\d+)?[ ](?:\[?(?:DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL)\]?:?)"
    r"|[\w.-]{1,30}[ ]?\|(?=[ \n]|\Z)"
    r"|\[[\w.-]{1,30}\]:(?=[ ])"
)
_MARKS: Final = (
    rf"(?:[ ]?(?:(?:\#{{1,4}}(?!\#)|//+|/?\*{{1,2}}/?|>+|[│┃|╷╵╎]|--|REM\b|<!--|-->)(?=[ \n]|$)"
    rf"|(?P<stamp>{_STAMP})))*[ ]?"
)
_BEGINS_MARK: Final = r"[ #/*>│┃|╷╵╎<\[\d-]|REM|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
"""What a mark or a stamp may begin with: a digit, a bracket, a month; a container's name only before a stroke."""
_BREAK: Final = re.compile(rf"[\n\x0b](?:(?<=\x0b)|(?={_BEGINS_MARK})){_MARKS}")
_ANY_BREAK: Final = re.compile(rf"[\n\x0b]{_MARKS}")
_CONCATENATED: Final = re.compile(
    r"(?P<q>\"{3}|[\"'`])[ ]?[\n\x0b]?[ ]?(?:\\|\+|\.{1,2}|&)[ ]?[\n\x0b][ ]?[rbfu]?(?:\"{3}|[\"'`])"
    r"|(?P<r>\"{3}|[\"'`])[ ]?[\n\x0b][ ]?(?:\+|\.{1,2}|&)[ ]?[rbfu]?(?:\"{3}|[\"'`])"
    r"|(?<=[ ])[\"'`][ ]?[\n\x0b][ ]?[rbfu]?[\"'`](?=[\w{])"
    r"|(?<=[/:-])[\"'`][ ]?[\n\x0b][ ]?[rbfu]?[\"'`](?=\w)"
    r"|(?<=\w)[\"'`][ ]?[\n\x0b][ ]?[rbfu]?[\"'`](?=[ ])"
)
_QUOTE: Final = re.compile(r"[\"'`](?=[\"'` +.&\\\n\x0b])")
_QUOTE_AT_END: Final = re.compile(r"[\"'`] ?[+.&\\]{0,2} ?[\n\x0b]")
_BREAK_IN_WORD: Final = re.compile(r"[\n\x0b](?=[A-Za-z-])(?<=[A-Za-z-].)", re.DOTALL)
_LETTERS: Final = re.compile(r"[A-Za-z-]{1,30}")


@dataclass(slots=True)
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
    view = without_marks(_unquoted(View(text)))
    is_broken = "\n" in view.text
    if is_broken and not view.text.isascii() and _EDGE.search(view.text):
        view = view.sub(_BOX, lambda match: HARD if match[0][1] in _EDGES else "\n")
    if is_broken:
        view = with_hard_breaks(without_gutter(view))
    view = without_emphasis(view)
    if "  " in view.text:
        view = view.sub(_BLANKS, lambda _: " ")
    if is_broken:
        view = _lines(view)
    return Script(view, view.text, _lowered(view.text))


_EDGES: Final = "│┃"
_EDGE: Final = re.compile(rf"[ ][{_EDGES}][ ]*\n")
_BOX: Final = re.compile(rf"(?<=[^\n {_EDGES}])[ ]+[{_EDGES}][ ]*\n[ ]*(?:\#+[ ]*)?[{_EDGES}][ ]?")
"""The right and the left edge of a drawn box: with one blank before it, the box's width broke the line."""


def _unquoted(view: View) -> View:
    """Return the view without a shell's quotes around a quote, and without percent signs if it is an address."""
    if _QUOTED_QUOTE in view.text:
        view = view.sub(re.compile(_QUOTED_QUOTE), lambda _: "'")
    if not ("%20to" in view.text or "+to" in view.text) or _IN_ADDRESS.search(view.text) is None:
        return view
    blank = "+" if "+not+" in view.text else "%20"
    return view.sub(_PERCENT, lambda match: " " if match[0] == blank else _unpercent(match))


def _unpercent(match: re.Match[str]) -> str:
    return chr(int(match[1] + match[2], 16)) if match[1] else match[0]


_QUOTED_QUOTE: Final = "'\"'\"'"
_IN_ADDRESS: Final = re.compile(r"not(?:%20|\+)authorized(?:%20|\+)to")
_PERCENT: Final = re.compile(r"%(?:\n[ >|#]*)?([02-7])(?:\n[ >|#]*)?([0-9A-Fa-f])|\+")
_BLANKS: Final = re.compile("  +")
_TO_LOWER: Final = {ord(char): char.lower() for char in string.ascii_uppercase}


def _lowered(text: str) -> str:
    flat = text.replace("\n", " ").replace(HARD, " ")
    low = flat.lower()
    return low if len(low) == len(flat) else flat.translate(_TO_LOWER)


def _lines(view: View) -> View:
    if _QUOTE_AT_END.search(view.text):
        view = view.sub(_CONCATENATED, lambda _: "", first=_QUOTE)
    if " \n" in view.text or " " + HARD in view.text:
        view = view.sub(_BLANK_AT_END, lambda _: "\n")
    view = view.sub(_ANY_BREAK if "|" in view.text else _BREAK, _break)
    return view.sub(_BREAK_IN_WORD, _joined)


_BLANK_AT_END: Final = re.compile(r" [\n\x0b]")
_WORD_CHARS: Final = string.ascii_letters + "-"


def _break(match: re.Match[str]) -> str:
    """A window's break stays one, unless a word ended there or a logger began a new line."""
    stars = _STARS_BEHIND_STAMP.search(match[0]) if match["stamp"] else _STARS.match(match[0], 1)
    if stars and _goes_on_with_stars(match.string, match.start(), match.end()):
        return "\n" + stars[0] if match["stamp"] else match[0]
    is_hard = match[0][0] == HARD and match[0][1:2] != " " and not match["stamp"]
    return HARD if is_hard else "\n"


_STARS: Final = re.compile(r"/?\*")
_STARS_BEHIND_STAMP: Final = re.compile(r"/\*{1,2} ?\Z")
_OPEN_ARN: Final = re.compile(r"arn:[^\s\"]*(?:[\n\x0b][^\s\"]+){0,3}\Z")


def _goes_on_with_stars(text: str, start: int, end: int) -> bool:
    """Say whether stars behind a break are no comment's mark: an ARN's (`instance` and `/*`), or a mask's (`***`)."""
    if _OPEN_ARN.search(text, max(0, start - 300), start):
        return True
    is_last = end == len(text) or text[end] == "\n"
    return text[start - 1 : start] == "*" and (is_last or text[end - 2] == "*")


def _joined(match: re.Match[str]) -> str:
    """Take the break out of a word of AWS's, if both sides are no words by themselves."""
    text, at = match.string, match.start()
    head = text[max(0, at - _LONGEST) : at]
    left = head[len(head.rstrip(_WORD_CHARS)) :].lower()
    after = _LETTERS.match(text, at + 1)
    right = after[0].lower() if after else ""
    if left + right not in VOCABULARY:
        return match[0]
    is_half = left not in VOCABULARY or right not in VOCABULARY
    return "" if is_half or head[: -len(left)].endswith(_CODE_TAGS) else match[0]


_CODE_TAGS: Final = ("<Code>", "<code>")
"""What stands before an error code in XML: in one, no blank stands at the break."""


_LONGEST: Final = 30
