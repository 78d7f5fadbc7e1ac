"""What a change newly allows: concrete actions on concrete resources, each shown by a request."""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache

from troubleshoot.iam.access import Access, newly_allowed
from troubleshoot.iam.arn import account_of
from troubleshoot.iam.document import Policy, parse_policy
from troubleshoot.iam.layers import PolicySet, Unknown
from troubleshoot.remedy.grant import VERSION, with_change
from troubleshoot.remedy.proposal import Change, ChangeKind

WATCHED = frozenset({"iam", "sts", "organizations", "sso", "s3", "kms", "lambda", "ec2", "personalize"})
"""The services that are looked through where a change speaks of every service there is."""
ASSUMING = frozenset({"sts:assumerole", "sts:tagsession", "sts:setsourceidentity"})
"""What a role's trust policy decides for a principal of IAM."""


@dataclass(frozen=True, slots=True)
class Newly:
    """What a change adds. `is_whole` is False where only the services of `WATCHED` were looked through."""

    entries: tuple[Access, ...]
    is_whole: bool


def newly(change: Change, held: PolicySet | None, *, only: Collection[str] | None = None) -> Newly:
    """Return what `change.principal` may do with the change and not before.

    `held` are the layers as they were read; None where nothing was, so that all of the change counts as new.
    `only` limits it to some actions, in lower case.
    """
    before = standing(change, held)
    after = with_change(before, change)
    if change.kind is ChangeKind.TRUST_EDIT:
        only = ASSUMING if only is None else ASSUMING & frozenset(only)
    services, is_whole = _services(change)
    entries = newly_allowed(before, after, change.principal, services=services, only=only)
    return Newly(_on_the_role(change, entries), is_whole)


def standing(change: Change, held: PolicySet | None) -> PolicySet:
    """Return the layers that a change meets: what was read, and the document that it edits.

    An identity layer that could not be read counts as empty, and what it may hold is not known. But for the edit of
    a trust policy, resources are taken to leave it to the account: a resource's own policy speaks of one resource,
    and a change of many, some of which (keys, roles) need such a policy.
    """
    policies = held or PolicySet()
    if isinstance(policies.identity, Unknown):
        policies = replace(policies, identity=())
    if change.kind is ChangeKind.TRUST_EDIT:
        return policies if isinstance(policies.resource, Policy) else replace(policies, resource=_before(change))
    policies = replace(policies, resource=_left_to(account_of(change.principal) or change.account))
    old = _before(change)
    if old is None or any(_same(old, policy) for policy in _listed(policies)):
        return policies
    return replace(policies, identity=(*_listed(policies), old))


@lru_cache(maxsize=64)
def _left_to(account: str) -> Policy:
    """https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam"""
    statement = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "*", "Resource": "*"}
    return parse_policy(json.dumps({"Version": VERSION, "Statement": statement}), name="the resource's own policy")


def _before(change: Change) -> Policy | None:
    edit = change.edit
    if edit is None or not edit.before:
        return None
    return parse_policy(edit.before, name=edit.policy_name, arn=edit.policy_arn, attached_to=edit.holder)


def _listed(policies: PolicySet) -> tuple[Policy, ...]:
    return () if isinstance(policies.identity, Unknown) else policies.identity


def _same(one: Policy, other: Policy) -> bool:
    if one.arn is not None:
        return one.arn == other.arn
    return (one.name, one.attached_to) == (other.name, other.attached_to)


def _services(change: Change) -> tuple[frozenset[str], bool]:
    """Return the services that a change speaks of, and whether these are all: else they are those of `WATCHED`."""
    old = _before(change)
    written = [*change.statements, *(change.edit.after["Statement"] if change.edit else ())]
    texts = [action for one in written for action in as_texts(one.get("Action"))]
    texts += [value.value for one in old.statements for value in one.action.values] if old else []
    prefixes = {text.partition(":")[0].lower() for text in texts}
    if any("NotAction" in one for one in written) or any("*" in prefix or "?" in prefix for prefix in prefixes):
        return WATCHED | {prefix for prefix in prefixes if prefix.isalnum()}, False
    return frozenset(prefixes), True


def _on_the_role(change: Change, entries: tuple[Access, ...]) -> tuple[Access, ...]:
    """A trust policy has no Resource element: what it allows, it allows on its own role."""
    if change.kind is not ChangeKind.TRUST_EDIT or change.edit is None:
        return entries
    role = change.edit.holder
    found = {one.action: replace(one, resource=role, witness=replace(one.witness, resource=role)) for one in entries}
    return tuple(found.values())


def as_texts(value: object) -> list[str]:
    """Return the texts of a policy element, which may stand alone or in a list."""
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)] if value else []
