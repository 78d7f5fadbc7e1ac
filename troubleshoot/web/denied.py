"""What was I denied lately? The account's own trail, for one's own principals or for the principal of a case."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from troubleshoot.access import doors
from troubleshoot.access.denied import WITHIN, denied_lately, own_link, own_links, principal_of_case
from troubleshoot.models import Account
from troubleshoot.web.presenters.denied import denied_view
from troubleshoot.web.presenters.names import principal_name
from troubleshoot.web.signed_in import person_of

_HOURS = int(WITHIN.total_seconds() // 3600)


def denied(request: HttpRequest) -> HttpResponse:
    """Let the person pick one of their own principals; with `?of=`, or where there is one only, look at once."""
    links = own_links(person_of(request))
    wanted = request.GET.get("of", "")
    if not wanted:
        choices = [(link.pk, principal_name(link.principal_arn), link.account) for link in links]
        return render(request, "denied/choose.html", {"choices": choices, "hours": _HOURS})
    link = own_link(links, wanted)
    return _lately(request, link.account, link.principal_arn, is_own=True)


def denied_of_case(request: HttpRequest, token: str) -> HttpResponse:
    """Look at the principal of a case: the person's own, or one that they may see for their role."""
    person = person_of(request)
    kept = doors.diagnosis_for(person, token)
    account, principal = principal_of_case(person, kept)
    is_own = any(link.principal_arn == principal for link in own_links(person))
    return _lately(request, account, principal, is_own=is_own)


def _lately(request: HttpRequest, account: Account, principal: str, *, is_own: bool) -> HttpResponse:
    view = denied_view(denied_lately(account, principal), principal)
    context = {"view": view, "account": account, "is_own": is_own, "hours": _HOURS}
    return render(request, "denied/list.html", context)
