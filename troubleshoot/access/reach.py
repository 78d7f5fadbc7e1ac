"""Who gains by the edit of a policy that others hold too: counted in the account's listing, where that can be read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from troubleshoot.access import accounts
from troubleshoot.access.aws_side import Deadline, NotAnswered, within
from troubleshoot.access.permissions import roles_of
from troubleshoot.aws.gateway import one_turn
from troubleshoot.iam.account import AccountSnapshot
from troubleshoot.iam.snapshot import Missing
from troubleshoot.models import Account
from troubleshoot.remedy import Change
from troubleshoot.remedy.reach import Reach, is_shared, reach_of

_SECONDS = 3.0
_NOBODY = Missing("Nobody was found who holds this policy, so it may have been changed since it was read.")


@dataclass(frozen=True, slots=True)
class Touched:
    """Who gains by one change, or why that is not known. `names`: whether the viewer may know who they are."""

    reach: Reach | Missing
    names: bool


class Touching:
    """Tells of the changes of one page whom they touch. The account is read once, and only where a change needs it."""

    def __init__(self, account: Account, changes: Iterable[Change], *, viewer: Any, case: str = "") -> None:
        """`viewer` is who looks at the page; `case` the code of what the reading is for."""
        self._state = _state(account, case) if any(map(is_shared, changes)) else None
        roles = roles_of(viewer)
        self._names = roles.is_admin or roles.is_auditor or roles.is_helpdesk or roles.approver_of(account)

    def by(self, change: Change) -> Touched | None:
        """Return whom the change touches; None where nobody else can hold what it writes."""
        if self._state is None or not is_shared(change):
            return None
        if isinstance(self._state, Missing):
            return Touched(self._state, names=False)
        return Touched(reach_of(change, self._state) or _NOBODY, self._names)


def _state(account: Account, case: str) -> AccountSnapshot | Missing:
    """Read the account, or find it read some minutes ago. A page waits for that some seconds only."""
    with one_turn():
        (found,) = within(Deadline(_SECONDS), accounts.answers(account, case=case).account)
    return Missing(found.why) if isinstance(found, NotAnswered) else found
