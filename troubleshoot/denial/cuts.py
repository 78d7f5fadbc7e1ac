"""Knows where an HTTP client cut a message off: "User: … is not authorized to perform: s3:Get (truncated...)".

Source: Guzzle's summary of an answer's body, which the AWS SDK for PHP puts ahead of the whole message.
"""

from typing import Final

from troubleshoot.denial.found import Found

_MARK: Final = "(truncated"
_WHOLE: Final = "(client)"
_REACH: Final = 400


def cut_at(low: str, start: int, limit: int) -> int | None:
    """Return where the sentence from `start` on was cut off; None if it was not, up to `limit`."""
    at = low.find(_MARK, start, min(limit, start + _REACH))
    return at if at >= 0 and "\n" not in low[start:at] else None


def is_told_again(low: str, cut: int, limit: int) -> bool:
    """Say whether the SDK tells the whole message behind the one that was cut."""
    return low.find(_WHOLE, cut, limit) >= 0


def without_rest(found: Found, cut: int) -> Found:
    """Take away the value at which the message was cut: more of it may be gone."""
    for name in [name for name, (_, end) in found.spans.items() if end in {cut, cut - 1}]:
        del found.fields[name], found.spans[name]
    return found
