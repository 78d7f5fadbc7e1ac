"""The addresses of the site, made from the one table in `troubleshoot.web.table`."""

from django.urls import path

from troubleshoot.web.table import PAGES

urlpatterns = [path(page.route, page.view, name=page.name) for page in PAGES]
