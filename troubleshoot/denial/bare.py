"""Reads denials that say little: a code with "Access Denied", EC2's and KMS's sentences, a clause without its head."""

import re
from typing import Final

from troubleshoot.denial.clean import Script
from troubleshoot.denial.forms import CLAUSE, Found, clause_action, kind_of, read_clause
from troubleshoot.denial.slots import Slot

_C: Final = (
    r"(?:(?:client|kms)\.)?(?:kms)?accessdenied(?:exception|error)?|(?:client\.)?unauthorizedoperation"
    r"|authorizationerror(?:exception)?|unauthorizedaccess|access_denied|allaccessdisabled"
)
_CALL: Final = "when calling"
_KEYED: Final = "keyed"
_MARKS: Final[tuple[tuple[str, str, re.Pattern[str]], ...]] = (
    (
        _CALL,
        "when calling",
        re.compile(rf"\((?:{_C}|403|forbidden)\) (?:occurred )?when calling the \w+(?:(?: \w+)? operation)?"),
    ),
    ("api", "api error", re.compile(rf"api error (?:{_C}|forbidden):")),
    ("ec2", "you are not authorized", re.compile(r"you are not authorized to perform this operation")),
    ("xml", "<code>", re.compile(rf"<code>(?:{_C})</code>")),
    (
        "message",
        "access denied",
        re.compile(
            rf"(?<![\w.])(?:{_C})(?: \(client\))?: access denied|access denied \(service: |s3exception: access denied"
        ),
    ),
    ("php", "accessdenied", re.compile(r"response: ?accessdenied\b|accessdenied \(client\)")),
    ("go", "forbidden: forbidden", re.compile(r"forbidden: forbidden status code: 403")),
    (
        "setting",
        "because public policies",
        re.compile(r"\b(?:accessdenied|access denied)\b.{0,60}\bbecause public policies are (?:prevented|blocked) by"),
    ),
    (
        "kms",
        "ciphertext refers",
        re.compile(r"ciphertext refers to an? [\w ]{0,30}key that (?:does not|doesn't) exist"),
    ),
    (
        "personalize",
        "insufficient privileges",
        re.compile(r"insufficient privileges (?:for accessing|to access) [^.]{0,60}(?:s3|kms)"),
    ),
    (
        _KEYED,
        "den",
        re.compile(
            rf"\b(?:error_?code|code|error_?type|__type|name)[\"']? ?[:=]+ ?(?:some\()?[\"']?(?:[\w.]+#)?(?:{_C})(?![\w.])"
        ),
    ),
)
_PLAIN_MESSAGE: Final = re.compile(r"access denied|not authorized to perform this operation|forbidden|eventname")
_GROUP: Final = 250
_BEFORE_SENTENCE: Final = 400
_NEARBY_CODE: Final = re.compile(rf"(?<![\w.])(?:{_C})(?!\w)")
_API: Final = re.compile(r"API:\s+([a-z0-9-]+:\w+)")
_ARN: Final = re.compile(r"\"arn\"\s?:\s?\"(arn:[^\"\s]+)\"")
_NAME: Final = re.compile(r"\"(?i:username)\"\s?:\s?\"([\w+=,.@-]+)\"")


def read_bare(script: Script, sentences: list[Found]) -> list[Found]:
    """Read what stands outside the sentences: every group of marks that no sentence explains is one denial."""
    groups = _groups(_all_marks(script))
    last_before = {id(item): _last_before(groups, item) for item in sentences}
    explained = {index for index in last_before.values() if index is not None}
    return [
        _bare(script, group)
        for index, group in enumerate(groups)
        if index not in explained and not _inside(group[0][0], sentences)
    ]


def _all_marks(script: Script) -> list[tuple[int, str]]:
    marks = []
    for kind, word, pattern in _MARKS:
        if word not in script.low:
            continue
        for match in pattern.finditer(script.low):
            if kind != _KEYED or _PLAIN_MESSAGE.search(script.low, max(0, match.start() - 300), match.end() + 300):
                marks.append((match.end(), kind))
    return sorted(marks)


def _groups(marks: list[tuple[int, str]]) -> list[list[tuple[int, str]]]:
    groups: list[list[tuple[int, str]]] = []
    for mark in marks:
        begins = not groups or mark[0] - groups[-1][-1][0] > _GROUP or mark[1] == _CALL
        if begins:
            groups.append([mark])
        else:
            groups[-1].append(mark)
    return groups


def _last_before(groups: list[list[tuple[int, str]]], sentence: Found) -> int | None:
    near = [index for index, group in enumerate(groups) if 0 <= sentence.start - group[-1][0] <= _BEFORE_SENTENCE]
    return near[-1] if near else None


def _inside(at: int, sentences: list[Found]) -> bool:
    return any(item.start <= at <= item.end + 40 for item in sentences)


def _bare(script: Script, group: list[tuple[int, str]]) -> Found:
    at = group[-1][0]
    found = Found(at, at, weak=True)
    api = None
    for api in _API.finditer(script.text, max(0, at - 160), at):
        pass
    if api:
        found.put_aside("action", Slot(api[1], *api.span(1)))
    if "eventname" in script.low:
        _caller(script, found)
    return found


def _caller(script: Script, found: Found) -> None:
    """Take the caller from the CloudTrail event, where the message does not name one."""
    identity = script.low.rfind("useridentity", 0, found.start)
    begin = max(identity, 0, found.start - 3000)
    match = _ARN.search(script.text, begin, found.start) if identity >= 0 else None
    match = match or _NAME.search(script.text, begin, found.start + 300)
    if match:
        found.put_aside("principal", Slot(match[1], *match.span(1)))
        found.fields["principal_kind"] = kind_of(match[1])


def read_fragments(script: Script, sentences: list[Found]) -> list[Found]:
    """Read a clause that lost its head ("… because no session policy allows the s3:GetObject action")."""
    if "explicit deny" not in script.low and "because no " not in script.low:
        return []
    found = []
    for clause in CLAUSE.finditer(script.low):
        if not any(item.start <= clause.start() <= item.end for item in sentences) and _stands_alone(
            script.low, clause
        ):
            found.append(_fragment(script, clause))
    return found


def _stands_alone(low: str, clause: re.Match[str]) -> bool:
    return (
        clause["action"] is not None
        or _NEARBY_CODE.search(low, max(0, clause.start() - 120), clause.start()) is not None
    )


def _fragment(script: Script, clause: re.Match[str]) -> Found:
    found = Found(clause.start(), clause.end())
    found.put("action", clause_action(script, clause))
    read_clause(script, clause, found)
    return found
