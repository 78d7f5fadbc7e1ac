"""The changes that could let a call through: a policy of its own, or the edit of a document that is there."""

from collections.abc import Iterator, Mapping
from typing import Any

from troubleshoot.iam.arn import account_of
from troubleshoot.iam.decision import Effect, StatementReason, Verdict
from troubleshoot.iam.document import Policy
from troubleshoot.iam.layers import Layer, PolicySet, Unknown
from troubleshoot.iam.printing import policy_data
from troubleshoot.remedy.newly import as_texts
from troubleshoot.remedy.proposal import Change, ChangeKind, Edit
from troubleshoot.remedy.situation import Situation, reserved_role
from troubleshoot.remedy.statements import SID, added_statement, exact_statement, whole_statement

PERMISSION_SET_POLICY = "AwsSSOInlinePolicy"
"""The name that IAM Identity Center gives to a permission set's inline policy in the role that it makes."""
_ASSUME_ROLE = "sts:assumerole"
_VERSION = "2012-10-17"
_OURS = ":policy/portal-managed/"
_ELEMENTS = {"action": "Action", "resource": "Resource"}


def changes(situation: Situation) -> Iterator[Change]:
    """Yield the smallest changes that could help, the smaller first. Each has to be judged still."""
    own = whole_statement(situation.request, situation.policies)
    if reserved_role(situation.target):
        yield _permission_set(situation, own)
    elif assumes_own_role(situation) and _trust_stops(situation):
        yield _trust(situation, ())
        yield _trust(situation, (own,))
    else:
        yield _change(situation, (own,))


def assumes_own_role(situation: Situation) -> bool:
    """Tell whether the call assumes a role of the caller's own account whose trust policy was read."""
    request, policies = situation.request, situation.policies
    return (
        request.action.lower() == _ASSUME_ROLE
        and policies is not None
        and isinstance(policies.resource, Policy)
        and account_of(request.resource) == account_of(request.principal)
    )


def by_hand(situation: Situation) -> Iterator[Change]:
    """Yield the edits of policies that the principal or one of its groups has, which would help without an end.

    First that of each statement that fits but for its action or its resource, then a new statement in a policy of a
    group. Policies of AWS and of the portal are not edited, and statements of every service are not widened.
    """
    if situation.decision is None or situation.policies is None or reserved_role(situation.target):
        return
    edited: set[tuple[str | None, str, str | None]] = set()
    for policy, data in (*_widened(situation), *_in_groups(situation)):
        key = (policy.arn, policy.name, policy.attached_to)
        if key not in edited:
            edited.add(key)
            yield _change(situation, (), _kind(policy), _edit(policy, data))


def _widened(situation: Situation) -> Iterator[tuple[Policy, dict[str, Any]]]:
    decision = situation.decision
    near = decision.layers[Layer.IDENTITY].near_misses if decision else ()
    for reason in near:
        policy = _policy_of(situation.policies, reason)
        missing = _missing_element(reason)
        if policy is None or missing is None:
            continue
        data = policy_data(policy)
        statement = data["Statement"][reason.index]
        if missing in statement and not _is_of_every_service(statement):
            value = exact_statement(situation.request)[missing]
            statement[missing] = [*as_texts(statement[missing]), value]
            yield policy, data


def _in_groups(situation: Situation) -> Iterator[tuple[Policy, dict[str, Any]]]:
    for policy in _identity(situation.policies):
        if ":group/" in (policy.attached_to or "") and _is_editable(policy):
            data = policy_data(policy)
            data["Statement"].append(added_statement(policy, whole_statement(situation.request, situation.policies)))
            yield policy, data


def _missing_element(reason: StatementReason) -> str | None:
    """Return the one element that does not fit, where that is the action or the resource."""
    failing = {one.element for one in reason.elements if one.verdict is not Verdict.MATCH}
    return _ELEMENTS.get(failing.pop()) if len(failing) == 1 else None


def _is_of_every_service(statement: Mapping[str, Any]) -> bool:
    return any("*" in name.partition(":")[0] for name in as_texts(statement.get("Action", "*")))


def _policy_of(policies: PolicySet | None, reason: StatementReason) -> Policy | None:
    wanted = (reason.policy, reason.policy_arn, reason.attached_to)
    found = (one for one in _identity(policies) if (one.name, one.arn, one.attached_to) == wanted)
    policy = next(found, None)
    return policy if policy is not None and _is_editable(policy) else None


def _identity(policies: PolicySet | None) -> tuple[Policy, ...]:
    return () if policies is None or isinstance(policies.identity, Unknown) else policies.identity


def _is_editable(policy: Policy) -> bool:
    """AWS's own policies cannot be edited: .../UserGuide/access_policies_managed-vs-inline.html#aws-managed-policies"""
    return policy.arn is None or not (policy.arn.split(":")[4] == "aws" or _OURS in policy.arn)


def _kind(policy: Policy) -> ChangeKind:
    return ChangeKind.GROUP_EDIT if ":group/" in (policy.attached_to or "") else ChangeKind.STATEMENT_EDIT


def _edit(policy: Policy, data: Mapping[str, Any], *, dated: tuple[int, ...] = ()) -> Edit:
    return Edit(policy.attached_to or "", policy.name, policy.arn, policy.text, data, dated)


def _permission_set(situation: Situation, statement: Mapping[str, Any]) -> Change:
    """https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetcustom.html"""
    old = next((one for one in _identity(situation.policies) if one.name == PERMISSION_SET_POLICY), None)
    data: dict[str, Any] = policy_data(old) if old else {"Version": _VERSION, "Statement": []}
    last = len(data["Statement"])
    data["Statement"].append(added_statement(old, statement))
    edit = Edit(situation.target, PERMISSION_SET_POLICY, None, old.text if old else "", data, (last,))
    return _change(situation, (), ChangeKind.PERMISSION_SET, edit)


def _trust_stops(situation: Situation) -> bool:
    decision = situation.decision
    return decision is not None and decision.layers[Layer.RESOURCE].effect is Effect.IMPLICIT


def _trust(situation: Situation, statements: tuple[Mapping[str, Any], ...]) -> Change:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html"""
    policies = situation.policies
    trust = policies.resource if policies and isinstance(policies.resource, Policy) else None
    if trust is None:
        raise ValueError("a trust policy that was not read cannot be edited")
    data = policy_data(trust)
    last = len(data["Statement"])
    let_in = {"Effect": "Allow", "Principal": {"AWS": situation.target}, "Action": "sts:AssumeRole"}
    data["Statement"].append(added_statement(trust, {"Sid": SID, **let_in}))
    edit = Edit(situation.request.resource, "", None, trust.text, data, (last,))
    return _change(situation, statements, ChangeKind.TRUST_EDIT, edit)


def _change(
    situation: Situation,
    statements: tuple[Mapping[str, Any], ...],
    kind: ChangeKind = ChangeKind.OWN_POLICY,
    edit: Edit | None = None,
) -> Change:
    account = account_of(situation.target) or ""
    return Change(account, situation.target, statements, None, kind, edit)
