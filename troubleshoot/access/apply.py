"""Applying an approved request: write the intent, act, read back, record. Every step can be repeated.

The worker calls one function for each state. Each ends with a transition, or with an exception that
`reconcile` turns into "later" or "failed".
"""

from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from troubleshoot.access import accounts, extending, guards, manual, outbox, routing, same_principal
from troubleshoot.access.claims import Claim, Lost, hold
from troubleshoot.access.errors import Refused
from troubleshoot.access.guards import Attempt
from troubleshoot.access.leftovers import Leftovers, read_leftovers, same_document
from troubleshoot.access.states import Event, Telling, transition
from troubleshoot.aws.gateway import PORTAL_PATH, NotWritable, Writer
from troubleshoot.models import AccessRequest, Grant, GrantStep, Person
from troubleshoot.remedy import change_from_data, grant_document
from troubleshoot.remedy.grant import edited_document

Operation = GrantStep.Operation
NOBODY: Final = "The principal does not exist in IAM, so nobody can give it anything."
BY_HAND: Final = "It edits a policy that is not the portal's own. An administrator does that by hand."
WRITES: Final = (Operation.CREATE_POLICY, Operation.ATTACH)


class NotYet(Exception):  # noqa: N818 - reads as what happened
    """IAM does not show yet what was written. The words say what is waited for."""


def begin(claim: Claim) -> None:
    """Write down what will be done, or hand it over to an administrator where the portal may not do it.

    A principal that does not exist is not handed over: nobody could do anything for it. `Refused` then, or the
    writer's own `AwsProblem`. `Refused` too where the principal was made anew since, and where an edit was approved on
    a document that is not there any more.
    """
    request = claim.request
    extending.refuse_if_taken_away(request)
    reason, before = _who_writes(claim)
    image = _look_before(claim) if reason else None
    with transaction.atomic():
        grant = _grant(request, before, image)
        if reason:
            _hand_over(claim, reason)
        else:
            intended = timezone.now()
            steps = [GrantStep(grant=grant, operation=operation, intended_at=intended) for operation in WRITES]
            GrantStep.objects.bulk_create(steps)
            transition(request=request, event=Event.BEGIN, fence=claim.fence, telling=Telling(data=_for_whom(request)))


def _who_writes(claim: Claim) -> tuple[str, list[str]]:
    """Return why an administrator has to do it by hand (empty: the portal may), and what is attached before."""
    request = claim.request
    if change_from_data(request.change).is_manual:
        return BY_HAND, []
    writer = accounts.writer(request.account, case=request.code)
    if writer is None:
        return "The portal may not write in this account.", []
    try:
        writer.check_writable(request.principal_arn)
        _refuse_another(claim, writer)
        return "", sorted(writer.attached_policies(request.principal_arn))
    except NotWritable as problem:
        return problem.words, []


def _refuse_another(claim: Claim, writer: Writer) -> None:
    """`Refused` where nobody bears the principal's name now, or somebody else than the one it was asked for."""
    unique_id = writer.unique_id(claim.request.principal_arn)
    if not unique_id:
        raise Refused("no_such_principal", NOBODY)
    same_principal.recognise(claim, unique_id)


def _look_before(claim: Claim) -> dict[str, Any]:
    """Return what stands in IAM before a change by hand.

    The writer stops before it looks at a principal that it must not change: the reader knows whether it exists.
    """
    request = claim.request
    snapshot = manual.read(request)
    if snapshot.exists is False:
        raise Refused("no_such_principal", NOBODY)
    same_principal.recognise(claim, snapshot.unique_id)
    return manual.before_image(request, change_from_data(request.change), snapshot)


def write(claim: Claim) -> None:
    """Create the policy and attach it, whatever of it is not there yet, and read both back.

    AWS attaches by name, so that who bears the name is read before each write, and once more after the last.
    """
    request, grant = claim.request, claim.request.grant
    writer = accounts.writer(request.account, case=request.code)
    if writer is None:
        raise Refused("no_writer", "The portal may not write in this account any more.")
    for step in grant.steps.filter(done_at__isnull=True, operation__in=WRITES):
        _refuse_another(claim, writer)
        _last_look(claim, grant)
        _do(step.operation, writer, request, grant)
        _read_back(step.operation, writer, grant)
        _done(claim, step)
    _refuse_another(claim, writer)
    transition(request=request, event=Event.WRITTEN, fence=claim.fence)


def fail(claim: Claim, *, words: str) -> None:
    """Record the failure with the exact list of what exists in IAM. What exists is taken away afterwards."""
    request = claim.request
    grant = Grant.objects.filter(request=request, ended_at__isnull=True).first()
    failure, data, due = words, {}, None
    mails: list[outbox.Mail] = []
    if grant:
        found = _what_exists(request, grant)
        is_gone = found.attached is False if grant.manual else found.nothing
        due = None if is_gone else timezone.now()
        data = found.as_data()
        if not (grant.manual and is_gone):
            failure = f"{words} {found.words(grant)}"
        if grant.manual and found.attached:
            mails = outbox.to_all("remove_by_hand", [*approvers(request), *routing.admins()], left=found.words(grant))
    with transaction.atomic():
        if grant and due is None:
            Grant.objects.filter(pk=grant.pk).update(ended_at=timezone.now())
        mails += outbox.to_all("failed", [*concerned(request), *approvers(request)], failure=failure)
        transition(
            request=request,
            event=Event.FAIL,
            fence=claim.fence,
            changes={"failure": failure, "due_at": due},
            telling=Telling(data=data, texts={"failure": failure}, mails=mails),
        )


def _what_exists(request: AccessRequest, grant: Grant) -> Leftovers:
    if grant.manual:
        return manual.remains(request, grant, manual.read(request))
    return read_leftovers(accounts.writer(request.account, case=request.code), grant)


def concerned(request: AccessRequest) -> list[Person | None]:
    """Return whom a request is about."""
    return [request.requester, request.beneficiary]


def approvers(request: AccessRequest) -> list[Person]:
    """Return who decided a request."""
    return [approval.approver for approval in request.approvals.select_related("approver")]


def _grant(request: AccessRequest, before: list[str], image: dict[str, Any] | None) -> Grant:
    """Return the intent: every name in it follows from the request, its end from now. With `image`: by hand."""
    change, account = change_from_data(request.change), request.account
    now = timezone.now().replace(microsecond=0)
    ends_at = now + timedelta(hours=change.hours) if change.hours is not None else None
    edit = None if change.statements else change.edit
    document = edited_document(edit, ends_at=ends_at) if edit else grant_document(change, ends_at=ends_at)
    return Grant.objects.create(
        request=request,
        policy_arn=f"arn:{account.partition}:iam::{account.account_id}:policy{PORTAL_PATH}{request.policy_name}",
        principal_arn=change.principal,
        document=document,
        expires_at=ends_at,
        before=before if image is None else image["attached"] or [],
        manual=image is not None,
        pre_image=image,
    )


def _hand_over(claim: Claim, reason: str) -> None:
    request = claim.request
    mails = outbox.to_all("apply_by_hand", approvers(request), reason=reason)
    transition(
        request=request,
        event=Event.HAND_OVER,
        fence=claim.fence,
        changes={"failure": reason},
        telling=Telling(data=_for_whom(request), texts={"reason": reason}, mails=mails),
    )


def _for_whom(request: AccessRequest) -> dict[str, Any]:
    return {"principal_id": same_principal.id_digest(request.principal_unique_id)}


def _last_look(claim: Claim, grant: Grant) -> None:
    """Just before a write: the approval still stands, the document is the approved one, the row is still ours."""
    request = AccessRequest.objects.select_related("account", "requester", "beneficiary").get(pk=claim.request.pk)
    if words := guards.still_approved(Attempt(request)):
        raise Refused("not_approved", words)
    extending.refuse_if_taken_away(request)
    change = change_from_data(request.change)
    approved = grant_document(change, ends_at=grant.expires_at)
    if (grant.document, grant.principal_arn) != (approved, change.principal):
        raise Refused("other_document", "The policy is not the one that was approved, so it was not applied.")
    hold(claim)


def _do(operation: str, writer: Writer, request: AccessRequest, grant: Grant) -> None:
    if operation == Operation.CREATE_POLICY:
        writer.create_policy(request.policy_name, grant.document, {"access-desk-request": request.code})
    else:
        writer.attach(grant.policy_arn, grant.principal_arn)


def _read_back(operation: str, writer: Writer, grant: Grant) -> None:
    if operation == Operation.ATTACH:
        if grant.policy_arn not in writer.attached_policies(grant.principal_arn):
            raise NotYet("IAM does not show the policy on the principal yet. The portal looks again shortly.")
        return
    document = writer.policy_document(grant.policy_arn)
    if document is None:
        raise NotYet("IAM does not show the new policy yet. The portal looks again shortly.")
    if not same_document(document, grant.document):
        raise Refused("other_document", "IAM holds another document under this name than the approved one.")


def _done(claim: Claim, step: GrantStep) -> None:
    """Record the step, unless the row went to another worker meanwhile: that one reads it back itself."""
    with transaction.atomic():
        hold(claim)
        if GrantStep.objects.filter(pk=step.pk, done_at__isnull=True).update(done_at=timezone.now()) != 1:
            raise Lost
