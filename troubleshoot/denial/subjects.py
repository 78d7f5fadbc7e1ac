"""Reads the subject of "… is not authorized to perform …": a labelled name, an ARN, a service, or a bare name."""

import re
from typing import Final

from troubleshoot.denial.clean import Script
from troubleshoot.denial.found import Found
from troubleshoot.denial.marks import HARD
from troubleshoot.denial.principals import principal_into
from troubleshoot.denial.reading import PrincipalKind
from troubleshoot.denial.slots import Slot, delimited, is_mask

_LABEL: Final = re.compile(r"(?<![\w:/$<{-])(?:user|role|principal|caller|用户|ユーザー|사용자)(?: ?: ?| |\Z)")
_ANY_BLANK: Final = re.compile(r"\s")
_BLANK: Final = re.compile(r" (?![\n\x0b])")
_INNER_BLANK: Final = re.compile(r" (?<![:/] )(?![\n\x0b:])")
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
_PRINCIPAL_LIKE: Final = re.compile(r"arn:|assumed-role/|:user/|\.amazonaws\.com|<\w*arn\w*>")
WINDOW: Final = 400
"""How many characters ahead of "not authorized" the subject may begin."""
_OPENS_PLACEHOLDER: Final = re.compile(r"[<{\[]")
PLACEHOLDERS: Final = re.compile(r"<[^<>]*>|\{[^{}]*\}|\[[^\[\]]*\]")
"""What stands for a value: `<account>`, `{name}`, `[ARN]`."""


def read_subject(script: Script, anchor: int, done: int, found: Found) -> None:
    """Read who was refused: the words from `done` to the sentence's anchor ("not authorized")."""
    begin = max(done, anchor - WINDOW)
    has_verb = script.low.endswith("is ", begin, anchor)
    end = begin + len(script.text[begin : anchor - 3].rstrip()) if has_verb else anchor
    label = _last_label(script.text, script.low, begin, end)
    if label is not None and _is_one_value(script.text[label.end() : end], is_sentence=has_verb):
        _labelled(script, label, end, found)
    elif has_verb:
        _unlabelled(script, begin, end, found, has_label=label is not None)


def _last_label(text: str, low: str, begin: int, end: int) -> re.Match[str] | None:
    best = None
    for word in _LABELS if text.isascii() else _ALL_LABELS:
        at = low.rfind(word, begin, end)
        while at >= 0 and (best is None or at > best.start()):
            label = _LABEL.match(low, at, end)
            if label and not is_in_placeholder(text, at, begin) and not _is_rest_of_arn(text, label):
                best = label
            at = low.rfind(word, begin, at)
    return best


def is_in_placeholder(text: str, at: int, begin: int) -> bool:
    """Say whether a stand-in for a value (`<the user`) begins before this place, and not before `begin`."""
    return _IN_PLACEHOLDER.search(text, max(begin, at - 60), at) is not None


def _is_rest_of_arn(text: str, label: re.Match[str]) -> bool:
    """Say whether the word is the end of `assumed-role` or the like, which a line break cut behind the hyphen."""
    return ":" not in label[0] and text[max(0, label.start() - 2) : label.start()] in _CUT_BEHIND_HYPHEN


_CUT_BEHIND_HYPHEN: Final = ("-\n", "-" + HARD)
_IN_PLACEHOLDER: Final = re.compile(r"<[^<>\"]+\Z|\[[^\[\]\n\"]+\Z|\{[^{}\n\"':]+\Z")
_LABELS: Final = ("user", "role", "principal", "caller")
_ALL_LABELS: Final = (*_LABELS, "用户", "ユーザー", "사용자")


def _labelled(script: Script, label: re.Match[str], end: int, found: Found) -> None:
    found.start = label.start()
    slot = delimited(script.text, label.end(), end)
    if slot is not None and slot.value != "*" and not is_mask(slot.value):
        principal_into(found, slot)
    else:
        is_role = label[0].startswith("role")
        found.fields["principal_kind"] = PrincipalKind.ROLE_SESSION if is_role else PrincipalKind.UNKNOWN


def _is_one_value(raw: str, *, is_sentence: bool) -> bool:
    value = (PLACEHOLDERS.sub("", raw) if _OPENS_PLACEHOLDER.search(raw) else raw).strip(" \n\x0b\"'`")
    blank = _ANY_BLANK if not is_sentence else _INNER_BLANK if value.startswith("arn:") else _BLANK
    return "\n\n" not in value and not value.endswith(_NO_NAME_ENDS) and not blank.search(value)


_NO_NAME_ENDS: Final = ("You", "Error:", "error:")
"""What begins the next message; a name does not end so."""


def _unlabelled(script: Script, begin: int, end: int, found: Found, *, has_label: bool) -> None:
    """Take the word before "is not authorized", if it looks like an ARN, a part of one, or a service's name."""
    start = _token_start(script.text, begin, end)
    token = script.text[start:end]
    if (has_label or _is_rest(script.text, begin, start)) and not token.startswith(("arn:", "<")):
        return
    if _PRINCIPAL_LIKE.search(token):
        slot = delimited(script.text, start, end)
        if slot and _ONE_WORD.fullmatch(slot.value):
            principal_into(found, slot)
    elif token[:1].isupper() and token.isalnum() and token not in _NO_SERVICE:
        name = _BRANDED.search(script.text, begin, end) or _NAME_WORDS.search(script.text, begin, end)
        _named_service(script, name, found)
    elif _STANDS_FIRST.search(script.text, begin, start):
        _plain_name(Slot(token, start, end), found)


def _is_rest(text: str, begin: int, start: int) -> bool:
    """Say whether the word at `start`, or the one before it, may be the rest of one that a line break cut."""
    return _CUT_BEFORE.search(text, begin, start) is not None


_CUT_BEFORE: Final = re.compile(r"[\w.-][\n\x0b](?:[a-z]{1,12} )?\Z")


def _named_service(script: Script, name: re.Match[str] | None, found: Found) -> None:
    """Take the whole name of a service ("CloudWatch Alarms"); where it begins can't be told behind other words."""
    if name is None:
        return
    start = name.start()
    if (
        " " in name[0].strip()
        and name.re is not _BRANDED
        and not _STANDS_FIRST.search(script.text, max(0, start - 2), start)
    ):
        found.fields["principal_kind"] = PrincipalKind.SERVICE
        return
    slot = delimited(script.text, start, name.end())
    found.start = start
    found.put("principal", Slot(" ".join(script.text[start : name.end()].split()), *slot[1:]) if slot else None)
    found.fields["principal_kind"] = PrincipalKind.SERVICE


def _plain_name(slot: Slot, found: Found) -> None:
    """Take a name without its label ("build-runner is not authorized"), unless it may be a word of prose."""
    if _BRACKETED.fullmatch(slot.value):
        found.start = slot.start
        found.fields["principal_kind"] = PrincipalKind.UNKNOWN
    elif _PLAIN_NAME.fullmatch(slot.value):
        principal_into(found, slot)
        if "/" not in slot.value:
            found.fields["principal_kind"] = PrincipalKind.UNKNOWN


_CAPITALISED: Final = r"[A-Z][A-Za-z0-9]*(?:[ \n][A-Z][A-Za-z0-9]*)*[ \n]?\Z"
_BRANDED: Final = re.compile(rf"\b(?:Amazon|AWS)[ \n]{_CAPITALISED}")
_NAME_WORDS: Final = re.compile(rf"\b{_CAPITALISED}")
_STANDS_FIRST: Final = re.compile(r"(?:\A|[\"'`(]|[>|:;] ?|[\n\x0b]|- )\Z")
_BRACKETED: Final = re.compile(r"<[^<>]+>|\[[^\[\]]+\]|\{[^{}]+\}")
_PLAIN_NAME: Final = re.compile(r"(?:\.{3}|…)?(?=\w*[-_/.@\d])[A-Za-z][\w+=,.@/-]*\w")


_ONE_WORD: Final = re.compile(r"[^\s\"'{}\[\]]+|[^\s\"']+arn:[^\s\"']+|arn:[^\s\"]+")


def _token_start(text: str, begin: int, end: int) -> int:
    """Where the word before `end` starts, one line further up if an ARN was broken there."""
    placeholder = _PLACEHOLDER_AT_END.search(text, begin, end)
    until = placeholder.start() if placeholder else end
    start = max(text.rfind(char, begin, until) for char in " \n\x0b") + 1 or begin
    above = _BROKEN_ARN.search(text, begin, start)
    if above and "arn:" not in text[start:end]:
        return above.start()
    quote = _QUOTE_MARKS.match(text, start, end)
    return quote.end() if quote else start


_PLACEHOLDER_AT_END: Final = re.compile(r"<[^<>\n]{1,60}>\Z")
_QUOTE_MARKS: Final = re.compile(r"[\"'`(]+(?=[\w.…]*-|[A-Z]|arn:)")


_BROKEN_ARN: Final = re.compile(r"arn:[^\s\"]*[\n\x0b](?:[^\s\"]+[\n\x0b]){0,3}\Z")
