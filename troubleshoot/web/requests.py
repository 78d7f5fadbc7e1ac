"""Following one's requests."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from troubleshoot.access import doors, selectors, services
from troubleshoot.access.comments import may_comment
from troubleshoot.models import AccessRequest, Person, State
from troubleshoot.web.forms.decisions import CommentForm
from troubleshoot.web.presenters.decisions import comment_views
from troubleshoot.web.presenters.narrowed import narrowed_view
from troubleshoot.web.presenters.request_page import request_page
from troubleshoot.web.presenters.requests import request_row
from troubleshoot.web.signed_in import person_of
from troubleshoot.web.telling import pressed
from troubleshoot.web.turning import page_of

_IN_PLACE_OF_THE_PAGE = {"HX-Retarget": "#main", "HX-Reselect": "#main", "HX-Reswap": "outerHTML"}


def requests(request: HttpRequest) -> HttpResponse:
    """List the requests that the person filed, and those filed for their principals, newest first."""
    person = person_of(request)
    mine, turn = page_of(request, selectors.my_requests(person))
    rows = tuple(request_row(row) for row in mine)
    return render(request, "requests/list.html", {"rows": rows, "turn": turn})


def show(request: HttpRequest, code: str) -> HttpResponse:
    """Show one request: what it asks for, where it stands, what happened."""
    person = person_of(request)
    asked = doors.request_for(person, code)
    return request_response(request, person, asked)


def request_response(
    request: HttpRequest,
    person: Person,
    asked: AccessRequest,
    *,
    comment_form: CommentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the page of a request, with what people said about it and the form to say more."""
    concerned = person.pk in (asked.requester_id, asked.beneficiary_id)
    page = request_page(asked, viewer=person)
    may_answer = concerned and asked.state == State.NEEDS_CHANGES
    context = {
        "page": page,
        "narrowed": narrowed_view(asked) if page.policy and selectors.was_narrowed(asked) else None,
        "comments": comment_views(asked, viewer=person),
        "may_comment": may_comment(person, asked),
        "may_answer": may_answer,
        "question": selectors.last_question(asked) if may_answer else "",
        "comment_form": comment_form or CommentForm(),
        "comment_back": "request",
    }
    return render(request, "requests/page.html", context, status=status)


def status(request: HttpRequest, code: str) -> HttpResponse:
    """Return the part of the page that tells the state, asked for by htmx.

    Where the state is another than `?state=`, what is in the browser is out of date as a whole: the whole page
    comes back, and htmx is told to put its main part in place.
    """
    person = person_of(request)
    asked = doors.request_for(person, code)
    page = request_page(asked, viewer=person)
    if request.GET.get("state", asked.state) == asked.state:
        return render(request, "requests/_status.html", {"page": page})
    response = request_response(request, person, asked)
    for name, value in _IN_PLACE_OF_THE_PAGE.items():
        response[name] = value
    return response


def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take a request back before it is decided."""
    done = "Withdrawn. Nobody will decide on it."
    return pressed(request, code, door=doors.own_request, act=services.withdraw, done=done, back="request")


def give_back(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the worker to take an active grant away now: it is no longer needed."""
    done = "Given back. The worker takes the policy away now."
    return pressed(request, code, door=doors.own_request, act=services.end_early, done=done, back="request")
