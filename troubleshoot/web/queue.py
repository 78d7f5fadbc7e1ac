"""The approvers' queue, and the review of one request."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from troubleshoot.access import diagnosis as diagnoses
from troubleshoot.access import doors, selectors
from troubleshoot.access.account_settings import accounts_for
from troubleshoot.access.permissions import roles_of
from troubleshoot.access.simulated import Simulated
from troubleshoot.models import AccessRequest, Person
from troubleshoot.web.forms.decisions import ApproveForm, CommentForm, RejectForm, RevokeForm
from troubleshoot.web.fresh import typed_before
from troubleshoot.web.presenters.decisions import decision_panel
from troubleshoot.web.presenters.queue import chosen_of, filters_of, narrowings_of, queue_row
from troubleshoot.web.presenters.request_page import record_of
from troubleshoot.web.presenters.review import review_page
from troubleshoot.web.signed_in import person_of
from troubleshoot.web.turning import turn_of

NOTHING_NEW = 204
_LONGEST_SEARCH = 100


def queue(request: HttpRequest) -> HttpResponse:
    """List the requests that the person may see, oldest first, by state, account, risk, age and search."""
    person = person_of(request)
    search = request.GET.get("q", "").replace("\x00", "").strip()[:_LONGEST_SEARCH]
    chosen = chosen_of(request.GET)
    page = selectors.queue(
        person,
        states=chosen.states,
        account=chosen.account,
        risk=chosen.risk,
        waiting_since=chosen.waiting_since,
        search=search,
        after=request.GET.get("after"),
    )
    roles = roles_of(person)
    reviews = roles.is_approver or roles.is_admin or roles.is_auditor
    filters = filters_of(request.GET, chosen, search, waiting=selectors.waiting_count(person))
    context = {
        "rows": tuple(queue_row(row, reviews=reviews) for row in page.rows),
        "turn": turn_of(request, page.after),
        "filters": filters,
        "every_state": filters[-1],
        "narrowings": narrowings_of(chosen, accounts_for(person)),
        "chosen": chosen,
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
    return review_response(request, person, asked)


def review_response(
    request: HttpRequest,
    person: Person,
    asked: AccessRequest,
    *,
    reject_form: RejectForm | None = None,
    revoke_form: RevokeForm | None = None,
    comment_form: CommentForm | None = None,
    simulated: Simulated | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the review with its forms. What was typed before a new sign-in, or a refusal, stands in them again."""
    answer = None
    if asked.diagnosis:
        if asked.diagnosis.account_id == asked.account_id:
            asked.diagnosis.account = asked.account  # read already
        answer = diagnoses.answer(asked.diagnosis, viewer=person, is_own=person.pk == asked.beneficiary_id)
    record = record_of(asked)
    panel = decision_panel(asked, viewer=person, decisions=record.decisions)
    typed = typed_before(request, asked.code)
    digest = {"digest": asked.change_digest}
    context = {
        "page": review_page(
            asked,
            answer,
            viewer=person,
            may_decide=panel.may_decide,
            record=record,
            applies_next=panel.applies_next,
            simulated=simulated,
        ),
        "panel": panel,
        "approve_form": ApproveForm(initial={**digest, "note": typed.get("note", "")}),
        "reject_form": reject_form or RejectForm(initial={**digest, "reason": typed.get("reason", "")}),
        "revoke_form": revoke_form or RevokeForm(),
        "comment_form": comment_form or CommentForm(),
        "comment_back": "review",
    }
    return render(request, "queue/review.html", context, status=status)
