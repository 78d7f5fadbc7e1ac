"""The audit trail, for administrators and auditors."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from troubleshoot.access import selectors
from troubleshoot.web.presenters.audit import audit_row
from troubleshoot.web.turning import turn_of

_LONGEST_SUBJECT = 64


def audit(request: HttpRequest) -> HttpResponse:
    """List the steps, newest first, of one subject where `?subject=` names it."""
    subject = request.GET.get("subject", "").replace("\x00", "").strip()[:_LONGEST_SUBJECT]
    page = selectors.audit_page(subject=subject, after=request.GET.get("after"))
    moments = selectors.audit_moments(page.rows)
    context = {
        "rows": tuple(audit_row(entry, moment) for entry, moment in zip(page.rows, moments, strict=True)),
        "turn": turn_of(request, page.after),
        "subject": subject,
    }
    return render(request, "audit/list.html", context)
