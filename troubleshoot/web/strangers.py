"""Pages that look the same to everybody who is not signed in are drawn once for each process."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def same_for_strangers(view: View) -> View:
    """Keep what `view` answers to a signed-out reader, by address, and give it to the next one.

    Only for views whose answer hangs on the address alone, that know finitely many addresses, and raise for any
    other. A query string, a message to show or a signed-in person goes to the view itself.
    """
    kept: dict[str, bytes] = {}

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated or request.META.get("QUERY_STRING") or len(get_messages(request)):
            return view(request, *args, **kwargs)
        if request.path not in kept:
            kept[request.path] = view(request, *args, **kwargs).content
        return HttpResponse(kept[request.path])

    return page
