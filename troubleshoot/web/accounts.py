"""The AWS accounts that the portal answers for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from troubleshoot.access import doors, modes, selectors
from troubleshoot.access.account_settings import EDITABLE, SWITCHES, accounts_for, change_settings
from troubleshoot.access.errors import Refused
from troubleshoot.access.permissions import roles_of
from troubleshoot.models import Account, AdminChange
from troubleshoot.web.components import Fact
from troubleshoot.web.forms.people import AccountForm, ModeForm
from troubleshoot.web.presenters.people import change_view
from troubleshoot.web.read import UNPROCESSABLE
from troubleshoot.web.signed_in import person_of

_MODE = AdminChange.Kind.CHANGE_MODE


def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts that the person may look at."""
    return render(request, "accounts/list.html", {"rows": accounts_for(person_of(request))})


def account(request: HttpRequest, account_id: str) -> HttpResponse:
    """Show an account's settings; administrators may change its name, contact and tickets."""
    found = doors.account_for(person_of(request), account_id)
    if request.method != "POST":
        return _page(request, found)
    form = AccountForm(request.POST)
    if form.is_valid():
        try:
            changed = change_settings(account=found, by=person_of(request), values=form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.words)
        else:
            messages.success(request, "Saved." if changed else "Nothing was changed.")
            return redirect("account", account_id=account_id)
    return _page(request, found, form=form, status=UNPROCESSABLE)


def propose_mode(request: HttpRequest, account_id: str) -> HttpResponse:
    """Propose another mode of the account; another administrator must confirm it."""
    found = doors.account_for(person_of(request), account_id)
    form = ModeForm(request.POST)
    if form.is_valid():
        try:
            modes.propose_mode(by=person_of(request), account=found, mode=form.cleaned_data["mode"])
        except Refused as refused:
            form.add_error("mode", refused.words)
        else:
            messages.success(request, "Proposed. The mode changes when another administrator confirms it.")
            return redirect("account", account_id=account_id)
    return _page(request, found, mode_form=form, status=UNPROCESSABLE)


def _page(
    request: HttpRequest,
    found: Account,
    *,
    form: AccountForm | None = None,
    mode_form: ModeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    person = person_of(request)
    given = {name: getattr(found, name) for name in (*EDITABLE, *SWITCHES)}
    context = {
        "account": found,
        "may_edit": roles_of(person).is_admin,
        "form": form or AccountForm(initial=given),
        "mode_form": mode_form or ModeForm(initial={"mode": found.mode}),
        "sent": form or mode_form,
        "changes": [
            change_view(one, viewer=person) for one in selectors.proposed_changes().filter(kind=_MODE, account=found)
        ],
        "settings": _settings(found),
        "fixed": _fixed(found),
    }
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
