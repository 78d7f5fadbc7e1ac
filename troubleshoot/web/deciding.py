"""What approvers and keepers do with a request: each changes something, and leads back to the review."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from troubleshoot.access import doors, routing, services
from troubleshoot.access.manual import is_done_by_hand
from troubleshoot.models import AccessRequest, Person, State
from troubleshoot.remedy import change_from_data
from troubleshoot.web.forms.decisions import ApproveForm, AskForm, DigestForm, NarrowForm, RejectForm, RevokeForm
from troubleshoot.web.fresh import ask_again, keep_typed
from troubleshoot.web.presenters.policies import change_view
from troubleshoot.web.presenters.requests import request_row
from troubleshoot.web.queue import review_response
from troubleshoot.web.read import UNPROCESSABLE
from troubleshoot.web.signed_in import person_of
from troubleshoot.web.telling import pressed, told


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a page on which an approver does something else than decide. `then`: what becomes of the request."""

    title: str
    then: str
    button: str
    done: str


_ASK = _Words(
    "Ask for changes",
    "It waits until the answer comes.",
    "Send it back",
    "Sent back. {} is told what you want to know.",
)
_NARROW = _Words(
    "Narrow it",
    "Approvals of what was asked before do not count then.",
    "Narrow the request",
    "Narrowed. {} is told. It still waits for a decision.",
)


def approve(request: HttpRequest, code: str) -> HttpResponse:
    """Approve exactly the change whose digest was on the screen, after a sign-in that is not old."""
    person = person_of(request)
    asked = doors.request_to_review(person, code)
    form = ApproveForm(request.POST)
    digest, note = _sent(form)
    keep_typed(request, code, {"note": note})
    if again := ask_again(request, reverse("review", args=[code])):
        return again
    try:
        services.approve(request=asked, approver=person, change_digest=digest, reason=note)
    except services.Told as words:
        messages.error(request, words.words)
        return redirect("review", code=code)
    keep_typed(request, code, {})
    messages.success(request, _approved(asked))
    return redirect("review", code=code)


def reject(request: HttpRequest, code: str) -> HttpResponse:
    """Reject the request with a reason."""
    person = person_of(request)
    asked = doors.request_to_review(person, code)
    form = RejectForm(request.POST)
    if not form.is_valid():
        return review_response(request, person, asked, reject_form=form, status=UNPROCESSABLE)
    data = form.cleaned_data
    keep_typed(request, code, {"reason": data["reason"]})
    try:
        services.reject(request=asked, approver=person, change_digest=data["digest"], reason=data["reason"])
    except services.Told as words:
        messages.error(request, words.words)
        return redirect("review", code=code)
    keep_typed(request, code, {})
    messages.success(request, f"Rejected. {asked.requester} is told why.")
    return redirect("review", code=code)


def ask_for_changes(request: HttpRequest, code: str) -> HttpResponse:
    """Send the request back with a question."""
    person = person_of(request)
    asked = doors.request_to_review(person, code)
    form = AskForm(_posted(request), initial={"digest": asked.change_digest})

    def ask(data: Mapping[str, str]) -> None:
        services.ask_for_changes(request=asked, approver=person, change_digest=data["digest"], reason=data["reason"])

    return _instead(request, person, asked, form, _ASK, ask)


def narrow(request: HttpRequest, code: str) -> HttpResponse:
    """Let the request ask for less, as far as that is proved to be less."""
    person = person_of(request)
    asked = doors.request_to_review(person, code)
    form = NarrowForm(_posted(request), request=asked)

    def less(data: Mapping[str, str]) -> None:
        digest, wanted = data["digest"], form.wanted()
        services.narrow(request=asked, approver=person, change_digest=digest, wanted=wanted, reason=data["reason"])

    return _instead(request, person, asked, form, _NARROW, less)


def check_applied(request: HttpRequest, code: str) -> HttpResponse:
    """Say that the change was applied by hand: the worker then reads back whether it was."""
    done = "The worker reads back now whether it took effect."
    return pressed(request, code, door=doors.request_to_review, act=services.check_now, done=done, back="review")


def revoke(request: HttpRequest, code: str) -> HttpResponse:
    """Take an active grant away before its end, with a reason."""
    person = person_of(request)
    asked = doors.request_to_review(person, code)
    form = RevokeForm(request.POST)
    if not form.is_valid():
        return review_response(request, person, asked, revoke_form=form, status=UNPROCESSABLE)
    reason = form.cleaned_data["reason"]
    done = f"Revoked. The worker takes the policy away, and {asked.requester} is told."
    return told(
        request,
        lambda: services.end_early(request=asked, person=person, reason=reason),
        done=done,
        back="review",
        code=code,
    )


def _sent(form: ApproveForm) -> tuple[str, str]:
    form.is_valid()  # a digest of another form is refused by the service, with words
    data = form.cleaned_data
    return data.get("digest", ""), data.get("note", "")


def _approved(asked: AccessRequest) -> str:
    if asked.state == State.SUBMITTED:
        return "Your approval is kept. Another approver has to approve it too."
    if is_done_by_hand(asked):
        return f"Approved. An administrator applies {asked.code} by hand; the portal then checks it."
    return f"Approved. {asked.code} is applied and verified next."


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _instead(
    request: HttpRequest,
    person: Person,
    asked: AccessRequest,
    form: DigestForm,
    words: _Words,
    act: Callable[[Mapping[str, str]], None],
) -> HttpResponse:
    """Show the form, or do what it says and lead back to the review. What was refused stands above what was typed."""
    if form.is_bound and form.is_valid():
        try:
            act(form.cleaned_data)
        except services.Told as refused:
            form.add_error(None, refused.words)
        else:
            messages.success(request, words.done.format(asked.requester))
            return redirect("review", code=asked.code)
    context = {
        "form": form,
        "words": words,
        "row": request_row(asked),
        "policy": change_view(change_from_data(asked.change), title="What is asked for", ends="the time of its end"),
        "may_decide": asked.state == State.SUBMITTED and routing.may_decide(person, asked),
    }
    return render(request, "queue/instead.html", context, status=UNPROCESSABLE if form.is_bound else 200)
