"""The audit trail, for administrators and auditors."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from troubleshoot.access import selectors
from troubleshoot.access.trail import known_of
from troubleshoot.web.presenters.audit import audit_row
from troubleshoot.web.turning import turn_of

_LONGEST_SEARCH = 100


def audit(request: HttpRequest) -> HttpResponse:
    """List the steps, newest first, of what `?q=` names: a code, a person, an action or a principal."""
    search = request.GET.get("q", "").replace("\x00", "").strip()[:_LONGEST_SEARCH]
    page = selectors.audit_page(search=search, after=request.GET.get("after"))
    moments = selectors.audit_moments(page.rows)
    known = known_of(page.rows)
    context = {
        "rows": tuple(audit_row(entry, moment, known) for entry, moment in zip(page.rows, moments, strict=True)),
        "turn": turn_of(request, page.after),
        "q": search,
    }
    return render(request, "audit/list.html", context)
