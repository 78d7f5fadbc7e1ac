"""The end of a grant: detached, deleted, read back, recorded. Also what is taken away after a failure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from troubleshoot import audit
from troubleshoot.access import accounts, drift, manual, outbox, routing, undo
from troubleshoot.access.apply import NotYet, approvers, concerned
from troubleshoot.access.claims import Claim, hold, let_go, put_off
from troubleshoot.access.ended import who_ended
from troubleshoot.access.leftovers import Leftovers, read_leftovers
from troubleshoot.access.reminders import next_look, remind
from troubleshoot.access.states import Event, Telling, transition
from troubleshoot.aws.gateway import AwsProblem, NotWritable, ProblemKind, Writer
from troubleshoot.models import AccessRequest, Grant, GrantStep, State

Operation = GrantStep.Operation
_AGAIN = timedelta(hours=1)
_TRIES = 5
_LIST = "In IAM, the policy"
_TOLD: Final[Mapping[Event, str]] = {Event.EXPIRE: "expired", Event.REVOKE: "revoked", Event.UNDO: "undone"}
"""The mail to its people. One that another grant goes on with ends without a word: nothing ends for them."""


def end(claim: Claim) -> None:
    """End an active grant that has expired, or that has to go; else look after it until then."""
    request, grant = claim.request, claim.request.grant
    if grant.expires_at is not None and grant.expires_at <= timezone.now():
        # Its own condition has ended it, so that it is told now; what is left is taken away as soon as that works.
        left, done = _take_away_if_possible(claim, grant)
        _record_end(claim, grant, left, Event.EXPIRE, done=done)
    elif request.extensions.filter(state=State.ACTIVE).exists():
        _end_now(claim, grant, Event.REPLACE)
    elif undo.is_asked(grant):
        _undo(claim, grant)
    elif grant.revoked:
        _end_now(claim, grant, Event.REVOKE)
    else:
        _look_after(claim, grant)


def clean_up(claim: Claim) -> None:
    """Take away what a failed or expired request left in IAM, and say what is left now."""
    request, grant = claim.request, claim.request.grant
    left = _take_away(claim, grant)
    words = f"{request.failure.partition(_LIST)[0]}{left.words(grant)}"
    if left.attached is not False or (left.policy is None and not grant.manual):
        put_off(claim, words=words, pause=_AGAIN)
        return
    with transaction.atomic():
        _ended(grant, timezone.now())
        let_go(claim, due_at=None, words=words)
        audit.append(event="request.clean_up", actor=None, subject=request.code, data=left.as_data())


def _undo(claim: Claim, grant: Grant) -> None:
    found = undo.foreign(claim.request, grant)
    if found.codes:
        undo.refuse(claim, grant, found)
        let_go(claim, due_at=next_look(grant, timezone.now()))
    else:
        _end_now(claim, grant, Event.UNDO)


def _end_now(claim: Claim, grant: Grant, event: Event) -> None:
    left = _take_away(claim, grant, only_unchanged=event is Event.UNDO)
    if left.attached is False:
        _record_end(claim, grant, left, event, done=True)
        return
    if grant.manual:
        _ask_for_removal(claim.request, left.words(grant))
    put_off(claim, words=f"The grant is not taken away yet. {left.words(grant)}", pause=_AGAIN)


def _look_after(claim: Claim, grant: Grant) -> None:
    """Compare it with live IAM when that is due, and remind its people in time."""
    if drift.is_due(grant, timezone.now()):
        try:
            drift.look(claim, grant, last_try=claim.request.attempts >= _TRIES)
        except AwsProblem:
            put_off(claim, words="")
            return
    remind(claim, grant)


def _take_away_if_possible(claim: Claim, grant: Grant) -> tuple[Leftovers, bool]:
    """Try to take away, and return what is left and whether that is all that the portal can do.

    What only needs time is tried a few times at once; everything else is left for `clean_up`.
    """
    try:
        left = _take_away(claim, grant)
    except (AwsProblem, NotYet) as problem:
        if getattr(problem, "retryable", True) and claim.request.attempts < _TRIES:
            raise
        left = read_leftovers(accounts.writer(claim.request.account, case=claim.request.code), grant)
        return left, left.nothing
    return left, left.attached is False


def _take_away(claim: Claim, grant: Grant, *, only_unchanged: bool = False) -> Leftovers:
    """Detach and delete what is ours, and return what is left. A document that somebody changed is not deleted.

    With `only_unchanged` it is not detached either: `NotYet`, and the next look tells what was changed.
    """
    writer = accounts.writer(claim.request.account, case=claim.request.code)
    if grant.manual or writer is None:
        return manual.remains(claim.request, grant, manual.read(claim.request))
    left = read_leftovers(writer, grant)
    if only_unchanged and left.foreign:
        raise NotYet("Somebody changed the policy just now. The portal looks again shortly.")
    try:
        if left.attached is not False:
            _step(claim, grant, Operation.DETACH, writer)
        if left.policy is not False and not left.foreign:
            _step(claim, grant, Operation.DELETE_POLICY, writer)
    except NotWritable:
        return read_leftovers(writer, grant)
    except AwsProblem as problem:
        if problem.kind is not ProblemKind.STILL_IN_USE:
            raise
    left = read_leftovers(writer, grant)
    if left.attached and not left.foreign:
        raise NotYet("IAM still shows the policy on the principal. The portal looks again shortly.")
    return left


def _step(claim: Claim, grant: Grant, operation: GrantStep.Operation, writer: Writer) -> None:
    step, _ = GrantStep.objects.get_or_create(
        grant=grant, operation=operation, defaults={"intended_at": timezone.now()}
    )
    hold(claim)
    if operation == Operation.DETACH:
        writer.detach(grant.policy_arn, grant.principal_arn)
    else:
        writer.delete_policy(grant.policy_arn)
    GrantStep.objects.filter(pk=step.pk).update(done_at=timezone.now())


def _ask_for_removal(request: AccessRequest, words: str) -> None:
    """What was made by hand is taken away by hand: told once to those who can do it, with a link to the commands."""
    mails = outbox.to_all("remove_by_hand", [*approvers(request), *routing.admins()], left=words)
    outbox.queue(mails, cause=f"remove-{request.code}", request=request)


def _record_end(claim: Claim, grant: Grant, left: Leftovers, event: Event, *, done: bool) -> None:
    request = claim.request
    words = "" if left.nothing else left.words(grant)
    mails = _told(request, event)
    if words and not grant.manual:
        mails += outbox.to_all("left_behind", routing.admins(), left=words)
    now = timezone.now()
    with transaction.atomic():
        if done:
            _ended(grant, now)
        elif grant.manual:
            _ask_for_removal(request, words)
        transition(
            request=request,
            event=event,
            fence=claim.fence,
            changes={"failure": words, "due_at": None if done else now + _AGAIN},
            telling=Telling(data=left.as_data(), texts={"left": words}, mails=mails),
        )


def _told(request: AccessRequest, event: Event) -> list[outbox.Mail]:
    if event not in _TOLD:
        return []
    asked = who_ended(request)
    return outbox.to_all(_TOLD[event], concerned(request), reason=asked.reason if asked else "")


def _ended(grant: Grant, now: datetime) -> None:
    grant.ended_at = now
    grant.save(update_fields=["ended_at"])
