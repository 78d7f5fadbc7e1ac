"""What holds on every address: strict headers, the table's methods, and nobody opens what it doesn't let them."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control

from troubleshoot.web.errors import not_permitted
from troubleshoot.web.rules import permits
from troubleshoot.web.table import SAFE_METHODS, Family, Page, declared

GetResponse = Callable[[HttpRequest], HttpResponse]

_REFUSED_FEATURES = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation",
    "gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-get",
    "screen-wake-lock", "usb", "xr-spatial-tracking",
)  # fmt: skip
HEADERS: Mapping[str, str] = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _REFUSED_FEATURES),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Origin-Agent-Cluster": "?1",
}


def strict_headers(get_response: GetResponse) -> GetResponse:
    """Refuse browser features, foreign content and embedding on every answer; never keep what a signed-in person saw.

    A static file says itself that it is everybody's, and stays so. The content security policy is the same on every
    page, without a nonce, so it is written once: django-csp's own middleware would do it twice for each answer.
    """
    headers = {**HEADERS, HEADER: build_policy()}

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if "public" in response.get("Cache-Control", ""):
            return response
        if settings.SESSION_COOKIE_NAME in {*request.COOKIES, *response.cookies}:
            patch_cache_control(response, no_store=True, private=True)
        elif not response.has_header("Cache-Control"):
            patch_cache_control(response, no_cache=True, private=True)
        return response

    return middleware


def declared_methods(get_response: GetResponse) -> GetResponse:
    """Answer only what the table of pages declares: an address outside it is a 404, another method a 405.

    A NUL in an address names nothing, and PostgreSQL takes none: a 404 too.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    middleware.process_view = _refuse_undeclared  # type: ignore[attr-defined]
    return middleware


def declared_permission(get_response: GetResponse) -> GetResponse:
    """Let a request through only to whom the table of pages lets in.

    Whoever the rule refuses is sent to sign in, or, signed in, told that this is not permitted (403).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    middleware.process_view = _refuse_unpermitted  # type: ignore[attr-defined]
    return middleware


def _refuse_undeclared(request: HttpRequest, _view: object, _args: Any, _kwargs: Any) -> HttpResponse | None:
    page = _page(request)
    if page is None or "\x00" in request.path_info:
        raise Http404
    return None if page.rule_for(request.method or "") else HttpResponseNotAllowed(page.methods)


def _refuse_unpermitted(request: HttpRequest, _view: object, _args: Any, _kwargs: Any) -> HttpResponse | None:
    page = _page(request)
    rule = page.rule_for(request.method or "") if page else None
    if rule and permits(rule, request.user):
        return None
    # Returned, not raised: a refusal is no fault of ours, and Django logs a raised one with its traceback.
    return not_permitted(request) if request.user.is_authenticated else _to_sign_in(request)


def _page(request: HttpRequest) -> Page | Family | None:
    return declared(request.resolver_match)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    url = reverse("sign-in")
    if request.method in SAFE_METHODS:
        url = f"{url}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
