"""Verifying a grant: the original call is judged again, on state that is read afresh."""

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from troubleshoot.access import accounts, extending, manual, outbox, same_principal
from troubleshoot.access.apply import NotYet, concerned, fail
from troubleshoot.access.calls import as_of, call_from_data
from troubleshoot.access.claims import Claim, wake
from troubleshoot.access.reminders import next_look
from troubleshoot.access.states import Event, Telling, transition
from troubleshoot.access.words import LAYER_NAMES
from troubleshoot.iam import evaluate
from troubleshoot.iam.decision import Decision, Effect
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.request import Request
from troubleshoot.iam.snapshot import Missing, Snapshot, StoredPolicy
from troubleshoot.models import AccessRequest, Grant, State

PATIENCE: Final = 7
"""Attempts before a grant that does not show yet has failed: about two minutes with the doubling pauses.

AWS gives no figure for its eventual consistency:
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
"""


def verify(claim: Claim) -> None:
    """Judge the original call again: active where no layer that can be read stops it, else later or failed.

    What was made by hand must be there exactly as it was approved, too. `Refused` where the principal was made anew.
    """
    request, grant = claim.request, claim.request.grant
    call = call_from_data(request.call)
    reader = accounts.reader(request.account, case=request.code)
    snapshot = reader.snapshot(call.principal, action=call.action, resource=call.resource)
    same_principal.recognise(claim, snapshot.unique_id)
    if grant.manual and (words := _not_by_hand(request, grant, snapshot)):
        _give_back(claim, words)
        return
    now = timezone.now()
    decision = judge(call, extending.without_the_first(request, snapshot), now)
    found = {**_as_data(decision, now), "boundary": _boundary(snapshot)}
    if not found["stopped_by"]:
        _activate(claim, grant, found, now)
    elif _may_still_come(decision, request):
        raise NotYet(_why(decision, snapshot))
    elif grant.manual:
        _give_back(claim, _why(decision, snapshot))
    else:
        fail(claim, words=_why(decision, snapshot))


def _not_by_hand(request: AccessRequest, grant: Grant, snapshot: Snapshot) -> str:
    """Return in words why what was made by hand does not count; empty where it does."""
    return (
        same_principal.not_read(request, snapshot)
        or manual.not_as_approved(request, grant, snapshot)
        or extending.taken_away(request)
    )


def judge(call: Request, snapshot: Snapshot, at: datetime) -> Decision:
    """Return the decision on `call` at the time `at`. What the policies ask for and nobody knows is unknown."""
    policies = snapshot.policy_set()
    return evaluate(as_of(call, policies, at), policies)


def _as_data(decision: Decision, at: datetime) -> dict[str, Any]:
    """What is kept with the grant. The identity policies must pass for certain: they hold what was granted."""
    effects = {layer: result.effect for layer, result in decision.layers.items()}
    stopped_by = [str(result.layer) for result in decision.stopping]
    if effects[Layer.IDENTITY] is Effect.UNKNOWN:
        stopped_by.append(str(Layer.IDENTITY))
    return {
        "outcome": str(decision.outcome),
        "checked": [str(layer) for layer, effect in effects.items() if effect is not Effect.UNKNOWN],
        "unchecked": [str(layer) for layer, effect in effects.items() if effect is Effect.UNKNOWN],
        "stopped_by": stopped_by,
        "at": at.isoformat(),
    }


def _boundary(snapshot: Snapshot) -> str:
    """Name the boundary that was there; empty where there was none, or nobody could read it."""
    return snapshot.boundary.name if isinstance(snapshot.boundary, StoredPolicy) else ""


def _may_still_come(decision: Decision, request: AccessRequest) -> bool:
    """Whether waiting can help: what was written takes time to show, another layer's stop does not go away."""
    others = [result for result in decision.stopping if result.layer is not Layer.IDENTITY]
    explicit = decision.layers[Layer.IDENTITY].effect is Effect.EXPLICIT
    return not others and not explicit and request.attempts < PATIENCE


def _why(decision: Decision, snapshot: Snapshot) -> str:
    if isinstance(snapshot.exists, Missing):
        return f"The call could not be checked. {snapshot.exists.why}"
    if not snapshot.exists:
        return "The principal does not exist in IAM any more."
    names = [LAYER_NAMES[result.layer] for result in decision.stopping]
    if names:
        return f"The call would still be stopped by the {' and the '.join(names)}."
    return "The identity policies could not be read, so the call could not be checked."


def _activate(claim: Claim, grant: Grant, found: dict[str, Any], now: datetime) -> None:
    with transaction.atomic():
        extending.hold_the_first(claim.request)
        grant.verification, grant.verified_at = found, now
        grant.save(update_fields=["verification", "verified_at"])
        data = {name: found[name] for name in ("outcome", "checked", "unchecked")}
        transition(
            request=claim.request,
            event=Event.VERIFIED,
            fence=claim.fence,
            changes={"due_at": next_look(grant, now)},
            telling=Telling(data=data, mails=outbox.to_all(_template(claim.request), concerned(claim.request))),
        )
        if claim.request.extends_id:
            wake(AccessRequest.objects.filter(pk=claim.request.extends_id, state=State.ACTIVE))


def _template(request: AccessRequest) -> str:
    return "extended" if request.extends_id else "active"


def _give_back(claim: Claim, words: str) -> None:
    transition(
        request=claim.request,
        event=Event.NOT_THERE_YET,
        fence=claim.fence,
        changes={"failure": words},
        telling=Telling(texts={"reason": words}),
    )
