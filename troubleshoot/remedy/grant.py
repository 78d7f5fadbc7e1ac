"""The policy document that a change becomes, with the end of the grant inside it."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from troubleshoot.iam.document import parse_policy
from troubleshoot.iam.layers import PolicySet, Unknown
from troubleshoot.remedy.proposal import Change

VERSION = "2012-10-17"


def grant_document(change: Change, *, ends_at: datetime | None) -> str:
    """Return the grant's policy as JSON text. `ends_at` is an aware time in UTC, or None for no end.

    The end is a condition of every statement, so that the grant ends even when nobody takes it away:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws-dates.html
    """
    statements = [_ending(dict(statement), ends_at) for statement in change.statements]
    return json.dumps({"Version": VERSION, "Statement": statements}, indent=2)


def with_change(policies: PolicySet, change: Change) -> PolicySet:
    """Return the layers as they would be with the grant attached. An identity layer that is unknown stays so."""
    if isinstance(policies.identity, Unknown):
        return policies
    policy = parse_policy(
        grant_document(change, ends_at=None), name="the requested policy", attached_to=change.principal
    )
    return replace(policies, identity=(*policies.identity, policy))


def _ending(statement: dict[str, Any], ends_at: datetime | None) -> dict[str, Any]:
    if ends_at is None:
        return statement
    # A copy two levels deep: the change is frozen, and its digest must stay what was approved.
    condition = {operator: dict(keys) for operator, keys in statement.get("Condition", {}).items()}
    condition.setdefault("DateLessThan", {})["aws:CurrentTime"] = ends_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**statement, "Condition": condition}
