"""Who gains by a change: the users and roles that hold the policy which is edited, as IAM lists them."""

from collections.abc import Iterator
from dataclasses import dataclass

from troubleshoot.iam.account import AccountSnapshot, GroupState
from troubleshoot.remedy.proposal import Change, ChangeKind


@dataclass(frozen=True, slots=True)
class Reach:
    """Who gains by it, as ARNs in order. `bounds` counts the users and roles whose permissions boundary it is."""

    users: tuple[str, ...]
    roles: tuple[str, ...]
    bounds: int = 0


def is_shared(change: Change) -> bool:
    """Tell whether others may hold what the change edits, so that an account's listing tells who gains by it.

    A permission set is not among them: IAM knows the role that it becomes, and not who is assigned to it.
    https://docs.aws.amazon.com/singlesignon/latest/userguide/howtoassignpermsets.html
    """
    if change.edit is None or change.kind in (ChangeKind.PERMISSION_SET, ChangeKind.TRUST_EDIT):
        return False
    return change.edit.policy_arn is not None or change.kind is ChangeKind.GROUP_EDIT


def reach_of(change: Change, state: AccountSnapshot) -> Reach | None:
    """Return who gains by the edit of a shared policy; None for any other change, and where nobody holds it.

    A group's inline policy reaches its users. A managed policy reaches whoever it is attached to, users of groups
    too: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
    """
    if change.edit is None or not is_shared(change):
        return None
    arn, holder = change.edit.policy_arn, change.edit.holder
    groups = {one.name for one in state.groups.values() if _holds(one, arn, holder)}
    users = sorted(one.arn for one in state.users.values() if (arn in one.attached and arn) or groups & {*one.groups})
    roles = sorted(one.arn for one in state.roles.values() if arn and arn in one.attached)
    bounds = sum(1 for boundary in _boundaries(state) if arn and boundary == arn)
    return Reach(tuple(users), tuple(roles), bounds) if users or roles or groups or bounds else None


def _holds(group: GroupState, arn: str | None, holder: str) -> bool:
    return arn in group.attached if arn else group.arn == holder


def _boundaries(state: AccountSnapshot) -> Iterator[str | None]:
    for one in (*state.users.values(), *state.roles.values()):
        yield one.boundary
