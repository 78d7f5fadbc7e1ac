"""One person of the portal: whether they can sign in, what is theirs, and what an administrator does about it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from troubleshoot.access import doors, enabling, passwords, selectors
from troubleshoot.access.errors import Refused
from troubleshoot.access.permissions import roles_of
from troubleshoot.models import Person
from troubleshoot.web.forms.people import DisableForm
from troubleshoot.web.fresh import ask_again, keep_typed, typed_before
from troubleshoot.web.presenters.people import change_view, person_page
from troubleshoot.web.read import UNPROCESSABLE
from troubleshoot.web.signed_in import person_of


def person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show somebody's roles, principals and open requests."""
    found = doors.person_to_look_after(person_of(request), public_id)
    typed = typed_before(request, str(public_id))
    return _page(request, found, DisableForm(initial=typed))


def disable(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep somebody from signing in, at once, after a sign-in that is not old."""
    by = person_of(request)
    found = doors.person_to_look_after(by, public_id)
    form = DisableForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=UNPROCESSABLE)
    keep_typed(request, str(public_id), form.cleaned_data)
    if again := ask_again(request, reverse("person", args=[public_id])):
        return again
    keep_typed(request, str(public_id), {})
    try:
        enabling.disable(by=by, person=found, reason=form.cleaned_data["reason"])
    except Refused as refused:
        form.add_error(None, refused.words)
        return _page(request, found, form, status=UNPROCESSABLE)
    messages.success(request, f"Disabled. {found} cannot sign in any more, and what waits for them is ended.")
    return redirect("person", public_id=public_id)


def enable(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Propose that somebody may sign in again; another administrator must confirm it."""
    by = person_of(request)
    found = doors.person_to_look_after(by, public_id)
    try:
        enabling.propose_enabling(by=by, person=found)
    except Refused as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, "Proposed. They can sign in when another administrator confirms it.")
    return redirect("person", public_id=public_id)


def send_link(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End somebody's password and sessions, and mail them a link to set a new one, after a sign-in that is not old."""
    by = person_of(request)
    found = doors.person_to_look_after(by, public_id)
    if again := ask_again(request, reverse("person", args=[public_id])):
        return again
    try:
        passwords.send_link(by=by, person=found)
    except Refused as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, f"Sent. {found} is signed out everywhere, and sets a new password by the link.")
    return redirect("person", public_id=public_id)


def _page(request: HttpRequest, found: Person, form: DisableForm, *, status: int = 200) -> HttpResponse:
    viewer = person_of(request)
    changes = selectors.proposed_changes().filter(person=found)
    context = {
        "page": person_page(found, selectors.open_requests_of(found), viewer=viewer),
        "may_change": roles_of(viewer).is_admin and viewer.pk != found.pk,
        "changes": [change_view(change, viewer=viewer) for change in changes],
        "form": form,
    }
    return render(request, "people/person.html", context, status=status)
