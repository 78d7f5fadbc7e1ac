"""Searching the audit trail by what people know, and naming what it holds opaque ids of.

The chain keeps ids alone. Names, actions and principals come from the live tables at the time of looking: of an
erased person only the id is left.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from troubleshoot.models import AccessRequest, Account, AuditEntry, Diagnosis, Person

_PUBLIC_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOST_PEOPLE = 50


@dataclass(frozen=True, slots=True)
class Known:
    """What entries speak of, as far as it is still there: by code, by public id, by account number."""

    requests: Mapping[str, AccessRequest]
    cases: Mapping[str, Diagnosis]
    people: Mapping[str, Person]
    accounts: Mapping[str, Account]


def about(search: str) -> Q:
    """Return what narrows the trail to a code in any case, a person, an action or a principal."""
    code = search.upper()
    people = list(_people(search)[:_MOST_PEOPLE])
    ids = [str(person.public_id) for person in people]
    asked = Q(action__icontains=search) | Q(principal_arn__icontains=search)
    asked |= Q(requester__in=people) | Q(beneficiary__in=people)
    read = Q(facts__action__icontains=search) | Q(facts__principal__icontains=search)
    return (
        Q(subject__in=(search, code, f"AD-{code}"))
        | Q(actor__in=ids)
        | Q(subject__in=ids)
        | Q(data__person__in=ids)
        | Q(subject__in=AccessRequest.objects.filter(asked).values("code"))
        | Q(subject__in=Diagnosis.objects.filter(read).values("code"))
    )


def known_of(entries: Sequence[AuditEntry]) -> Known:
    """Return what the entries speak of. It costs four queries, however many entries there are."""
    subjects = {entry.subject for entry in entries}
    named = {str(value) for entry in entries for value in entry.data.values() if isinstance(value, str)}
    ids = {value for value in subjects | named if _PUBLIC_ID.fullmatch(value)}
    requests = AccessRequest.objects.filter(code__in=subjects)
    cases = Diagnosis.objects.filter(code__in=subjects).only("code", "token", "facts")
    accounts = Account.objects.filter(account_id__in=subjects | named)
    return Known(
        {request.code: request for request in requests},
        {case.code: case for case in cases},
        {str(person.public_id): person for person in Person.objects.filter(public_id__in=ids)},
        {account.account_id: account for account in accounts},
    )


def _people(search: str) -> QuerySet[Person]:
    """Each word stands in the person's name or user name."""
    found = Person.objects.order_by("pk")
    for word in search.split():
        found = found.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(username__icontains=word))
    return found
