"""Undo: an active grant is taken back to the state before it. Refused where somebody changed it since.

Whatever others did beside it stays. Where they changed the grant itself, nothing is written; what stood before, what
was written, and what is there now are kept side by side for the page.
"""

from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from troubleshoot import audit
from troubleshoot.access import drift, manual, outbox, routing
from troubleshoot.access.claims import Claim, hold, wake
from troubleshoot.access.drift import WORDS, Compared, Drifted
from troubleshoot.access.errors import Refused, Stale
from troubleshoot.access.guards import Attempt, gives_a_reason, may_review
from troubleshoot.access.leftovers import same_document
from troubleshoot.access.states import stale
from troubleshoot.access.words import cleaned
from troubleshoot.models import AccessRequest, Grant, GrantStep, Person, State
from troubleshoot.remedy import change_from_data

ASKED: Final = "asked"
REFUSED: Final = "refused"


def ask(*, request: AccessRequest, person: Person, reason: str) -> None:
    """Let the worker undo an active grant. `Refused` for anybody but reviewers, or without a reason; `Stale` late."""
    attempt = Attempt(request, person, reason=cleaned(reason))
    if words := may_review(attempt) or gives_a_reason(attempt):
        raise Refused("undo", words)
    with transaction.atomic():
        if wake(AccessRequest.objects.filter(pk=request.pk, state=State.ACTIVE)) != 1:
            raise stale(request)
        refuse_where_it_goes_on(request)
        Grant.objects.filter(request=request).update(undo={"state": ASKED, "at": timezone.now().isoformat()})
        audit.append(
            event="request.undo_asked",
            actor=person,
            subject=request.code,
            data={"change": request.change_digest},
            texts={"reason": attempt.reason},
        )
    request.refresh_from_db()


def refuse_where_it_goes_on(request: AccessRequest) -> None:
    """Refuse to end a grant that an extension has taken over already: the access would go on all the same.

    Within the transaction that holds the request's row: `extending.hold_the_first` waits for it.
    """
    goes_on = request.extensions.filter(state=State.ACTIVE).first()
    if goes_on is not None:
        raise Stale("goes_on", f"This access goes on with {goes_on.code} now. End that one. Nothing was changed.")


def is_asked(grant: Grant) -> bool:
    """Tell whether an undo waits for the worker."""
    return (grant.undo or {}).get("state") == ASKED


def foreign(request: AccessRequest, grant: Grant) -> Compared:
    """Return what others changed of the grant since; without codes where nothing. `AwsProblem` as in `compare`.

    What this undo did itself before it was interrupted is no foreign change: its intent is kept before each step.
    """
    found = drift.compare(request, grant)
    intended = set(grant.steps.values_list("operation", flat=True))
    own = set()
    if GrantStep.Operation.DETACH in intended:
        own |= {Drifted.DETACHED} if found.attached else {Drifted.DETACHED, Drifted.PRINCIPAL_RECREATED}
    if GrantStep.Operation.DELETE_POLICY in intended:
        own.add(Drifted.POLICY_MISSING)
    if grant.manual and _is_put_back(request, grant, found):
        own |= {Drifted.DETACHED, Drifted.DOCUMENT_CHANGED, Drifted.POLICY_MISSING}
    own.add(Drifted.BOUNDARY_GONE)  # somebody's, but not a change of what was written
    codes = tuple(code for code in found.codes if code not in own)
    return Compared(codes, found.document, found.attached, found.elsewhere, found.why)


def refuse(claim: Claim, grant: Grant, found: Compared) -> None:
    """Record that nothing was undone, with the difference three ways, and tell it."""
    request = claim.request
    people = [approval.approver for approval in request.approvals.select_related("approver")]
    words = [WORDS[code] for code in found.codes]
    with transaction.atomic():
        hold(claim)
        grant.undo = {"state": REFUSED, "at": timezone.now().isoformat(), **_three_ways(request, grant, found)}
        grant.save(update_fields=["undo"])
        data = {"found": [str(code) for code in found.codes], "change": request.change_digest}
        entry = audit.append(event="request.undo_refused", actor=None, subject=request.code, data=data)
        mails = outbox.to_all("undo_refused", [*people, *routing.admins()], words=words)
        outbox.queue(mails, cause=f"step-{entry.sequence}", request=request)


def _is_put_back(request: AccessRequest, grant: Grant, found: Compared) -> bool:
    change = change_from_data(request.change)
    if change.statements and found.attached:
        return False
    return change.edit is None or same_document(found.document or "", manual.pre_image_of(change, grant))


def _three_ways(request: AccessRequest, grant: Grant, found: Compared) -> dict[str, Any]:
    change = change_from_data(request.change)
    before = manual.pre_image_of(change, grant) if change.edit else None
    wrote = manual.edit_document(change, grant) if change.edit else grant.document
    return {
        "codes": [str(code) for code in found.codes],
        "before": {"document": before, "attached": False, "others": []},
        "wrote": {"document": wrote, "attached": True, "others": []},
        "now": {"document": found.document, "attached": found.attached, "others": list(found.elsewhere)},
        "why": found.why,
    }
