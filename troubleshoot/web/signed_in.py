"""The person behind a request that the table lets only signed-in people make."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from troubleshoot.models import Person


def person_of(request: HttpRequest) -> Person:
    """Return who is signed in. `PermissionDenied` for anybody else, should a page ever be declared wrong."""
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user
