"""The policy simulator of the sandbox: the portal's own engine over the sandbox's state, in AWS's words.

It is no second opinion. It shows the page how AWS's answer looks, with the blind spots that AWS documents.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from troubleshoot.aws.principal import entity_of
from troubleshoot.iam.account import AccountSnapshot
from troubleshoot.iam.asked import condition_keys
from troubleshoot.iam.context import request_context
from troubleshoot.iam.decision import Decision, Effect, Outcome, StatementReason
from troubleshoot.iam.document import Policy, parse_policy
from troubleshoot.iam.evaluate import evaluate
from troubleshoot.iam.layers import Layer, Level, PolicySet
from troubleshoot.iam.request import ContextValue, Request
from troubleshoot.iam.snapshot import StoredPolicy

_DECISIONS = {Outcome.ALLOWED: "allowed", Outcome.EXPLICIT_DENY: "explicitDeny", Outcome.IMPLICIT_DENY: "implicitDeny"}
_PASSING = (Effect.PASSES, Effect.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Simulated:
    """What is simulated: whose policies, which of them, and in which context."""

    caller: str
    policies: PolicySet
    context: dict[str, ContextValue]

    def result(self, action: str, resource: str) -> dict[str, Any]:
        """Return one `EvaluationResult`."""
        request = Request(self.caller, action, resource, context=self.context)
        decision = evaluate(request, self.policies)
        said = _DECISIONS.get(decision.outcome, "implicitDeny")
        given = {key.lower() for key in self.context}
        part: dict[str, Any] = {
            "MatchedStatements": [_statement(reason) for reason in _deciding(decision)],
            "MissingContextValues": sorted(condition_keys(self.policies) - given),
        }
        if self.policies.boundary is not None:
            passes = decision.layers[Layer.BOUNDARY].effect in _PASSING
            part["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": passes}
        whole = {"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": said, **part}
        whole["ResourceSpecificResults"] = [{"EvalResourceName": resource, "EvalResourceDecision": said, **part}]
        if self.policies.scps is not None:
            passes = decision.layers[Layer.SCPS].effect in _PASSING
            whole["OrganizationsDecisionDetail"] = {"AllowedByOrganizations": passes}
        return whole


def of_principal(
    account: AccountSnapshot,
    scps: tuple[Level, ...] | None,
    principal_arn: str,
    *,
    adding: Iterable[str],
    context: dict[str, ContextValue],
) -> Simulated | None:
    """Return the simulation of a user or role; None where there is no such one."""
    state = account.principal(principal_arn)
    if state is None or not entity_of(principal_arn).has_own_policies:
        return None
    identity = account.identity_of(state)
    boundary = account.boundary_of(state)
    read = () if not isinstance(identity, tuple) else tuple(map(_parsed, identity))
    policies = PolicySet(
        identity=(*read, *_documents(adding)),
        boundary=(_parsed(boundary),) if isinstance(boundary, StoredPolicy) else None,
        scps=scps,
    )
    return Simulated(state.arn, policies, {**request_context(state.arn), **context})


def of_documents(
    documents: Iterable[str], boundary: Iterable[str], *, context: dict[str, ContextValue], caller: str
) -> Simulated:
    """Return the simulation of documents alone."""
    limits = tuple(_documents(boundary))
    return Simulated(caller, PolicySet(identity=tuple(_documents(documents)), boundary=limits or None), context)


def _documents(texts: Iterable[str]) -> Iterable[Policy]:
    for number, text in enumerate(texts, 1):
        yield parse_policy(text, name=f"PolicyInputList.{number}")


def _parsed(stored: StoredPolicy) -> Policy:
    return parse_policy(stored.document, name=stored.name, arn=stored.arn, attached_to=stored.attached_to)


def _deciding(decision: Decision) -> Iterable[StatementReason]:
    """Yield the statements that the simulator names: it says of SCPs only whether they allow."""
    for layer in (Layer.IDENTITY, Layer.BOUNDARY):
        yield from decision.layers[layer].deciding


def _statement(reason: StatementReason) -> dict[str, Any]:
    holder = (reason.attached_to or "").rpartition(":")[2].partition("/")[0]
    return {
        "SourcePolicyId": reason.policy,
        "SourcePolicyType": "user-managed" if reason.policy_arn else holder or "none",
        "StartPosition": {"Line": reason.start, "Column": 1},
        "EndPosition": {"Line": reason.end, "Column": 1},
    }
