"""The addresses of the site, made from the one table in `troubleshoot.web.table`."""

from django.urls import path

from troubleshoot.web.table import FAMILIES, PAGES

urlpatterns = [
    *(path(page.route, page.view, name=page.name) for page in PAGES),
    *(path(family.route, family.urls) for family in FAMILIES),
]
