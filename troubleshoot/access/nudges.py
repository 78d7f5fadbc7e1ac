"""What the worker does with a request that waits for people: remind, escalate, hand over, and in the end let it lapse.

The reminders come after 1, 3, 7 and 15 days: each pause is twice the one before. Every request is looked at once a
day at least, so that nobody goes on waiting for an approver who has left.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from troubleshoot import audit
from troubleshoot.access import guards, outbox, routing
from troubleshoot.access.claims import Claim, hold, let_go
from troubleshoot.access.guards import Attempt
from troubleshoot.access.outbox import Mail
from troubleshoot.access.states import FIRST_REMINDER, PATIENCE, Event, Telling, transition
from troubleshoot.models import AccessRequest, Account, OutboxMessage, Person, State

REMINDERS: Final = tuple(FIRST_REMINDER * ((1 << number) - 1) for number in range(1, 5))
"""How long after the request began to wait: 1, 3, 7 and 15 days."""

ESCALATION: Final = timedelta(days=7)
"""From this reminder on, the administrators and the account's contact are told too."""

_ASKED: Final = ("to_decide", "handed_over")
_LOOK: Final = timedelta(days=1)


def nudge(claim: Claim) -> None:
    """Do what is due for a request in a state that waits for people, and let go of it until the next look.

    Nothing is told twice, however often a killed worker begins anew. `Stale` or `Lost` where it moved on meanwhile.
    """
    request, now = claim.request, timezone.now()
    if words := guards.is_wanted(Attempt(request)):
        _end_unwanted(claim, words)
        return
    if request.changed_at + PATIENCE <= now:
        _lapse(claim)
        return
    passed = sum(request.changed_at + after <= now for after in REMINDERS)
    with transaction.atomic():
        hold(claim)  # the request's lock comes before the trail's, as in every step
        if request.state == State.SUBMITTED:
            _hand_over(request)
        if passed > request.reminders:
            since = f"{request.code}-{int(request.changed_at.timestamp())}"
            outbox.queue(_reminders(request, passed), cause=f"remind-{since}-{passed}", request=request)
            AccessRequest.objects.filter(pk=request.pk, fence=claim.fence).update(reminders=passed)
        let_go(claim, due_at=_next_look(request, now), words=request.failure)


def look_again(account: Account | None) -> None:
    """Let the worker look at once at what waits for a decision in `account` (None: everywhere).

    For whoever changed who may decide.
    """
    waiting = AccessRequest.objects.filter(state=State.SUBMITTED)
    rows = waiting.filter(account=account) if account else waiting
    rows.update(due_at=timezone.now())


def _lapse(claim: Claim) -> None:
    people = [claim.request.requester, claim.request.beneficiary]
    telling = Telling(mails=outbox.to_all("lapsed", people))
    transition(request=claim.request, event=Event.LAPSE, fence=claim.fence, telling=telling)


def _end_unwanted(claim: Claim, words: str) -> None:
    """Nobody would use it any more: whoever would decide, and whoever filed it for the person, are told."""
    request = claim.request
    deciders = routing.deciders(request) if request.state == State.SUBMITTED else []
    people = [person for person in (request.requester, *deciders) if person.is_active]
    telling = Telling(data={"because": "disabled"}, mails=outbox.to_all("withdrawn", people, why=words))
    changes = {"failure": words}
    transition(request=request, event=Event.LAPSE, fence=claim.fence, changes=changes, telling=telling)


def _next_look(request: AccessRequest, now: datetime) -> datetime:
    moments = [request.changed_at + after for after in (*REMINDERS, PATIENCE)]
    return min([now + _LOOK, *(moment for moment in moments if moment > now)])


def _reminders(request: AccessRequest, passed: int) -> list[Mail]:
    mails = _REMINDERS[request.state](request)
    if REMINDERS[passed - 1] >= ESCALATION and request.state != State.NEEDS_CHANGES:
        asked = {mail.person.pk for mail in mails}
        others = [person for person in _above(request) if person.pk not in asked]
        mails += outbox.to_all("escalated", others)
    return mails


def _to_deciders(request: AccessRequest) -> list[Mail]:
    done = {approval.approver_id for approval in routing.standing_approvals(request)}
    left = [person for person in routing.deciders(request) if person.pk not in done]
    return outbox.to_all("reminder_decide", left)


def _to_its_people(request: AccessRequest) -> list[Mail]:
    return outbox.to_all("reminder_answer", [request.requester, request.beneficiary])


def _to_administrators(request: AccessRequest) -> list[Mail]:
    approved = [approval.approver for approval in request.approvals.select_related("approver")]
    return outbox.to_all("reminder_apply", [*approved, *_above(request)])


_REMINDERS: Final[Mapping[str, Callable[[AccessRequest], list[Mail]]]] = {
    State.SUBMITTED: _to_deciders,
    State.NEEDS_CHANGES: _to_its_people,
    State.AWAITING_MANUAL_APPLY: _to_administrators,
}


def _above(request: AccessRequest) -> list[Person]:
    """The administrators of the portal, and the account's contact where that is somebody of the portal."""
    contact = request.account.contact_email
    named = Person.objects.filter(is_active=True, email__iexact=contact) if contact else Person.objects.none()
    return [*routing.admins(), *named]


def _hand_over(request: AccessRequest) -> None:
    """Tell whoever may decide by now and was never asked, and whoever is left that another one has gone."""
    deciders = list(routing.deciders(request))
    asked = set(OutboxMessage.objects.filter(request=request, template__in=_ASKED).values_list("person_id", flat=True))
    may = {person.pk for person in deciders}
    outbox.queue(
        outbox.to_all("to_decide", [person for person in deciders if person.pk not in asked]),
        cause=f"asked-{request.code}",
        request=request,
    )
    if gone := asked - may:
        _tell_of_the_gone(request, gone, [person for person in deciders if person.pk in asked])
    if len(may) < routing.required_approvals(request):
        mails = outbox.to_all("nobody_left", routing.admins())
        outbox.queue(mails, cause=f"nobody-{request.code}-{_mark(may)}", request=request)


def _tell_of_the_gone(request: AccessRequest, gone: set[int], left: list[Person]) -> None:
    """Once for each set of people who left."""
    cause = f"gone-{request.code}-{_mark(gone)}"
    if OutboxMessage.objects.filter(key__startswith=f"{cause}.").exists() or not left:
        return
    outbox.queue(outbox.to_all("handed_over", left), cause=cause, request=request)
    audit.append(
        event="request.approver_left", actor=None, subject=request.code, data={"gone": len(gone), "left": len(left)}
    )


def _mark(people: Iterable[int | None]) -> str:
    return hashlib.sha256(",".join(map(str, sorted(pk for pk in people if pk))).encode()).hexdigest()[:12]
