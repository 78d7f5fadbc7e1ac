"""Asking for access: what a case lets its reader ask for, side by side, and the form that files it."""

import secrets
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from troubleshoot.access import asking as before_filing
from troubleshoot.access import diagnosis as diagnoses
from troubleshoot.access import doors, services
from troubleshoot.access.answer import Answer
from troubleshoot.access.options import Options, options_of
from troubleshoot.access.reach import Touching
from troubleshoot.access.simulated import simulate_for
from troubleshoot.models import AccessRequest, Diagnosis, Person
from troubleshoot.remedy import Change
from troubleshoot.web.forms.access_request import UNTIL_REVOKED
from troubleshoot.web.forms.asking import AskForm
from troubleshoot.web.presenters.alongside import job_proof, picked_views
from troubleshoot.web.presenters.asking import deciders_words, similar_views
from troubleshoot.web.presenters.choices import choices_of
from troubleshoot.web.presenters.comparison import comparison_of
from troubleshoot.web.presenters.next_steps import not_yours
from troubleshoot.web.presenters.requests import request_row
from troubleshoot.web.read import UNPROCESSABLE
from troubleshoot.web.signed_in import person_of

CONFLICT = 409
_MOST_ASIDE = 12
"""What allows more than this is not listed in the margin of the page."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One person at one case, and what can be asked for there."""

    person: Person
    kept: Diagnosis
    answer: Answer
    options: Options

    def form(self, *args: Any, **more: Any) -> AskForm:
        return AskForm(*args, options=self.options, on_behalf=not self.answer.own_principal, **more)


def request_access(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for what the diagnosis proposes. The change comes from the diagnosis, never from the form."""
    person = person_of(request)
    kept = doors.own_diagnosis(person, token)
    answer = diagnoses.answer(kept, viewer=person)
    options = options_of(answer, kept)
    if options is None:
        messages.warning(request, "There is nothing to ask for on this page. It says what to do instead.")
        return redirect("diagnosis", token=token)
    case = _Case(person, kept, answer, options)
    if request.method != "POST":
        return _page(request, case, case.form(initial={"key": secrets.token_urlsafe(24)}))
    form = case.form(request.POST)
    is_fit = form.is_valid()
    if "check" in request.POST:
        form.only_looking()
        return _page(request, case, form, status=UNPROCESSABLE if form.errors else 200)
    return _submit(request, case, form) if is_fit else _page(request, case, form, status=UNPROCESSABLE)


def _submit(request: HttpRequest, case: _Case, form: AskForm) -> HttpResponse:
    data = form.cleaned_data
    try:
        asked = services.submit(
            requester=case.person,
            account=case.options.account,
            call=case.options.call,
            change=_change(form, data["hours"]),
            justification=data["justification"],
            ticket=data["ticket"],
            idempotency_key=data["key"],
            diagnosis=case.kept,
        )
    except services.Duplicate as duplicate:
        return _page(request, case, form, duplicate=duplicate.request, status=CONFLICT)
    except services.Refused as refused:
        form.add_error(None, refused.words)
        return _page(request, case, form, status=UNPROCESSABLE)
    simulate_for(asked, case.person)
    messages.success(request, f"Asked. Your request is {asked.code}.")
    return redirect("request", code=asked.code)


def _change(form: AskForm, hours: int | None) -> Change:
    return replace(form.chosen.change, hours=hours)


def _page(
    request: HttpRequest,
    case: _Case,
    form: AskForm,
    *,
    duplicate: AccessRequest | None = None,
    status: int = 200,
) -> HttpResponse:
    chosen = form.chosen
    who = before_filing.who_will_decide(
        case.options.account, case.person, chosen.change.principal, chosen.change, str(chosen.risk.level)
    )
    similar = before_filing.similar_requests(case.person, case.options.call, chosen.change)
    shown = tuple(chosen if one.key == chosen.key else one for one in case.options.choices)
    changes = [one.change for one in shown]
    touching = Touching(case.options.account, changes, viewer=case.person, case=case.kept.code)
    sight = case.answer.sight
    choices = choices_of(shown, ends=_ends(form), touching=touching, proofs=case.options.proofs, sight=sight)
    context = {
        "form": form,
        "kept": case.kept,
        "answer": case.answer,
        "who": deciders_words(who),
        "similar": () if duplicate else similar_views(similar),
        "on_behalf": _whose(case),
        "choices": choices,
        "chosen": next(one for one in choices if one.key == chosen.key),
        "is_long": len(chosen.allows.entries) > _MOST_ASIDE,
        "picked": picked_views(case.options, form.picked),
        "job": job_proof(case.options, chosen.key),
        "comparison": comparison_of(case.answer.decision, chosen.after),
        "duplicate": request_row(duplicate) if duplicate else None,
        "duplicate_is_visible": duplicate is not None and _may_see(case.person, duplicate),
    }
    return render(request, "requests/ask.html", context, status=status)


def _whose(case: _Case) -> str:
    """Return whom the message is about where that is not its reader; empty where it is."""
    return "" if case.answer.own_principal else not_yours(case.options.call.principal, case.person)


def _ends(form: AskForm) -> str:
    """Return what stands for the date of the end in the policy until it is known."""
    hours = form["hours"].value()
    return "" if hours == UNTIL_REVOKED else "the time that you choose, after it is applied"


def _may_see(person: Person, asked: AccessRequest) -> bool:
    try:
        doors.request_for(person, asked.code)
    except Http404:
        return False
    return True
