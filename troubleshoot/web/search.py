"""Search: a query in the address, the answer in one page."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from troubleshoot.guide.search import LONGEST_QUERY, Entry
from troubleshoot.guide.search import search as find
from troubleshoot.models import Person
from troubleshoot.web.codes import place_of

_GROUPS = (("topic", "Topics"), ("cause", "Known causes"), ("action", "Actions of Amazon Personalize"))


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind."""

    title: str
    hits: list[Entry]


def search(request: HttpRequest) -> HttpResponse:
    """Show what fits `?q=`, by kind; the code of a case or a request leads straight to it."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY]
    if isinstance(request.user, Person) and (place := place_of(request.user, query)):
        return redirect(place)
    found = find(query)
    groups = [Group(title, found[kind]) for kind, title in _GROUPS if kind in found]
    data = {
        "query": query,
        "groups": groups,
        "count": sum(len(group.hits) for group in groups),
        "home": reverse("home"),
    }
    return render(request, "search/results.html", data)
