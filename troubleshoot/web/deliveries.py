"""What could not be delivered: mails, Slack messages and webhooks, and sending them again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from troubleshoot.access import deliveries as services
from troubleshoot.access.errors import Told
from troubleshoot.access.permissions import roles_of
from troubleshoot.web.presenters.deliveries import letter_row, way_row
from troubleshoot.web.signed_in import person_of
from troubleshoot.web.turning import page_of


def deliveries(request: HttpRequest) -> HttpResponse:
    """List the ways that messages go out, those that failed for good, and those that are tried again."""
    dead, turn = page_of(request, services.dead_letters())
    context = {
        "ways": [way_row(way) for way in services.ways()],
        "dead": [letter_row(message) for message in dead],
        "turn": turn,
        "trying": [letter_row(message) for message in services.tried_in_vain()],
        "may_send": roles_of(person_of(request)).is_admin,
    }
    return render(request, "deliveries/page.html", context)


def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the worker try a message anew."""
    person = person_of(request)
    try:
        services.send_again(message=services.dead_letter(pk), by=person)
    except Told as told:
        messages.error(request, told.words)
    else:
        messages.success(request, "The worker sends it again now.")
    return redirect("deliveries")
