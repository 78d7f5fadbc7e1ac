"""Disabling a person, which one administrator does at once, and letting them sign in again, which takes two.

Whatever waits for the person then ends by the worker (`nudges`, `guards.is_wanted`): nobody would use it. What they
would decide is handed over, as when an approver leaves. Grants that are active stay until somebody revokes them.
"""

from typing import Any, Final

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from troubleshoot import audit
from troubleshoot.access import erasing, four_eyes
from troubleshoot.access.claims import wake
from troubleshoot.access.errors import Refused, Stale
from troubleshoot.access.locks import hold_to_end
from troubleshoot.access.nudges import look_again
from troubleshoot.access.words import cleaned
from troubleshoot.models import AccessRequest, AdminChange, Person
from troubleshoot.models.access_request import IN_WORK, WAITING

LONGEST_REASON: Final = 500
_KIND: Final = AdminChange.Kind.ENABLE_PERSON


def disable(*, by: Person, person: Person, reason: str) -> None:
    """Keep somebody from signing in from now on, and end their sessions. What waits for them is looked at at once.

    `Refused` where `by` is no administrator or the person, without a reason, and where they are disabled already.
    The reason stays in the trail, as words of `by`.
    """
    four_eyes.refuse_non_admin(by)
    words = cleaned(reason, longest=LONGEST_REASON)
    if by.pk == person.pk:
        raise Refused("own_change", "Nobody disables themselves. Another administrator has to.")
    if not words:
        raise Refused("no_reason", "Say why, such as the number of a ticket.")
    with transaction.atomic():
        look_again(None)
        hold_to_end(person)
        if not person.is_active:
            raise Refused("no_change", "This person is disabled already.")
        Person.objects.filter(pk=person.pk).update(is_active=False)
        woken = wake(_waiting_for(person))
        end_sessions(person)
        data = {"requests": woken}
        audit.append(
            event="person.disable", actor=by, subject=str(person.public_id), data=data, texts={"reason": words}
        )
    person.refresh_from_db()


def propose_enabling(*, by: Person, person: Person) -> AdminChange:
    """Propose that somebody may sign in again. The other administrators are asked by mail.

    `Refused` where `by` is no administrator, where the person is active or was erased, where it is proposed already,
    and where nobody else could confirm it.
    """
    four_eyes.refuse_non_admin(by)
    if person.is_active:
        raise Refused("no_change", "This person can sign in already.")
    if erasing.is_erased(person):
        raise Refused("erased", "This person was erased. Add them anew where the portal is installed.")
    four_eyes.refuse_proposed(kind=_KIND, person=person)
    change = AdminChange(kind=_KIND, person=person, proposed_by=by, proposed_at=timezone.now())
    return four_eyes.propose(change, data=_data(change), texts={}, about=[person.pk])


def end_sessions(person: Person) -> None:
    """End every session in which the person is signed in."""
    running = Session.objects.filter(expire_date__gt=timezone.now()).order_by("pk")
    theirs = [one.pk for one in running.iterator() if one.get_decoded().get(SESSION_KEY) == str(person.pk)]
    Session.objects.filter(pk__in=theirs).delete()


def _waiting_for(person: Person) -> QuerySet[AccessRequest]:
    """Whatever is not in IAM yet, and whose people the person belongs to."""
    own = Q(requester=person) | Q(beneficiary=person)
    return AccessRequest.objects.filter(own, state__in=(*WAITING, *IN_WORK))


def _carry_out(change: AdminChange, _by: Person) -> None:
    """Let them sign in, with the password that they have. `Stale` where they were erased meanwhile."""
    person = change.person
    if person is None or erasing.is_erased(person):
        raise Stale("gone", "This person was erased meanwhile. Nothing was changed.")
    Person.objects.filter(pk=person.pk).update(is_active=True)
    look_again(None)


def _data(change: AdminChange) -> dict[str, Any]:
    return {"person": str(change.person.public_id) if change.person else None}


DEED: Final = four_eyes.Deed(_carry_out, _data)
