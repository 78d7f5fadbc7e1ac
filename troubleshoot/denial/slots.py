"""Finds where a value ends, and puts a value together that was broken over lines."""

import re
from typing import Final, NamedTuple

from troubleshoot.denial.marks import HARD
from troubleshoot.denial.words import PROSE

FOLLOW: Final = re.compile(
    r"(?:because\b|with\s+an?\b|(?:is|are)\s+not\b|on\s+(?:(?:the\s+|this\s+)?resource|arn:)|status\s+code|for\s+complete"
    r"|\(Service\b|\(Status\b|Encoded\s+auth|\{(?:noformat|code|quote)\}|Go\s+to\b|transitively\b|not\s+authori|operation\b|for\s+the\s+given|-+>|\.{3}|…)",
    re.IGNORECASE,
)
"""What may follow a value in AWS's sentences: a line that starts so does not carry the value on."""

_NEXT_MESSAGE: Final = re.compile(r"You\s+are\b|User\s?:")

KINDED: Final = re.compile(
    r"(?:user|role|group|policy|instance\sprofile|server\scertificate|mfa(?:\sdevice)?|saml\sprovider|access\skey"
    r"|login\sprofile)\s(?=[^\s(])"
)
"""IAM names some resources by kind and name: `role build-runner`."""

_BROKEN: Final = re.compile(r"[ ]*[\n\x0b]+[ ]*")
_TOKEN: Final = re.compile(
    r"(?:<[^<>/\n\x0b][^<>]{0,60}>|\{[^{}\"\n\x0b]{0,60}\}|\[[A-Za-z][^\[\]\"\n\x0b]{0,60}\]|[^\s\"<>]|<(?!/)|>){1,2048}"
)
_PIECE: Final = re.compile(r"(?:[\w:/.*@=+,$>{}…#-]|<(?!/))+", re.ASCII)
_GAP: Final = re.compile(r"(?P<blank> )|[\n\x0b](?![\n\x0b])")
_NAME: Final = re.compile(r"[A-Za-z0-9*]+(?=[\s\"'`,.;)\]}*<]|\Z)")
_CLOSED: Final = re.compile(r"[.,;]?\s?(?:[\"'`](?!\w)|</)")
_LAST_ON_LINE: Final = re.compile(r"[.,;)\]}]*(?: \(|[\n\x0b]|\Z)")
_MASK: Final = re.compile(
    r"[*.…xX#?_\s-]+|[<\[{(][^<>\[\]{}():]*[>\]})]+@?|\$\{?\w+\}?|%[sdv]|etc\.?|redacted|masked|hidden|\*+redacted\**",
    re.IGNORECASE,
)
_OPENERS: Final = {")": "(", "]": "[", "}": "{", ">": "<"}


class Slot(NamedTuple):
    """A value and where it stands in the cleaned text."""

    value: str
    start: int
    end: int


def delimited(text: str, start: int, end: int) -> Slot | None:
    """Return the value between two known words: whatever breaks it, it is one value."""
    start, end = trimmed(text, start, end)
    is_broken = _ANY_BREAK.search(text, start, end) is not None
    if start == end or (is_broken and _UNSURE.search(text, start, end)) or _is_cut(text, start, end):
        return None
    kind = KINDED.match(text, start, end) if is_broken else None
    if is_broken and _WORDS.search(text, kind.end() if kind else start, end):
        return None
    return Slot(put_together(text[start:end]), start, end)


def _is_cut(text: str, start: int, end: int) -> bool:
    """Say whether a line ends behind the value, and the value can't end so."""
    if text[end : end + 1] not in {"\n", HARD}:
        return False
    if _NO_END.search(text, start, end):
        return True
    return _REST_OF_ARN.match(text, end) is not None and _is_short_arn(text[start:end])


_ANY_BREAK: Final = re.compile(r"[\n\x0b]")
_REST_OF_ARN: Final = re.compile(r"[\n\x0b]+ ?[:/*\d]")


_NO_END: Final = re.compile(r"[/-]\Z|<[^<>\n\x0b]*\Z")
_UNSURE: Final = re.compile(r"<[^<>]*[\n\x0b][^<>]*>|\[[^\[\]]*[\n\x0b][^\[\]]*\]|\*\w+[\n\x0b]\w+\*")
"""A stand-in of perhaps several words (`<Log Archive Account>`), broken either between them or inside one."""
_WORDS: Final = re.compile(r"\w \w[^\n\x0b]*[\n\x0b]|[\n\x0b][^\n\x0b]*\w \w")
"""A name of several words, broken: whether a blank stood at the break can't be told."""


def open_ended(text: str, start: int) -> Slot | None:
    """Return the value that starts here and ends where a blank, a quote or a new sentence does.

    None if there is none, or if it can't be told whether or how the next line carries it on.
    """
    match = _TOKEN.match(text, start)
    if match is None:
        return None
    end = match.end()
    while (after := carried_on(text, start, end)) != end:
        if after is None:
            return None
        end = after
    slot = delimited(text, start, end)
    return None if slot is None or _HALF_KIND.fullmatch(slot.value) or _NEVER_CLOSED.search(slot.value) else slot


_NEVER_CLOSED: Final = re.compile(r"<[^<>]*\Z|\[[^\[\]]*\Z|\{[^{}]*\Z")
"""A stand-in that goes on behind a blank or a break: the value was cut there."""


def carried_on(text: str, start: int, end: int, *, is_name: bool = False) -> int | None:
    """Where the value from `start`, broken off at `end`, goes on to.

    `end` itself if it is whole; None if that can't be told. A name has letters and digits only.
    """
    gap = _GAP.match(text, end)
    if gap is None or _begins_anew(text, gap):
        return None if gap is None and text[end : end + 1] == "\n" and "arn:".startswith(text[start:end]) else end
    piece = (_NAME if is_name else _PIECE).match(text, gap.end())
    if piece is None:
        return end
    value, after = text[start:end], piece.end()
    if gap["blank"]:
        return after if _is_short_arn(value) else end
    if _ODD_REST.match(text, after) or (_CUT_ACCOUNT.search(value) and not piece[0][0].isdigit()):
        return None
    if (
        _is_short_arn(value)
        and not _may_complete(value, piece[0], text[after : after + 1])
        and not _is_followed(text, after)
    ):
        return None
    if gap[0] == HARD and _SENTENCE.match(text, gap.end()) and not _is_followed(text, after):
        return None
    if gap[0] == HARD or _GOES_ON.match(piece[0]) or _is_short_arn(value) or _is_followed(text, after):
        return end if _ends_sentence(value, gap[0], piece[0]) else after
    if value[-1] == "*" and not piece[0].strip("*"):
        return after
    if _LAST_ON_LINE.match(text, after) is None:
        is_half = _HALF_KIND.fullmatch(value) or (is_name and _is_rest_of_name(piece[0]))
        return None if is_half else end
    return _at_last_line(value, gap[0], piece[0], after, end)


def _is_rest_of_name(piece: str) -> bool:
    """Say whether the word that begins the next line may be the last letters of the name before it."""
    return len(piece) < _SHORT and piece.islower() and piece not in PROSE


_SHORT: Final = 4


def _at_last_line(value: str, gap: str, piece: str, after: int, end: int) -> int | None:
    """Where a value goes on to if one more word is all that the next line holds."""
    if _ends_sentence(value, gap, piece):
        return end
    if value[-1] in ":/-":
        return after
    may_go_on = piece[-1] != ":" and any(char.isalnum() for char in piece)
    return None if may_go_on else end


def _ends_sentence(value: str, gap: str, piece: str) -> bool:
    return value[-1] == "." and gap != HARD and piece[0].isupper()


def _begins_anew(text: str, gap: re.Match[str]) -> bool:
    """Say whether what comes behind the gap can't belong to a value: AWS's next words, or a setting's line."""
    at = gap.end()
    if FOLLOW.match(text, at) or _NEXT_MESSAGE.match(text, at):
        return True
    return gap[0] == "\n" and _SETTING.match(text, at) is not None


_SENTENCE: Final = re.compile(r"[A-Z][a-z]* [a-z]|[\w.-]+: ")
"""What may be the rest of a value, or the first words of a new sentence."""
_CUT_ACCOUNT: Final = re.compile(r"arn:[\w-]*:[\w-]*:[\w-]*:\d{1,11}\Z")
"""An ARN that breaks off inside its account: only digits carry it on."""
_SETTING: Final = re.compile(r"[A-Za-z_][\w.-]{0,80}=[^\n]*(?:\n|\Z)")
"""A line of its own (`AWS_REGION=eu-west-1`): no ARN goes on like that."""
_HALF_KIND: Final = re.compile(r"inst\w*|serv\w*|acce\w*|logi\w*|saml|mfa|ro|rol|gr|gro|grou|po|pol|poli|polic|us|use")
_GOES_ON: Final = re.compile(r"[:/.@_=-]\w|:")
_COMPLETES: Final = re.compile(r"[:/]|\Aarn?|\Ar?n:")
_ODD_REST: Final = re.compile(r"[^\s\"'`,.;)\]}\\*][^\s]|[\"'`,.;)\]}\\*]{1,3}\w")
"""What can't end a value: then the line was broken in a way that is not known."""


def _is_followed(text: str, end: int) -> bool:
    """Say whether a known word or a closing quote comes next, so that what stands before belongs to the message."""
    return _CLOSED.match(text, end) is not None or (
        text[end : end + 1].isspace() and FOLLOW.match(text, end + 1) is not None
    )


def _is_short_arn(value: str) -> bool:
    """Say whether an ARN ends before its resource part, and was not shortened by hand."""
    if "arn:".startswith(value):
        return True
    colons = value.count(":")
    is_short = value.startswith("arn:") and (colons < _COLONS or (colons == _COLONS and value[-1] == ":"))
    return is_short and not _SHORTENED.search(value)


def _may_complete(value: str, piece: str, after: str) -> bool:
    """Say whether the word on the next line may be the rest of a short ARN: if a blank follows it, all of the rest."""
    if _COMPLETES.search(piece) is None:
        return False
    return after != " " or (value + piece).count(":") >= _COLONS


_COLONS: Final = 5
_SHORTENED: Final = re.compile(r"\.\.|[…*<>$]|[xX]{2}")


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the bounds without the quotes, brackets and final stop around the value."""
    while start < end and (text[start] in " \n\x0b\"'`" or (text[start] == "(" and _is_around(text[start:end]))):
        start += 1
    while start < end and text[end - 1] in _MAY_BE_OUTSIDE and _is_outside(text[start:end]):
        end -= 1
    return start, end


_MAY_BE_OUTSIDE: Final = " \n\x0b\"',;!`.)]}>"


def _is_around(value: str) -> bool:
    """Say whether the bracket that opens the value is closed at its end, or not at all."""
    depth = 0
    for at, char in enumerate(value):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return not any(letter.isalnum() for letter in value[at + 1 :])
    return True


def _is_outside(value: str) -> bool:
    last = value[-1]
    if last in " \n\x0b\"',;!":
        return True
    if last == "`":
        return value.rstrip("`.,;'\"").count("`") % 2 == 0
    if last == ".":
        return not value.endswith("..")
    opener = _OPENERS.get(last)
    return opener is not None and value.count(opener) < value.count(last)


def put_together(value: str) -> str:
    """Return the value without the line breaks and blanks that a window or a formatter put into it."""
    if " " not in value and "\n" not in value and HARD not in value:
        return value
    kind = KINDED.match(value)
    cut = kind.end() if kind else 0
    rest = _BROKEN.sub("", value[cut:])
    if rest.startswith(("arn:", "aws:")):
        rest = _FORMATTED.sub("", rest)
    return " ".join(value[:cut].split()) + " " * bool(kind) + rest


_TORN: Final = re.compile(
    r"\Aarn:[\w-]*:iam:[^']*'\w|"
    r"\A\+|``|\]\(http|(?<=[\w*\]'\"…])…\Z|(?<!\.)\.\.\Z|(?<![\w*])\*{1,2}\w[^*]*\w\*{1,2}\Z"
    r"| \*+\Z|\A#|\.#\Z|\A\*\*(?=\w)|\A[^*]*\w\*\*\Z|(?<!/tags)[\w/:*-]arn:aws|\A# |[> ]#\Z|/ [^<]*\Z|[\"]"
    r"|\A[^<]*(?<!-)>|\A(?:[^`]*`[^`]*`)*[^`]*`[^`]*\Z"
)


def is_torn(value: str) -> bool:
    """Say whether marks that belong to no value stand in this one: how it was wrapped or quoted is not known."""
    is_plain = _PLAIN.fullmatch(value) and value[0] != "+" and ".." not in value and value.rfind("arn:aws") <= 0
    return not is_plain and _TORN.search(value) is not None


_PLAIN: Final = re.compile(r"[\w:/@=+,.-]*+\*?[\w:/@=+,.-]*+", re.ASCII)
"""A usual value: one star at most, and nothing of what quotes, cuts or emphasises."""

_FORMATTED: Final = re.compile(r"(?<=:) (?=[\w-])| (?=:)")


def is_mask(value: str) -> bool:
    """Say whether the value is a bare stand-in (`***`, `...`, `<user-arn>`) that tells nothing."""
    if value[0].isalnum() and ":" in value:
        return False
    value = value.strip("\"'` ")
    if value == "*":
        return False
    return _MASK.fullmatch(value) is not None or not any(char.isalnum() or char == "*" for char in value)
