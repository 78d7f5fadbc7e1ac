"""The pages for when something is not as it should be. Each says what happened and the way on."""

import sys
from typing import Final

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

RETRY_AFTER: Final = 5
"""Seconds. A database that was started again is used again within ten."""


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read, for example because it is too large."""
    # Without the frame: the session may be what could not be read.
    del request, exception
    return HttpResponse(render_to_string("errors/400.html"), status=400)


def not_permitted(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but this page is for another role."""
    del exception
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: there is no such page, or it is somebody else's; the two look the same on purpose."""
    del exception
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; 503 with a time to try again where the database is away. Rendered without the database.

    Django calls it while it handles the exception, wherever that was raised: in a view, or before one.
    """
    del request
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        headers = {"Retry-After": str(RETRY_AFTER)}
        return HttpResponse(render_to_string("errors/503.html"), status=503, headers=headers)
    return HttpResponse(render_to_string("errors/500.html"), status=500)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form without its token: sent from another site, or from a page that was open for too long."""
    del reason
    return render(request, "errors/form_too_old.html", status=403)
