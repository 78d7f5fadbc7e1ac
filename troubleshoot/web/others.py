"""Who can do already what somebody asks for: a page beside the review, for those who decide."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from troubleshoot.access import doors
from troubleshoot.access.others import who_can_already
from troubleshoot.web.presenters.others import others_view
from troubleshoot.web.signed_in import person_of


def who_can(request: HttpRequest, code: str) -> HttpResponse:
    """List who may make the requested call as the account stands now."""
    asked = doors.request_to_review(person_of(request), code)
    return render(request, "queue/who_can.html", {"view": others_view(who_can_already(asked), asked), "asked": asked})
