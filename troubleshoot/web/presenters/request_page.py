"""What the page of one request shows, to the person who asked and to whoever may read it."""

from dataclasses import dataclass

from django.conf import settings

from troubleshoot.access import routing, selectors
from troubleshoot.access.beside import beside_words
from troubleshoot.access.permissions import roles_of, sight_of
from troubleshoot.access.shown import shown_change
from troubleshoot.models import UNSETTLED, AccessRequest, Account, Approval, Grant, Person, State
from troubleshoot.remedy import Change, change_from_data, edited_document
from troubleshoot.web.components import Contact, Fact, Status, Step
from troubleshoot.web.presenters.allows import AllowsView, asked_view
from troubleshoot.web.presenters.changes import added_view
from troubleshoot.web.presenters.decisions import who_in_words
from troubleshoot.web.presenters.grants import chain_facts
from troubleshoot.web.presenters.names import LAYERS, Name, in_sentence, list_in_words, principal_name, resource_name
from troubleshoot.web.presenters.policies import PolicyView, change_view, document_view
from troubleshoot.web.presenters.requests import (
    OVER,
    WAITING,
    duration_words,
    looks_again,
    status_of,
    timeline_of,
)
from troubleshoot.web.presenters.trouble import Trouble, early_end_of, trouble_of

_CAN_WITHDRAW = frozenset({State.SUBMITTED, State.NEEDS_CHANGES, State.APPROVED, State.AWAITING_MANUAL_APPLY})


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One request. `checked` says by what it was verified, `rejections` why it was not given.

    `policy` is None where the viewer may follow the case but not read policy text. `is_open`: it can still be given,
    or is. `contact` is whom to ask where nothing more comes of it. `beside`: what else its change names.
    """

    code: str
    action: str
    beside: str
    resource: Name | None
    requester: str
    status: Status
    state: str
    looks_again: int
    steps: tuple[Step, ...]
    facts: tuple[Fact, ...]
    justification: str
    policy: PolicyView | None
    allows_title: str
    allows: AllowsView
    digest: str
    is_open: bool
    checked: tuple[str, ...]
    trouble: Trouble | None
    early_end: Trouble | None
    rejections: tuple[Approval, ...]
    may_withdraw: bool
    may_give_back: bool
    try_again: bool
    case_token: str
    contact: Contact | None


@dataclass(frozen=True, slots=True)
class Record:
    """What was decided on a request, the oldest first, and what was written for it."""

    decisions: tuple[Approval, ...]
    grant: Grant | None


def record_of(request: AccessRequest) -> Record:
    """Read a request's record, for a page with several parts that show it."""
    grant = None if request.state in WAITING else selectors.grant_of(request)
    return Record(tuple(selectors.decisions(request)), grant)


def request_page(
    request: AccessRequest,
    *,
    viewer: Person,
    names_deciders: bool = True,
    record: Record | None = None,
) -> RequestPage:
    """Return the page of a request for one viewer. `record` is the request's, where it was read already.

    `names_deciders`: its steps say who decides, which costs queries.
    """
    record = record or record_of(request)
    approvals, grant = record.decisions, record.grant
    change = change_from_data(request.change)
    concerned = viewer.pk in (request.requester_id, request.beneficiary_id)
    return RequestPage(
        code=request.code,
        action=request.action,
        beside=beside_words(request),
        resource=_resource(request),
        requester=str(request.requester),
        status=status_of(request, to_try=concerned),
        state=request.state,
        looks_again=looks_again(request),
        steps=timeline_of(
            request, approvals=approvals, grant=grant, decides=_decides(request) if names_deciders else ""
        ),
        facts=facts_of_request(request),
        justification=request.justification,
        policy=_policy(request, change, grant, viewer) if concerned or _reads_policies(viewer, request) else None,
        allows_title=_allows_title(request),
        allows=asked_view(change),
        digest=request.change_digest,
        is_open=request.state in UNSETTLED,
        checked=verification_words(grant),
        trouble=trouble_of(request, grant),
        early_end=early_end_of(request),
        rejections=tuple(approval for approval in approvals if approval.verdict == Approval.Verdict.REJECT),
        may_withdraw=concerned and request.state in _CAN_WITHDRAW,
        may_give_back=concerned and request.state == State.ACTIVE,
        try_again=concerned and request.state == State.ACTIVE,
        case_token=request.diagnosis.token if request.diagnosis and request.diagnosis.person_id == viewer.pk else "",
        contact=_contact(request.account) if concerned and request.state not in UNSETTLED else None,
    )


def _decides(request: AccessRequest) -> str:
    if request.state != State.SUBMITTED:
        return ""
    asked = routing.asked_of(request)
    route = routing.route_of(asked)
    return who_in_words([str(person) for person in routing.people_of(route, asked)], route.approvals)


def _contact(account: Account) -> Contact:
    return Contact(account.contact_name, account.contact_email, account.contact_note)


def _policy(request: AccessRequest, change: Change, grant: Grant | None, viewer: Person) -> PolicyView:
    shown = shown_change(change, sight_of(viewer, request.account, change.principal)) if change.edit else change
    ends = f"{duration_words(change.hours)} after it is applied" if change.hours else ""
    if shown is not change and not change.statements:
        return added_view(shown, ends=ends)
    if grant and shown is change:
        return document_view(grant.document, title=grant.policy_arn)
    if change.edit and not change.statements:
        return document_view(
            edited_document(change.edit, ends_at=None), title=change.edit.policy_name or "Trust policy"
        )
    return change_view(change, title="The exact policy", ends=ends, is_open=request.state in UNSETTLED)


def _reads_policies(viewer: Person, request: AccessRequest) -> bool:
    """Helpdesk follows every case, without policy text."""
    roles = roles_of(viewer)
    return roles.is_admin or roles.is_auditor or roles.approver_of(request.account)


def _allows_title(request: AccessRequest) -> str:
    if request.state in OVER:
        return "What it allowed"
    return "What it allows" if request.state in UNSETTLED else "What it asked for"


def _resource(request: AccessRequest) -> Name | None:
    name = resource_name(request.resource)
    return name if name and name.short != "*" else None


def facts_of_request(request: AccessRequest) -> tuple[Fact, ...]:
    """Return who, what, where and for how long."""
    principal = principal_name(request.principal_arn)
    facts = [
        Fact("For", str(principal), code=True, note=request.principal_arn),
        Fact("Resource", request.resource, code=True),
        Fact("Account", request.account.name, note=request.account.account_id),
        Fact("How long", duration_words(change_from_data(request.change).hours)),
    ]
    if request.ticket:
        facts.append(Fact("Ticket", request.ticket))
    if request.beneficiary_id != request.requester_id:
        facts.append(Fact("Asked by", str(request.requester), note="on behalf of the owner of this principal"))
    return (*facts, *chain_facts(request))


def verification_words(grant: Grant | None) -> tuple[str, ...]:
    """Return what was checked, by what, and what was not. Nothing before it was verified."""
    kept = grant.verification if grant else None
    if not kept:
        return ()
    words = ["Checked by reading IAM back and judging the same call again with the portal’s own evaluator."]
    unchecked = [in_sentence(layer) for layer in LAYERS if str(layer) in kept.get("unchecked", ())]
    if unchecked:
        words.append(f"Not checked, because nobody can read it back: {list_in_words(unchecked)}.")
    if grant and grant.expires_at:
        words.append("Its end is a condition in the policy, so it ends even when this portal is down.")
    if settings.AWS_ENDPOINT_URL:
        words.append("This is the sandbox, which enforces no conditions. The portal’s evaluator judges the end there.")
    return tuple(words)
