"""Reads the sentences "… is not authorized to perform …": who, what, on what, and which policy decided."""

import re
from typing import Final

from troubleshoot.denial.clean import Script
from troubleshoot.denial.found import Found
from troubleshoot.denial.marks import HARD
from troubleshoot.denial.reading import DenyKind, PolicyType, PrincipalKind
from troubleshoot.denial.slots import KINDED, Slot, carried_on, delimited, is_mask, open_ended, put_together
from troubleshoot.denial.words import POLICY, POLICY_WORDS


_ANCHOR: Final = re.compile(r"not authori[sz]ed\b(?P<perform> ?to perform ?:?[ \"'`(\[]*)?")
ACTION: Final = re.compile(r"(?P<prefix>[A-Za-z][\w-]*)(?P<gap>[\n\x0b][\w-]*)?:[ \n\x0b]?(?P<name>[A-Za-z*][\w*]*)")
_DECIDED: Final = rf"with an explicit deny(?: in (?:an? |the )?(?P<type>{POLICY})(?: transitively through an? (?P<through>{POLICY}))?)?"
_LACKING: Final = (
    rf"no (?P<lacking>{POLICY}) allows?(?: the (?:"
    r"(?P<action>[a-z][a-z0-9-]*(?: [a-z0-9-]+)?: ?[a-z*][\w*]*(?: \w+)?)(?= action)|(?P<cut>[a-z][a-z0-9-]*:[a-z*][\w*]*)|action))?"
)
_EITHER: Final = r"because the resource does not exist in this region, no (?P<either>resource-based) policies"
CLAUSE: Final = re.compile(rf"{_DECIDED}|because {_LACKING}|{_EITHER}")
"""Which policy decided, and how: the end of AWS's sentence."""
CONTEXT: Final = re.compile(
    rf"(?:{_DECIDED}|{_LACKING}|{_EITHER})".replace("with an explicit", "(?:with )?an explicit")
)
"""The same as the console's box puts it."""
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
_ACCOUNT: Final = re.compile(r"(?:arn:[\w-]+:(?:iam|sts)::`?|)(\d{12})`?:")
_POLICY_ARN: Final = re.compile(r" ?: ?(?=[\"'`]?(?:arn:|\.\.\.?/|…|<))")
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


def clause_action(script: Script, clause: re.Match[str]) -> Slot | None:
    """Return the action that the clause names."""
    group = "action" if clause["action"] else "cut"
    if clause[group] is None:
        return None
    start, end = clause.span(group)
    return Slot(put_together(script.text[start:end]).replace(" ", ""), start, end)


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
    return kind not in {None, PrincipalKind.SERVICE} and (prose is not None or not match["perform"])


def _clause_after(script: Script, start: int, limit: int) -> re.Match[str] | None:
    clause = CLAUSE.search(script.low, start, min(limit, start + 2500))
    return clause if clause and _fits_between(script.text[start : clause.start()]) else None


def _fits_between(gap: str) -> bool:
    """Say whether only a resource, or what a person left out, stands between the action and the clause."""
    if "\n\n" in gap:
        return False
    bare = _ELLIPSIS.sub("", _PLACEHOLDERS.sub("", gap)).replace("\n", "").replace(HARD, "")
    return bare.count(" ") <= 8 and ". " not in bare


def read_clause(script: Script, clause: re.Match[str], found: Found) -> None:
    """Read which policy decided, and how; then its ARN, if it stands there."""
    found.end = max(found.end, clause.end())
    kind = (
        DenyKind.UNKNOWN
        if clause["either"]
        else DenyKind.EXPLICIT
        if "explicit" in clause[0][:16]
        else DenyKind.IMPLICIT
    )
    found.fields["deny_kind"] = kind
    found.spans["deny_kind"] = clause.span()
    group = next((name for name in ("through", "type", "lacking", "either") if clause[name]), None)
    if group is None:
        return
    found.fields["policy_type"] = POLICY_WORDS[clause[group].split(" ", 1)[0]]
    found.spans["policy_type"] = clause.span(group)
    colon = _POLICY_ARN.match(script.low, clause.end())
    if colon:
        found.put("policy_arn", open_ended(script.text, colon.end()))


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


def principal_into(found: Found, slot: Slot) -> None:
    """Keep who was refused: the name or ARN, its kind, and the account, where twelve digits tell it."""
    found.start = min(found.start, slot.start)
    kind = kind_of(slot.value)
    found.fields["principal_kind"] = kind
    if kind is PrincipalKind.ANONYMOUS:
        found.spans["principal_kind"] = (slot.start, slot.end)
        return
    found.put("principal", slot)
    account = _ACCOUNT.match(slot.value)
    if account:
        found.fields["account"] = account[1]
        at = slot.start + account.start(1)
        whole = slot.end - slot.start == len(slot.value)
        found.spans["account"] = (at, at + 12) if whole else (slot.start, slot.end)


_KIND_MARKS: Final = (
    ("assumed-role/", PrincipalKind.ROLE_SESSION),
    (":role/", PrincipalKind.ROLE_SESSION),
    ("AWSReservedSSO_", PrincipalKind.ROLE_SESSION),
    (":federated-user/", PrincipalKind.FEDERATED_USER),
    (":user/", PrincipalKind.USER),
    (".amazonaws.com", PrincipalKind.SERVICE),
)


def kind_of(principal: str) -> PrincipalKind:
    """Say what kind of principal an ARN, a part of one, or a name is."""
    if principal.lower() == "anonymous":
        return PrincipalKind.ANONYMOUS
    for mark, kind in _KIND_MARKS:
        if mark in principal:
            return kind
    if re.search(r":root\b", principal):
        return PrincipalKind.ROOT
    if re.fullmatch(r"[\w+=,.@-]+", principal) and ".." not in principal and "…" not in principal:
        return PrincipalKind.ROLE_SESSION if "role" in principal.lower() else PrincipalKind.USER
    return PrincipalKind.UNKNOWN


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
