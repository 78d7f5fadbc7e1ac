"""What people do with a request: one function for each event. Every rule is enforced here and in the database.

Each raises `Refused`, `Stale` or `Duplicate` with words for the page, and then nothing was changed.
"""

from django.db import transaction

from troubleshoot import audit
from troubleshoot.access import outbox, routing, undo
from troubleshoot.access.changing import narrow, resubmit
from troubleshoot.access.claims import wake
from troubleshoot.access.comments import add_comment
from troubleshoot.access.deciding import approve, ask_for_changes, reject
from troubleshoot.access.errors import Duplicate, Refused, Stale, Told
from troubleshoot.access.filing import submit
from troubleshoot.access.guards import Attempt, gives_a_reason, is_concerned, may_review
from troubleshoot.access.states import Event, Telling, stale, transition
from troubleshoot.access.words import cleaned
from troubleshoot.models import AccessRequest, Grant, Person, State

__all__ = [
    "Duplicate",
    "Refused",
    "Stale",
    "Told",
    "add_comment",
    "approve",
    "ask_for_changes",
    "check_now",
    "end_early",
    "narrow",
    "reject",
    "resubmit",
    "submit",
    "withdraw",
]


def withdraw(*, request: AccessRequest, person: Person) -> None:
    """Take the request back before anything is applied. `Stale` where the worker has begun already."""
    others = [who for who in (request.requester, request.beneficiary) if who and who.pk != person.pk]
    mails = outbox.to_all("withdrawn", [*routing.deciders(request), *others])
    transition(request=request, event=Event.WITHDRAW, attempt=Attempt(request, person), telling=Telling(mails=mails))


def check_now(*, request: AccessRequest, person: Person) -> None:
    """Say that the change was made by hand: the worker then checks that it took effect."""
    transition(request=request, event=Event.CHECK, attempt=Attempt(request, person))


def end_early(*, request: AccessRequest, person: Person, reason: str = "") -> None:
    """Ask the worker to take an active grant away now: given back by its people, or revoked with a reason.

    `Refused` for anybody else, or without a reason; `Stale` where the grant is not active any more,
    or an extension has taken it over.
    """
    attempt = Attempt(request, person, reason=cleaned(reason))
    if is_concerned(attempt) and (words := may_review(attempt) or gives_a_reason(attempt)):
        raise Refused("end_early", words)
    with transaction.atomic():
        if wake(AccessRequest.objects.filter(pk=request.pk, state=State.ACTIVE)) != 1:
            raise stale(request)
        undo.refuse_where_it_goes_on(request)
        if Grant.objects.filter(request=request, revoked=False).update(revoked=True) == 1:
            audit.append(
                event="request.end_asked",
                actor=person,
                subject=request.code,
                data={"change": request.change_digest},
                texts={"reason": attempt.reason},
            )
    request.refresh_from_db()
