"""More time for an active grant, without a gap: the new policy is attached and verified before the old one goes.

An extension is a request of its own, reviewed like any other. Until it is active, the old grant stays as it is.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from django.utils import timezone

from troubleshoot.access import manual, undo
from troubleshoot.access.calls import call_from_data
from troubleshoot.access.errors import Refused
from troubleshoot.access.filing import submit
from troubleshoot.access.guards import Attempt, is_concerned
from troubleshoot.iam.snapshot import Missing, Snapshot
from troubleshoot.models import AccessRequest, Grant, Person, State
from troubleshoot.remedy import Change, change_from_data

NO_LONGER: Final = "With that it would end sooner than it does now. Choose a longer time."
_GOES_ON: Final = frozenset({State.ACTIVE, State.EXPIRED})


def why_not(request: AccessRequest, person: Person) -> str:
    """Return in words why `person` may not ask for more time for this request's grant; empty where they may."""
    if words := is_concerned(Attempt(request, person)):
        return words
    grant = Grant.objects.filter(request=request).first()
    if request.state != State.ACTIVE or grant is None:
        return f"Only active access can be extended. This request is {State(request.state).label}."
    if grant.expires_at is None:
        return "This access has no end, so there is nothing to extend."
    if grant.revoked or undo.is_asked(grant):
        return "This access is being taken away. Ask for it anew afterwards."
    return ""


def longer(request: AccessRequest, hours: Sequence[int]) -> list[int]:
    """Return which of these lengths, counted from now, end later than this request's grant does."""
    ends = Grant.objects.filter(request=request).values_list("expires_at", flat=True).first()
    return [length for length in hours if ends is None or timezone.now() + timedelta(hours=length) > ends]


def refuse_no_longer(request: AccessRequest, change: Change) -> None:
    """`Refused` where `request` extends a grant and `change` would end sooner than that grant does."""
    first = request.extends
    if first and change.hours is not None and not longer(first, [change.hours]):
        raise Refused("no_longer", NO_LONGER)


def extend(
    *, request: AccessRequest, person: Person, hours: int, justification: str, idempotency_key: str, ticket: str = ""
) -> AccessRequest:
    """File a request that goes on with this one's grant for `hours` after it is applied, and return it.

    `Refused` and `Duplicate` as in `submit`; `Refused` too where there is nothing to extend.
    """
    if words := why_not(request, person):
        raise Refused("extend", words)
    if not longer(request, [hours]):
        raise Refused("no_longer", NO_LONGER)
    return submit(
        requester=person,
        account=request.account,
        call=call_from_data(request.call),
        change=_change(request, hours),
        justification=justification,
        idempotency_key=idempotency_key,
        ticket=ticket,
        diagnosis=request.diagnosis,
        extends=request,
    )


def refuse_if_taken_away(request: AccessRequest) -> None:
    """Stop an extension whose first grant was taken away meanwhile: what somebody ended is not brought back."""
    if words := taken_away(request):
        raise Refused("not_extended", words)


def hold_the_first(request: AccessRequest) -> None:
    """Within a transaction: nobody ends the first grant until it is over, and `Refused` where somebody has.

    Whoever ends it takes the same row first, so that either the extension knows of the end, or the end of the
    extension.
    """
    if request.extends_id is not None:
        AccessRequest.objects.select_for_update().get(pk=request.extends_id)
    refuse_if_taken_away(request)


def taken_away(request: AccessRequest) -> str:
    """Return in words that somebody ended the grant that this one extends; empty where nobody did."""
    if request.extends_id is None:
        return ""
    first = AccessRequest.objects.select_related("grant").get(pk=request.extends_id)
    if first.state not in _GOES_ON or first.grant.revoked or undo.is_asked(first.grant):
        return "The access that this extends was taken away meanwhile. Ask for it anew."
    return ""


def without_the_first(request: AccessRequest, snapshot: Snapshot) -> Snapshot:
    """Return the state as it will be without the grant that this one extends, so that the new one is shown to do."""
    first = Grant.objects.filter(request=request.extends_id).first() if request.extends_id else None
    if first is None or isinstance(snapshot.identity, Missing):
        return snapshot
    return replace(snapshot, identity=tuple(policy for policy in snapshot.identity if policy.arn != first.policy_arn))


def _change(request: AccessRequest, hours: int) -> Change:
    """The same change for another time. An edit goes on from the document that the first one made."""
    change = change_from_data(request.change)
    if change.edit is None:
        return replace(change, hours=hours)
    before = manual.edit_document(change, request.grant)
    return replace(change, hours=hours, edit=replace(change.edit, before=before))
