"""Reads the sentence as AWS documents it, on one line and with nothing odd in it, in one look.

Most messages hold it so. Whatever else stands there is left to the careful reading of `forms`, which reads a plain
sentence alike, only slower. Source: IAM User Guide, troubleshoot_access-denied (2026).
"""

import re
from typing import Final

from troubleshoot.denial.clauses import CLAUSE
from troubleshoot.denial.clean import Script
from troubleshoot.denial.found import Found
from troubleshoot.denial.principals import principal_into
from troubleshoot.denial.slots import Slot
from troubleshoot.denial.subjects import WINDOW, is_in_placeholder

_LABEL: Final = "user: arn:"
_NO_LABEL: Final = r"(?<!user)(?<!role)(?<!principal)(?<!caller)"
_PLAIN: Final = re.compile(
    r"(?<![\w:/$<{-])[Uu]ser: "
    rf"(?P<principal>arn:aws[\w-]*:(?:iam::\d{{12}}:user|sts::\d{{12}}:assumed-role)/[\w+=,.@/-]*\w{_NO_LABEL})"
    r" is (?P<not>not) authorized to perform: (?P<action>[A-Za-z][\w-]*:[A-Za-z]\w*)"
    r"(?: on resource: (?P<quote>\"?)(?P<resource>\*|arn:(?:(?!arn:)[\w:/+=,.@-])*[\w/]\*?)(?P=quote))? ",
    re.ASCII,
)


def read_plain(script: Script, anchor: re.Match[str], done: int) -> tuple[Found, re.Match[str]] | None:
    """Return who, what, on what, and the clause behind; None if the sentence around the anchor is not plain."""
    start = script.low.rfind(_LABEL, max(done, anchor.start() - WINDOW), anchor.start())
    match = _PLAIN.match(script.text, start) if start >= 0 else None
    if match is None or match.start("not") != anchor.start() or is_in_placeholder(script.text, start, done):
        return None
    clause = CLAUSE.match(script.low, match.end())
    if clause is None:
        return None
    found = Found(start, anchor.end())
    principal_into(found, _slot(match, "principal"))
    found.put("action", _slot(match, "action"))
    if match["resource"]:
        found.put("resource", _slot(match, "resource"))
    return found, clause


def _slot(match: re.Match[str], name: str) -> Slot:
    return Slot(match[name], *match.span(name))
