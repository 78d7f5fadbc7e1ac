"""What a request's page says while something does not go on by itself, and where it is over.

The worker keeps one line of words with a request. What it means depends on the state: a failure, a wait, or what is
left in IAM.
"""

from dataclasses import dataclass
from typing import Final

from troubleshoot.access.ended import who_ended
from troubleshoot.models import AccessRequest, Grant, State

_GOES_ON: Final = frozenset({State.APPROVED, State.APPLYING, State.VERIFYING, State.ACTIVE})


@dataclass(frozen=True, slots=True)
class Trouble:
    """A notice: its kind as `components/notice.html` takes it, a title and the words."""

    kind: str
    title: str
    words: str


def trouble_of(request: AccessRequest, grant: Grant | None) -> Trouble | None:
    """Return what stands in a request's way or is left of it, or None where nothing is."""
    words = request.failure
    if request.state == State.FAILED:
        return Trouble("error", "It did not work", words)
    if not words or (grant is not None and grant.ended_at):
        return None
    if request.state == State.AWAITING_MANUAL_APPLY:
        return Trouble("info", "An administrator applies it by hand", words)
    if request.state in _GOES_ON:
        return Trouble("info", "It is not finished yet", words)
    return Trouble("warning", "Not everything is gone from IAM yet", words) if grant else None


def early_end_of(request: AccessRequest) -> Trouble | None:
    """Return who ended the access before its time and why, or None where it was not ended early by anybody."""
    asked = who_ended(request) if request.state == State.REVOKED else None
    if asked is None:
        return None
    return Trouble("info", f"Ended by {asked.person or 'somebody who is gone'}", asked.reason)
