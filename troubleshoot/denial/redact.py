"""Takes secrets out of a text before anything else sees it. What was taken is told by kind, never by value."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from troubleshoot.denial.reading import Removed

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

_VALUE = r"(?P<value>[^\s\"'`,;<>\\&]{4,})"
_NAMED = r"[\w.\[\]-]*[\\\"'`\s]*(?:[:=]|=>)\s*[\\\"'`]*" + _VALUE
_RULES: Final[tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]] = (
    (
        "private-key",
        ("private key",),
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?P<value>.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
        ),
    ),
    ("jwt", ("eyj",), re.compile(r"(?P<value>eyJ[\w-]{8,}\.[\w-]{8,}\.?[\w-]*)")),
    (
        "presigned-url",
        ("x-amz-", "signature=", "sig="),
        re.compile(
            r"(?i)(?:x-amz-(?:signature|credential|security-token)|signature|\bsig)(?:=|%3d)(?P<value>[\w%+/=.-]{8,})"
        ),
    ),
    ("cookie", ("cookie",), re.compile(r"(?i)\bcookies?[\"'\\]*\s*[:=]\s*(?P<value>[^\r\n]{4,})")),
    (
        "authorization",
        ("authorization", "bearer"),
        re.compile(r"(?i)\b(?:bearer|basic)\s+(?P<value>[\w.+/=~-]{12,})"),
    ),
    (
        "session-token",
        ("token", "fwogz", "iqojb", "aqodyx", "fqogz"),
        re.compile(
            r"(?:(?i:session[\w-]{0,2}token|security[\w-]{0,2}token)"
            + _NAMED.replace("value", "value1")
            + r")|(?P<value>(?:FwoGZXIvYXdz|IQoJb3JpZ2lu|AQoDYXdz|FQoGZXIvYXdz)[\w+/=%-]{20,})"
        ),
    ),
    ("secret-access-key", ("secret",), re.compile(r"(?i)secret[\w-]{0,2}(?:access)?[\w-]{0,2}key" + _NAMED)),
    ("password", ("passw", "pwd"), re.compile(r"(?i)(?:passwor[dt]|passwd|pwd|passphrase)" + _NAMED)),
    ("password", ("://",), re.compile(r"://[^\s/:@\"']+:(?P<value>[^\s/@\"']+)@")),
)
_KEY_ID: Final = re.compile(r"(?<![A-Za-z0-9/+=])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9/+=])")
_RUN: Final = re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")


@dataclass(frozen=True, slots=True)
class Redacted:
    """The text without its secrets, and what was removed, by kind."""

    text: str
    removed: tuple[Removed, ...] = ()


def redact(text: str) -> Redacted:
    """Return the text with every secret replaced by words that name its kind.

    Access key ids keep their last four characters; AWS's own example keys stay. Never raises.
    """
    low = text.lower()
    found: list[tuple[int, int, str]] = []
    for kind, hints, rule in _RULES:
        if any(hint in low for hint in hints):
            found += [(*_span(match), kind) for match in rule.finditer(text)]
    found += [(*match.span(), "secret-access-key") for match in _RUN.finditer(text) if _looks_random(match.group())]
    if "AKIA" in text or "ASIA" in text:
        found += [(match.start() + 4, match.end() - 4, "access-key-id") for match in _KEY_ID.finditer(text)]
    return _without(text, found) if found else Redacted(text)


def _span(match: re.Match[str]) -> tuple[int, int]:
    return match.span("value") if match.group("value") is not None else match.span("value1")


def _looks_random(run: str) -> bool:
    kinds = [char.isupper() + 2 * char.islower() for char in run]
    return 1 in kinds and 2 in kinds and 0 in kinds and sum(a != b for a, b in pairwise(kinds)) >= 15


def _without(text: str, found: list[tuple[int, int, str]]) -> Redacted:
    pieces, counts, end = [], Counter[str](), 0
    for start, stop, kind in sorted(found, key=lambda item: (item[0], -item[1])):
        if stop <= end or any(example in text[max(0, start - 4) : stop + 4] for example in EXAMPLES):
            continue
        pieces += [text[end : max(start, end)], "…" if kind == "access-key-id" else f"[{kind} removed]"]
        counts[kind] += 1
        end = stop
    return Redacted("".join([*pieces, text[end:]]), tuple(Removed(kind, count) for kind, count in counts.items()))
