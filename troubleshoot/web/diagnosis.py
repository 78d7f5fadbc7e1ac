"""A kept diagnosis: its page, and what can be put right, chosen, or checked again on it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from troubleshoot.access import diagnosis as diagnoses
from troubleshoot.access import doors
from troubleshoot.access.answer import Answer
from troubleshoot.access.permissions import roles_of
from troubleshoot.iam import catalog
from troubleshoot.models import AccessRequest, Diagnosis, Person
from troubleshoot.web.forms.facts import ChooseForm, FactsForm, RoleForm, usable_facts
from troubleshoot.web.presenters.diagnosis import diagnosis_page
from troubleshoot.web.presenters.next_steps import action_choices, is_pass_role, open_request
from troubleshoot.web.presenters.requests import request_row
from troubleshoot.web.presenters.steps import Link
from troubleshoot.web.presenters.tickets import ticket_text
from troubleshoot.web.read import UNPROCESSABLE
from troubleshoot.web.signed_in import person_of

_LONGEST_NUMBER = 7


def diagnosis(request: HttpRequest, token: str) -> HttpResponse:
    """Show a diagnosis to whoever may see it, masked to what that person may see."""
    person = person_of(request)
    kept = doors.diagnosis_for(person, token)
    answer = diagnoses.answer(kept, viewer=person)
    requests = _requests(kept)
    begin = request.GET.get("begin", "")
    listed_from = int(begin) if begin.isdecimal() and len(begin) < _LONGEST_NUMBER else None
    asked = open_request(requests)
    page = diagnosis_page(answer, kept, chosen=kept.chosen, listed_from=listed_from, asked=asked, viewer=person)
    context = {
        "page": page,
        "kept": kept,
        "may_change": _may_change(person, kept),
        "role_form": RoleForm(initial=_facts(answer)) if page.asks_for_role else None,
        "ticket": _ticket(request, answer, kept, requests),
        "requests": [request_row(asked) for asked in requests],
    }
    return render(request, "diagnosis/page.html", context)


def facts(request: HttpRequest, token: str) -> HttpResponse:
    """Put right who, which action, on which resource; then judge again."""
    person = person_of(request)
    kept = doors.own_diagnosis(person, token)
    answer = diagnoses.answer(kept, viewer=person)
    form_class = RoleForm if is_pass_role(answer) and "resource" in answer.missing else FactsForm
    choices = action_choices(answer, kept)
    if request.method != "POST":
        initial = _facts(answer) | _picked(request)
        return _facts_page(request, kept, form_class(initial=usable_facts(initial)), choices)
    form = form_class(request.POST)
    if not form.is_valid():
        return _facts_page(request, kept, form, choices, status=UNPROCESSABLE)
    diagnoses.change_facts(kept, viewer=person, facts=form.told(_facts(answer)))
    return redirect("diagnosis", token=kept.token)


def choose(request: HttpRequest, token: str) -> HttpResponse:
    """Turn to another denial of the same text."""
    person = person_of(request)
    kept = doors.own_diagnosis(person, token)
    form = ChooseForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        diagnoses.choose(kept, viewer=person, chosen=form.cleaned_data["chosen"])
    except IndexError:
        raise Http404 from None
    return redirect("diagnosis", token=kept.token)


def check(request: HttpRequest, token: str) -> HttpResponse:
    """Read the live state again, as far as the person may see it."""
    person = person_of(request)
    kept = doors.own_diagnosis(person, token)
    diagnoses.recheck(kept, viewer=person)
    messages.success(request, "Checked again." if kept.checked_at else "Checked again, from the text alone.")
    return redirect("diagnosis", token=kept.token)


def ticket(request: HttpRequest, token: str) -> HttpResponse:
    """Return the diagnosis as plain text, to paste into a ticket."""
    person = person_of(request)
    kept = doors.diagnosis_for(person, token)
    text = _ticket(request, diagnoses.answer(kept, viewer=person), kept, _requests(kept))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def case(request: HttpRequest, code: str) -> HttpResponse:
    """Lead from the code that people say on the phone to the diagnosis."""
    kept = doors.diagnosis_by_code(person_of(request), code.upper())
    return redirect("diagnosis", token=kept.token)


def _requests(kept: Diagnosis) -> list[AccessRequest]:
    return list(kept.requests.select_related("requester", "account", "grant"))


def _ticket(request: HttpRequest, answer: Answer, kept: Diagnosis, requests: list[AccessRequest]) -> str:
    address = request.build_absolute_uri(reverse("case", args=[kept.code]))
    return ticket_text(answer, kept, address=address, requests=requests)


def _may_change(person: Person, kept: Diagnosis) -> bool:
    return kept.person_id == person.pk or roles_of(person).is_helpdesk


def _facts(answer: Answer) -> dict[str, str | None]:
    known = answer.facts
    return {"principal": known.principal, "action": known.action, "resource": known.resource}


def _picked(request: HttpRequest) -> dict[str, str]:
    """Return the action of `?action=`, where AWS knows it."""
    action = request.GET.get("action", "")
    return {"action": action} if catalog.action(action) else {}


def _facts_page(
    request: HttpRequest, kept: Diagnosis, form: FactsForm, choices: tuple[Link, ...], *, status: int = 200
) -> HttpResponse:
    return render(request, "diagnosis/facts.html", {"form": form, "kept": kept, "choices": choices}, status=status)
