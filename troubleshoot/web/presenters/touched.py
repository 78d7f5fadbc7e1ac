"""Whom a change touches, in words, and how many they are as far as that can be known."""

from troubleshoot.access.reach import Touched
from troubleshoot.iam.snapshot import Missing
from troubleshoot.remedy import Change, ChangeKind
from troubleshoot.remedy.reach import Reach
from troubleshoot.web.presenters.names import Name, list_in_words, principal_name

_MOST_NAMED = 3
_PERMISSION_SET = (
    "Everybody who has this permission set gains by it, in every account. IAM cannot count them. "
    "IAM Identity Center lists them: open AWS accounts there, then the account."
)


def touched(change: Change, counted: Touched | None = None) -> str:
    """Return whom a change touches. `counted` is how many they are, None where nobody could count them."""
    name = principal_name(change.edit.holder if change.edit else change.principal)
    if change.kind is ChangeKind.TRUST_EDIT:
        caller = principal_name(change.principal)
        return f"Only the {caller} is let into the role {_short(name)}. Its rights stay as they are."
    if change.kind is ChangeKind.PERMISSION_SET:
        return _PERMISSION_SET
    if change.edit is not None and change.edit.policy_arn is not None:
        return f"Everybody who has this policy gains by it. {_count(counted)}"
    if change.kind is ChangeKind.GROUP_EDIT:
        return f"Everybody in the group {_short(name)} gains by it. {_count(counted)}"
    if name and name.kind == "role":
        return (
            f"Everybody who may assume the role {_short(name)} gains by it. IAM does not say how many people that is."
        )
    return f"Only the {name} gains by it." if name else ""


def _short(name: Name | None) -> str:
    return name.short if name else "it"


def _count(counted: Touched | None) -> str:
    if counted is None:
        return "How many is not known here."
    if isinstance(counted.reach, Missing):
        return f"How many is not known. {counted.reach.why}"
    return _counted(counted.reach, names=counted.names)


def _counted(reach: Reach, *, names: bool) -> str:
    parts = [_number(len(reach.users), "user")] if reach.users or not reach.roles else []
    parts += [_number(len(reach.roles), "role")] if reach.roles else []
    found = [str(name) for one in (*reach.users, *reach.roles) if (name := principal_name(one))]
    who = f": {list_in_words(_first(found))}" if names and found else ""
    bounded = f" It is the permissions boundary of {_number(reach.bounds, 'other')} too." if reach.bounds else ""
    return f"That is {list_in_words(parts)}{who}.{bounded}"


def _first(names: list[str]) -> list[str]:
    rest = len(names) - _MOST_NAMED
    return names if rest <= 0 else [*names[:_MOST_NAMED], f"{rest} more"]


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
