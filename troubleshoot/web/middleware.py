"""Two rules that hold on every address: strict headers, and nobody opens what the table of pages doesn't let them."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control

from troubleshoot.web.rules import permits
from troubleshoot.web.table import BY_NAME, SAFE_METHODS

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
    """Refuse browser features and foreign embedding on every answer; never keep what a signed-in person saw."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.SESSION_COOKIE_NAME in {*request.COOKIES, *response.cookies}:
            patch_cache_control(response, no_store=True, private=True)
        elif not response.has_header("Cache-Control"):
            patch_cache_control(response, no_cache=True, private=True)
        return response

    return middleware


def declared_permission(get_response: GetResponse) -> GetResponse:
    """Let a request through only as the table of pages declares it.

    An address outside the table is a 404, a method that the page does not declare a 405. Whoever the rule refuses
    is sent to sign in, or, signed in, told that this is not permitted (403).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    middleware.process_view = _check  # type: ignore[attr-defined]
    return middleware


def _check(request: HttpRequest, _view: object, _args: Any, _kwargs: Any) -> HttpResponse | None:
    match = request.resolver_match
    page = BY_NAME.get((match and match.url_name) or "")
    if page is None:
        raise Http404
    rule = page.rule_for(request.method or "")
    if rule is None:
        return HttpResponseNotAllowed(page.methods)
    if permits(rule, request.user):
        return None
    if request.user.is_authenticated:
        raise PermissionDenied
    return _to_sign_in(request)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    url = reverse("sign-in")
    if request.method in SAFE_METHODS:
        url = f"{url}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
