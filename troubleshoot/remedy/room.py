"""AWS's quotas that a change could meet, told before it is asked for.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from troubleshoot.iam.document import Policy
from troubleshoot.iam.layers import PolicySet, Unknown
from troubleshoot.remedy.grant import edited_document, grant_document
from troubleshoot.remedy.proposal import Change, ChangeKind, Edit

_SOME_END = datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC)
_MANAGED = 6144
_PERMISSION_SET = 10_240


@dataclass(frozen=True, slots=True)
class Quota:
    """What AWS allows unless it was raised, and what it allows at most."""

    usual: int
    most: int

    def is_full(self, used: int) -> bool:
        """Tell whether one more cannot be had: at the usual limit, unless more stands there, which shows a raise."""
        return used == self.usual or used >= self.most


_ATTACHED = {"user": Quota(10, 20), "role": Quota(20, 25)}
_INLINE = {"user": 2048, "group": 5120, "role": 10_240}
_TRUST = Quota(2048, 8192)


def no_room(change: Change, held: PolicySet | None) -> str | None:
    """Return in words why AWS would refuse the change for its size, or None: it fits, or that is not known."""
    if change.statements and (words := _own(change, held)):
        return words
    return _edited(change, change.edit, held) if change.edit else None


def size(text: str) -> int:
    """Return the characters of a document as IAM counts them: without white space."""
    return sum(not character.isspace() for character in text)


def _own(change: Change, held: PolicySet | None) -> str | None:
    length = size(grant_document(change, ends_at=_SOME_END))
    if length > _MANAGED:
        return f"The policy has {length:,} characters, and AWS allows {_MANAGED:,}. Ask for less at once."
    kind = _kind_of(change.principal)
    used = len({one.arn for one in _listed(held) if one.arn and one.attached_to == change.principal})
    if kind in _ATTACHED and _ATTACHED[kind].is_full(used):
        return f"AWS lets a {kind} have {used} managed policies, and this one has them. One must be detached first."
    return None


def _edited(change: Change, edit: Edit, held: PolicySet | None) -> str | None:
    length = size(edited_document(edit, ends_at=_SOME_END))
    if change.kind is ChangeKind.TRUST_EDIT:
        is_raised = size(edit.before) > _TRUST.usual
        return _too_long("trust policy", length, _TRUST.most if is_raised else _TRUST.usual)
    if change.kind is ChangeKind.PERMISSION_SET:
        return _too_long("permission set's inline policy", length, _PERMISSION_SET)
    if edit.policy_arn is not None:
        return _too_long("managed policy", length, _MANAGED)
    kind = _kind_of(edit.holder)
    others = [one for one in _listed(held) if one.arn is None and one.attached_to == edit.holder]
    together = length + sum(size(one.text) for one in others if one.name != edit.policy_name)
    return _too_long(f"{kind}'s inline policies together", together, _INLINE[kind]) if kind in _INLINE else None


def _too_long(what: str, length: int, limit: int) -> str | None:
    if length <= limit:
        return None
    return f"The {what} would have {length:,} characters, and AWS allows {limit:,}."


def _kind_of(arn: str) -> str:
    return arn.split(":", 5)[-1].partition("/")[0]


def _listed(held: PolicySet | None) -> tuple[Policy, ...]:
    return () if held is None or isinstance(held.identity, Unknown) else held.identity
