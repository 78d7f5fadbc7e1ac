"""The approvers' queue, the review of one request, and the decision on it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from troubleshoot.access import diagnosis as diagnoses
from troubleshoot.access import doors, routing, selectors, services
from troubleshoot.access.permissions import roles_of
from troubleshoot.models import AccessRequest, Person
from troubleshoot.web.forms.access_request import ApproveForm, RejectForm, RevokeForm
from troubleshoot.web.presenters.queue import DEFAULT_FILTER, filters_of, queue_row, states_of
from troubleshoot.web.presenters.requests import WAITING
from troubleshoot.web.presenters.review import review_page
from troubleshoot.web.read import UNPROCESSABLE
from troubleshoot.web.signed_in import person_of
from troubleshoot.web.turning import turn_of

NOTHING_NEW = 204
_LONGEST_SEARCH = 100


def queue(request: HttpRequest) -> HttpResponse:
    """List the requests that the person may see, oldest first, by state and by search."""
    person = person_of(request)
    chosen = request.GET.get("state", DEFAULT_FILTER)
    search = request.GET.get("q", "").replace("\x00", "").strip()[:_LONGEST_SEARCH]
    page = selectors.queue(person, states=states_of(chosen), search=search, after=request.GET.get("after"))
    roles = roles_of(person)
    reviews = roles.is_approver or roles.is_admin or roles.is_auditor
    context = {
        "rows": tuple(queue_row(row, reviews=reviews) for row in page.rows),
        "turn": turn_of(request, page.after),
        "filters": filters_of(chosen, search, waiting=selectors.waiting_count(person)),
        "chosen": chosen if chosen != DEFAULT_FILTER else "",
        "q": search,
        "decides": roles.is_approver,
    }
    return render(request, "queue/list.html", context)


def review(request: HttpRequest, code: str) -> HttpResponse:
    """Show what an approver needs for a decision. With `?state=`, only where the state has become another."""
    person = person_of(request)
    asked = doors.request_to_review(person, code)
    if request.GET.get("state") == asked.state:
        return HttpResponse(status=NOTHING_NEW)
    return _review(request, person, asked, RejectForm(initial={"digest": asked.change_digest}))


def approve(request: HttpRequest, code: str) -> HttpResponse:
    """Approve exactly the change whose digest was on the screen."""
    person = person_of(request)
    asked = doors.request_to_review(person, code)
    form = ApproveForm(request.POST)
    digest = form.cleaned_data["digest"] if form.is_valid() else ""
    try:
        services.approve(request=asked, approver=person, change_digest=digest)
    except services.Told as told:
        messages.error(request, told.words)
        return redirect("review", code=code)
    messages.success(request, f"Approved. {asked.code} is applied and verified next.")
    return redirect("review", code=code)


def reject(request: HttpRequest, code: str) -> HttpResponse:
    """Reject the request with a reason."""
    person = person_of(request)
    asked = doors.request_to_review(person, code)
    form = RejectForm(request.POST)
    if not form.is_valid():
        return _review(request, person, asked, form, status=UNPROCESSABLE)
    data = form.cleaned_data
    try:
        services.reject(request=asked, approver=person, change_digest=data["digest"], reason=data["reason"])
    except services.Told as told:
        messages.error(request, told.words)
        return redirect("review", code=code)
    messages.success(request, f"Rejected. {asked.requester} is told why.")
    return redirect("review", code=code)


def check_applied(request: HttpRequest, code: str) -> HttpResponse:
    """Say that the change was applied by hand: the worker then reads back whether it was."""
    person = person_of(request)
    asked = doors.request_to_review(person, code)
    try:
        services.check_now(request=asked, person=person)
    except services.Told as told:
        messages.error(request, told.words)
    else:
        messages.success(request, "The worker reads back now whether it took effect.")
    return redirect("review", code=code)


def revoke(request: HttpRequest, code: str) -> HttpResponse:
    """Take an active grant away before its end, with a reason."""
    person = person_of(request)
    asked = doors.request_to_review(person, code)
    form = RevokeForm(request.POST)
    if not form.is_valid():
        return _review(request, person, asked, RejectForm(), revoke_form=form, status=UNPROCESSABLE)
    try:
        services.end_early(request=asked, person=person, reason=form.cleaned_data["reason"])
    except services.Told as told:
        messages.error(request, told.words)
    else:
        messages.success(request, f"Revoked. The worker takes the policy away, and {asked.requester} is told.")
    return redirect("review", code=code)


def _review(
    request: HttpRequest,
    person: Person,
    asked: AccessRequest,
    form: RejectForm,
    *,
    revoke_form: RevokeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    answer = None
    if asked.diagnosis:
        if asked.diagnosis.account_id == asked.account_id:
            asked.diagnosis.account = asked.account  # read already
        answer = diagnoses.answer(asked.diagnosis, viewer=person)
    decides = asked.state in WAITING and routing.may_decide(person, asked)
    page = review_page(asked, answer, viewer=person, may_decide=decides)
    return render(
        request,
        "queue/review.html",
        {"page": page, "reject_form": form, "revoke_form": revoke_form or RevokeForm()},
        status=status,
    )
