"""What most buttons do: try one thing, say in a message how it went, and lead back to the page."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from troubleshoot.access.errors import Told


def told(request: HttpRequest, act: Callable[[], object], *, done: str, back: str, code: str) -> HttpResponse:
    """Do `act`, show `done` or the words that stood against it, and lead to the page `back` of the request `code`."""
    try:
        act()
    except Told as words:
        messages.error(request, words.words)
    else:
        messages.success(request, done)
    return redirect(back, code=code)
