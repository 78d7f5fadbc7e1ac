"""What secrets look like. Sources: IAM User Guide, securing access keys; RFC 7519, 6265 and 7468."""

import re
import string
from itertools import pairwise
from typing import Final, NamedTuple


class Shape(NamedTuple):
    """One way to know a secret: its kind, the words without which it can't be there, and the pattern.

    `also` must stand somewhere, too. The group `value` of the pattern is what is removed. `glued` shapes know where
    they end without a blank: they are looked for again with the line breaks taken out.
    """

    kind: str
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    glued: bool = False
    also: str = ""


EXAMPLES: Final = frozenset(
    {
        "AKIAIOSFODNN7EXAMPLE",
        "AKIAI44QH8DHBEXAMPLE",
        "ASIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
    }
)
"""The keys that AWS prints in its own documentation. They open nothing and stay in the text."""

_BEFORE: Final = r"(?<![A-Za-z])"
_IS: Final = r"(?![A-Za-z])[\d_\]]{0,4}[\"'`\\]{0,8}\s{0,3}(?:=>|:=|[:=]|(?<=>)|\sis\s)\s{0,3}"
_VALUE: Final = (
    r"(?:\"(?P<value>[^\"\n]{3,4000})\"|'(?P<single>[^'\n]{3,4000})'"
    r"|[\"'`\\]{0,8}(?P<bare>[^\s\"'`,;<>\[{][^\s\"'`,;<>]{2,4000}))"
)
_FLAG: Final = r"(?:=|\s{1,3})"
_KEY_LABEL: Final = r"(?:secret[\s_-]{0,2}(?:access[\s_-]{0,2})?key|client[_-]?secret|secret[_-]?string|aws[_-]secret)"
_PHRASE_LABEL: Final = r"(?:passwor[dt]|passwd|passphrase|kennwort|passwort|pwd)"
_TICKET_LABEL: Final = (
    r"(?:(?:session|security|access|refresh|auth|id|api|bearer|private|personal)[\s_-]{0,2}token"
    r"|api[\s_-]{0,2}key|signintoken)"
)


_KEY_WORDS: Final = (
    "secret_|secret-|secretaccess|secret access|secretkey|secret key|\"secret|'secret|secret=|clientsecret|secretstring"
)


def _shape(kind: str, words: str, pattern: str, *, glued: bool = False, also: str = "") -> Shape:
    return Shape(kind, tuple(words.split("|")), re.compile(pattern), glued, also)


def _lines(chars: str) -> str:
    """One character of a long secret, or the break before another whole line of it."""
    return rf"(?:{chars}|{_GAP}(?!eyJ|FwoG|IQoJ|AQoD|FQoG)(?={chars}{{16}}))"


def _rest(chars: str) -> str:
    """The short last line of a long secret."""
    return rf"(?:{_GAP}{chars}{{1,15}}(?![\w :]))?"


_GAP: Final = r"\s?\\?\n[ \t>#*|│/]{0,12}"
_JWT: Final = r"[\w-]"
_JWT_PARTS: Final = r"[\w.-]"
_SESSION: Final = r"[\w+/=%-]"

SHAPES: Final = (
    _shape(
        "private-key",
        "private key",
        r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?P<value>[A-Za-z0-9+/=\s:,.\\>#*|│-]+?)(?:-----END "
        r"[A-Z ]{0,40}PRIVATE KEY-----|\Z|(?=[^A-Za-z0-9+/=\s:,.\\>#*|│-]))",
    ),
    _shape(
        "jwt",
        "eyj",
        rf"(?P<value>(?<![\w-])eyJ{_lines(_JWT)}{{8,}}\.{_lines(_JWT_PARTS)}{{4,}}{_rest(_JWT_PARTS)})",
    ),
    _shape(
        "session-token",
        "fwogz|iqojb|aqodyx|fqogz",
        rf"(?P<value>(?:FwoGZXIvYXdz|IQoJb3JpZ2lu|AQoDYXdz|FQoGZXIvYXdz){_lines(_SESSION)}{{8,}}{_rest(_SESSION)})",
    ),
    _shape(
        "session-token",
        "sessiontoken|session_token|session-token|session token|security-token|securitytoken|security_token|security "
        "token",
        rf"(?i){_BEFORE}(?:aws[_-]|x[_-]?amz[_-]?)?(?:session|security)[\s_-]{{0,2}}token{_IS}{_VALUE}",
    ),
    _shape(
        "presigned-url",
        "x-amz-|signature|sig=|key-pair-id|policy=",
        r"(?i)(?:x-amz-(?:signature|credential|security-token)|(?<![a-z])signature|(?<![a-z])sig|key-pair-id)(?:=|%3d)"
        r"(?P<value>[\w%+/=.~-]{8,4000})",
    ),
    _shape("presigned-url", "signature=", r"(?i)signature=(?P<value>[0-9a-f]{64})", glued=True),
    _shape(
        "cookie",
        "cookie",
        r"(?i)(?<![a-z])cookies?[\"'\\]{0,4}\s{0,3}[:=]\s{0,3}[\"'\\]{0,4}(?P<value>[\w.%-]{1,100}=[^\s;,\"']{1,4000}(?:;\s?[\w.%-]{1,100}=[^\s;,\"']{1,4000})*)",
    ),
    _shape(
        "authorization",
        "authorization:|authorization=|authorization\"|authorization'|bearer |basic |authorization\\\\",
        r"(?i)(?:(?:bearer|basic|token|negotiate)\s{1,3}"
        r"|authorization[\"'\\]{0,4}\s{0,3}[:=]\s{0,3}[\"'\\]{0,4}(?!bearer|basic|aws4))"
        r"(?P<value>[\w.+/=~-]{12,4000})(?![\w.+/=~-]*[:/])",
    ),
    _shape(
        "authorization",
        "akia|asia|auth\"|auth'|auth\\|auth&",
        r"(?i)authorization[\"'\\]{0,4}\s{0,3}[:=]\s{0,3}[\"'\\]{0,4}aws\s[^\s:]{1,80}:(?P<value>[\w+/=]{20,200})"
        r"|[\"']auth[\"']\s?:\s?[\"'](?P<bare>[\w+/=-]{8,4000})[\"']",
    ),
    _shape(
        "external-id",
        "external",
        rf"(?i)(?:{_BEFORE}|sts:)external[\s_-]?id(?:{_IS}|{_FLAG}){_VALUE}",
    ),
    _shape(
        "secret-access-key",
        _KEY_WORDS,
        rf"(?i)secret[\s_-]{{0,2}}access[\s_-]{{0,2}}key{_IS}[\"'`\\]{{0,8}}(?P<value>[A-Za-z0-9/+]{{40}})",
        glued=True,
    ),
    _shape("secret-access-key", _KEY_WORDS, rf"(?i){_KEY_LABEL}{_IS}{_VALUE}"),
    _shape(
        "secret-access-key",
        _KEY_WORDS,
        r"(?i)[\"']secret[\"']\s?[:=]\s?[\"'](?P<value>[^\"'\n]{3,4000})[\"']"
        r"|(?<![\w-])secret=(?P<bare>[^\s\"'`,;<>&]{3,4000})",
    ),
    _shape("password", "passw|pwd|passphrase|kennwort", rf"(?i){_PHRASE_LABEL}{_IS}{_VALUE}"),
    _shape("password", "--pass", rf"(?i)--pass(?:word|wd|phrase)?{_FLAG}{_VALUE}"),
    _shape(
        "password", "mysql|mariadb", r"(?i)\b(?:mysql|mariadb)[\w-]*\b[^\n]{0,300}?\s-p(?P<value>[^\s\"'-]\S{0,200})"
    ),
    _shape("token", "token-code", r"(?i)--token-code[=\s]{1,3}[\"']?(?P<value>\d{6})(?!\d)"),
    _shape("password", "passw|pwd", rf"(?i)<[\w:]{{0,40}}{_PHRASE_LABEL}>(?P<value>[^<]{{1,4000}})"),
    _shape("password", "://", r"://[^\s/:@\"']{0,200}:(?P<value>[^\s/@\"']{1,400})@", also="@"),
    _shape(
        "token",
        "token=|token:|token\"|token'|token\\\\|token |apikey|api_key|api-key|api key",
        rf"(?i){_BEFORE}{_TICKET_LABEL}{_IS}{_VALUE}",
    ),
    _shape("token", "token=", r"(?i)(?<![a-z])token=(?P<value>[^\s\"'`,;<>&]{8,4000})"),
    _shape(
        "token",
        "ghp_|gho_|ghu_|ghs_|ghr_|github_pat|glpat|xox|sk_live|sk-|aiza|ya29|npm_|pypi-|hvs.|absk|dop_v1",
        r"(?P<value>(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}"
        r"|xox[abeoprs]-[\w-]{10,}|sk_live_\w{16,}"
        r"|sk-[\w-]{20,}|AIza[\w-]{30,}|ya29\.[\w-]{20,}|npm_\w{30,}|pypi-[\w-]{30,}|hvs\.[\w-]{20,}"
        r"|ABSK[\w+/=]{20,}|dop_v1_\w{30,}))",
    ),
    _shape("saml-assertion", "phnhbw|saml", r"(?P<value>PHNhbW[A-Za-z0-9+/=%]{40,})", glued=True),
)

RUN_CHARS: Final = string.ascii_letters + string.digits + "/+"
"""The characters of a secret access key."""
KEY_ID: Final = re.compile(r"(?<![A-Za-z0-9/+=])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9/+=])")
RUN: Final = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40,}(?![A-Za-z0-9/+=])")
_PLACE: Final = re.compile(
    r"\*+|x+|X+|\.+|…|<.*|\$\{?\w+\}?|\$\(.*|null|none|None|true|false|arn:.*|[\[({]?[\w-]+[ -]removed\]?|%s"
    r"|redacted|REDACTED",
    re.DOTALL,
)


def is_stand_in(value: str) -> bool:
    """Say whether the value only stands for a secret: a variable, a mask, one of AWS's examples."""
    return value in EXAMPLES or _PLACE.fullmatch(value.strip("\\\"'")) is not None


def looks_random(run: str, *, among_names: bool) -> bool:
    """Say whether 40 characters look like a secret access key rather than like words, a path or a digest.

    Among names (inside an ARN) the bar is higher.
    """
    if run.isalpha():
        return False
    kinds = [1 if "A" <= char <= "Z" else 2 if "a" <= char <= "z" else 0 for char in run]
    if {0, 1, 2} - set(kinds):
        return False
    changes = sum(left != right for left, right in pairwise(kinds))
    if among_names:
        return changes >= 18 and kinds.count(1) >= 7 and kinds.count(2) >= 7
    return changes >= (13 if any(char.isdigit() for char in run) else 20)
