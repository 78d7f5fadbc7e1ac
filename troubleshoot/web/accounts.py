"""The AWS accounts that the portal answers for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from troubleshoot.access import doors
from troubleshoot.access.account_settings import EDITABLE, SWITCHES, accounts_for, change_settings
from troubleshoot.access.errors import Refused
from troubleshoot.access.permissions import roles_of
from troubleshoot.models import Account
from troubleshoot.web.components import Fact
from troubleshoot.web.forms.people import AccountForm
from troubleshoot.web.read import UNPROCESSABLE
from troubleshoot.web.signed_in import person_of


def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts that the person may look at."""
    return render(request, "accounts/list.html", {"rows": accounts_for(person_of(request))})


def account(request: HttpRequest, account_id: str) -> HttpResponse:
    """Show an account's settings; administrators may change its name, mode and contact."""
    person = person_of(request)
    found = doors.account_for(person, account_id)
    may_edit = roles_of(person).is_admin
    if request.method != "POST":
        given = {name: getattr(found, name) for name in (*EDITABLE, *SWITCHES)}
        return _page(request, found, AccountForm(initial=given) if may_edit else None)
    form = AccountForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=UNPROCESSABLE)
    try:
        changed = change_settings(account=found, by=person, values=form.cleaned_data)
    except Refused as refused:
        form.add_error(None, refused.words)
        return _page(request, found, form, status=UNPROCESSABLE)
    messages.success(request, "Saved." if changed else "Nothing was changed.")
    return redirect("account", account_id=account_id)


def _page(request: HttpRequest, found: Account, form: AccountForm | None, *, status: int = 200) -> HttpResponse:
    context = {"account": found, "form": form, "settings": _settings(found), "fixed": _fixed(found)}
    return render(request, "accounts/page.html", context, status=status)


def _settings(account: Account) -> tuple[Fact, ...]:
    return (
        Fact("Mode", account.get_mode_display()),
        Fact("Administrator", account.contact_name),
        Fact("E-mail", account.contact_email),
        Fact("How to reach them", account.contact_note),
        Fact("Ticket", "needed" if account.needs_ticket else "not needed"),
        Fact("Form of a ticket", account.ticket_pattern, code=True),
    )


def _fixed(account: Account) -> tuple[Fact, ...]:
    return (
        Fact("Region", account.region, code=True),
        Fact("Reader role", account.reader_role_arn, code=True),
        Fact("People’s path", account.people_path, code=True),
        Fact("Ceiling", account.ceiling_arn, code=True),
        Fact("Longest grant", f"{account.max_hours} hours"),
    )
