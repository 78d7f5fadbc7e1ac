"""The first page: the box for the error, the five topics, and search."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from troubleshoot.access.permissions import roles_of
from troubleshoot.guide.causes import CAUSES
from troubleshoot.guide.topics import BY_SLUG, TOPICS
from troubleshoot.models import Person


def home(request: HttpRequest) -> HttpResponse:
    """Show the paste box, and helpdesk the box for a caller's code.

    `?example=<topic>` puts that topic's example error of AWS's into it.
    """
    topic = BY_SLUG.get(request.GET.get("example", ""))
    data = {"topics": TOPICS, "causes": len(CAUSES), "text": topic.example if topic else ""}
    if isinstance(request.user, Person):
        data["takes_calls"] = roles_of(request.user).is_helpdesk
    return render(request, "home.html", data)
