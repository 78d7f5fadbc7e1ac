"""A decision needs a sign-in that is not old: whoever finds an unlocked screen approves nothing.

OWASP ASVS 5.0, 7.5: sensitive operations re-authenticate the person. Links in mails open pages and decide nothing.
"""

from collections.abc import Mapping, MutableMapping
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from troubleshoot.access.errors import Refused

FRESH: Final = timedelta(minutes=15)
_KEY: Final = "signed_in_at"


def note_sign_in(session: MutableMapping[str, Any]) -> None:
    """Note in the session that the person has just shown who they are."""
    session[_KEY] = int(timezone.now().timestamp())


def is_fresh(session: Mapping[str, Any]) -> bool:
    """Tell whether the session's person signed in within `FRESH`. A session that does not know it is not fresh."""
    at = session.get(_KEY)
    if not isinstance(at, int):
        return False
    return 0 <= int(timezone.now().timestamp()) - at <= FRESH.total_seconds()


def require_fresh(session: Mapping[str, Any]) -> None:
    """Raise `Refused` where the sign-in is too old for a decision."""
    if not is_fresh(session):
        minutes = int(FRESH.total_seconds() // 60)
        raise Refused("not_fresh", f"You signed in more than {minutes} minutes ago. Show once more that it is you.")
