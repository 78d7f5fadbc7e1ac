"""Asking once more who somebody is before a decision, with what they typed kept meanwhile."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from troubleshoot.access.freshness import is_fresh
from troubleshoot.access.words import cleaned

_TYPED = "typed"
_NOT_DONE = "not_done"


def ask_again(request: HttpRequest, back: str) -> HttpResponse | None:
    """Return the way to the page that asks for the password, where the sign-in is too old; then on to `back`."""
    if is_fresh(request.session):
        return None
    request.session[_NOT_DONE] = back
    return redirect(f"{reverse('sign-in-again')}?{urlencode({'next': back})}")


def tell_not_done(request: HttpRequest, target: str) -> None:
    """Say on the page `target` that what was pressed before the password was asked for is not done yet, once."""
    if request.session.pop(_NOT_DONE, "") == target:
        messages.info(request, "Thank you. Nothing was decided yet: press the button again.")


def keep_typed(request: HttpRequest, code: str, typed: Mapping[str, str]) -> None:
    """Keep what somebody typed about the request `code`, without secrets, until its page is open again."""
    request.session[_TYPED] = {"code": code, **{name: cleaned(text) for name, text in typed.items() if text}}


def typed_before(request: HttpRequest, code: str) -> dict[str, str]:
    """Return what was kept for the request `code`, once."""
    kept = request.session.get(_TYPED)
    if not isinstance(kept, dict) or kept.get("code") != code:
        return {}
    del request.session[_TYPED]
    return {name: text for name, text in kept.items() if name != "code"}
