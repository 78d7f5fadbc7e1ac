"""Asking for something else: the requester asks anew, or an approver narrows it. A new change has a new digest.

Whoever approved the change before has to look again: an approval counts for the digest that it names alone.
"""

import copy
from typing import Any

from django.db import transaction
from django.utils import timezone

from troubleshoot.access import extending, outbox, routing
from troubleshoot.access.calls import as_of, call_from_data
from troubleshoot.access.comments import keep_said
from troubleshoot.access.errors import Refused
from troubleshoot.access.filing import refuse_without_approvers
from troubleshoot.access.guards import Attempt
from troubleshoot.access.outbox import Mail
from troubleshoot.access.states import Event, Telling, check, transition
from troubleshoot.access.weighing import weigh
from troubleshoot.access.words import cleaned
from troubleshoot.iam import evaluate
from troubleshoot.iam.layers import Layer, PolicySet
from troubleshoot.models import AccessRequest, Person
from troubleshoot.remedy import Change, change_from_data, with_change
from troubleshoot.remedy.narrowing import Fields, NotNarrower
from troubleshoot.remedy.narrowing import narrow as narrowed


def resubmit(*, request: AccessRequest, person: Person, justification: str, change: Change | None = None) -> None:
    """Answer the approvers' question: with a new justification and, where it is given, with another change.

    `Refused` where the change is for somebody else, may not last so long, could not be approved, or extends a grant
    and would end sooner than that; the rest as in `services`. The approvers are asked again.
    """
    words = cleaned(justification)
    attempt = Attempt(request, person, reason=words)
    check(request, Event.RESUBMIT, attempt)
    extending.refuse_no_longer(request, change or change_from_data(request.change))
    new = _with(request, change) if change and change.digest() != request.change_digest else request
    telling = Telling(
        data=_digests(request, new),
        texts={"justification": words},
        mails=outbox.to_all("to_decide", routing.deciders(new)),
    )
    changes = {"justification": words, **_columns(request, new)}
    with transaction.atomic():
        transition(request=request, event=Event.RESUBMIT, attempt=attempt, changes=changes, telling=telling)
        keep_said(request, person, words)


def narrow(*, request: AccessRequest, approver: Person, change_digest: str, wanted: str | Fields, reason: str) -> None:
    """Let the request ask for less: `wanted` is a policy document, or what to keep. The requester is told.

    `Refused` where it is not proved that it allows no more than was asked, or where the call that was denied would
    be denied still, or where an extension would end before what it extends. `change_digest` is the change that the
    approver was shown, as in `approve`.
    """
    attempt = Attempt(request, approver, change_digest, cleaned(reason))
    check(request, Event.NARROW, attempt)
    smaller = narrowed(change_from_data(request.change), wanted)
    if isinstance(smaller, NotNarrower):
        raise Refused("not_narrower", smaller.words)
    extending.refuse_no_longer(request, smaller)
    _refuse_useless(request, smaller)
    new = _with(request, smaller)
    telling = Telling(
        data=_digests(request, new),
        texts={"reason": attempt.reason},
        mails=_narrowed_mails(request, approver, attempt.reason),
    )
    columns = _columns(request, new)
    with transaction.atomic():
        transition(request=request, event=Event.NARROW, attempt=attempt, changes=columns, telling=telling)
        keep_said(request, approver, attempt.reason)


def _with(request: AccessRequest, change: Change) -> AccessRequest:
    """Return the request as it would be with another change, judged anew and unsaved."""
    if (change.account, change.principal) != (request.account.account_id, request.principal_arn):
        raise Refused("other_principal", "The change is not for the principal that made the call.")
    new = copy.copy(request)
    new.change, new.change_digest = change.as_data(), change.digest()
    new.first_change = request.first_change or request.change
    weigh(new)
    refuse_without_approvers(new)
    return new


def _columns(request: AccessRequest, new: AccessRequest) -> dict[str, Any]:
    if new is request:
        return {}
    return {name: getattr(new, name) for name in ("change", "change_digest", "first_change", "risk", "findings")}


def _digests(request: AccessRequest, new: AccessRequest) -> dict[str, Any]:
    return {} if new is request else {"change": new.change_digest, "before": request.change_digest}


def _refuse_useless(request: AccessRequest, change: Change) -> None:
    """A narrower change that lets the call fail still is no answer: what helps nobody is to be rejected."""
    call = call_from_data(request.call)
    before, after = (with_change(PolicySet(), each) for each in (change_from_data(request.change), change))
    now = timezone.now()
    helped, helps = (
        not evaluate(as_of(call, held, now), held).layers[Layer.IDENTITY].effect.stops for held in (before, after)
    )
    if helped and not helps:
        words = "With this the call would be denied still. Keep its action and its resource, or reject the request."
        raise Refused("useless", words)


def _narrowed_mails(request: AccessRequest, approver: Person, reason: str) -> list[Mail]:
    approved = [approval.approver for approval in request.approvals.select_related("approver")]
    people = [request.requester, request.beneficiary, *(person for person in approved if person.pk != approver.pk)]
    return outbox.to_all("narrowed", people, reason=reason)
