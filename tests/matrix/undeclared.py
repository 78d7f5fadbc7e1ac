"""The addresses of the site, and one that nobody declared."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from troubleshoot.urls import urlpatterns as declared


def _undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nobody declared this")


urlpatterns = [*declared, path("undeclared/", _undeclared, name="undeclared")]
handler404 = "troubleshoot.web.errors.not_found"
