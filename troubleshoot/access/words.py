"""What people wrote, before it is kept: without secrets, without characters that a database or a page trips over."""

import re

from troubleshoot.denial.redact import redact

LONGEST = 4000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def cleaned(text: str, *, longest: int = LONGEST) -> str:
    """Return `text` as it may be kept: secrets removed, at most `longest` characters, none of them invisible."""
    readable = text.encode("utf-8", "replace").decode().replace("\r\n", "\n")
    return redact(_CONTROL.sub("", readable)).text.strip()[:longest]
