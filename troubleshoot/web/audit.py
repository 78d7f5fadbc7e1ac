"""The audit trail, for administrators and auditors."""

from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from troubleshoot.access import selectors
from troubleshoot.access.exporting import export as exported
from troubleshoot.access.trail import known_of
from troubleshoot.web.forms.audit import SearchForm
from troubleshoot.web.presenters.audit import audit_row
from troubleshoot.web.signed_in import person_of
from troubleshoot.web.turning import turn_of

_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def audit(request: HttpRequest) -> HttpResponse:
    """List the steps, newest first, that the form in the address names: by words, person, step, account or time."""
    return _page(request, _form(request.GET))


def export(request: HttpRequest) -> HttpResponseBase:
    """Give the steps that the form names as a file. That it was given is a step of the trail, too."""
    form, kind = _form(request.POST), request.POST.get("format", "csv")
    if not form.is_valid() or kind not in _TYPES:
        return _page(request, form)
    pieces = exported(by=person_of(request), kind=kind, search=form.search())
    response = StreamingHttpResponse(pieces, content_type=_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="audit-{timezone.now():%Y-%m-%d}.{kind}"'
    return response


def _form(data: QueryDict) -> SearchForm:
    """Read the form from an address or a body. A NUL names nothing, and PostgreSQL takes none."""
    return SearchForm(
        {name: value.replace("\x00", "") for name, value in data.dict().items() if isinstance(value, str)}
    )


def _page(request: HttpRequest, form: SearchForm) -> HttpResponse:
    valid = form.is_valid()
    search = form.search()
    page = selectors.audit_page(search=search, after=request.GET.get("after"))
    moments = selectors.audit_moments(page.rows)
    known = known_of(page.rows)
    context = {
        "rows": tuple(audit_row(entry, moment, known) for entry, moment in zip(page.rows, moments, strict=True)),
        "turn": turn_of(request, page.after),
        "form": form,
        "searched": bool(search.words),
        "narrowed": not valid or bool(search.words.removeprefix(f"text {search.text}")),
        "head": None if search.words else selectors.last_exported_head(),
    }
    return render(request, "audit/list.html", context)
