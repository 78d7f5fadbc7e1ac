"""The guards of the table of states: each returns None, or in words why the step is refused."""

from dataclasses import dataclass

from django.utils import timezone

from troubleshoot.access import routing
from troubleshoot.models import AccessRequest, Approval, Mode, Person, State
from troubleshoot.remedy import change_from_data


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody tries a step. `actor` None is the worker; `digest` is the change that the actor was shown."""

    request: AccessRequest
    actor: Person | None = None
    digest: str = ""
    reason: str = ""


def may_decide(attempt: Attempt) -> str | None:
    """The actor is an active approver of the account, and neither requester, beneficiary nor holder."""
    request, actor = attempt.request, attempt.actor
    if actor is None or routing.may_decide(actor, request):
        return None
    if actor.pk in (request.requester_id, request.beneficiary_id):
        return "Nobody decides their own request. Another approver has to do it."
    return "You may not decide this request. Its page names the people who may."


def knows_the_change(attempt: Attempt) -> str | None:
    """The digest that the actor was shown is the request's, and the request's is its change's."""
    request = attempt.request
    if attempt.digest == request.change_digest == change_from_data(request.change).digest():
        return None
    return "The change is not the one that you were shown. Please look at it again."


def gives_a_reason(attempt: Attempt) -> str | None:
    """The actor says why."""
    return None if attempt.reason else "Please give a reason, so that the other side knows what to do."


def enough_approvals(attempt: Attempt) -> str | None:
    """As many different approvers as the request needs have approved exactly this change."""
    request = attempt.request
    missing = routing.required_approvals(request) - len(routing.standing_approvals(request))
    return None if missing <= 0 else f"Approvals that are still missing: {missing}."


def still_approved(attempt: Attempt) -> str | None:
    """The worker's own check before it acts: approvals, their number, distinctness and digest, no rejection."""
    request = attempt.request
    if change_from_data(request.change).digest() != request.change_digest:
        return "The change is not the one that was asked for, so it was not applied."
    if words := is_wanted(attempt):
        return words
    if request.approvals.filter(verdict=Approval.Verdict.REJECT).exists():
        return "An approver rejected it, so it was not applied."
    if enough_approvals(attempt):
        return "Its approval does not stand any more, so it was not applied."
    return None


def is_wanted(attempt: Attempt) -> str | None:
    """Whoever it is for can still sign in; where its principal is nobody's, whoever filed it."""
    owner = attempt.request.beneficiary or attempt.request.requester
    return None if owner.is_active else "Whoever it is for has been disabled, so it was not applied."


def is_concerned(attempt: Attempt) -> str | None:
    """The actor filed the request, or it is for the actor's principal."""
    request, actor = attempt.request, attempt.actor
    if actor and actor.is_active and actor.pk in (request.requester_id, request.beneficiary_id):
        return None
    return "Only the person who filed it, or whom it is for, may do this."


def may_review(attempt: Attempt) -> str | None:
    """The actor may decide the request, or administers the portal."""
    actor = attempt.actor
    if (
        actor
        and actor.is_active
        and (routing.may_decide(actor, attempt.request) or routing.admins().filter(pk=actor.pk).exists())
    ):
        return None
    return "Only an approver of this request, or an administrator, may do this."


def can_be_read(attempt: Attempt) -> str | None:
    """The portal may read the account, so that it can check what was done there."""
    if attempt.request.account.may_read:
        return None
    return "The portal may not read this account, so it cannot check what was done there."


def may_be_written(attempt: Attempt) -> str | None:
    """The portal may write in the account."""
    return None if attempt.request.account.mode == Mode.WRITE else "The portal may not write in this account."


def is_manual(attempt: Attempt) -> str | None:
    """An administrator applies it by hand."""
    return None if attempt.request.grant.manual else "The portal applies this one itself."


def all_written(attempt: Attempt) -> str | None:
    """Every step of the grant has been done and read back."""
    steps = attempt.request.grant.steps.filter(operation__in=("create_policy", "attach"))
    if steps.count() == 2 and not steps.filter(done_at__isnull=True).exists():
        return None
    return "Not everything has been written yet."


def is_verified(attempt: Attempt) -> str | None:
    """The original call was judged again on fresh state, and no layer that can be read stops it."""
    grant = attempt.request.grant
    if grant.verified_at and grant.verification and grant.verification.get("stopped_by") == []:
        return None
    return "The original call has not been verified."


def has_ended(attempt: Attempt) -> str | None:
    """The grant has been taken away."""
    return None if attempt.request.grant.ended_at else "The grant has not been taken away yet."


def is_replaced(attempt: Attempt) -> str | None:
    """A request that goes on with this one's grant is active, so that nothing is missing without this one."""
    if attempt.request.extensions.filter(state=State.ACTIVE).exists():
        return None
    return "No other grant goes on with this one."


def has_expired(attempt: Attempt) -> str | None:
    """The grant's own end has passed, so that its condition lets nothing through any more."""
    ends = attempt.request.grant.expires_at
    return None if ends and ends <= timezone.now() else "The grant has not come to its end yet."
