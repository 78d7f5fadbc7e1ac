"""A request in words and pictures: its status, the steps of its life, and what it would newly allow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from troubleshoot.access.beside import beside_words
from troubleshoot.access.manual import is_done_by_hand
from troubleshoot.models import AccessRequest, Approval, Grant, State
from troubleshoot.remedy import change_from_data
from troubleshoot.web.components import Status, Step, StepState, Tone
from troubleshoot.web.presenters.names import list_in_words, principal_name, resource_name

_STATUS: dict[str, tuple[str, Tone]] = {
    State.SUBMITTED: ("waiting for a decision", Tone.WAIT),
    State.NEEDS_CHANGES: ("sent back for changes", Tone.WAIT),
    State.APPROVED: ("approved, about to be applied", Tone.BUSY),
    State.AWAITING_MANUAL_APPLY: ("approved, an administrator applies it", Tone.WAIT),
    State.APPLYING: ("being applied to IAM", Tone.BUSY),
    State.VERIFYING: ("being verified", Tone.BUSY),
    State.ACTIVE: ("verified, try again now", Tone.GOOD),
    State.REJECTED: ("rejected", Tone.BAD),
    State.WITHDRAWN: ("withdrawn", Tone.CALM),
    State.LAPSED: ("lapsed, nobody decided in time", Tone.CALM),
    State.FAILED: ("failed", Tone.BAD),
    State.EXPIRED: ("ended on time", Tone.CALM),
    State.REVOKED: ("ended early", Tone.CALM),
}
BUSY = frozenset({State.APPROVED, State.APPLYING, State.VERIFYING})
"""The states in which a worker is at it, and a page may look again by itself."""
WAITING = frozenset({State.SUBMITTED, State.NEEDS_CHANGES})
"""The states in which somebody must decide."""
_DECIDED = frozenset(State.values) - {State.SUBMITTED, State.NEEDS_CHANGES, State.WITHDRAWN, State.LAPSED}
OVER = frozenset({State.EXPIRED, State.REVOKED})
"""The states of a grant that was given and has ended."""


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One line of a list of requests. `beside`: what else its change names, empty where it is that call alone."""

    code: str
    action: str
    beside: str
    resource: str
    principal: str
    requester: str
    on_behalf: bool
    duration: str
    status: Status
    submitted_at: datetime
    age: str


def request_row(request: AccessRequest) -> RequestRow:
    """Return a request as a line of a list. Costs no query where the requester was read with it."""
    resource = resource_name(request.resource)
    return RequestRow(
        code=request.code,
        action=request.action,
        beside=beside_words(request),
        resource=resource.short if resource and resource.short != "*" else "",
        principal=str(principal_name(request.principal_arn)),
        requester=str(request.requester),
        on_behalf=request.on_behalf,
        duration=duration_words(change_from_data(request.change).hours),
        status=status_of(request),
        submitted_at=request.submitted_at,
        age=age_words(request),
    )


def status_of(request: AccessRequest, *, to_try: bool = False) -> Status:
    """Return the state of a request in words. `to_try`: for the one who waits to make the call again."""
    words, tone = _STATUS[request.state]
    if request.state == State.ACTIVE and not to_try:
        return Status(_active_words(request), tone)
    if request.state == State.LAPSED and request.failure:
        return Status("ended, nobody would use it", tone)
    return Status(words, tone)


def _active_words(request: AccessRequest) -> str:
    grant: Grant | None = getattr(request, "grant", None)
    return f"active until {grant.expires_at:%-d %b %H:%M} UTC" if grant and grant.expires_at else "active"


def looks_again(request: AccessRequest) -> int:
    """Return after how many seconds the page asks anew: soon while a worker is at it, 0 where it is settled."""
    if request.state in BUSY:
        return 2
    return 5 if request.state in WAITING else 0


def duration_words(hours: int | None) -> str:
    """Return how long a grant lasts: `7 days`, `8 hours`, or until it is revoked."""
    if hours is None:
        return "until it is revoked"
    if hours % 24 == 0:
        return f"{hours // 24} day{'' if hours == 24 else 's'}"
    return f"{hours} hour{'' if hours == 1 else 's'}"


def timeline_of(
    request: AccessRequest, *, approvals: Sequence[Approval], grant: Grant | None, decides: str = ""
) -> tuple[Step, ...]:
    """Return the steps of a request: what is done, what is happening now, what comes next.

    `decides` says who takes the decision that it waits for.
    """
    asked = Step("Asked", StepState.DONE, f"by {request.requester}", request.submitted_at)
    if request.state in (State.WITHDRAWN, State.LAPSED):
        words = status_of(request).words.capitalize()
        return (asked, Step(words, StepState.FAILED, request.failure, request.changed_at))
    decided = _decided(request, approvals, decides or "An approver looks at it.")
    if request.state == State.REJECTED:
        return (asked, decided)
    steps = (asked, decided, _applied(request, grant), _verified(request, grant), _ends(request, grant))
    # What failed before it was verified goes no further.
    return steps[:3] if steps[2].state == StepState.FAILED else steps


def _decided(request: AccessRequest, approvals: Sequence[Approval], decides: str) -> Step:
    if request.state == State.NEEDS_CHANGES:
        return Step("Decision", StepState.NOW, "An approver asked something. It goes on with the answer.")
    if request.state not in _DECIDED:
        return Step("Decision", StepState.NOW, decides)
    over = request.state == State.REJECTED
    counted = [one for one in approvals if _counts(one, request, over=over)]
    by = f"by {list_in_words([str(one.approver) for one in counted])}" if counted else ""
    at = counted[-1].decided_at if counted else request.changed_at
    return Step("Rejected", StepState.FAILED, by, at) if over else Step("Approved", StepState.DONE, by, at)


def _counts(approval: Approval, request: AccessRequest, *, over: bool) -> bool:
    """Tell whether this decision made the request what it is. An approval of another change did not."""
    if over:
        return approval.verdict == Approval.Verdict.REJECT
    return approval.verdict == Approval.Verdict.APPROVE and approval.change_digest == request.change_digest


def _applied(request: AccessRequest, grant: Grant | None) -> Step:
    if request.state == State.AWAITING_MANUAL_APPLY or (request.state == State.APPROVED and is_done_by_hand(request)):
        return Step("Apply", StepState.NOW, "An administrator of the account applies it by hand.")
    if request.state in (State.APPROVED, State.APPLYING):
        return Step("Apply", StepState.NOW, "The worker writes one policy to IAM.")
    if request.state == State.FAILED and (grant is None or grant.verified_at is None):
        return Step("Apply", StepState.FAILED, "It did not work.", request.changed_at)
    if request.state in WAITING:
        return Step("Apply", StepState.NEXT, "One new policy, attached to one principal.")
    return Step("Applied", StepState.DONE, "One new policy, read back from IAM.")


def _verified(request: AccessRequest, grant: Grant | None) -> Step:
    if grant is not None and grant.verified_at:
        return Step("Verified", StepState.DONE, "The call was judged again on live IAM state.", grant.verified_at)
    if request.state == State.VERIFYING:
        return Step("Verify", StepState.NOW, "The call is judged again on live IAM state.")
    return Step("Verify", StepState.NEXT, "The call is judged again on live IAM state.")


def _ends(request: AccessRequest, grant: Grant | None) -> Step:
    if request.state in OVER:
        ended = grant.ended_at if grant else None
        return Step(_STATUS[request.state][0].capitalize(), StepState.DONE, "", ended or request.changed_at)
    if grant is not None and grant.expires_at:
        when = f"{grant.expires_at:%-d %B %Y, %H:%M} UTC"
        return Step("Ends", StepState.NEXT, f"The policy itself stops allowing it on {when}.")
    hours = change_from_data(request.change).hours
    return Step("Ends", StepState.NEXT, f"{duration_words(hours)} after it is applied." if hours else "When revoked.")


def age_words(request: AccessRequest) -> str:
    """Return how old a request is, as one number that a queue can be read by."""
    age = timezone.now() - request.submitted_at
    if age < timedelta(minutes=1):
        return "under 1 min"
    if age < timedelta(hours=1):
        return f"{age.seconds // 60} min"
    if age < timedelta(days=2):
        return f"{age.days * 24 + age.seconds // 3600} h"
    return f"{age.days} days"
