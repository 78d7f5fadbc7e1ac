"""Setting a new password by the link that was mailed.

The link's secret moves into the session at once: whatever happens on the page then, no log of addresses holds a secret
that still works.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from troubleshoot.access import passwords
from troubleshoot.access.errors import Refused
from troubleshoot.web.forms.people import NewPasswordForm
from troubleshoot.web.read import UNPROCESSABLE

GONE = 410
_KEY = "password_key"


def open_link(request: HttpRequest, public_id: UUID, key: str) -> HttpResponse:
    """Lead on to the form. A link that does not work, or not any more, is told so, and no more."""
    if passwords.person_of_link(public_id, key) is None:
        return _no_link(request)
    request.session[_KEY] = key
    return redirect("set-password", public_id=public_id)


def set_password(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for a new password and set it, for whoever has opened their link."""
    key = str(request.session.get(_KEY, ""))
    person = passwords.person_of_link(public_id, key)
    if person is None:
        return _no_link(request)
    if request.method != "POST":
        return _page(request, NewPasswordForm(initial={"username": person.username}))
    form = NewPasswordForm(request.POST)
    if form.is_valid():
        try:
            passwords.set_password(person=person, key=key, password=form.cleaned_data["password"])
        except Refused as refused:
            form.add_error("password", refused.words)
        else:
            request.session.flush()
            messages.success(request, "Your new password is set. Sign in with it.")
            return redirect("sign-in")
    return _page(request, form, status=UNPROCESSABLE)


def _no_link(request: HttpRequest) -> HttpResponse:
    return render(request, "registration/no_link.html", status=GONE)


def _page(request: HttpRequest, form: NewPasswordForm, *, status: int = 200) -> HttpResponse:
    return render(request, "registration/set_password.html", {"form": form}, status=status)
