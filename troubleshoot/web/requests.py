"""Asking for access, and following one's requests."""

import secrets
from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from troubleshoot.access import diagnosis as diagnoses
from troubleshoot.access import doors, selectors, services
from troubleshoot.access.answer import Answer
from troubleshoot.access.judging import call_of
from troubleshoot.iam.request import Request
from troubleshoot.iam.snapshot import from_data
from troubleshoot.models import AccessRequest, Account, Diagnosis, Person
from troubleshoot.remedy import Change
from troubleshoot.web.forms.access_request import UNTIL_REVOKED, RequestForm
from troubleshoot.web.presenters.comparison import comparison_of
from troubleshoot.web.presenters.next_steps import not_yours, who_decides
from troubleshoot.web.presenters.policies import change_view
from troubleshoot.web.presenters.request_page import request_page
from troubleshoot.web.presenters.requests import newly_allows, request_row, touched
from troubleshoot.web.read import UNPROCESSABLE
from troubleshoot.web.signed_in import person_of
from troubleshoot.web.turning import page_of

CONFLICT = 409
_IN_PLACE_OF_THE_PAGE = {"HX-Retarget": "#main", "HX-Reselect": "#main", "HX-Reswap": "outerHTML"}


@dataclass(frozen=True, slots=True)
class _Asking:
    """What a diagnosis lets its reader ask for."""

    answer: Answer
    account: Account
    call: Request
    change: Change


def request_access(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for what the diagnosis proposes. The change comes from the diagnosis, never from the form."""
    person = person_of(request)
    kept = doors.own_diagnosis(person, token)
    answer = diagnoses.answer(kept, viewer=person)
    asking = _asking(answer, kept)
    if asking is None:
        messages.warning(request, "There is nothing to ask for on this page. It says what to do instead.")
        return redirect("diagnosis", token=token)
    on_behalf = not answer.own_principal
    if request.method != "POST":
        form = RequestForm(initial={"key": secrets.token_urlsafe(24)}, account=asking.account, on_behalf=on_behalf)
        return _form_page(request, kept, asking, form)
    form = RequestForm(request.POST, account=asking.account, on_behalf=on_behalf)
    if not form.is_valid():
        return _form_page(request, kept, asking, form, status=UNPROCESSABLE)
    return _submit(request, person, kept, asking, form)


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
    return render(request, "requests/page.html", {"page": request_page(asked, viewer=person)})


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
    response = render(request, "requests/page.html", {"page": page})
    for name, value in _IN_PLACE_OF_THE_PAGE.items():
        response[name] = value
    return response


def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take a request back before it is decided."""
    person = person_of(request)
    asked = doors.own_request(person, code)
    try:
        services.withdraw(request=asked, person=person)
    except services.Told as told:
        messages.error(request, told.words)
    else:
        messages.success(request, "Withdrawn. Nobody will decide on it.")
    return redirect("request", code=code)


def give_back(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the worker to take an active grant away now: it is no longer needed."""
    person = person_of(request)
    asked = doors.own_request(person, code)
    try:
        services.end_early(request=asked, person=person)
    except services.Told as told:
        messages.error(request, told.words)
    else:
        messages.success(request, "Given back. The worker takes the policy away now.")
    return redirect("request", code=code)


def _submit(request: HttpRequest, person: Person, kept: Diagnosis, asking: _Asking, form: RequestForm) -> HttpResponse:
    data = form.cleaned_data
    try:
        asked = services.submit(
            requester=person,
            account=asking.account,
            call=asking.call,
            change=replace(asking.change, hours=data["hours"]),
            justification=data["justification"],
            ticket=data["ticket"],
            idempotency_key=data["key"],
            diagnosis=kept,
        )
    except services.Duplicate as duplicate:
        return _form_page(request, kept, asking, form, duplicate=duplicate.request, status=CONFLICT)
    except services.Refused as refused:
        form.add_error(None, refused.words)
        return _form_page(request, kept, asking, form, status=UNPROCESSABLE)
    messages.success(request, f"Asked. Your request is {asked.code}.")
    return redirect("request", code=asked.code)


def _asking(answer: Answer, kept: Diagnosis) -> _Asking | None:
    """Return what can be asked for from this diagnosis, or None where it proposes nothing."""
    snapshot = from_data(kept.snapshot) if kept.snapshot and answer.live else None
    call = call_of(answer.facts, snapshot)
    if answer.proposal is None or answer.account is None or call is None:
        return None
    return _Asking(answer, answer.account, call, answer.proposal.change)


def _form_page(
    request: HttpRequest,
    kept: Diagnosis,
    asking: _Asking,
    form: RequestForm,
    *,
    duplicate: AccessRequest | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "kept": kept,
        "answer": asking.answer,
        "who": who_decides(asking.answer),
        "not_yours": not_yours(asking.call.principal, person_of(request)),
        "on_behalf": not asking.answer.own_principal,
        "policy": change_view(asking.change, title="The exact policy", ends=_ends(form)),
        "allows": newly_allows(asking.change),
        "touched": touched(asking.change),
        "comparison": comparison_of(asking.answer),
        "duplicate": request_row(duplicate) if duplicate else None,
        "duplicate_is_visible": duplicate is not None and _may_see(person_of(request), duplicate),
    }
    return render(request, "requests/form.html", context, status=status)


def _ends(form: RequestForm) -> str:
    """Return what stands for the date of the end in the policy until it is known."""
    hours = form["hours"].value()
    return "" if hours == UNTIL_REVOKED else "the time that you choose, after it is applied"


def _may_see(person: Person, asked: AccessRequest) -> bool:
    try:
        doors.request_for(person, asked.code)
    except Http404:
        return False
    return True
