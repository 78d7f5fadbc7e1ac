"""Searching the audit trail by what people know, and naming what it holds opaque ids of.

The chain keeps ids alone. Names, actions and principals come from the live tables at the time of looking: of an
erased person only the id is left.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db.models import Q, QuerySet

from troubleshoot.access import searching
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


@dataclass(frozen=True, slots=True)
class Search:
    """What of the trail is wanted; an empty field narrows nothing. `text` names a code, a person, an action or a
    principal; `person` is a name, `account` an account's number; `since` and `until` are days, both included."""

    text: str = ""
    person: str = ""
    event: str = ""
    account: str = ""
    since: date | None = None
    until: date | None = None

    def narrow(self, rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Return those of the rows that are wanted. It is one query, whatever is asked."""
        if self.text:
            rows = rows.filter(about(self.text))
        if self.person:
            rows = rows.filter(_of_people(self.person))
        if self.event:
            rows = rows.filter(event=self.event)
        if self.account:
            rows = rows.filter(_of_account(self.account))
        if self.since:
            rows = rows.filter(at__gte=_midnight(self.since))
        if self.until:
            rows = rows.filter(at__lte=datetime.combine(self.until, time.max, tzinfo=UTC))
        return rows

    @property
    def words(self) -> str:
        """What is wanted, for the trail itself: it tells who took what out of it."""
        parts = {"text": self.text, "person": self.person, "event": self.event, "account": self.account}
        days = {"since": self.since and str(self.since), "until": self.until and str(self.until)}
        return ", ".join(f"{name} {value}" for name, value in {**parts, **days}.items() if value)


def about(search: str) -> Q:
    """Return what narrows the trail to a code in any case, a person, an action or a principal."""
    code = search.upper()
    asked = searching.matching(AccessRequest.objects.all(), search)
    read = Q(facts__action__icontains=search) | Q(facts__principal__icontains=search)
    return (
        Q(subject__in=(search, code, f"AD-{code}"))
        | _of_people(search)
        | Q(subject__in=asked.values("code"))
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


def _of_people(search: str) -> Q:
    """Whatever the people did, and what was done to or for them."""
    ids = [str(person.public_id) for person in _people(search)[:_MOST_PEOPLE]]
    return Q(actor__in=ids) | Q(subject__in=ids) | Q(data__person__in=ids) | Q(data__beneficiary__in=ids)


def _of_account(number: str) -> Q:
    """Whatever names the account, and the requests and cases in it."""
    requests = AccessRequest.objects.filter(account__account_id=number).values("code")
    cases = Diagnosis.objects.filter(account__account_id=number).values("code")
    named = Q(subject=number) | Q(data__account=number)
    return named | Q(subject__in=requests) | Q(subject__in=cases)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _people(search: str) -> QuerySet[Person]:
    """Each word stands in the person's name or user name."""
    found = Person.objects.order_by("pk")
    for word in search.split():
        found = found.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(username__icontains=word))
    return found
