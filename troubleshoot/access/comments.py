"""Comments on a request: what both sides say to each other, beside the decision and its reason."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from troubleshoot import audit
from troubleshoot.access import outbox, routing
from troubleshoot.access.errors import Refused
from troubleshoot.access.permissions import roles_of
from troubleshoot.access.words import cleaned
from troubleshoot.models import AccessRequest, Comment, Person, State

LONGEST_COMMENT = 2000


def add_comment(*, request: AccessRequest, author: Person, text: str) -> Comment:
    """Keep a comment, and tell the other people of the request by mail.

    `Refused` where `author` has no part in the request, or where nothing is left of `text` once it may be kept.
    """
    if not may_comment(author, request):
        raise Refused("no_part", "Only people who have a part in this request may comment on it.")
    words = cleaned(text, longest=LONGEST_COMMENT)
    if not words:
        raise Refused("no_text", "Write what you want to say.")
    with transaction.atomic():
        # The request's lock comes before the trail's, as in every step: else the two could wait for each other.
        AccessRequest.objects.select_for_update().get(pk=request.pk)
        comment = Comment.objects.create(request=request, author=author, text=words, at=timezone.now())
        entry = audit.append(
            event="request.comment",
            actor=author,
            subject=request.code,
            data={"comment": comment.pk},
            texts={"comment": words},
        )
        mails = outbox.to_all("comment", _others(request, author), author=str(author), words=words)
        outbox.queue(mails, cause=f"step-{entry.sequence}", request=request)
    return comment


def keep_said(request: AccessRequest, author: Person, words: str) -> None:
    """Keep among the comments what a step's own entry and mails tell already: a question, an answer, a reason."""
    Comment.objects.create(request=request, author=author, text=words, at=timezone.now())


def may_comment(person: Person, request: AccessRequest) -> bool:
    """Tell whether the person has a part in the request. Who only reads it, such as an auditor, has none."""
    roles = roles_of(person)
    if not roles.is_active:
        return False
    concerned = person.pk in (request.requester_id, request.beneficiary_id)
    return concerned or roles.is_helpdesk or roles.is_admin or roles.approver_of(request.account)


def comments_on(request: AccessRequest) -> QuerySet[Comment]:
    """Return what was said about a request, the oldest first."""
    return request.comments.select_related("author").order_by("at", "pk")


def _others(request: AccessRequest, author: Person) -> list[Person | None]:
    """Both sides: whom the request is about; who decides or has decided; and whoever said something before."""
    people: list[Person | None] = [request.requester, request.beneficiary]
    if request.state == State.SUBMITTED:
        people += list(routing.deciders(request))
    people += [approval.approver for approval in request.approvals.select_related("approver")]
    people += [comment.author for comment in comments_on(request)]
    return [person for person in people if person is not None and person.is_active and person.pk != author.pk]
