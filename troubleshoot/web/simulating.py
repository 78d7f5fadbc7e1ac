"""Asking IAM's policy simulator about a request, for those who decide on it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from troubleshoot.access import doors
from troubleshoot.access.simulated import simulate as ask_the_simulator
from troubleshoot.web.queue import review_response
from troubleshoot.web.signed_in import person_of


def simulate(request: HttpRequest, code: str) -> HttpResponse:
    """Ask about the call now and with the change. Without a case that keeps the answers they are only shown."""
    person = person_of(request)
    asked = doors.request_to_review(person, code)
    found = ask_the_simulator(asked)
    if asked.diagnosis_id is None:
        return review_response(request, person, asked, simulated=found)
    return redirect(f"{reverse('review', args=[code])}#simulated-title")
