"""Takes off what a tool puts before every line: a diff's plus, a quote's mark, line numbers, a pod's name."""

import re
from typing import Final

from troubleshoot.denial.view import View

_STAMP: Final = r"(?:\d{4}-\d\d-\d\dT[\d:.]+Z ?)?"
_GUTTERS: Final = (
    re.compile(r"^\+(?!\+)", re.MULTILINE),
    re.compile(r"^>+(?! )", re.MULTILINE),
    re.compile(r"^\[[\w.-]+(?:/[\w.-]+)+\] ?", re.MULTILINE),
    re.compile(rf"^{_STAMP}##\[\w+\]", re.MULTILINE),
    re.compile(r"^ *(?P<number>\d{1,6})(?: ?[|:│]|(?= |$))", re.MULTILINE),
)
_BEGINS_GUTTER: Final = re.compile(r"[+>\[#\d ]")


def without_gutter(view: View) -> View:
    """Return the view without a mark that stands before each of its lines; numbers must count up one by one."""
    text = view.text
    if _BEGINS_GUTTER.match(text) is None:
        return view
    for gutter in _GUTTERS:
        if gutter.match(text) is None:
            continue
        marks = list(gutter.finditer(text))
        if len(marks) > 1 and len(marks) == text.rstrip("\n").count("\n") + 1 and _counts_up(marks):
            return view.sub(gutter, lambda _: "")
    return view


def _counts_up(marks: list[re.Match[str]]) -> bool:
    if "number" not in marks[0].re.groupindex:
        return True
    numbers = [int(mark["number"]) for mark in marks]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
