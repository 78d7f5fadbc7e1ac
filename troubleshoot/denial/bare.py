"""Reads denials that say little: a code with "Access Denied", EC2's and KMS's sentences, a clause without its head."""

import re
from bisect import bisect_right
from typing import Final

from troubleshoot.denial.clauses import ALONE, CLAUSE, MERE, clause_action, read_clause
from troubleshoot.denial.clean import Script
from troubleshoot.denial.found import Found, Row
from troubleshoot.denial.principals import principal_into
from troubleshoot.denial.slots import Slot, put_together
from troubleshoot.denial.word_search import WordSearch
from troubleshoot.denial.words import bears_sign

_C: Final = (
    r"(?:(?:client|kms)\.)?(?:kms)?accessdenied(?:exception|error)?|(?:client\.)?unauthorizedoperation"
    r"|authorizationerror(?:exception)?|unauthorizedaccess|access_denied"
)
_CALL: Final = "when calling"
_EC2: Final = "ec2"
_CODE_THEN_CALL: Final = "denied when|exception when|error when|operation when|access when"
_JAVA: Final = "java"
_KEYED: Final = "keyed"
# A pattern begins with a letter, even before a look behind: the search goes by it, which is ten times as fast.
_MARKS: Final[tuple[tuple[str, str, re.Pattern[str]], ...]] = (
    (
        _CALL,
        "when calling",
        re.compile(rf"\((?:{_C}|403|forbidden)\) (?:occurred )?when calling the \w+(?:(?: \w+)? operation)?"),
    ),
    (_CALL, _CODE_THEN_CALL, re.compile(rf"(?<!\w)(?:{_C}) when calling (?:the )?\w+(?: operation)?")),
    ("elided", "an error occurred (", re.compile(rf"an error occurred \((?:{_C})\) ?(?:\.{{3}}|…)")),
    ("api", "api error", re.compile(rf"api error (?:(?:{_C}|forbidden):|(?:{_C})(?=[\"'`),]| ?\Z))")),
    (_EC2, "you are not authorized", re.compile(r"you are not authorized to perform this operation")),
    ("ec2-cut", "you are not", re.compile(r"unauthorizedoperation: you are not authorized(?! to)")),
    ("xml", "<code>", re.compile(rf"<code>(?:{_C})</code>")),
    (
        "message",
        "access denied",
        re.compile(
            r"a(?<![a-z]a)ccessdenied(?:exception)?(?: \(client\))?: access denied|access denied \(service: "
            r"|s3exception: access denied"
        ),
    ),
    (
        "said",
        "accessdenied",
        re.compile(
            r"a(?<![a-z]a)ccessdenied(?:exception)?: (?=you |access |the |user )(?=.{0,120}(?:denied|permission"
            r"|not authorized to|not allowed))"
        ),
    ),
    ("php", "response:", re.compile(r"response: ?accessdenied\b")),
    ("php", "s3::", re.compile(r"s3::\w+\(\): \[accessdenied\]")),
    ("code", "error code: client", re.compile(r"error code: client\.unauthorizedoperation\b")),
    ("php", "(client)", re.compile(r"accessdenied \(client\)")),
    (
        "head",
        "forbidden",
        re.compile(
            r"forbidden: forbidden status code: 403|error code forbidden and http status code forbidden"
            r"|forbidden: null\b|s3exception: (?:service returned error code "
            r"403: )?forbidden"
        ),
    ),
    (
        "redshift",
        "s3serviceexception",
        re.compile(r"s3serviceexception: ?access denied(?:,status 403,error accessdenied)?"),
    ),
    ("cloudformation", "api: ", re.compile(r"api: [a-z0-9-]+:\w+ access denied")),
    ("cloudformation", "for operation", re.compile(r"access denied for operation '")),
    (_JAVA, "error code: a", re.compile(rf"(?=\(service: [^;()]{{1,60}}; status code: 40\d; error code: (?:{_C})\b)")),
    ("hadoop", "s3", re.compile(r"accessdeniedexception: s3[an]?://[^ ]+(?= .{0,80}403)")),
    ("cmdlet", " : access denied", re.compile(r"\b[a-z]+-(?:s3|ec2|iam|sts|sqs|sns|kms|lm|cfn)\w+ : access denied")),
    ("empty", "status code: 40", re.compile(r"accessdenied(?:exception)?: status code: 40[03]\b")),
    (
        "setting",
        "public ",
        re.compile(
            r"\b(?:accessdenied|access denied)\b.{0,60}\bpublic (?:policies|access control lists \(acls\)) are "
            r"(?:prevented|blocked) by"
        ),
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
)
_CODE_STEMS: Final = ("accessdenied", "unauthorizedoperation", "authorizationerror", "access_denied")
_MARKS_BY_WORDS: Final = tuple((kind, frozenset(words.split("|")), pattern) for kind, words, pattern in _MARKS)
_WORDS: Final = WordSearch((*_CODE_STEMS, *(word for _, some, _ in _MARKS_BY_WORDS for word in some)))
_LABEL_BEFORE: Final = re.compile(
    r"(?:code|type|name)[\"']? ?(?::=?|=>?) ?(?:some\()?[\"']?(?:[\w.]+#)?(?:client\.|kms\.|kms)?\Z"
)
_PLAIN_MESSAGE: Final = re.compile(
    r"access denied|not authorized to perform this operation|\bforbidden\b|eventname[\"'\\]{1,3}\s?:"
)
_ASKED: Final = re.compile(r"\b(?:contains|includes|equals|endswith|startswith)\(")
"""A program that looks for the words itself."""
_GROUP: Final = 250
_BEFORE_SENTENCE: Final = 400
_BEHIND_SENTENCE: Final = 40
_NEARBY_CODE: Final = re.compile(rf"(?<![\w.])(?:{_C})(?!\w)")
_API: Final = re.compile(r"API:\s+([a-z0-9-]+:\w+(?:[\n\x0b]\w+(?=\s(?:User|You)\b))?)")
_ARN: Final = re.compile(r"\"\s?(?:useridentity\.)?a\s?r\s?n\s?\"\s?:\s?\"\s?(a\s?r\s?n\s?:[^\" ]+)\"", re.IGNORECASE)
_NAME: Final = re.compile(r"\"(?i:username)\"\s?:\s?\"([\w+=,.@-]+)\"")


def read_bare(script: Script, strong: Row) -> list[Found]:
    """Read what stands outside the sentences: every group of marks that no sentence explains is one denial."""
    groups = _groups(script.text, _all_marks(script))
    ends = [group[-1][0] for group in groups]
    explained = {bisect_right(ends, item.start) - 1 for item in strong.items}
    is_event = "eventname" in script.low
    return [
        _bare(script, group, is_event=is_event)
        for index, group in enumerate(groups)
        if not strong.touches(group[0][0] - _BEHIND_SENTENCE, group[0][0])
        and not (index in explained and _is_explained(script, group, strong))
        and _is_refusal(script, group)
    ]


def _is_explained(script: Script, group: list[tuple[int, str]], strong: Row) -> bool:
    """Say whether a sentence behind the marks tells the same denial."""
    end, kind = group[-1]
    return strong.touches(end, end + _BEFORE_SENTENCE) and not _is_another(script.text, end, kind)


def _is_another(text: str, end: int, kind: str) -> bool:
    """Say whether another error begins on the line behind a mark that is a whole message."""
    return kind in _WHOLE and _NEXT_ERROR.match(text, end) is not None


_WHOLE: Final = frozenset({_EC2, "message"})
_NEXT_ERROR: Final = re.compile(
    rf"\W{{0,3}}(?:\n ?status code: \d{{3}}\n)?\n\w*error: (?:[\w .-]{{1,60}}: )?(?:{_C}): ", re.IGNORECASE
)


def _is_refusal(script: Script, group: list[tuple[int, str]]) -> bool:
    """Say whether the words behind a mere code are those of a refusal: other causes bear the code too.

    EC2's sentence names nothing of AWS's: alone among other words it may be any program's.
    """
    kinds = {kind for _, kind in group}
    if kinds == {_EC2}:
        return len(script.low) < _ALONE or bears_sign(script.low)
    end, last = group[-1]
    if kinds - _MERE_CODES or (last == _CALL and _NO_WORDS.match(script.text, end)):
        return True
    words = _WORDS_BEHIND.match(script.low, end)
    said = words["said"] if words else ""
    return (said.count(" ") < _FEW and "expired" not in said) or _REFUSAL.search(said) is not None


_MERE_CODES: Final = frozenset({_CALL, "api", "xml"})
_FEW: Final = 2
_ALONE: Final = 80
_NO_WORDS: Final = re.compile(r"[\"'`.)]| ?[\n\x0b](?! ?:)| ?\Z")
_WORDS_BEHIND: Final = re.compile(r"[^a-z<]*(?:<message>)?(?P<said>[^\n<]{0,160})")
_REFUSAL: Final = re.compile(
    r"denied|forbidden|not authori|unauthori|permission|(?:are|is) not (?:allowed|permitted)|insufficient priv"
    r"|public policies|not have access(?! to)"
)


def _all_marks(script: Script) -> list[tuple[int, str]]:
    words = _WORDS.found_in(script.low)
    if not words:
        return []
    marks = [
        (match.end(), kind)
        for kind, some, pattern in _MARKS_BY_WORDS
        if not words.isdisjoint(some)
        for match in pattern.finditer(script.low)
    ]
    return sorted(marks + _keyed_marks(script.low, words))


def _keyed_marks(low: str, words: set[str]) -> list[tuple[int, str]]:
    """A code behind its label (`"errorCode": "AccessDenied"`) counts if a plain refusal stands near it."""
    marks = []
    for word in _CODE_STEMS:
        at = low.find(word) if word in words else -1
        while at >= 0:
            is_labelled = _LABEL_BEFORE.search(low, max(0, at - 60), at) is not None
            if is_labelled and _is_refused_near(low, at):
                marks.append((at + len(word), _KEYED))
            at = low.find(word, at + len(word))
    return marks


def _is_refused_near(low: str, at: int) -> bool:
    begin = max(0, at - 300)
    return _PLAIN_MESSAGE.search(low, begin, at + 300) is not None and _ASKED.search(low, begin, at) is None


def _groups(text: str, marks: list[tuple[int, str]]) -> list[list[tuple[int, str]]]:
    groups: list[list[tuple[int, str]]] = []
    for mark in marks:
        begins = not groups or mark[0] - groups[-1][-1][0] > _GROUP or mark[1] in {_CALL, _JAVA}
        if begins or _is_another(text, *groups[-1][-1]):
            groups.append([mark])
        else:
            groups[-1].append(mark)
    return groups


def _bare(script: Script, group: list[tuple[int, str]], *, is_event: bool) -> Found:
    at = group[0][0]
    found = Found(at, at, weak=True)
    apis = list(_API.finditer(script.text, max(0, at - 160), at))
    if apis:
        api = apis[-1]
        found.put_aside("action", Slot(put_together(api[1]), *api.span(1)))
    if is_event:
        _caller(script, found)
    return found


def _caller(script: Script, found: Found) -> None:
    """Take the caller from the CloudTrail event, where the message does not name one."""
    identity = script.low.rfind("useridentity", max(0, found.start - 3000), found.start)
    begin = identity - 1 if identity > 0 else max(0, found.start - 800)
    match = _ARN.search(script.text, begin, found.start)
    if match is None and identity < 0:
        behind = script.low.find("useridentity", found.start, found.start + 300)
        match = _ARN.search(script.text, behind, behind + 200) if behind >= 0 else None
    match = match or _NAME.search(script.text, begin, found.start + 300)
    if match:
        at = found.end
        principal_into(found, Slot(put_together(match[1]), *match.span(1)))
        found.start = found.end = at


def read_fragments(script: Script, sentences: Row) -> list[Found]:
    """Read a clause that lost its head ("… because no session policy allows the s3:GetObject action")."""
    found: dict[int, Found] = {}
    for words in _BEGINNINGS:
        at = script.low.find(words)
        while at >= 0:
            clause = None if sentences.touches(at, at + 1) else _clause_at(script.low, at)
            if clause and clause.end() not in found and _stands_alone(script.low, clause):
                found[clause.end()] = _fragment(script, clause)
            at = script.low.find(words, at + len(words))
    return list(found.values())


def _clause_at(low: str, at: int) -> re.Match[str] | None:
    mere = MERE.match(low, at)
    return CLAUSE.match(low, at) or ALONE.match(low, at) or (mere if mere and mere["type"] else None)


_BEGINNINGS: Final = (
    "with an explicit deny",
    "with explicit deny",
    "explicit deny in a",
    "no identity-based policy allows",
    "because no ",
    "because the resource does not exist",
)


def _stands_alone(low: str, clause: re.Match[str]) -> bool:
    return (
        clause["action"] is not None
        or (clause["type"] is not None and _WITH_ARN.match(low, clause.end()) is not None)
        or _NEARBY_CODE.search(low, max(0, clause.start() - _NEAR), clause.start()) is not None
    )


_NEAR: Final = 160
_WITH_ARN: Final = re.compile(r" ?: ?arn:aws[\w-]*:(?:iam|organizations)::")


def _fragment(script: Script, clause: re.Match[str]) -> Found:
    found = Found(clause.start(), clause.end())
    found.put("action", clause_action(script, clause))
    read_clause(script, clause, found)
    return found
