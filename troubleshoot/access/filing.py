"""Filing a request: the change is frozen, and whatever no form should have sent is refused."""

import hashlib

from django.db import IntegrityError, transaction
from django.utils import timezone

from troubleshoot import audit
from troubleshoot.access import outbox, routing, searching
from troubleshoot.access.calls import call_data, call_digest
from troubleshoot.access.codes import new_code
from troubleshoot.access.doors import may_see
from troubleshoot.access.errors import Duplicate, Refused
from troubleshoot.access.locks import hold_active
from troubleshoot.access.permissions import is_linked, owns
from troubleshoot.access.same_principal import id_digest, known_at_filing
from troubleshoot.access.states import FIRST_REMINDER
from troubleshoot.access.tickets import LONGEST_TICKET, refuse_ticket
from troubleshoot.access.weighing import weigh
from troubleshoot.access.words import cleaned
from troubleshoot.iam.request import Request
from troubleshoot.models import UNSETTLED, AccessRequest, Account, Diagnosis, Person, State
from troubleshoot.remedy import Change

_LONGEST = {"action": 128, "resource": 2048, "principal_arn": 640}  # the columns' widths


def submit(
    *,
    requester: Person,
    account: Account,
    call: Request,
    change: Change,
    justification: str,
    idempotency_key: str,
    ticket: str = "",
    diagnosis: Diagnosis | None = None,
    extends: AccessRequest | None = None,
) -> AccessRequest:
    """File a request for `change`, so that `call` succeeds, and return it.

    `extends` is the request whose grant this one goes on with. After a grant under which the call was still denied,
    `diagnosis` names it, and the new request follows that one; such a one is no duplicate of what it follows.

    The same `idempotency_key` with the same change again returns the request that it made. `Duplicate` where the
    same is asked for or given already, as far as `requester` may know of it; `Refused` where the change does not
    fit, or where nobody may approve it (admins are told).
    """
    key = _own_key(requester, idempotency_key, change)
    if made := AccessRequest.objects.filter(idempotency_key=key).first():
        return made
    request = _drafted(requester, account, call, change)
    request.diagnosis, request.extends = diagnosis, extends
    request.follows = diagnosis.follows if diagnosis else None
    request.principal_unique_id = known_at_filing(request, call.principal)
    request.call_digest = _apart_from_what_it_follows(request)
    request.justification, request.ticket = cleaned(justification), cleaned(ticket, longest=LONGEST_TICKET)
    request.idempotency_key = key
    _refuse_unfit(request, call, change)
    if earlier := _open_request(request):
        if earlier.idempotency_key == key:  # the same form, sent at the same moment
            return earlier
        raise Duplicate(earlier)
    request.beneficiary = _beneficiary(request, call)
    refuse_without_approvers(request)
    return _file(request)


def _drafted(requester: Person, account: Account, call: Request, change: Change) -> AccessRequest:
    """Return a request for the change, unsaved: who asks, for which call, and the change with its digest."""
    return AccessRequest(
        requester=requester,
        account=account,
        principal_arn=change.principal,
        action=call.action,
        resource=call.resource,
        call=call_data(call),
        call_digest=_digest(requester, account, call, change),
        change=change.as_data(),
        change_digest=change.digest(),
    )


def _own_key(requester: Person, key: str, change: Change) -> str:
    """Two people's forms never share a key, and neither do two changes: an edited form asks for something else."""
    if not key:
        raise Refused("no_key", "This form is not complete. Please open it again.")
    return hashlib.sha256(f"{requester.public_id}:{change.digest()}:{key}".encode()).hexdigest()


def _refuse_unfit(request: AccessRequest, call: Request, change: Change) -> None:
    """Refuse what no form should have sent: another account, another principal, no end where one is due."""
    account = request.account
    if not request.requester.is_active:
        raise Refused("disabled", "Your sign-in is disabled.")
    if not request.justification:
        raise Refused("no_justification", "Please say what you need it for. The approver decides on that.")
    if change.account != account.account_id or not is_linked(call.principal, [change.principal]):
        raise Refused("other_principal", "The change is not for the principal that made the call.")
    if any(len(getattr(request, column)) > longest for column, longest in _LONGEST.items()):
        raise Refused("too_long", "The principal, the action or the resource is longer than AWS allows.")
    refuse_ticket(account, request.ticket)
    weigh(request)


def _digest(requester: Person, account: Account, call: Request, change: Change) -> str:
    """Return what makes two requests the same: for those whose principal it is, whoever of them files.

    Anybody else's is their own. Else a refusal would tell a stranger what the principal's owner asked for or holds.
    """
    is_own = owns(requester, account, call.principal) or owns(requester, account, change.principal)
    digest = call_digest(change.principal, call.action, call.resource)
    return digest if is_own else hashlib.sha256(f"{requester.public_id}:{digest}".encode()).hexdigest()


def _apart_from_what_it_follows(request: AccessRequest) -> str:
    """The grant that did not help is active still: asking on is another thing, once for each grant."""
    if request.follows is None:
        return request.call_digest
    return hashlib.sha256(f"{request.follows.code}:{request.call_digest}".encode()).hexdigest()


def _open_request(request: AccessRequest) -> AccessRequest | None:
    """Return an open request for the same that the requester may see. One that they may not is as if it were not.

    What it extends or follows does not count; another extension of the same grant does.
    """
    if request.extends_id:
        return AccessRequest.objects.filter(extends=request.extends_id, state__in=UNSETTLED).first()
    rows = AccessRequest.objects.filter(
        account=request.account,
        principal_arn=request.principal_arn,
        action__iexact=request.action,
        resource=request.resource,
        state__in=UNSETTLED,
    )
    if request.follows_id:
        rows = rows.exclude(pk=request.follows_id)
    visible = (row for row in rows.select_related("account").order_by("pk") if may_see(request.requester, row))
    return next(visible, None) or rows.filter(call_digest=request.call_digest).first()


def _beneficiary(request: AccessRequest, call: Request) -> Person | None:
    """The requester, where the principal is theirs; else the first person whom it belongs to."""
    requester, account = request.requester, request.account
    if owns(requester, account, call.principal) or owns(requester, account, request.principal_arn):
        return requester
    holders = routing.holders_of(account, call.principal) or routing.holders_of(account, request.principal_arn)
    return holders[0] if holders else None


def refuse_without_approvers(request: AccessRequest) -> None:
    """Refuse at once what could never be approved: fewer people may do so than have to. Administrators are told."""
    people, needed = routing.deciders(request).count(), routing.required_approvals(request)
    if people >= needed:
        return
    account_id = request.account.account_id
    mails = outbox.to_all("nobody_can_approve", routing.admins(), account=account_id)
    with transaction.atomic():
        # One mail a day and account: whoever tries again and again does not flood the administrators.
        outbox.queue(mails, cause=f"nobody-{account_id}-{timezone.now():%Y%m%d}")
        audit.append(
            event="request.nobody_can_approve",
            actor=request.requester,
            subject=account_id,
            data={"change": request.change_digest, "needed": needed, "people": people},
        )
    who = f"It needs {needed} approvals, and {people} may give one" if people else "Nobody may approve this"
    raise Refused(
        "nobody_can_approve",
        f"{who} at the moment, so it was not filed. The administrators of the portal have been told.",
    )


def _file(request: AccessRequest) -> AccessRequest:
    """Save the request with its trail. Another process may have filed the same in between: the database tells."""
    while True:
        now = timezone.now()
        request.code, request.submitted_at, request.changed_at = new_code(), now, now
        request.due_at = now + FIRST_REMINDER
        try:
            with transaction.atomic():
                hold_active([request.requester, request.beneficiary])
                request.save(force_insert=True)
                searching.keep(request)
                _record_filing(request)
        except IntegrityError:
            request.pk = None
            if made := AccessRequest.objects.filter(idempotency_key=request.idempotency_key).first():
                return made
            if earlier := _open_request(request):
                raise Duplicate(earlier) from None
            if not AccessRequest.objects.filter(code=request.code).exists():
                raise
        else:
            return request


def _record_filing(request: AccessRequest) -> None:
    beneficiary = request.beneficiary
    entry = audit.append(
        event="request.submit",
        actor=request.requester,
        subject=request.code,
        data={
            "to": State.SUBMITTED,
            "account": request.account.account_id,
            "call": request.call_digest,
            "change": request.change_digest,
            "principal_id": id_digest(request.principal_unique_id),
            "beneficiary": str(beneficiary.public_id) if beneficiary else None,
        },
        texts={"justification": request.justification, "ticket": request.ticket},
    )
    owners = routing.holders_of(request.account, request.principal_arn) if request.on_behalf else []
    others = [owner for owner in [beneficiary, *owners] if owner and owner.pk != request.requester_id]
    mails = [
        *outbox.to_all("submitted", [request.requester]),
        *outbox.to_all("to_decide", routing.deciders(request)),
        *outbox.to_all("on_behalf", others if request.on_behalf else []),
    ]
    outbox.queue(mails, cause=f"step-{entry.sequence}", request=request)
