"""The worker's core: take one row that is due, bring it one step on, let go.

Nothing but the rows is the truth: any number of workers, killed at any time, converge.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from django.db import DatabaseError

from troubleshoot.access.apply import NotYet, begin, fail, write
from troubleshoot.access.claims import Claim, Lost, claim_request, let_go, put_off
from troubleshoot.access.ending import clean_up, end
from troubleshoot.access.errors import Refused, Stale
from troubleshoot.access.nudges import nudge
from troubleshoot.access.states import FINAL
from troubleshoot.access.verify import verify
from troubleshoot.aws.gateway import AwsProblem
from troubleshoot.models import State

log = logging.getLogger(__name__)

MOST_ATTEMPTS: Final = 12
"""With the doubling pauses about half an hour; then the request has failed, with words."""

_HOPEFUL: Final = frozenset({State.APPROVED, State.APPLYING, State.VERIFYING})
_AGAIN: Final = timedelta(hours=1)


STEPS: Final[Mapping[str, Callable[[Claim], None]]] = {
    State.SUBMITTED: nudge,
    State.NEEDS_CHANGES: nudge,
    State.AWAITING_MANUAL_APPLY: nudge,
    State.APPROVED: begin,
    State.APPLYING: write,
    State.VERIFYING: verify,
    State.ACTIVE: end,
    State.FAILED: clean_up,
    State.EXPIRED: clean_up,
}


def run_one(owner: str) -> str | None:
    """Bring the next due request one step on. Return a line that says what was done, or None: nothing is due."""
    claim = claim_request(owner)
    if claim is None:
        return None
    code, before = claim.request.code, claim.request.state
    try:
        note = _step(claim)
    except (Lost, Stale):
        return f"{code} {before}: moved on meanwhile"
    claim.request.refresh_from_db()
    return f"{code} {before} -> {claim.request.state}{note}"


def _step(claim: Claim) -> str:
    """Take the step and return a note. Whatever stands against it becomes "later" or "failed", with words."""
    handler = STEPS.get(claim.request.state)
    if handler is None:
        let_go(claim, due_at=None)
        return " (nothing to do)"
    try:
        handler(claim)
    except NotYet as wait:
        return _later(claim, str(wait))
    except AwsProblem as problem:
        return _later(claim, problem.words) if problem.retryable else _give_up(claim, problem.words)
    except Refused as refusal:
        return _give_up(claim, refusal.words)
    except (Lost, Stale, DatabaseError):
        raise
    except Exception:
        log.exception("the step of request %s in state %s met a fault", claim.request.code, claim.request.state)
        return _later(claim, "The portal met a fault of its own while it worked on this.")
    return ""


def _later(claim: Claim, words: str) -> str:
    if claim.request.attempts + 1 >= MOST_ATTEMPTS and claim.request.state in _HOPEFUL:
        return _give_up(claim, words)
    put_off(claim, words=_shown(claim, words))
    return f" (later: {words})"


def _give_up(claim: Claim, words: str) -> str:
    if claim.request.state in _HOPEFUL:
        fail(claim, words=words)
    else:
        put_off(claim, words=_shown(claim, words), pause=_AGAIN)
    return f" ({words})"


def _shown(claim: Claim, words: str) -> str:
    """A request that is over goes on showing why, and what exists, while the worker tries to clean up."""
    return claim.request.failure if claim.request.state in FINAL else words
