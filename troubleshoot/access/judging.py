"""The denied call as a request, and its decision on what was read of the live state. No reading here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from troubleshoot.access.calls import as_of
from troubleshoot.denial import Denial, DenyKind
from troubleshoot.iam import evaluate, request_context
from troubleshoot.iam.arn import parse_arn
from troubleshoot.iam.catalog import action as catalog_action
from troubleshoot.iam.catalog import checks_for_operation
from troubleshoot.iam.decision import Decision
from troubleshoot.iam.layers import PolicySet
from troubleshoot.iam.request import Request
from troubleshoot.iam.snapshot import Snapshot

PERSONALIZE = "personalize.amazonaws.com"
PASS_ROLE = "iam:passrole"  # noqa: S105 - an action, no password


@dataclass(frozen=True, slots=True)
class Judged:
    """The call as a request, and its decision where live state was there to judge it on."""

    request: Request | None
    policies: PolicySet | None
    decision: Decision | None


def judge(facts: Denial, snapshot: Snapshot | None, at: datetime) -> Judged:
    """Return the call, judged on the snapshot as of `at` where both are there."""
    request = call_of(facts, snapshot)
    if request is None or snapshot is None:
        return Judged(request, None, None)
    policies = snapshot.policy_set()
    request = as_of(request, policies, at)
    return Judged(request, policies, evaluate(request, policies))


def missing_facts(facts: Denial) -> tuple[str, ...]:
    """Return what the text left out and the page must ask for: `principal`, `action`, `resource`."""
    needed = {"principal": _is_arn(facts.principal), "action": bool(facts.action), "resource": _resource_known(facts)}
    return tuple(name for name, known in needed.items() if not known)


def outcome_of(facts: Denial, snapshot: Snapshot | None) -> str:
    """Return the decision's outcome for the kept row: the engine's where it could judge, else the message's."""
    if snapshot:
        decision = judge(facts, snapshot, datetime.fromisoformat(snapshot.read_at)).decision
        if decision:
            return str(decision.outcome)
    return {DenyKind.EXPLICIT: "explicit_deny", DenyKind.IMPLICIT: "implicit_deny"}.get(facts.deny_kind, "")


def call_of(facts: Denial, snapshot: Snapshot | None) -> Request | None:
    """Return the denied call as an authorization request, or None while a fact is missing."""
    if missing_facts(facts) or facts.principal is None or facts.action is None:
        return None
    known = catalog_action(facts.action)
    context = base_context(facts, snapshot)
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


def base_context(facts: Denial, snapshot: Snapshot | None) -> dict[str, Any]:
    """Return the keys of every call of this principal: what follows from who it is."""
    path, tags = (snapshot.path, snapshot.tags) if snapshot else (None, {})
    return dict(request_context(facts.principal or "", path=path, tags=tags))


def passes_to_personalize(facts: Denial) -> bool:
    """Tell whether the call passes a role to Amazon Personalize: it says so, or it names no operation at all."""
    if facts.action is None or facts.action.lower() != PASS_ROLE:
        return False
    checks = checks_for_operation(facts.operation) if facts.operation else ()
    return facts.operation is None or any(check.action.lower() == PASS_ROLE for check in checks)


def _resource_known(facts: Denial) -> bool:
    known = catalog_action(facts.action) if facts.action else None
    return bool(known and known.wildcard_only) or _is_arn(facts.resource, needs_account=False)


def _is_arn(text: str | None, *, needs_account: bool = True) -> bool:
    arn = parse_arn(text or "")
    return arn is not None and arn.is_in_one_place and (bool(arn.account) or not needs_account)
