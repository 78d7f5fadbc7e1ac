"""The reference of `bench.pages`: the least that a Django page can be. One view, one template, no middleware."""

from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

PAGE = """<!doctype html><html lang="en"><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1>
{% if rows %}<ul>{% for row in rows %}<li><a href="/{{ row }}/">{{ row }}</a></li>{% endfor %}</ul>{% endif %}
</body></html>"""
_LOADER = ("django.template.loaders.locmem.Loader", {"page.html": PAGE})

settings.configure(
    SECRET_KEY="a page without a secret",  # noqa: S106 - it guards nothing
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [("django.template.loaders.cached.Loader", [_LOADER])]},
        }
    ],
)
django.setup()


def page(request: HttpRequest) -> HttpResponse:
    """Show a title and a short list."""
    context: dict[str, Any] = {"title": "A page", "rows": ["one", "two", "three", "four", "five"]}
    return render(request, "page.html", context)


urlpatterns = [path("", page), path("health/", page)]
application = get_wsgi_application()
