"""A denial's facts and a snapshot, judged: the gates, the statements to show, what to do. No reading here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from troubleshoot.access import routing
from troubleshoot.access.answer import Answer, Evidence, Gate, NextCheck, ShownStatement
from troubleshoot.access.calls import as_of
from troubleshoot.access.permissions import Sight, owns
from troubleshoot.denial import Denial, DenyKind, PrincipalKind, Reading
from troubleshoot.iam import evaluate, request_context
from troubleshoot.iam.arn import parse_arn
from troubleshoot.iam.catalog import (
    Check,
    checks_for_operation,
    closest_actions,
    is_fictional,
    resource_type_of,
    service_of,
)
from troubleshoot.iam.catalog import action as catalog_action
from troubleshoot.iam.decision import Decision, Effect, LayerResult, StatementReason
from troubleshoot.iam.layers import Layer, PolicySet
from troubleshoot.iam.request import Request
from troubleshoot.iam.snapshot import Missing, OrganizationLevel, Snapshot, StoredPolicy
from troubleshoot.models import Account, Person
from troubleshoot.remedy import LAYER_OF, OWNERS, NoProposal, Proposal, Situation, propose, with_change

NOT_YOURS = "This principal is not linked to you, so the answer rests on the text alone."
SIGNED_OUT = "You are not signed in, so the answer rests on the text alone and nothing is kept."
NO_PRINCIPAL = "The text does not say who made the call."
NO_ACCOUNT = "The portal does not know this AWS account."
TEXT_ONLY = "The portal answers from texts alone in this account."
NO_SUCH_PRINCIPAL = "IAM knows no user or role of this name."

PERSONALIZE = "personalize.amazonaws.com"
PASS_ROLE = "iam:passrole"  # noqa: S105 - an action, no password
CONTROL_LAYERS = frozenset({Layer.SCPS, Layer.RCPS})


@dataclass(frozen=True, slots=True)
class _Judged:
    """The call as a request, and its decision where live state was there to judge it on."""

    request: Request | None
    policies: PolicySet | None
    decision: Decision | None


def explain(
    *,
    facts: Denial,
    reading: Reading,
    account: Account | None,
    viewer: Person | None,
    sight: Sight,
    snapshot: Snapshot | None,
    not_live_because: str,
    at: datetime,
) -> Answer:
    """Return the answer. `at` is when the snapshot was read; the call is judged as of that time."""
    judged = _judge(facts, snapshot, at)
    remedy = _GONE if not_live_because == NO_SUCH_PRINCIPAL else _remedy(facts, judged, snapshot, account)
    proposal = remedy if isinstance(remedy, Proposal) else None
    return Answer(
        facts=facts,
        reading=reading,
        account=account,
        sight=sight,
        own_principal=_is_own(viewer, account, facts.principal),
        live=snapshot is not None,
        not_live_because="" if snapshot else not_live_because,
        checked_at=at if snapshot else None,
        call=judged.request,
        decision=masked(judged.decision, sight),
        gates=_gates(facts, judged.decision, snapshot),
        statements=_statements(judged.decision, snapshot, sight),
        next_checks=_next_checks(facts),
        missing=missing_facts(facts),
        action_exists=_action_exists(facts.action),
        fictional=bool(facts.action and is_fictional(facts.action)),
        closest_actions=_closest(facts.action),
        disagrees=_disagrees(facts, judged.decision),
        proposal=proposal,
        no_proposal=remedy if isinstance(remedy, NoProposal) else None,
        after=masked(_after(judged, proposal), sight),
        who_decides=_deciders(account, viewer, facts),
    )


def missing_facts(facts: Denial) -> tuple[str, ...]:
    """Return what the text left out and the page must ask for: `principal`, `action`, `resource`."""
    needed = {"principal": _is_arn(facts.principal), "action": bool(facts.action), "resource": _resource_known(facts)}
    return tuple(name for name, known in needed.items() if not known)


def outcome_of(facts: Denial, snapshot: Snapshot | None) -> str:
    """Return the decision's outcome for the kept row: the engine's where it could judge, else the message's."""
    if snapshot:
        decision = _judge(facts, snapshot, datetime.fromisoformat(snapshot.read_at)).decision
        if decision:
            return str(decision.outcome)
    return {DenyKind.EXPLICIT: "explicit_deny", DenyKind.IMPLICIT: "implicit_deny"}.get(facts.deny_kind, "")


def call_of(facts: Denial, snapshot: Snapshot | None) -> Request | None:
    """Return the denied call as an authorization request, or None while a fact is missing."""
    if missing_facts(facts) or facts.principal is None or facts.action is None:
        return None
    known = catalog_action(facts.action)
    context: dict[str, Any] = request_context(
        facts.principal, path=snapshot.path if snapshot else None, tags=snapshot.tags if snapshot else {}
    )
    if passes_to_personalize(facts):
        context["iam:PassedToService"] = PERSONALIZE
    wildcard_only = bool(known and known.wildcard_only)
    return Request(
        principal=facts.principal,
        action=facts.action,
        resource="*" if wildcard_only else facts.resource or "*",
        context=context,
        wildcard_only=wildcard_only,
    )


def passes_to_personalize(facts: Denial) -> bool:
    """Tell whether the call passes a role to Amazon Personalize: it says so, or it names no operation at all."""
    if facts.action is None or facts.action.lower() != PASS_ROLE:
        return False
    checks = checks_for_operation(facts.operation) if facts.operation else ()
    return facts.operation is None or any(check.action.lower() == PASS_ROLE for check in checks)


def masked(decision: Decision | None, sight: Sight) -> Decision | None:
    """Return the decision without what quotes a policy that the viewer may not see."""
    if decision is None:
        return None
    layers = {layer: _masked_layer(result, sight) for layer, result in decision.layers.items()}
    return replace(decision, layers=layers)


def _judge(facts: Denial, snapshot: Snapshot | None, at: datetime) -> _Judged:
    request = call_of(facts, snapshot)
    if request is None or snapshot is None:
        return _Judged(request, None, None)
    policies = snapshot.policy_set()
    request = as_of(request, policies, at)
    return _Judged(request, policies, evaluate(request, policies))


def _remedy(
    facts: Denial, judged: _Judged, snapshot: Snapshot | None, account: Account | None
) -> Proposal | NoProposal | None:
    if judged.request is None:
        return None
    if snapshot is None and account is not None and account.may_read and _is_session(facts):
        # The session's ARN leaves out its role's path, and a policy can only be attached to the whole ARN.
        return NoProposal("role_path", None, OWNERS[Layer.IDENTITY], _ASK_AS_OWNER)
    path = snapshot.path if snapshot else None
    return propose(Situation(facts, judged.request, judged.policies, judged.decision, path))


_GONE = NoProposal(
    "no_such_principal",
    None,
    OWNERS[Layer.IDENTITY],
    "IAM knows no user or role of this name, so nothing can be given to it. Please check the name.",
)

_ASK_AS_OWNER = (
    "This is a session of a role that is not linked to you, so the portal does not look the role up. "
    "Please ask its owner to paste the error, or put the role's own ARN in."
)


def _is_session(facts: Denial) -> bool:
    return facts.principal_kind is PrincipalKind.ROLE_SESSION and ":assumed-role/" in (facts.principal or "")


def _after(judged: _Judged, proposal: Proposal | None) -> Decision | None:
    if proposal is None or judged.request is None or judged.policies is None:
        return None
    return evaluate(judged.request, with_change(judged.policies, proposal.change))


def _gates(facts: Denial, decision: Decision | None, snapshot: Snapshot | None) -> tuple[Gate, ...]:
    named = _named_layer(facts)
    return tuple(_gate(layer, facts, named, decision, snapshot) for layer in Layer)


def _gate(
    layer: Layer, facts: Denial, named: Layer | None, decision: Decision | None, snapshot: Snapshot | None
) -> Gate:
    result = decision.layers.get(layer) if decision else None
    readable = result is not None and result.effect not in (Effect.UNKNOWN, Effect.NOT_APPLICABLE)
    if layer is named and not readable:
        effect = Effect.EXPLICIT if facts.deny_kind is DenyKind.EXPLICIT else Effect.IMPLICIT
        return Gate(layer, effect, Evidence.MESSAGE)
    if result is None:
        return Gate(layer, Effect.UNKNOWN, Evidence.NONE)
    evidence = Evidence.NONE if result.effect is Effect.UNKNOWN else Evidence.LIVE
    return Gate(layer, result.effect, evidence, _level_name(result, snapshot), _why_unknown(result, snapshot))


def _level_name(result: LayerResult, snapshot: Snapshot | None) -> str | None:
    levels: Any = getattr(snapshot, str(result.layer), None) if result.layer in CONTROL_LAYERS else None
    if result.level is None or not isinstance(levels, tuple):
        return None
    return str(levels[result.level].name)


def _why_unknown(result: LayerResult, snapshot: Snapshot | None) -> str:
    piece = getattr(snapshot, str(result.layer), None)
    if result.effect is Effect.UNKNOWN and isinstance(piece, Missing):
        return piece.why
    return ""


def _statements(decision: Decision | None, snapshot: Snapshot | None, sight: Sight) -> tuple[ShownStatement, ...]:
    """The deciding statements of every layer that stops the call, and the closest ones where none decides."""
    if decision is None or snapshot is None:
        return ()
    shown: list[ShownStatement] = []
    for result in decision.stopping:
        shown += [_shown(reason, result, snapshot, sight, deciding=True) for reason in result.deciding]
        if not result.deciding:
            shown += [_shown(reason, result, snapshot, sight, deciding=False) for reason in result.near_misses[:3]]
    return tuple(shown)


def _masked_layer(result: LayerResult, sight: Sight) -> LayerResult:
    if _text_visible(result.layer, sight):
        return result
    return replace(
        result,
        deciding=tuple(replace(reason, sid=None, elements=()) for reason in result.deciding),
        near_misses=(),
        missing=(),
    )


def _text_visible(layer: Layer, sight: Sight) -> bool:
    return sight.control_policy_text if layer in CONTROL_LAYERS else sight.policy_text


def _disagrees(facts: Denial, decision: Decision | None) -> bool:
    """Whether the live state would let through what the message says was stopped."""
    if decision is None or decision.stopping:
        return False
    named = _named_layer(facts)
    return named is None or decision.layers[named].effect is Effect.PASSES


def _shown(
    reason: StatementReason, result: LayerResult, snapshot: Snapshot, sight: Sight, *, deciding: bool
) -> ShownStatement:
    if not _text_visible(result.layer, sight):
        # A statement's verdicts and its Sid quote its text, so they are as private as the document.
        return ShownStatement(replace(reason, sid=None, elements=()), result.layer, deciding, None)
    return ShownStatement(reason, result.layer, deciding, _document(reason, result.layer, snapshot))


def _document(reason: StatementReason, layer: Layer, snapshot: Snapshot) -> str | None:
    for policy in _stored(getattr(snapshot, str(layer))):
        if (policy.name, policy.arn, policy.attached_to) == (reason.policy, reason.policy_arn, reason.attached_to):
            return policy.document
    return None


def _stored(piece: Any) -> Sequence[StoredPolicy]:
    if piece is None or isinstance(piece, Missing):
        return ()
    if isinstance(piece, StoredPolicy):
        return (piece,)
    return [policy for item in piece for policy in (item.policies if isinstance(item, OrganizationLevel) else (item,))]


def _next_checks(facts: Denial) -> tuple[NextCheck, ...]:
    """What else the same operation must be allowed, beside the check that failed."""
    if facts.action is None:
        return ()
    kind = resource_type_of(facts.action, facts.resource) if facts.resource else None
    failed = (facts.action.lower(), kind.name if kind else None)
    return tuple(
        NextCheck(check.action, check.resource_type, check.when)
        for check in checks_for_operation(facts.operation or facts.action)
        if check.when != "one_of" and not _is_the_one(check, failed)
    )


def _is_the_one(check: Check, failed: tuple[str, str | None]) -> bool:
    """Whether this is the check that failed. While its resource is not known, any of the same action may be."""
    action, kind = failed
    return check.action.lower() == action and kind in (None, check.resource_type)


def _deciders(account: Account | None, viewer: Person | None, facts: Denial) -> tuple[Person, ...]:
    if account is None or viewer is None:
        return ()
    return tuple(routing.approvers_for(account=account, requester=viewer, principal_arn=facts.principal or ""))


def _is_own(viewer: Person | None, account: Account | None, principal: str | None) -> bool:
    return bool(viewer and account and principal and owns(viewer, account, principal))


def _named_layer(facts: Denial) -> Layer | None:
    return LAYER_OF[facts.policy_type] if facts.policy_type else None


def _action_exists(action: str | None) -> bool | None:
    if action is None or service_of(action) is None:
        return None
    return catalog_action(action) is not None


def _closest(action: str | None) -> tuple[str, ...]:
    if action is None or catalog_action(action) is not None:
        return ()
    return tuple(closest_actions(action, 4))


def _resource_known(facts: Denial) -> bool:
    known = catalog_action(facts.action) if facts.action else None
    return bool(known and known.wildcard_only) or _is_arn(facts.resource, needs_account=False)


def _is_arn(text: str | None, *, needs_account: bool = True) -> bool:
    arn = parse_arn(text or "")
    return arn is not None and (bool(arn.account) or not needs_account)
