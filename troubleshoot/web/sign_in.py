"""Signing in and out. Repeated failures for one name from one address are held up, and told so."""

import hashlib
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from troubleshoot.models import Person
from troubleshoot.web.fresh import tell_not_done
from troubleshoot.web.signed_in import person_of

UNPROCESSABLE = 422

TRIES = 5
WAIT_MINUTES = 15


_MESSAGES = {
    "invalid_login": "This name and password do not fit together. Check both and try again.",
    "inactive": "This account is switched off. Ask an administrator of this portal.",
}


class SignInForm(AuthenticationForm):
    """Name and password; refuses after `TRIES` failures within `WAIT_MINUTES`, even the right password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.error_messages = {**self.error_messages, **_MESSAGES}
        self.fields["username"].label = "Name"
        self.fields["username"].error_messages["required"] = "Type your name."
        self.fields["password"].error_messages["required"] = "Type your password."
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-control"
            if name in self.errors or self.errors.get("__all__"):
                field.widget.attrs["class"] += " is-invalid"
                field.widget.attrs["aria-invalid"] = "true"
            if name in self.errors:
                field.widget.attrs["aria-describedby"] = f"id_{name}_error"

    def clean(self) -> dict[str, Any]:
        """Return the form's data with the person signed in, or raise `ValidationError` in words."""
        key = _key(self.request, str(self.cleaned_data.get("username", "")))
        _refuse_too_many(key)
        try:
            data = super().clean()
        except ValidationError:
            _count(key)
            raise
        if self.user_cache is not None:
            cache.delete(key)
        return data


class AgainForm(forms.Form):
    """The password alone, of who is signed in. Failures count together with those of signing in."""

    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
        error_messages={"required": "Type your password."},
    )

    def __init__(self, *args: Any, request: HttpRequest, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        self._request, self._person = request, person

    def clean_password(self) -> str:
        """Refuse a password that is not the signed-in person's."""
        password: str = self.cleaned_data["password"]
        key = _key(self._request, self._person.get_username())
        _refuse_too_many(key)
        if authenticate(self._request, username=self._person.get_username(), password=password) != self._person:
            _count(key)
            raise ValidationError("This is not your password. Check it and try again.", code="invalid_login")
        cache.delete(key)
        return password


def _key(request: HttpRequest | None, name: str) -> str:
    address = _address(request) if request else ""
    return "sign-in:" + hashlib.sha256(f"{address}\0{name.casefold()}".encode()).hexdigest()


def _refuse_too_many(key: str) -> None:
    if cache.get(key, 0) >= TRIES:
        raise ValidationError(f"Too many tries. Wait {WAIT_MINUTES} minutes, then try again.", code="too_many_tries")


def _address(request: HttpRequest) -> str:
    """Return who asks. The proxy in front adds the address that it saw as the last one; earlier ones are anybody's."""
    if settings.BEHIND_PROXY:
        return str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _count(key: str) -> None:
    if not cache.add(key, 1, WAIT_MINUTES * 60):
        try:
            cache.incr(key)
        except ValueError:  # it expired between the two
            cache.set(key, 1, WAIT_MINUTES * 60)


def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password, then lead back to `?next=` on this site, or home."""
    target = _target(request)
    if request.user.is_authenticated:
        return redirect(target)
    form = SignInForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        login(request, form.get_user())
        return redirect(target)
    return render(request, "registration/sign_in.html", {"form": form, "next": target})


def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Ask somebody who is signed in for the password once more, then lead back to `?next=`."""
    person, target = person_of(request), _target(request)
    form = AgainForm(request.POST if request.method == "POST" else None, request=request, person=person)
    if form.is_valid():
        login(request, person, backend="django.contrib.auth.backends.ModelBackend")
        tell_not_done(request, target)
        return redirect(target)
    context = {"form": form, "next": target, "person": person, "has_password": person.has_usable_password()}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "registration/again.html", context, status=status)


def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and lead home."""
    logout(request)
    return redirect("home")


def _target(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    # `redirect` would take what begins otherwise for the name of a view.
    return wanted if wanted.startswith("/") and safe and _is_page(wanted) else reverse("home")


def _is_page(address: str) -> bool:
    """Whether the address can be opened: one that only takes a form, such as sign-out, leads nowhere."""
    from troubleshoot.web.table import declared  # noqa: PLC0415 - the table names this module's views

    try:
        match = resolve(urlsplit(address).path)
    except Resolver404:
        return True  # a missing page says so itself
    page = declared(match)
    return page is not None and page.rule_for("GET") is not None
