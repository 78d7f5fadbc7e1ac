"""People, their roles, their IAM principals, and the changes of these that need a second administrator."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from troubleshoot.access import doors, erasing, selectors
from troubleshoot.access import people as services
from troubleshoot.access.errors import Refused, Told
from troubleshoot.access.permissions import roles_of
from troubleshoot.access.rules import RULE_KINDS
from troubleshoot.models import AdminChange, Person
from troubleshoot.web.forms.people import EraseForm, LinkChangeForm, RoleChangeForm
from troubleshoot.web.fresh import ask_again
from troubleshoot.web.presenters.people import change_view, person_row
from troubleshoot.web.presenters.rules import people_named
from troubleshoot.web.read import UNPROCESSABLE
from troubleshoot.web.signed_in import person_of
from troubleshoot.web.turning import page_of

_Form = EraseForm | LinkChangeForm | RoleChangeForm
_FORMS: Mapping[str | None, type[_Form]] = {
    AdminChange.Kind.ADD_LINK: LinkChangeForm,
    AdminChange.Kind.REMOVE_LINK: LinkChangeForm,
    AdminChange.Kind.ERASE_PERSON: EraseForm,
}


def people(request: HttpRequest) -> HttpResponse:
    """List everybody, and the changes that wait."""
    return _page(request)


def propose(request: HttpRequest) -> HttpResponse:
    """Propose a change; another administrator must confirm it."""
    form = _FORMS.get(request.POST.get("kind"), RoleChangeForm)(request.POST)
    if not form.is_valid():
        return _page(request, form, status=UNPROCESSABLE)
    try:
        _propose(person_of(request), form)
    except Refused as refused:
        form.add_error(None, refused.words)
        return _page(request, form, status=UNPROCESSABLE)
    messages.success(request, "Proposed. It takes effect when another administrator confirms it.")
    return redirect("people")


def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm what another administrator proposed, after a sign-in that is not old."""
    change = doors.change_to_decide(person_of(request), pk)
    if again := ask_again(request, _room(change)):
        return again
    return _decide(request, pk, services.confirm_change, "Confirmed. It is in effect.")


def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse what another administrator proposed."""
    return _decide(request, pk, services.refuse_change, "Refused. Nothing was changed.")


def _propose(person: Person, form: _Form) -> None:
    if isinstance(form, EraseForm):
        erasing.propose(by=person, person=form.cleaned_data["person"], reason=form.cleaned_data["reason"])
    else:
        services.propose_change(by=person, **form.cleaned_data)


def _decide(request: HttpRequest, pk: int, decide: Callable[..., None], words: str) -> HttpResponse:
    person = person_of(request)
    change = doors.change_to_decide(person, pk)
    try:
        decide(change=change, by=person)
    except Told as told:
        messages.error(request, told.words)
    else:
        messages.success(request, words)
    return redirect(_room(change))


def _room(change: AdminChange) -> str:
    if change.kind == AdminChange.Kind.CHANGE_MODE and change.account:
        return reverse("account", args=[change.account.account_id])
    return reverse("rules" if change.kind in RULE_KINDS else "people")


def _page(request: HttpRequest, sent: _Form | None = None, *, status: int = 200) -> HttpResponse:
    person = person_of(request)
    role_form = sent if isinstance(sent, RoleChangeForm) else RoleChangeForm()
    link_form = sent if isinstance(sent, LinkChangeForm) else LinkChangeForm()
    erase_form = sent if isinstance(sent, EraseForm) else EraseForm()
    link_form.share_people_with(role_form, erase_form)
    everybody, turn = page_of(request, selectors.people())
    waiting = list(selectors.proposed_changes())
    named = selectors.people_by_public_id(people_named(waiting))
    context = {
        "may_propose": roles_of(person).is_admin,
        "sent": sent,
        "role_form": role_form,
        "link_form": link_form,
        "erase_form": erase_form,
        "remains": erasing.REMAINS,
        "rows": tuple(person_row(somebody) for somebody in everybody),
        "turn": turn,
        "changes": tuple(change_view(change, viewer=person, people=named) for change in waiting),
    }
    return render(request, "people/page.html", context, status=status)
