"""The policy documents that a change becomes, with the end of the grant inside them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from troubleshoot.iam.document import Policy, parse_policy
from troubleshoot.iam.layers import PolicySet, Unknown
from troubleshoot.remedy.proposal import Change, ChangeKind, Edit

VERSION = "2012-10-17"
_ENDS: Final = ("DateLessThan", "DateLessThanEquals", "DateLessThanIfExists", "DateLessThanEqualsIfExists")
_NOW: Final = "aws:CurrentTime"


def grant_document(change: Change, *, ends_at: datetime | None) -> str:
    """Return the grant's policy as JSON text. `ends_at` is an aware time in UTC, or None for no end.

    The end is a condition of every statement, so that the grant ends even when nobody takes it away:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws-dates.html
    """
    statements = [_ending(dict(statement), ends_at) for statement in change.statements]
    return json.dumps({"Version": VERSION, "Statement": statements}, indent=2)


def edited_document(edit: Edit, *, ends_at: datetime | None) -> str:
    """Return the edited document as JSON text. Its dated statements, and only they, end at `ends_at`."""
    statements = [
        _ending(dict(statement), ends_at if index in edit.dated else None)
        for index, statement in enumerate(edit.after["Statement"])
    ]
    return json.dumps({**edit.after, "Statement": statements}, indent=2)


def with_change(policies: PolicySet, change: Change) -> PolicySet:
    """Return the layers as they would be with the change made. A layer that is unknown stays so."""
    if change.statements and not isinstance(policies.identity, Unknown):
        own = parse_policy(
            grant_document(change, ends_at=None), name="the requested policy", attached_to=change.principal
        )
        policies = replace(policies, identity=(*policies.identity, own))
    if change.edit is None:
        return policies
    edited = _edited_policy(change.edit)
    if change.kind is ChangeKind.TRUST_EDIT:
        return policies if isinstance(policies.resource, Unknown) else replace(policies, resource=edited)
    if isinstance(policies.identity, Unknown):
        return policies
    others = tuple(policy for policy in policies.identity if not _is_the_edited(policy, change.edit))
    return replace(policies, identity=(*others, edited))


def _edited_policy(edit: Edit) -> Policy:
    text = edited_document(edit, ends_at=None)
    return parse_policy(text, name=edit.policy_name, arn=edit.policy_arn, attached_to=edit.holder)


def _is_the_edited(policy: Policy, edit: Edit) -> bool:
    if edit.policy_arn is not None:
        return policy.arn == edit.policy_arn  # the same policy may come from the principal and from its groups
    return (policy.name, policy.arn, policy.attached_to) == (edit.policy_name, edit.policy_arn, edit.holder)


def _ending(statement: Mapping[str, Any], ends_at: datetime | None) -> dict[str, Any]:
    if ends_at is None:
        return dict(statement)
    # A copy two levels deep: the change is frozen, and its digest must stay what was approved.
    condition = {operator: dict(keys) for operator, keys in statement.get("Condition", {}).items()}
    # Beside an end of its own, such as a guide's last day, never in its place: IAM asks all operators of a statement.
    operator = next(name for name in _ENDS if _NOW.lower() not in {key.lower() for key in condition.get(name, {})})
    condition.setdefault(operator, {})[_NOW] = ends_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**statement, "Condition": condition}
