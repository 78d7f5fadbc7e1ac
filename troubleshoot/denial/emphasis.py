"""Takes Markdown's emphasis and links off a message: `**is not authorized**`, `_s3:GetObject_`, `[arn:…](address)`."""

import re
from typing import Final

from troubleshoot.denial.view import View

_OPENS: Final = r"(?<![\w*/:.)\\-])"
_INSIDE: Final = r"(?:(?!\n\n)[^*]|(?<=[/:])\*(?!\*)|(?<=/)\*(?=\*\*(?:\s|\Z))){2,600}?"
_EMPHASIS: Final = re.compile(
    rf"{_OPENS}(?P<strong>\*\*\*?)(?=[^\s*]){_INSIDE}(?<=\S)(?P=strong)(?![\w*])"
    rf"|{_OPENS}(?P<weak>\*)(?=[A-Za-z]){_INSIDE}(?<=[\w.)])\*(?![\w*/:])"
    r"|(?<![\w*/:.\\-])(?P<line>__?)(?=[A-Za-z])[^\"\s_]+(?:[ :][^\"\n]{0,300}?)?(?<=[\w*.)])(?P=line)(?!\w)"
)
_LINK: Final = re.compile(r"\[(?P<shown>[^\[\]\n]{1,400})(?P<to>\]\(https?://[^\s()]*\))")
_STAR: Final = re.compile(r"\*(?<![\w*/:.)\\-]\*)(?:\*{1,2}[^\s*]|[A-Za-z])")
_LINE_MARK: Final = re.compile(r"(?<![\w/:.-])_[A-Za-z_]")
_ANY: Final = re.compile(r"(?s)[*_]{1,3}|\[|\]\(\S*?\)")
_MOST: Final = 4000
"""A text with more of the signs is no Markdown: what they may enclose is not looked for."""


def without_emphasis(view: View) -> View:
    """Return the view without emphasis; every mark goes by itself, so that the words keep their places."""
    text = view.text
    marks: dict[int, int] = {}
    if "](http" in text:
        for link in _LINK.finditer(text):
            marks |= {link.start(): 1, link.start("to"): len(link["to"])}
    has_stars = "*" in text and text.count("*") < _MOST and _STAR.search(text)
    if has_stars or (" _" in text and text.count(" _") < _MOST and _LINE_MARK.search(text)):
        for pair in _EMPHASIS.finditer(text):
            length = len(pair[pair.lastgroup or 0])
            marks |= {pair.start(): length, pair.end() - length: length}
    return view.sub(_ANY, lambda match: match[0][marks[match.start()] :], first=sorted(marks)) if marks else view
