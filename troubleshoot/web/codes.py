"""From a code that somebody says on the phone to the page that it names."""

import re

from django.http import Http404
from django.urls import reverse

from troubleshoot.access import doors
from troubleshoot.models import Person

_CODE = re.compile(r"(AD)?[-\s]*([2-9A-HJKMNP-Z]{6})")


def place_of(person: Person, text: str) -> str:
    """Return the address of the case or request whose code `text` is, or nothing where the person finds none.

    Letters may be small. A case's code begins with `AD-`, as does the policy that a request becomes.
    """
    code = _CODE.fullmatch(text.strip().upper())
    if code is None:
        return ""
    prefix, tail = code.groups()
    tries = (_case, _request) if prefix else (_request, _case)
    return next((place for find in tries if (place := find(person, tail))), "")


def _case(person: Person, tail: str) -> str:
    try:
        return reverse("diagnosis", args=[doors.diagnosis_by_code(person, f"AD-{tail}").token])
    except Http404:
        return ""


def _request(person: Person, tail: str) -> str:
    try:
        return reverse("request", args=[doors.request_for(person, tail).code])
    except Http404:
        return ""
