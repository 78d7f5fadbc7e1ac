"""Deciding a request: approve, reject, send back. Exactly one decision is ever recorded."""

from django.db import transaction
from django.utils import timezone

from troubleshoot import audit
from troubleshoot.access import guards, outbox
from troubleshoot.access.comments import keep_said
from troubleshoot.access.errors import Stale
from troubleshoot.access.guards import Attempt
from troubleshoot.access.states import Event, Telling, check, transition
from troubleshoot.access.words import cleaned
from troubleshoot.models import AccessRequest, Approval, Person

_VERDICTS = {Event.APPROVE: Approval.Verdict.APPROVE, Event.REJECT: Approval.Verdict.REJECT}


def approve(*, request: AccessRequest, approver: Person, change_digest: str, reason: str = "") -> None:
    """Approve exactly the change with this digest. `Refused` or `Stale` in words; then nothing was recorded."""
    _decide(request, approver, Event.APPROVE, change_digest, reason)


def reject(*, request: AccessRequest, approver: Person, change_digest: str, reason: str) -> None:
    """Reject the request with a reason, which the requester reads. `Refused` or `Stale` as in `approve`."""
    _decide(request, approver, Event.REJECT, change_digest, reason)


def ask_for_changes(*, request: AccessRequest, approver: Person, change_digest: str, reason: str) -> None:
    """Send the request back with a question. The change itself stays as it is; its justification may be new."""
    attempt = Attempt(request, approver, change_digest, cleaned(reason))
    mails = outbox.to_all("changes_wanted", [request.requester, request.beneficiary], reason=attempt.reason)
    telling = Telling(texts={"reason": attempt.reason}, mails=mails)
    with transaction.atomic():
        transition(request=request, event=Event.ASK_FOR_CHANGES, attempt=attempt, telling=telling)
        keep_said(request, approver, attempt.reason)


def _decide(seen: AccessRequest, approver: Person, event: Event, digest: str, reason: str) -> None:
    with transaction.atomic():
        # The row's lock: two approvers whose approvals are both needed must count each other.
        current = AccessRequest.objects.select_for_update().get(pk=seen.pk)
        attempt = Attempt(current, approver, digest, cleaned(reason))
        check(current, event, attempt, later=(guards.enough_approvals,))
        _keep(attempt, approver, _VERDICTS[event])
        if event is Event.APPROVE and guards.enough_approvals(attempt):
            _record_one_of_several(attempt)
        else:
            transition(request=current, event=event, attempt=attempt, telling=_telling(attempt, event))
    seen.refresh_from_db()


def _keep(attempt: Attempt, approver: Person, verdict: Approval.Verdict) -> None:
    request = attempt.request
    if request.approvals.filter(approver=approver, change_digest=attempt.digest).exists():
        raise Stale("decided", "You have decided this request already. Nothing was changed.")
    Approval.objects.create(
        request=request,
        approver=approver,
        requester=request.requester,
        beneficiary=request.beneficiary,
        verdict=verdict,
        change_digest=attempt.digest,
        reason=attempt.reason,
        decided_at=timezone.now(),
    )


def _telling(attempt: Attempt, event: Event) -> Telling:
    template = "approved" if event is Event.APPROVE else "rejected"
    people = [attempt.request.requester, attempt.request.beneficiary]
    mails = outbox.to_all(template, people, reason=attempt.reason)
    return Telling(texts={"reason": attempt.reason}, mails=mails)


def _record_one_of_several(attempt: Attempt) -> None:
    audit.append(
        event="request.approval_kept",
        actor=attempt.actor,
        subject=attempt.request.code,
        data={"change": attempt.digest},
        texts={"reason": attempt.reason},
    )
