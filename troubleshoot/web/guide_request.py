"""A request from the result of a guide: the rights that were built, for a user or role that is there already."""

import secrets
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from troubleshoot.access import doors, services, wishes
from troubleshoot.access.wishes import Asking
from troubleshoot.guide.results import NothingToBuildError
from troubleshoot.guide.wish import Wish, wish_of
from troubleshoot.models import AccessRequest, Account, Person
from troubleshoot.web.forms.access_request import UNTIL_REVOKED
from troubleshoot.web.forms.guide_request import WishForm
from troubleshoot.web.guide import Visit, at_outcome
from troubleshoot.web.presenters.guide import paper_view
from troubleshoot.web.presenters.guide_request import deciders_in_words, proof_view
from troubleshoot.web.presenters.policies import change_view
from troubleshoot.web.presenters.requests import request_row
from troubleshoot.web.presenters.touched import touched
from troubleshoot.web.read import UNPROCESSABLE
from troubleshoot.web.signed_in import person_of

CONFLICT = 409


def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the rights of the outcome. They come from the answers, never from the form."""
    person = person_of(request)
    visit, _ = at_outcome(request, slug)
    wish = _wish(visit)
    account = wishes.account_for_wish(wish)
    if account is None:
        messages.warning(
            request, f"The portal does not know account {wish.account}, so nothing can be asked for in it."
        )
        return redirect(visit.address(seen="1"))
    form = _form(request, wish, account, person)
    page = _Page(request, visit, wish, account, form)
    if request.method != "POST" or "check" in request.POST:
        return page.answer(_asking(form, wish, account, person))
    if not form.is_valid():
        return page.answer(_asking(form, wish, account, person), status=UNPROCESSABLE)
    return _filed(page, person)


class _Page:
    """The page of one wish: its form, with what is known of the principal that was named."""

    def __init__(self, request: HttpRequest, visit: Visit, wish: Wish, account: Account, form: WishForm) -> None:
        self.request, self.visit, self.wish, self.account, self.form = request, visit, wish, account, form

    def answer(
        self, asking: Asking | None, *, duplicate: AccessRequest | None = None, status: int = 200
    ) -> HttpResponse:
        """Show the form, with the proof where it is known for whom it is asked."""
        back = self.visit.address(seen="1")
        context: dict[str, Any] = {
            "flow": self.visit.flow, "form": self.form, "account": self.account, "back": back,
            "paper": paper_view(self.wish.paper, ""), "policy": _policy(asking, self.form),
            "proof": proof_view(asking) if asking else None, "who": deciders_in_words(asking) if asking else "",
            "touched": touched(asking.change) if asking else "",
            "duplicate": request_row(duplicate) if duplicate else None,
        }  # fmt: skip
        return render(self.request, "guide/request.html", context, status=status)


def _wish(visit: Visit) -> Wish:
    try:
        wish = wish_of(visit.walk)
    except NothingToBuildError:
        wish = None
    if wish is None:
        raise Http404
    return wish


def _form(request: HttpRequest, wish: Wish, account: Account, person: Person) -> WishForm:
    own, longest = wishes.own_principals(person, account), wishes.longest_hours(wish.last_day)
    data = request.POST if request.method == "POST" else None
    form = WishForm(data, initial={"key": secrets.token_urlsafe(24)}, account=account, own=own, longest=longest)
    # Only looking at what it would change asks for nothing but the name.
    for name in [name for name in form.errors if name != "principal"] if "check" in request.POST else ():
        del form.errors[name]
    return form


def _asking(form: WishForm, wish: Wish, account: Account, person: Person) -> Asking | None:
    """Return what is known for the principal of the form: the one that was typed, or the person's only one."""
    principal = form.cleaned_data.get("principal") if form.is_bound else form.fields["principal"].initial
    if not principal:
        return None
    try:
        return wishes.asking(wish, person=person, account=account, principal=principal, hours=None)
    except services.Refused as refused:
        _tell(form, refused.words)
        return None


def _tell(form: WishForm, words: str) -> None:
    """Tell on the page what stands against it. An unbound form takes no error, so its field says it."""
    if form.is_bound:
        form.add_error("principal", words)
    else:
        form.fields["principal"].help_text = words


def _filed(page: _Page, person: Person) -> HttpResponse:
    data = page.form.cleaned_data
    asking = _asking(page.form, page.wish, page.account, person)
    if asking is None or "check" in page.request.POST:
        return page.answer(asking, status=200 if asking else UNPROCESSABLE)
    try:
        asked = services.submit(
            requester=person, account=page.account, call=asking.call,
            change=replace(asking.change, hours=data["hours"]), justification=data["justification"],
            ticket=data["ticket"], idempotency_key=data["key"],
        )  # fmt: skip
    except services.Duplicate as duplicate:
        seen = duplicate.request if doors.may_see(person, duplicate.request) else None
        page.form.add_error(None, duplicate.words)
        return page.answer(asking, duplicate=seen, status=CONFLICT)
    except services.Refused as refused:
        page.form.add_error(None, refused.words)
        return page.answer(asking, status=UNPROCESSABLE)
    messages.success(page.request, f"Asked. Your request is {asked.code}.")
    return redirect("request", code=asked.code)


def _policy(asking: Asking | None, form: WishForm) -> Any:
    if asking is None:
        return None
    ends = "" if form["hours"].value() == UNTIL_REVOKED else "the time that you choose, after it is applied"
    return change_view(asking.change, title="The exact policy", ends=ends)
