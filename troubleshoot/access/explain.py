"""A denial's facts and a snapshot, judged: the gates, the statements to show, what to do. No reading here."""

from datetime import datetime
from typing import TypedDict, cast

from django.utils.functional import SimpleLazyObject

from troubleshoot.access import routing
from troubleshoot.access.answer import Answer, ShownStatement
from troubleshoot.access.aws_side import AwsSide
from troubleshoot.access.disagree import disagreements
from troubleshoot.access.judging import Judged, judge, missing_facts
from troubleshoot.access.next_stops import next_checks
from troubleshoot.access.permissions import Sight
from troubleshoot.access.shown import gates, masked, named_layer, open_statements, stopping_statements
from troubleshoot.denial import Denial, PrincipalKind, Reading
from troubleshoot.iam import evaluate
from troubleshoot.iam.catalog import action as catalog_action
from troubleshoot.iam.catalog import (
    closest_actions,
    is_fictional,
    service_of,
)
from troubleshoot.iam.decision import Decision, Effect
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.snapshot import Snapshot
from troubleshoot.models import Account, Person
from troubleshoot.remedy import OWNERS, NoProposal, Proposal, Situation, propose, with_change

NOT_YOURS = "This principal is not linked to you, so the answer rests on the text alone."
SIGNED_OUT = "You are not signed in, so the answer rests on the text alone and nothing is kept."
NO_PRINCIPAL = "The text does not say who made the call."
NO_ACCOUNT = "The portal does not know this AWS account."
TEXT_ONLY = "The portal answers from texts alone in this account."
NO_SUCH_PRINCIPAL = "IAM knows no user or role of this name."


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
    side: AwsSide | None = None,
    is_own: bool = False,
) -> Answer:
    """Return the answer. `at` is when the snapshot was read; the call is judged as of that time.

    `side` are AWS's own answers, already masked for the viewer. `is_own`: the principal is linked to the viewer.
    """
    judged = judge(facts, snapshot, at)
    remedy = _GONE if not_live_because == NO_SUCH_PRINCIPAL else _remedy(facts, judged, snapshot, account)
    change = _change(judged, remedy, sight)
    return Answer(
        facts=facts,
        reading=reading,
        account=account,
        sight=sight,
        own_principal=is_own,
        live=snapshot is not None,
        not_live_because="" if snapshot else not_live_because,
        checked_at=at if snapshot else None,
        call=judged.request,
        decision=masked(judged.decision, sight),
        gates=gates(facts, judged.decision, snapshot),
        statements=_statements(facts, judged, snapshot, sight),
        next_checks=next_checks(facts, judged, snapshot, sight, change["proposal"]),
        disagrees=_disagrees(facts, judged.decision),
        aws=side,
        disagreements=disagreements(judged.decision, side),
        who_decides=_deciders(account, viewer, facts),
        **_told(facts),
        **change,
    )


class _Told(TypedDict):
    """What of an answer the text alone tells."""

    missing: tuple[str, ...]
    action_exists: bool | None
    fictional: bool
    closest_actions: tuple[str, ...]


class _Change(TypedDict):
    """What of an answer is about the change that would help."""

    proposal: Proposal | None
    no_proposal: NoProposal | None
    after: Decision | None


def _told(facts: Denial) -> _Told:
    return {
        "missing": missing_facts(facts),
        "action_exists": _action_exists(facts.action),
        "fictional": bool(facts.action and is_fictional(facts.action)),
        "closest_actions": _closest(facts.action),
    }


def _change(judged: Judged, remedy: Proposal | NoProposal | None, sight: Sight) -> _Change:
    proposal = remedy if isinstance(remedy, Proposal) else None
    return {
        "proposal": proposal,
        "no_proposal": remedy if isinstance(remedy, NoProposal) else None,
        "after": masked(_after(judged, proposal), sight),
    }


def _remedy(
    facts: Denial, judged: Judged, snapshot: Snapshot | None, account: Account | None
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


def _after(judged: Judged, proposal: Proposal | None) -> Decision | None:
    if proposal is None or judged.request is None or judged.policies is None:
        return None
    return evaluate(judged.request, with_change(judged.policies, proposal.change))


def _statements(facts: Denial, judged: Judged, snapshot: Snapshot | None, sight: Sight) -> tuple[ShownStatement, ...]:
    decision = judged.decision
    if decision is None or snapshot is None:
        return ()
    stopping = stopping_statements(decision, snapshot, sight)
    return stopping or open_statements(decision, named_layer(facts), snapshot, sight)


def _disagrees(facts: Denial, decision: Decision | None) -> bool:
    """Whether the live state would let through what the message says was stopped."""
    if decision is None or decision.stopping:
        return False
    named = named_layer(facts)
    return named is None or decision.layers[named].effect is Effect.PASSES


def _deciders(account: Account | None, viewer: Person | None, facts: Denial) -> tuple[Person, ...]:
    if account is None or viewer is None:
        return ()
    principal = facts.principal or ""
    # Read only where it is shown: a page with a proposal of its own asks the rules instead.
    found = SimpleLazyObject(
        lambda: tuple(routing.approvers_for(account=account, requester=viewer, principal_arn=principal))
    )
    return cast("tuple[Person, ...]", found)


def _action_exists(action: str | None) -> bool | None:
    if action is None or service_of(action) is None:
        return None
    return catalog_action(action) is not None


def _closest(action: str | None) -> tuple[str, ...]:
    if action is None or catalog_action(action) is not None:
        return ()
    return tuple(closest_actions(action, 4))
