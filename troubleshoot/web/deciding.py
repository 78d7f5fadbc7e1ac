"""What approvers and keepers do with a request: each changes something, and leads back to the review."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from troubleshoot.access import doors, routing, services
from troubleshoot.models import AccessRequest, Person, State
from troubleshoot.remedy import change_from_data
from troubleshoot.web.forms.decisions import ApproveForm, AskForm, DigestForm, NarrowForm, RejectForm, RevokeForm
from troubleshoot.web.fresh import ask_again, keep_typed
from troubleshoot.web.presenters.policies import change_view
from troubleshoot.web.presenters.requests import request_row
from troubleshoot.web.queue import review_response
from troubleshoot.web.read import UNPROCESSABLE
from troubleshoot.web.signed_in import person_of
from troubleshoot.web.telling import told


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
    if request.method != "POST":
        return _page(request, "queue/ask.html", person, asked, AskForm(initial={"digest": asked.change_digest}))
    form = AskForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.ask_for_changes(
                request=asked, approver=person, change_digest=data["digest"], reason=data["reason"]
            )
        except services.Told as words:
            form.add_error(None, words.words)
        else:
            messages.success(request, f"Sent back. {asked.requester} is told what you want to know.")
            return redirect("review", code=code)
    return _page(request, "queue/ask.html", person, asked, form, status=UNPROCESSABLE)


def narrow(request: HttpRequest, code: str) -> HttpResponse:
    """Let the request ask for less, as far as that is proved to be less."""
    person = person_of(request)
    asked = doors.request_to_review(person, code)
    if request.method != "POST":
        return _page(request, "queue/narrow.html", person, asked, NarrowForm(request=asked))
    form = NarrowForm(request.POST, request=asked)
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.narrow(
                request=asked,
                approver=person,
                change_digest=data["digest"],
                wanted=form.wanted(),
                reason=data["reason"],
            )
        except services.Told as words:
            form.add_error(None, words.words)
        else:
            messages.success(request, f"Narrowed. {asked.requester} is told. It still waits for a decision.")
            return redirect("review", code=code)
    return _page(request, "queue/narrow.html", person, asked, form, status=UNPROCESSABLE)


def check_applied(request: HttpRequest, code: str) -> HttpResponse:
    """Say that the change was applied by hand: the worker then reads back whether it was."""
    person = person_of(request)
    asked = doors.request_to_review(person, code)
    done = "The worker reads back now whether it took effect."
    return told(request, lambda: services.check_now(request=asked, person=person), done=done, back="review", code=code)


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
    return f"Approved. {asked.code} is applied and verified next."


def _page(
    request: HttpRequest, template: str, person: Person, asked: AccessRequest, form: DigestForm, *, status: int = 200
) -> HttpResponse:
    """Show a form about a request that waits; where there is nothing to decide for this person, say so instead."""
    context = {
        "form": form,
        "row": request_row(asked),
        "policy": change_view(change_from_data(asked.change), title="What is asked for", ends="the time of its end"),
        "may_decide": asked.state == State.SUBMITTED and routing.may_decide(person, asked),
    }
    return render(request, template, context, status=status)
