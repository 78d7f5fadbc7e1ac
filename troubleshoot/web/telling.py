"""What most buttons do: try one thing, say in a message how it went, and lead back to the page."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from troubleshoot.access.errors import Told
from troubleshoot.models import AccessRequest, Person
from troubleshoot.web.signed_in import person_of


def told(request: HttpRequest, act: Callable[[], object], *, done: str, back: str, code: str) -> HttpResponse:
    """Do `act`, show `done` or the words that stood against it, and lead to the page `back` of the request `code`."""
    try:
        act()
    except Told as words:
        messages.error(request, words.words)
    else:
        messages.success(request, done)
    return redirect(back, code=code)


def pressed(
    request: HttpRequest,
    code: str,
    *,
    door: Callable[[Person, str], AccessRequest],
    act: Callable[..., object],
    done: str,
    back: str,
) -> HttpResponse:
    """Fetch the request `code` through `door`, and do `act` with it in the person's name: a button without a form."""
    person = person_of(request)
    asked = door(person, code)
    return told(request, lambda: act(request=asked, person=person), done=done, back=back, code=code)
