"""Whether a request has to name a ticket, and what one looks like: an administrator sets both for an account."""

import re
from typing import Final

from troubleshoot.access.errors import Refused
from troubleshoot.models import Account

LONGEST_TICKET: Final = 64
_MOST_REPEATS: Final = 3
_REPEAT = re.compile(r"(?<!\\)(?:\\\\)*[*+{]")
_REPEATED_GROUP = re.compile(r"\)[*+?{]")


def refuse_ticket(account: Account, ticket: str) -> None:
    """Refuse a missing ticket where the account needs one, and one that is not of the account's form."""
    if not ticket:
        if account.needs_ticket:
            raise Refused("no_ticket", "In this account a request names its ticket. Please write it.")
        return
    if account.ticket_pattern and not re.fullmatch(account.ticket_pattern, ticket):
        raise Refused("ticket_form", "This does not look like a ticket of this account. Please check it.")


def unfit_pattern(pattern: str) -> str:
    """Return in words why `pattern` may not be a ticket's form, or an empty text.

    It is matched against what anybody types, so it must be quick for every text: no group is repeated, and at most
    three parts are.
    """
    try:
        re.compile(pattern)
    except re.error:
        return "This is no regular expression."
    if _REPEATED_GROUP.search(pattern) or len(_REPEAT.findall(pattern)) > _MOST_REPEATS or re.search(r"\\\d", pattern):
        return "This expression could take too long. Repeat no group, and at most three parts."
    return ""
