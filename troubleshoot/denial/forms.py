"""Reads the sentences "… is not authorized to perform …": who, what, on what, and which policy decided."""

import re
from typing import Final

from troubleshoot.denial.clauses import CLAUSE, clause_action, read_clause
from troubleshoot.denial.clean import Script
from troubleshoot.denial.found import Found
from troubleshoot.denial.marks import HARD
from troubleshoot.denial.principals import principal_into
from troubleshoot.denial.reading import PolicyType, PrincipalKind
from troubleshoot.denial.slots import KINDED, Slot, carried_on, delimited, is_mask, open_ended, put_together

_ANCHOR: Final = re.compile(r"not authori[sz]ed\b(?P<perform> ?to perform ?:?[ \"'`(\[]*)?")
ACTION: Final = re.compile(r"(?P<prefix>[A-Za-z][\w-]*)(?P<gap>[\n\x0b][\w-]*)?:[ \n\x0b]?(?P<name>[A-Za-z*][\w*]*)")
_ON: Final = re.compile(
    r"[\"'`\s]*(?:(?:\.{2,}|…|\[\.*\])\s*)?on (?:(?P<nameless>this resource|the resource associated)"
    r"|(?:the )?resources? ?:? ?|(?=[\"'`]?arn:))"
)
_QUOTED: Final = re.compile(r"\"([^\"]{1,2048})\"")
_LABEL: Final = re.compile(r"(?<![\w:/$<{-])(?:user|role|principal|caller|用户|ユーザー|사용자)(?: ?: ?| |\Z)")
_PLACEHOLDERS: Final = re.compile(r"<[^<>]*>|\{[^{}]*\}|\[[^\[\]]*\]")
_ELLIPSIS: Final = re.compile(r"\.{2,}|…")
_ANY_BLANK: Final = re.compile(r"\s")
_BLANK: Final = re.compile(r" (?![\n\x0b])")
_INNER_BLANK: Final = re.compile(r"(?<![:/]) (?![\n\x0b])")
_SERVICE: Final = re.compile(r"((?:(?:Amazon|AWS) )?[A-Z][A-Za-z0-9]+) is \Z")
_NO_SERVICE: Final = frozenset(
    {
        "User",
        "You",
        "It",
        "This",
        "That",
        "Role",
        "The",
        "He",
        "She",
        "Not",
        "Error",
        "Account",
        "Caller",
        "Access",
        "And",
        "Or",
    }
)
_BARE_TOKEN: Final = re.compile(r"\S+(?= (?:is|are) \Z)")
_PRINCIPAL_LIKE: Final = re.compile(r"arn:|assumed-role/|:user/|\.amazonaws\.com|<\w*arn\w*>")
_WINDOW: Final = 400


def read_sentences(script: Script) -> list[Found]:
    """Read every "… is not authorized to perform …", in order."""
    anchors = list(_ANCHOR.finditer(script.low))
    found: list[Found] = []
    done = 0
    for number, match in enumerate(anchors):
        limit = anchors[number + 1].start() if number + 1 < len(anchors) else len(script.text)
        reading = _sentence(script, match, done, limit)
        if reading is not None:
            found.append(reading)
            done = reading.end
    return found


def _sentence(script: Script, match: re.Match[str], done: int, limit: int) -> Found | None:
    found = Found(match.start(), match.end())
    _subject(script, match.start(), done, found)
    end = match.end()
    action = ACTION.match(script.text, end) if match["perform"] else None
    if action:
        end = _action(script, action, found)
    elif not _is_access_prose(script, match, found):
        return None
    clause = _clause_after(script, end, limit)
    _resource(script, end, clause.start() if clause else None, found)
    if clause:
        read_clause(script, clause, found)
        _named_twice(script, clause, found)
    _web_identity(script, found)
    return found


def _action(script: Script, match: re.Match[str], found: Found) -> int:
    start, end = match.span()
    carried = carried_on(script.text, start, end, is_name=True)
    if carried is not None:
        word = _WORD.match(script.text, end + 1, carried) if carried > end else None
        end = word.end() if word else end
        found.put("action", Slot(put_together(script.text[start:end]).replace(" ", ""), start, end))
    return end


_WORD: Final = re.compile(r"[\w*]+")


def _named_twice(script: Script, clause: re.Match[str], found: Found) -> None:
    """Take the action from "no … allows the ACTION action" where a line break cut the first mention."""
    again = clause_action(script, clause)
    first = found.fields.get("action")
    if again and (first is None or (len(first) < len(again.value) and again.value.startswith(first))):
        found.put("action", again)


def _web_identity(script: Script, found: Found) -> None:
    action = found.fields.get("action", "").lower()
    if action == "sts:assumerolewithwebidentity":
        found.fields.setdefault("principal_kind", PrincipalKind.WEB_IDENTITY)
    if action.startswith("sts:assumerolewith"):
        found.fields.setdefault("policy_type", PolicyType.TRUST)
        role = _FOR_ROLE.search(script.low, max(0, found.start - 300), found.start)
        if role and "resource" not in found.fields:
            slot = open_ended(script.text, role.end())
            found.put_aside("resource", slot)


_FOR_ROLE: Final = re.compile(r"assumerole\w* for role (?=arn:)")
_ACCESS_PROSE: Final = re.compile(
    r" ?(?:to access\b|to use launch template:? (?P<template>lt-\w+)|to perform this (?:action|operation)\b)"
)


def _is_access_prose(script: Script, match: re.Match[str], found: Found) -> bool:
    """A refusal that names no action: only with a subject, or for a thing that it names."""
    after = match.start("perform") if match["perform"] else match.end()
    prose = _ACCESS_PROSE.match(script.low, after)
    if prose and prose["template"]:
        found.put("resource", open_ended(script.text, prose.start("template")))
        return True
    kind = found.fields.get("principal_kind")
    ends_here = not match["perform"] and _ENDS.match(script.low, after) is not None
    return kind not in {None, PrincipalKind.SERVICE} and (prose is not None or ends_here)


_ENDS: Final = re.compile(r"[\"'`.,;)}\]]*(?: *\Z| with an explicit| because no| \(s|[\"'`)}]|  | ?$)")


def _clause_after(script: Script, start: int, limit: int) -> re.Match[str] | None:
    clause = CLAUSE.search(script.low, start, min(limit, start + 2500))
    return clause if clause and _fits_between(script.text[start : clause.start()]) else None


def _fits_between(gap: str) -> bool:
    """Say whether only a resource, or what a person left out, stands between the action and the clause."""
    if "\n\n" in gap:
        return False
    bare = _ELLIPSIS.sub("", _PLACEHOLDERS.sub("", gap)).replace("\n", "").replace(HARD, "")
    return bare.count(" ") <= 8 and ". " not in bare


def _subject(script: Script, anchor: int, done: int, found: Found) -> None:
    begin = max(done, anchor - _WINDOW)
    has_verb = script.low.endswith("is ", begin, anchor)
    end = begin + len(script.text[begin : anchor - 3].rstrip()) if has_verb else anchor
    label = _last_label(script.low, begin, end)
    if label is not None and _is_one_value(script.text[label.end() : end], is_sentence=has_verb):
        _labelled(script, label, end, found)
    elif has_verb:
        _unlabelled(script, begin, end, found, has_label=label is not None)


def _last_label(low: str, begin: int, end: int) -> re.Match[str] | None:
    best = None
    for word in _LABELS:
        at = low.rfind(word, begin, end)
        while at >= 0 and (best is None or at > best.start()):
            label = _LABEL.match(low, at, end)
            if label:
                best = label
            at = low.rfind(word, begin, at)
    return best


_LABELS: Final = ("user", "role", "principal", "caller", "用户", "ユーザー", "사용자")


def _labelled(script: Script, label: re.Match[str], end: int, found: Found) -> None:
    found.start = label.start()
    slot = delimited(script.text, label.end(), end)
    if slot is not None and not is_mask(slot.value):
        principal_into(found, slot)
    else:
        is_role = label[0].startswith("role")
        found.fields["principal_kind"] = PrincipalKind.ROLE_SESSION if is_role else PrincipalKind.UNKNOWN


def _is_one_value(raw: str, *, is_sentence: bool) -> bool:
    value = _PLACEHOLDERS.sub("", raw).strip(" \n\x0b\"'`")
    blank = _ANY_BLANK if not is_sentence else _INNER_BLANK if value.startswith("arn:") else _BLANK
    return "\n\n" not in value and not value.endswith("You") and not blank.search(value)


def _unlabelled(script: Script, begin: int, end: int, found: Found, *, has_label: bool) -> None:
    """Take the word before "is not authorized", if it looks like an ARN, a part of one, or a service's name."""
    start = _token_start(script.text, begin, end)
    token = script.text[start:end]
    if has_label and not token.startswith(("arn:", "<")):
        return
    if _PRINCIPAL_LIKE.search(token):
        slot = delimited(script.text, start, end)
        if slot and _ONE_WORD.fullmatch(slot.value):
            principal_into(found, slot)
    elif token[:1].isupper() and token.isalnum() and token not in _NO_SERVICE:
        found.start = start
        found.put("principal", Slot(token, start, end))
        found.fields["principal_kind"] = PrincipalKind.SERVICE


_ONE_WORD: Final = re.compile(r"[^\s\"'{}\[\]]+|[^\s\"']+arn:[^\s\"']+|arn:[^\s\"]+")


def _token_start(text: str, begin: int, end: int) -> int:
    """Where the word before `end` starts, one line further up if an ARN was broken there."""
    start = max(text.rfind(char, begin, end) for char in " \n\x0b") + 1 or begin
    above = _BROKEN_ARN.search(text, begin, start)
    return above.start() if above and "arn:" not in text[start:end] else start


_BROKEN_ARN: Final = re.compile(r"arn:[^\s\"]*[\n\x0b]\Z")


def _resource(script: Script, start: int, clause_start: int | None, found: Found) -> None:
    on = _ON.match(script.low, start)
    if on is None or on["nameless"]:
        return
    begin = on.end()
    if _ELISION_BEFORE.match(script.text, begin):
        begin += 4
    quoted = _QUOTED.match(script.text, begin)
    if quoted:
        found.put("resource", delimited(script.text, *quoted.span(1)))
    elif clause_start is not None and clause_start >= begin:
        found.put("resource", delimited(script.text, begin, clause_start))
    else:
        found.put("resource", _open_resource(script, begin))


_ELISION_BEFORE: Final = re.compile(r"\.{3} (?=\w)")


def _open_resource(script: Script, begin: int) -> Slot | None:
    kinded = KINDED.match(script.low, begin)
    slot = open_ended(script.text, kinded.end() if kinded else begin)
    return Slot(kinded[0] + slot.value, kinded.start(), slot.end) if slot and kinded else slot
