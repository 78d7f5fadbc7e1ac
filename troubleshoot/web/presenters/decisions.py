"""What stands beside a decision: who may take it, who has, what else asks for the same, what people said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from troubleshoot.access import asking, comments, routing
from troubleshoot.access.doors import may_see
from troubleshoot.models import AccessRequest, Approval, Comment, Person, State
from troubleshoot.remedy import change_from_data
from troubleshoot.web.presenters.names import list_in_words
from troubleshoot.web.presenters.requests import RequestRow, request_row

_NAMED = 5
_NUMBERS = ("None", "One", "Two", "Three", "Four", "Five")


@dataclass(frozen=True, slots=True)
class CommentView:
    """What somebody said. `own`: the viewer said it."""

    author: str
    at: datetime
    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class DecisionPanel:
    """Who decides, in words; the approvals that count so far; other requests for the same call; the comments.

    `has_approved`: the viewer approved this change already, so that others have to. `applies_next`: one approval
    more is enough.
    `waits_for` says whose turn it is where it is not the approvers'. `changed`: it asks for something else than at
    first.
    """

    may_decide: bool
    has_approved: bool
    applies_next: bool
    may_narrow: bool
    who: str
    given: str
    waits_for: str
    changed: bool
    others: tuple[RequestRow, ...]
    comments: tuple[CommentView, ...]
    may_comment: bool


def decision_panel(request: AccessRequest, *, viewer: Person, decisions: Sequence[Approval]) -> DecisionPanel:
    """Return what the review shows beside its evidence, for one viewer. `decisions` are the request's so far."""
    asked = routing.asked_of(request)
    route = routing.route_of(asked) if request.state == State.SUBMITTED else None
    today, approvals = timezone.localdate(), routing.approvals_of(request, decisions)
    days = {today, *routing.days_of(approvals)}
    by_day = routing.people_by_day(route, asked, days) if route else {today: []}
    people = by_day[today]
    standing = [one for one in approvals if one.approver in by_day[one.decided_at.date()]] if route else []
    has_approved = route is not None and viewer.pk in {approval.approver_id for approval in approvals}
    return DecisionPanel(
        may_decide=viewer in people and not has_approved,
        has_approved=has_approved,
        applies_next=route is not None and len(standing) + 1 >= route.approvals,
        may_narrow=viewer in people and not change_from_data(request.change).is_manual,
        who=who_in_words([str(person) for person in people], route.approvals) if route else "",
        given=_given(standing) if route and route.approvals > 1 else "",
        waits_for=_waits_for(request),
        changed=request.first_change is not None,
        others=tuple(
            request_row(other) for other in asking.others_for_the_same_call(request) if may_see(viewer, other)
        ),
        comments=comment_views(request, viewer=viewer),
        may_comment=comments.may_comment(viewer, request),
    )


def who_in_words(names: list[str], needed: int) -> str:
    """Return one or two sentences on who decides, and how many of them have to approve."""
    if len(names) < needed:
        return "Too few people can approve it at the moment. The administrators know."
    shown = names[:_NAMED] + ([f"{len(names) - _NAMED} more"] if len(names) > _NAMED else [])
    if needed == 1:
        return f"{list_in_words(shown, last='or')} decides."
    number = _NUMBERS[needed] if needed < len(_NUMBERS) else str(needed)
    return f"{number} of these people have to approve it: {list_in_words(shown)}."


def comment_views(request: AccessRequest, *, viewer: Person) -> tuple[CommentView, ...]:
    """Return the comments on a request, the oldest first."""
    return tuple(_comment(comment, viewer) for comment in comments.comments_on(request))


def _comment(comment: Comment, viewer: Person) -> CommentView:
    return CommentView(str(comment.author), comment.at, comment.text, comment.author_id == viewer.pk)


def _given(standing: Sequence[Approval]) -> str:
    names = [str(approval.approver) for approval in standing]
    return f"Approved so far by {list_in_words(names)}." if names else "Nobody has approved it yet."


def _waits_for(request: AccessRequest) -> str:
    if request.state == State.NEEDS_CHANGES:
        return f"It waits for an answer from {request.requester}."
    return ""
