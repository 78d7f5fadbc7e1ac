"""Turning the pages of a list: the addresses of the next one and the one before."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from troubleshoot.web.components import PageTurn

PAGE = 50


def turn_of(request: HttpRequest, after: str | None, *, words: str = "") -> PageTurn:
    """Return the way on in a long list that is read by place; back to its beginning once one is further on."""
    first = _address(request, after=None) if "after" in request.GET else ""
    return PageTurn(first, _address(request, after=after) if after else "", words)


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> tuple[Sequence[Any], PageTurn]:
    """Return one page of a short list and the way through it. A page that is not there is the last one."""
    page: Page[Any] = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    newer = _address(request, page=str(page.previous_page_number())) if page.has_previous() else ""
    older = _address(request, page=str(page.next_page_number())) if page.has_next() else ""
    words = f"Page {page.number} of {page.paginator.num_pages}"
    return list(page.object_list), PageTurn(newer, older, words)


def _address(request: HttpRequest, **changed: str | None) -> str:
    query = request.GET.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}"
