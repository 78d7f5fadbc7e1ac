"""The locks on people: what is filed for somebody, and what ends their time here, never happen at the same moment.

Every transaction takes its locks in this order, so that no two wait for each other: requests, people, the trail.
"""

from collections.abc import Iterable

from django.db.models import Q

from troubleshoot.access.errors import Refused
from troubleshoot.models import AccessRequest, Person


def hold_active(people: Iterable[Person | None]) -> None:
    """Keep the people as they are until the transaction ends. `Refused` where one was disabled a moment ago.

    Rows that refer to them, such as a comment, can still be written meanwhile.
    """
    wanted = sorted({person.pk for person in people if person is not None})
    rows = Person.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    if not all(row.is_active for row in rows):
        raise Refused("disabled", "Somebody whom this is about was disabled a moment ago, so nothing was kept.")


def hold_to_end(person: Person) -> None:
    """Keep everybody from filing anything for the person until the transaction ends, and their requests as they are."""
    own = AccessRequest.objects.filter(Q(requester=person) | Q(beneficiary=person)).order_by("pk")
    list(own.select_for_update().values_list("pk"))
    Person.objects.select_for_update().get(pk=person.pk)
    person.refresh_from_db()
