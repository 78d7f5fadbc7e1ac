"""Saying something about a request, and answering what an approver wants to know."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from troubleshoot.access import diagnosis as diagnoses
from troubleshoot.access import doors, selectors, services
from troubleshoot.models import AccessRequest, Person, State
from troubleshoot.remedy import Change, change_from_data
from troubleshoot.web.forms.decisions import AnswerForm, CommentForm
from troubleshoot.web.presenters.policies import change_view
from troubleshoot.web.presenters.requests import request_row
from troubleshoot.web.queue import review_response
from troubleshoot.web.read import UNPROCESSABLE
from troubleshoot.web.requests import request_response
from troubleshoot.web.signed_in import person_of

_AS_BEFORE = "The same as before"
_AS_PROPOSED = "What the case proposes now"


def comment(request: HttpRequest, code: str) -> HttpResponse:
    """Add a comment, and lead back to the page that it was written on."""
    person = person_of(request)
    on_review = request.POST.get("back") == "review"
    asked = doors.request_to_review(person, code) if on_review else doors.request_for(person, code)
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            services.add_comment(request=asked, author=person, text=form.cleaned_data["text"])
        except services.Refused as refused:
            form.add_error("text", refused.words)
        else:
            messages.success(request, "Kept, and sent to the others.")
            return redirect("review" if on_review else "request", code=code)
    show = review_response if on_review else request_response
    return show(request, person, asked, comment_form=form, status=UNPROCESSABLE)


def answer(request: HttpRequest, code: str) -> HttpResponse:
    """Answer an approver's question: with new words and, if wanted, by asking for something else."""
    person = person_of(request)
    asked = doors.own_request(person, code)
    if asked.state != State.NEEDS_CHANGES:
        messages.info(request, "Nobody waits for an answer to this request.")
        return redirect("request", code=code)
    proposed = _proposed(asked, person)
    if request.method != "POST":
        return _page(request, asked, proposed, AnswerForm(request=asked, proposed=proposed))
    form = AnswerForm(request.POST, request=asked, proposed=proposed)
    if form.is_valid():
        try:
            services.resubmit(
                request=asked,
                person=person,
                justification=form.cleaned_data["justification"],
                change=form.change(),
            )
        except services.Told as told:
            form.add_error(None, told.words)
        else:
            messages.success(request, "Sent. The approvers look at it again.")
            return redirect("request", code=code)
    return _page(request, asked, proposed, form, status=UNPROCESSABLE)


def _proposed(asked: AccessRequest, person: Person) -> dict[str, Change]:
    """Return what may be asked for: what was asked, and what the case proposes by now where that is another change.

    A proposal comes from the case, proven, and never from the form.
    """
    now = change_from_data(asked.change)
    found = {_AS_BEFORE: now}
    try:
        kept = doors.own_diagnosis(person, asked.diagnosis.token) if asked.diagnosis else None
    except Http404:
        kept = None
    proposal = diagnoses.answer(kept, viewer=person).proposal if kept else None
    if proposal and proposal.proven and proposal.change.principal == now.principal:
        other = proposal.change
        if (other.statements, other.kind) != (now.statements, now.kind):
            found[_AS_PROPOSED] = other
    return found


def _page(
    request: HttpRequest, asked: AccessRequest, proposed: dict[str, Change], form: AnswerForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "row": request_row(asked),
        "question": selectors.last_question(asked),
        "policies": [
            change_view(change, title=words, ends="the time of its end") for words, change in proposed.items()
        ],
    }
    return render(request, "requests/answer.html", context, status=status)
