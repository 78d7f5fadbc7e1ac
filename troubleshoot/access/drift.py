"""Drift: once a night each active grant is compared with live IAM. What others changed is told, never repaired."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from troubleshoot import audit
from troubleshoot.access import accounts, manual, outbox, routing
from troubleshoot.access.claims import Claim, hold, wake
from troubleshoot.access.errors import Refused
from troubleshoot.access.guards import Attempt, may_review
from troubleshoot.access.leftovers import same_document
from troubleshoot.access.permissions import roles_of
from troubleshoot.access.same_principal import is_another
from troubleshoot.access.states import stale
from troubleshoot.aws.gateway import AwsProblem, Writer
from troubleshoot.iam.snapshot import Missing, Snapshot
from troubleshoot.models import AccessRequest, Grant, Person, State
from troubleshoot.remedy import change_from_data

_NIGHT: Final = timedelta(hours=4)
"""The comparisons of one night are spread over its first hours (UTC), so that AWS is not asked for all at once."""


class Drifted(StrEnum):
    """What others did to a grant, or that it could not be compared."""

    PRINCIPAL_GONE = "principal_gone"
    PRINCIPAL_RECREATED = "principal_recreated"
    POLICY_MISSING = "policy_missing"
    DOCUMENT_CHANGED = "document_changed"
    DETACHED = "detached"
    ATTACHED_ELSEWHERE = "attached_elsewhere"
    BOUNDARY_GONE = "boundary_gone"
    UNREAD = "unread"


WORDS: Final = {
    Drifted.PRINCIPAL_GONE: "The principal does not exist in IAM any more.",
    Drifted.PRINCIPAL_RECREATED: "The principal was deleted and made anew. It is somebody else now.",
    Drifted.POLICY_MISSING: "The policy does not exist any more. Somebody deleted it.",
    Drifted.DOCUMENT_CHANGED: "The policy holds another document than the approved one. Somebody changed it.",
    Drifted.DETACHED: "The policy is not on the principal any more. Somebody detached it.",
    Drifted.ATTACHED_ELSEWHERE: "Somebody attached the policy to others too.",
    Drifted.BOUNDARY_GONE: "The principal carries no permissions boundary any more. It did when this was verified.",
    Drifted.UNREAD: "The grant could not be compared with IAM.",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found. `document` is the live text, None where there is none or it was not read.

    `elsewhere` are the others that hold the policy; `why` says what could not be read.
    """

    codes: tuple[Drifted, ...] = ()
    document: str | None = None
    attached: bool | None = None
    elsewhere: tuple[str, ...] = ()
    why: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return what is kept with the grant; nothing where nothing was found."""
        return {**asdict(self), "codes": [str(code) for code in self.codes]} if self.codes else {}


def next_comparison(grant: Grant) -> datetime | None:
    """Return when an active grant is to be compared next: in the night after the last time."""
    last = grant.compared_at or grant.verified_at
    if last is None:
        return None
    midnight = last.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return midnight + timedelta(seconds=(grant.pk or 0) * 7919 % int(_NIGHT.total_seconds()))


def is_due(grant: Grant, now: datetime) -> bool:
    """Tell whether the time of the comparison has come, or somebody asked for one."""
    due = next_comparison(grant)
    return bool((grant.drift or {}).get("again")) or (due is not None and due <= now)


def ask_again(*, request: AccessRequest, person: Person) -> None:
    """Let the worker compare the grant now. `Refused` for anybody but reviewers, `Stale` where it is not active."""
    if words := may_review(Attempt(request, person)):
        raise Refused("compare", words)
    with transaction.atomic():
        if wake(AccessRequest.objects.filter(pk=request.pk, state=State.ACTIVE)) != 1:
            raise stale(request)
        grant = Grant.objects.select_for_update().get(request=request)
        Grant.objects.filter(pk=grant.pk).update(drift={**(grant.drift or {}), "again": True})
        audit.append(event="request.compare_asked", actor=person, subject=request.code, data={})


def needing_somebody(person: Person) -> QuerySet[Grant]:
    """Return the grants that somebody has to look at, of those that `person` may review, longest over first.

    Changed by others, an undo refused, or made by hand and to be taken away by hand.
    """
    over = Q(request__state__in=(State.EXPIRED, State.FAILED)) | Q(request__state=State.ACTIVE, revoked=True)
    wanted = Q(drift__has_key="codes") | Q(undo__state="refused") | (Q(manual=True) & over)
    states = (State.ACTIVE, State.EXPIRED, State.FAILED)
    rows = Grant.objects.filter(wanted, ended_at__isnull=True, request__state__in=states)
    roles = roles_of(person)
    if not (roles.is_admin or roles.is_auditor or roles.is_approver_everywhere):
        rows = rows.filter(request__account__in=roles.approver_accounts)
    related = ("request", "request__account", "request__requester", "request__beneficiary")
    return rows.select_related(*related).order_by("expires_at", "pk")


def look(claim: Claim, grant: Grant, *, last_try: bool) -> None:
    """Compare the grant with live IAM, keep what was found, and tell it once. Nothing in IAM is changed.

    `AwsProblem` where asking again may help; with `last_try` that it could not be compared is what was found.
    """
    try:
        found = compare(claim.request, grant)
    except AwsProblem as problem:
        if not last_try:
            raise
        found = Compared((Drifted.UNREAD,), why=problem.words)
    known, nightly = list((grant.drift or {}).get("codes", [])), not (grant.drift or {}).get("again")
    now = timezone.now()
    with transaction.atomic():
        hold(claim)
        grant.drift, grant.compared_at = found.as_data() or None, now
        grant.save(update_fields=["drift", "compared_at"])
        if [str(code) for code in found.codes] != known:
            _tell(claim.request, found, nightly=nightly)


def compare(request: AccessRequest, grant: Grant) -> Compared:
    """Return how live IAM differs from what was verified. `AwsProblem` where asking again may help."""
    snapshot = manual.read(request)
    if isinstance(snapshot.exists, Missing):
        return Compared((Drifted.UNREAD,), why=snapshot.exists.why)
    if not snapshot.exists:
        return Compared((Drifted.PRINCIPAL_GONE,), attached=False)
    writer = None if grant.manual else accounts.writer(request.account, case=request.code)
    try:
        found = by_writer(writer, grant) if writer else _by_reader(request, grant, snapshot)
    except AwsProblem as problem:
        if problem.retryable:
            raise
        found = Compared((Drifted.UNREAD,), why=problem.words)
    if is_another(request, snapshot.unique_id):
        found = replace(found, codes=(Drifted.PRINCIPAL_RECREATED, *found.codes))
    return _with_boundary(found, grant, snapshot)


def by_writer(writer: Writer, grant: Grant) -> Compared:
    """Compare a policy of the portal's own, with whom it is attached to. `AwsProblem` as the writer raises it."""
    document = writer.policy_document(grant.policy_arn)
    attached = grant.policy_arn in writer.attached_policies(grant.principal_arn)
    elsewhere = tuple(sorted(writer.holders(grant.policy_arn) - {holder_name(grant.principal_arn)}))
    codes = []
    if document is None:
        codes.append(Drifted.POLICY_MISSING)
    elif not same_document(document, grant.document):
        codes.append(Drifted.DOCUMENT_CHANGED)
    if not attached and document is not None:
        codes.append(Drifted.DETACHED)
    if elsewhere:
        codes.append(Drifted.ATTACHED_ELSEWHERE)
    return Compared(tuple(codes), document, attached, elsewhere)


def holder_name(principal_arn: str) -> str:
    """Return a principal as IAM's lists of holders name it: `user/NAME`, without its path."""
    kind, _, name = principal_arn.rpartition(":")[2].partition("/")
    return f"{kind}/{name.rpartition('/')[2]}"


def _by_reader(request: AccessRequest, grant: Grant, snapshot: Snapshot) -> Compared:
    """Compare what was made by hand, or where the portal may not write any more: as far as the reader sees it."""
    change = change_from_data(request.change)
    if isinstance(snapshot.identity, Missing):
        return Compared((Drifted.UNREAD,), why=snapshot.identity.why)
    codes: list[Drifted] = []
    attached, document = None, None
    if change.statements:
        held = next((policy for policy in snapshot.identity if policy.arn == grant.policy_arn), None)
        attached, document = held is not None, held.document if held else None
        if held is None:
            codes.append(Drifted.DETACHED)
        elif not same_document(held.document, manual.own_document(change, grant)):
            codes.append(Drifted.DOCUMENT_CHANGED)
    if change.edit is not None:
        now = manual.edited_now(snapshot, change)
        if isinstance(now, Missing):
            return Compared((Drifted.UNREAD,), why=now.why)
        document = now
        if not same_document(now, manual.edit_document(change, grant)):
            codes.append(Drifted.DOCUMENT_CHANGED if now else Drifted.POLICY_MISSING)
    return Compared(tuple(dict.fromkeys(codes)), document, attached)


def _with_boundary(found: Compared, grant: Grant, snapshot: Snapshot) -> Compared:
    had_one = bool((grant.verification or {}).get("boundary"))
    if not had_one or snapshot.boundary is not None:
        return found
    return Compared((*found.codes, Drifted.BOUNDARY_GONE), found.document, found.attached, found.elsewhere, found.why)


def _tell(request: AccessRequest, found: Compared, *, nightly: bool) -> None:
    """What is new is told to those who decided and to the administrators, once; also that it is over."""
    entry = audit.append(
        event="request.drift" if found.codes else "request.drift_over",
        actor=None,
        subject=request.code,
        data={"found": [str(code) for code in found.codes], "change": request.change_digest},
    )
    if not found.codes:
        return
    people = [approval.approver for approval in request.approvals.select_related("approver")]
    words = [WORDS[code] for code in found.codes]
    mails = outbox.to_all("drifted", [*people, *routing.admins()], words=words, nightly=nightly)
    outbox.queue(mails, cause=f"step-{entry.sequence}", request=request)
