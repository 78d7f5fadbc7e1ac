"""An active grant: more time, a second look where the call is still denied, what others changed, and undoing it."""

import secrets
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from troubleshoot.access import diagnosis as diagnoses
from troubleshoot.access import doors, drift, extending, manual, selectors, still_denied, undo
from troubleshoot.access.errors import Duplicate, Refused
from troubleshoot.access.permissions import roles_of
from troubleshoot.denial import TextTooLarge
from troubleshoot.models import AccessRequest, Person
from troubleshoot.web.forms.grants import ExtendForm, StillDeniedForm, UndoForm
from troubleshoot.web.presenters.grants import grant_page, needing_row, status_of_grant
from troubleshoot.web.presenters.requests import request_row
from troubleshoot.web.read import UNPROCESSABLE
from troubleshoot.web.signed_in import person_of
from troubleshoot.web.telling import pressed, told
from troubleshoot.web.turning import page_of

CONFLICT = 409


def extend(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for more time for an active grant. The change is the same; only how long is asked."""
    person = person_of(request)
    asked = doors.own_request(person, code)
    longer = partial(extending.longer, asked)
    if request.method != "POST":
        form = ExtendForm(initial={"key": secrets.token_urlsafe(24)}, account=asked.account, longer=longer)
        return _extend_page(request, asked, form, why_not=extending.why_not(asked, person))
    form = ExtendForm(request.POST, account=asked.account, longer=longer)
    if not form.is_valid():
        return _extend_page(request, asked, form, status=UNPROCESSABLE)
    return _extended(request, person, asked, form)


def look_again(request: HttpRequest, code: str) -> HttpResponse:
    """Read and judge the call again, or the new error, where the call is still denied under an active grant."""
    person = person_of(request)
    asked = doors.own_request(person, code)
    if request.method != "POST":
        return _still_denied_page(request, asked, StillDeniedForm())
    form = StillDeniedForm(request.POST)
    if not form.is_valid():
        return _still_denied_page(request, asked, form, status=UNPROCESSABLE)
    text = form.cleaned_data["error"]
    try:
        reading = diagnoses.read_paste(text) if text else None
        found = still_denied.look_again(request=asked, person=person, reading=reading)
    except TextTooLarge:
        form.add_error("error", "This text is longer than 256 KB. Paste the error alone.")
    except Refused as refused:
        form.add_error("error" if refused.code == "no_denial" else None, refused.words)
    else:
        return redirect("diagnosis", token=found.token)
    return _still_denied_page(request, asked, form, status=UNPROCESSABLE)


def needing(request: HttpRequest) -> HttpResponse:
    """List the grants that somebody has to look at."""
    rows, turn = page_of(request, drift.needing_somebody(person_of(request)))
    return render(request, "grants/list.html", {"rows": tuple(needing_row(grant) for grant in rows), "turn": turn})


def grant(request: HttpRequest, code: str) -> HttpResponse:
    """Show what stands in IAM for a request, how it differs, and what can be done."""
    person = person_of(request)
    return _grant_page(request, person, doors.request_to_review(person, code), UndoForm())


def undo_grant(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the worker to undo an active grant, with a reason."""
    person = person_of(request)
    asked = doors.request_to_review(person, code)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _grant_page(request, person, asked, form, status=UNPROCESSABLE)
    reason = form.cleaned_data["reason"]
    done = "The worker undoes it now, unless somebody changed it since. This page says which."
    return told(
        request, lambda: undo.ask(request=asked, person=person, reason=reason), done=done, back="grant", code=code
    )


def compare(request: HttpRequest, code: str) -> HttpResponse:
    """Let the worker compare the grant with IAM now."""
    done = "The worker compares it with IAM now. Open this page again in a moment."
    return pressed(request, code, door=doors.request_to_review, act=drift.ask_again, done=done, back="grant")


def removed(request: HttpRequest, code: str) -> HttpResponse:
    """Say that what was made by hand was taken away: the worker looks whether it is gone."""
    done = "The worker looks now whether it is gone."
    return pressed(request, code, door=doors.request_to_review, act=manual.look_now, done=done, back="grant")


def _extended(request: HttpRequest, person: Person, asked: AccessRequest, form: ExtendForm) -> HttpResponse:
    data = form.cleaned_data
    try:
        made = extending.extend(
            request=asked,
            person=person,
            hours=data["hours"],
            justification=data["justification"],
            ticket=data["ticket"],
            idempotency_key=data["key"],
        )
    except Duplicate as duplicate:
        return _extend_page(request, asked, form, duplicate=duplicate.request, status=CONFLICT)
    except Refused as refused:
        form.add_error(None, refused.words)
        return _extend_page(request, asked, form, status=UNPROCESSABLE)
    messages.success(request, f"Asked. Your request is {made.code}. Until it works, the old access stays.")
    return redirect("request", code=made.code)


def _extend_page(
    request: HttpRequest,
    asked: AccessRequest,
    form: ExtendForm,
    *,
    why_not: str = "",
    duplicate: AccessRequest | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "row": request_row(asked),
        "ends": getattr(selectors.grant_of(asked), "expires_at", None),
        "why_not": why_not,
        "duplicate": request_row(duplicate) if duplicate else None,
    }
    return render(request, "grants/extend.html", context, status=status)


def _still_denied_page(
    request: HttpRequest, asked: AccessRequest, form: StillDeniedForm, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "row": request_row(asked), "is_active": asked.state == "active"}
    return render(request, "grants/still_denied.html", context, status=status)


def _grant_page(
    request: HttpRequest, person: Person, asked: AccessRequest, form: UndoForm, *, status: int = 200
) -> HttpResponse:
    roles = roles_of(person)
    found = selectors.grant_of(asked)
    if found:
        found.request = asked  # read already
    page = grant_page(asked, found, may_change=roles.is_admin or roles.approver_of(asked.account))
    context = {"page": page, "status": status_of_grant(page), "form": form}
    return render(request, "grants/page.html", context, status=status)
