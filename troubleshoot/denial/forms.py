"""Reads the sentences "… is not authorized to perform …": who, what, on what, and which policy decided."""

import re
from typing import Final

from troubleshoot.denial.clauses import ALONE, CLAUSE, clause_action, read_clause
from troubleshoot.denial.clean import Script
from troubleshoot.denial.cuts import cut_at, is_told_again, without_rest
from troubleshoot.denial.found import Found
from troubleshoot.denial.marks import HARD
from troubleshoot.denial.plain import read_plain
from troubleshoot.denial.reading import PolicyType, PrincipalKind
from troubleshoot.denial.slots import KINDED, Slot, carried_on, delimited, open_ended, put_together
from troubleshoot.denial.subjects import PLACEHOLDERS, read_subject
from troubleshoot.denial.words import bears_sign

_ANCHOR: Final = re.compile(r"not authori[sz]ed\b(?P<perform> ?to perform ?:?[ \"'`(\[]*)?")
ACTION: Final = re.compile(r"(?P<prefix>[A-Za-z][\w-]*)(?P<gap>[\n\x0b][\w-]*)?:[ \n\x0b]?(?P<name>[A-Za-z*][\w*]*)")
_CUT_ANCHOR: Final = re.compile(r"\W{0,8}(?:authori[sz]ed )?(?P<perform>to perform ?: ?)(?=[a-z][a-z0-9-]*:[a-z])")
"""The same where the text begins within the sentence."""
_ON: Final = re.compile(
    r"[\"'`\s]*(?:(?:\.{2,}|…|\[\.*\])\s*)?on (?:(?P<nameless>this resource|the resource associated)"
    r"|(?:the )?resources?(?P<colon> ?:)? ?|(?P<arn>)(?=[\"'`]?arn:))"
)
_QUOTED: Final = re.compile(r"\"([^\"]{1,2048})\"")
_ELLIPSIS: Final = re.compile(r"\.{2,}|…")


def read_sentences(script: Script) -> list[Found]:
    """Read every "… is not authorized to perform …", in order."""
    anchors = _anchors(script.low)
    is_signed = bool(anchors) and bears_sign(script.low)
    found: list[Found] = []
    done = 0
    for number, match in enumerate(anchors):
        limit = anchors[number + 1].start() if number + 1 < len(anchors) else len(script.text)
        reading = _sentence(script, match, done, limit, is_signed=is_signed)
        if reading is not None:
            found.append(reading)
            done = reading.end
    return found


def _anchors(low: str) -> list[re.Match[str]]:
    cut = _CUT_ANCHOR.match(low)
    anchors = [cut] if cut else []
    at = low.find("not authori")
    while at >= 0:
        match = _ANCHOR.match(low, at)
        anchors += [match] if match else []
        at = low.find("not authori", at + 1)
    return anchors


def _sentence(script: Script, match: re.Match[str], done: int, limit: int, *, is_signed: bool) -> Found | None:
    plain = read_plain(script, match, done)
    if plain is None:
        cut = cut_at(script.low, match.end(), limit)
        if cut is not None and is_told_again(script.low, cut, limit):
            return None
        odd = _odd_sentence(script, match, done, limit, is_signed=is_signed)
        return odd if odd is None or cut is None else without_rest(odd, cut)
    found, clause = plain
    read_clause(script, clause, found)
    _web_identity(script, found)
    return found


def _odd_sentence(script: Script, match: re.Match[str], done: int, limit: int, *, is_signed: bool) -> Found | None:
    found = Found(match.start(), match.end())
    read_subject(script, match.start(), done, found)
    end = match.end()
    named = match["perform"] and not _NOTHING.match(script.low, end)
    action = ACTION.match(script.text, end) if named else None
    hidden = _HIDDEN_ACTION.match(script.low, end) if named and action is None else None
    if action:
        end = _action(script, action, found)
    elif hidden:
        end = hidden.end()
    elif not _is_access_prose(script, match, found, is_signed=is_signed):
        return None
    clause = _clause_after(script, end, limit)
    _resource(script, end, clause.start() if clause else None, found)
    if _OTHER_SCHEME.match(found.fields.get("resource") or found.fields.get("principal") or ""):
        return None
    if clause:
        read_clause(script, clause, found)
        _named_twice(script, clause, found)
    _web_identity(script, found)
    return found


_HIDDEN_ACTION: Final = re.compile(r"[a-z][a-z0-9-]{1,40}(?::(?:\.{3}|…|[{<(\[%$][^\s\"'`]*)|:? ?\(truncated\b)")
"""An action whose service alone is told: `sns:...`, `sns:{name}`, `sns (truncated...)`."""


def _action(script: Script, match: re.Match[str], found: Found) -> int:
    start, end = match.span()
    carried = None if _GLUED.match(script.low, end - 7) else carried_on(script.text, start, end, is_name=True)
    if carried is not None and not script.text[end + 1 : carried].isdigit():
        word = _WORD.match(script.text, end + 1, carried) if carried > end else None
        end = word.end() if word else end
        if not _is_emphasised(script.text, start, end):
            found.put("action", Slot(put_together(script.text[start:end]).replace(" ", ""), start, end))
    return end


def _is_emphasised(text: str, start: int, end: int) -> bool:
    """Say whether the stars behind an action are Markdown's: more than one, or some before it too."""
    if text[end - 1] != "*":
        return False
    return text[end - 2] == "*" or text[:start][-4:].rstrip()[-1:] == "*" or _STAR_BEHIND.match(text, end) is not None


_STAR_BEHIND: Final = re.compile(r"[\n\x0b]\*")


_OTHER_SCHEME: Final = re.compile(r"(?:trn|qcs|acs|crn|hrn|ocid1):")
"""What other clouds call their things by; AWS's begin with `arn:`."""
_GLUED: Final = re.compile(r"because no |.{5}on (?:the )?resource|.{3}with an? explicit")
"""The next word, with the blank between lost: what the action is, can't be told for sure."""
_WORD: Final = re.compile(r"[\w*]+")


def _named_twice(script: Script, clause: re.Match[str], found: Found) -> None:
    """Take the action from "no … allows the ACTION action" where a line break cut the first mention."""
    first = found.fields.get("action")
    end = found.spans["action"][1] if first is not None else 0
    if first is not None and script.text[end : end + 1] not in {"\n", HARD}:
        return
    again = clause_action(script, clause)
    if again and (first is None or again.value.startswith(first)):
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
    r" ?(?:to access\b|to use launch template:? (?P<template>lt-\w+)|to perform this (?:action|operation)\b"
    r"|to assume (?:the )?(?:service )?role\b:? ?(?P<role>(?=[\"'`]?arn:))?"
    r"|to use the (?:provided|specified) )"
)
_NOTHING: Final = re.compile(r"(?:null|none|undefined)\b")


def _is_access_prose(script: Script, match: re.Match[str], found: Found, *, is_signed: bool) -> bool:
    """A refusal that names no action: only with a subject, or for a thing that it names."""
    after = match.start("perform") if match["perform"] else match.end()
    prose = _ACCESS_PROSE.match(script.low, after) or _NOTHING.match(script.low, match.end())
    names = prose.groupdict() if prose else {}
    if prose and names.get("template"):
        found.put("resource", open_ended(script.text, prose.start("template")))
        return True
    if prose and names.get("role") is not None:
        found.put("resource", open_ended(script.text, prose.end()))
    kind = found.fields.get("principal_kind")
    if not is_signed and "arn:" not in found.fields.get("principal", ""):
        return False
    ends_here = (_CUT_OFF if match["perform"] else _ENDS).match(script.low, after) is not None
    if prose and kind is PrincipalKind.SERVICE:
        has_reason = CLAUSE.search(script.low, prose.end(), prose.end() + 200) is not None
        return has_reason or (" assume " in prose[0] and _is_service_trust(found))
    return kind not in {None, PrincipalKind.SERVICE} and (prose is not None or ends_here)


def _is_service_trust(found: Found) -> bool:
    """A service that may not assume a role: the role's trust policy decides."""
    found.fields["policy_type"] = PolicyType.TRUST
    return True


_CUT_OFF: Final = re.compile(r" ?to perform ?:? ?(?:\Z|\(truncated\b)")
_ENDS: Final = re.compile(
    r"[\"'`.,;)}\]]*(?: *\Z| with an explicit| because no| \(s|[\"'`)}]|  | go to | ?$"
    r"| (?:to? ?)?p?e?r?f?o?r? ?(?:\Z|\(truncated\b))"
)
"""How a sentence without an action ends; a tool may have cut it anywhere."""


def _clause_after(script: Script, start: int, limit: int) -> re.Match[str] | None:
    end = min(limit, start + 2500)
    clause = CLAUSE.search(script.low, start, end)
    if clause is None and script.low.find(" no identity-based policy allows", start, end) >= 0:
        clause = ALONE.search(script.low, start, end)
    return clause if clause and _fits_between(script.text[start : clause.start()]) else None


def _fits_between(gap: str) -> bool:
    """Say whether only a resource, or what a person left out, stands between the action and the clause."""
    if "\n\n" in gap:
        return False
    bare = gap.replace("\n", "").replace(HARD, "")
    if _STANDS_FOR.search(bare):
        bare = _ELLIPSIS.sub("", PLACEHOLDERS.sub("", bare))
    return bare.count(" ") <= (_WORDS_IN_NAME if "arn:" in bare else 8) and ". " not in bare


_STANDS_FOR: Final = re.compile(r"[<{\[…]|\.\.")
_WORDS_IN_NAME: Final = 16
"""A Glue job or a dashboard may have a whole sentence for its name."""


def _resource(script: Script, start: int, clause_start: int | None, found: Found) -> None:
    on = _ON.match(script.low, start)
    if on is None or on["nameless"]:
        return
    begin = on.end()
    elision = _ELISION_BEFORE.match(script.text, begin) if script.text.startswith("...", begin) else None
    begin = elision.end() if elision else begin
    if _NO_VALUE.match(script.low, begin) or (_is_doubtful(script, on) and not _is_resource_like(script, begin)):
        return
    quoted = _QUOTED.match(script.text, begin)
    if quoted:
        found.put("resource", delimited(script.text, *quoted.span(1)))
    elif clause_start is not None and clause_start >= begin:
        slot = delimited(script.text, begin, clause_start)
        found.put("resource", None if slot and " because" in slot.value else slot)
    else:
        found.put("resource", _open_resource(script, begin))


def _is_doubtful(script: Script, on: re.Match[str]) -> bool:
    """Say whether prose may go on here: no colon, or a new line, stands between "resource" and the next word."""
    gap = script.text[on.end("colon") : on.end()] if on["colon"] else "\n"
    return on["arn"] is None and ("\n" in gap or script.text[on.end() : on.end() + 1] == "\n")


def _is_resource_like(script: Script, begin: int) -> bool:
    return _RESOURCE_LIKE.match(script.low, begin) is not None or _QUOTED_NAME.match(script.text, begin) is not None


_QUOTED_NAME: Final = re.compile(r"[A-Z]+[a-z]\w*[A-Z]\w*[\"'`]")
"""A name in mixed letters with which a quoted message ends."""
_ELISION_BEFORE: Final = re.compile(r"\.{3} (?=[\w.]+[-_:/])")
_NO_VALUE: Final = re.compile(
    r"[\"'`]?(?:(?!arn:)\w+: |because|with (?:an )?explicit|\((?:service|truncated)\b|status(?: code)?\b"
    r"|(?:\.{3}|…)(?![\w/:-])|\Z)|(?:action|operation)s? "
)
_RESOURCE_LIKE: Final = re.compile(
    r"[\s\"'`(]*(?:\.{2,}/|[<{[$…]|\*|[\w.+=@*()-]*(?:[:/]|[\w-]*[-_.\d][\w-]*)"
    r"|(?:user|role|group|policy|instance profile) )"
)


def _open_resource(script: Script, begin: int) -> Slot | None:
    kinded = KINDED.match(script.low, begin)
    slot = open_ended(script.text, kinded.end() if kinded else begin)
    return Slot(kinded[0] + slot.value, kinded.start(), slot.end) if slot and kinded else slot
