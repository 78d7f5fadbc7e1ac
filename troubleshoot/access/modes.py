"""How far the portal goes in an account: one administrator proposes another mode, another one confirms it.

Whoever could switch writing on alone would need nobody for what the portal then writes.
"""

from typing import Any, Final

from django.utils import timezone

from troubleshoot.access import four_eyes
from troubleshoot.access.errors import Refused, Stale
from troubleshoot.models import Account, AdminChange, Mode, Person

_KIND: Final = AdminChange.Kind.CHANGE_MODE


def propose_mode(*, by: Person, account: Account, mode: str) -> AdminChange:
    """Propose that the account has another mode. The other administrators are asked by mail.

    `Refused` for anybody but an administrator, for an unknown mode or the one that it has, where another mode is
    proposed already, and where nobody else could confirm it.
    """
    four_eyes.refuse_non_admin(by)
    if mode not in Mode.values:
        raise Refused("no_such_mode", "Please choose one of the modes.")
    if mode == account.mode:
        raise Refused("no_change", "The account has this mode already.")
    four_eyes.refuse_proposed(kind=_KIND, account=account)
    change = AdminChange(
        kind=_KIND,
        account=account,
        details={"before": account.mode, "after": mode},
        proposed_by=by,
        proposed_at=timezone.now(),
    )
    return four_eyes.propose(change, data=_data(change), texts={})


def _carry_out(change: AdminChange, _by: Person) -> None:
    """Set the mode. `Stale` where the account has another one by now than the proposer saw."""
    account, details = change.account, change.details or {}
    rows = Account.objects.filter(account_id=account.account_id if account else "", mode=details["before"])
    if rows.update(mode=details["after"]) != 1:
        raise Stale("stale", "The account has got another mode since. Refuse this, and propose anew.")


def _data(change: AdminChange) -> dict[str, Any]:
    return {"account": change.account.account_id if change.account else None, **(change.details or {})}


DEED: Final = four_eyes.Deed(_carry_out, _data)
