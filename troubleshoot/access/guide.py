"""Keeping what is typed into a guide, for its owner alone, and counting what helped."""

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from troubleshoot.access.permissions import roles_of
from troubleshoot.access.sealing import lookup_of, seal, unseal
from troubleshoot.models import Account, GuideAnswer, GuideVerdict, Person

FOR_PEOPLE = timedelta(days=30)
FOR_VISITORS = timedelta(hours=2)
_LONGEST_ID = 64

Kept = dict[str, dict[str, str]]
"""What was typed, by question and field."""


def keep(user: Person | AnonymousUser, answers: Mapping[str, Mapping[str, str]]) -> str:
    """Keep typed answers and return the unguessable id under which only this person finds them again.

    Whoever is not signed in finds them for two hours, by the id alone. Rows that have ended are deleted here too.
    """
    now = timezone.now()
    purge_expired()
    token = secrets.token_urlsafe(24)
    person = user if isinstance(user, Person) else None
    GuideAnswer.objects.create(
        lookup=lookup_of(token),
        person=person,
        sealed=seal(token, json.dumps(answers)),
        ends_at=now + (FOR_PEOPLE if person else FOR_VISITORS),
    )
    return token


def kept(user: Person | AnonymousUser, token: str) -> Kept:
    """Return what was typed under this id; nothing where the row is gone, or is another person's."""
    if not token or len(token) > _LONGEST_ID:
        return {}
    row = GuideAnswer.objects.filter(lookup=lookup_of(token), ends_at__gt=timezone.now()).first()
    if row is None or (row.person_id is not None and row.person_id != user.pk):
        return {}
    text = unseal(token, bytes(row.sealed))
    answers: Kept = json.loads(text) if text is not None else {}
    return answers


def suggested(user: Person | AnonymousUser) -> dict[str, str]:
    """Return what a field of a shape may begin with, by shape: the person's only identity, the only account.

    The helpdesk asks for its callers, so that its own identity is not suggested to it.
    """
    roles = roles_of(user)
    if not isinstance(user, Person) or not roles.is_active:
        return {}
    links = list(user.links.select_related("account").order_by("pk"))
    known = {link.account for link in links} or (set(Account.objects.all()[:2]) if roles.is_staff else set())
    found: dict[str, str] = {}
    if len(known) == 1:
        (account,) = known
        found = {"account": account.account_id, "region": account.region}
    if len(links) == 1 and not roles.is_helpdesk:
        found["principal"] = links[0].principal_arn
    return found


def purge_expired() -> int:
    """Delete the typed answers whose time is over, and return how many rows that were. The worker calls it."""
    deleted, _ = GuideAnswer.objects.filter(ends_at__lte=timezone.now()).delete()
    return deleted


def tell(*, flow: str, outcome: str, solved: bool) -> None:
    """Count whether an outcome helped. It is not kept whom."""
    GuideVerdict.objects.create(flow=flow, outcome=outcome, solved=solved, at=timezone.now())
