"""Says who was refused: what kind of principal an ARN, a part of one, or a name is."""

import re
from typing import Final

from troubleshoot.denial.found import Found
from troubleshoot.denial.reading import PrincipalKind
from troubleshoot.denial.slots import Slot

_ACCOUNT: Final = re.compile(r"(?:arn:[\w-]+:(?:iam|sts)::`?|)(\d{12})`?:")


_NO_SESSION: Final = re.compile(r"arn:[\w-]+:sts::\d{12}:(?!assumed-role/|federated-user/|[^\w-])")
"""An ARN of AWS STS that names neither a role's session nor a federated user: it was torn on its way."""


def principal_into(found: Found, slot: Slot) -> None:
    """Keep who was refused: the name or ARN, its kind, and the account, where twelve digits tell it."""
    found.start = min(found.start, slot.start)
    kind = kind_of(slot.value)
    found.fields["principal_kind"] = kind
    if kind is PrincipalKind.ANONYMOUS:
        found.spans["principal_kind"] = (slot.start, slot.end)
        return
    if _NO_SESSION.match(slot.value) is None and not slot.value.startswith("/"):
        found.put("principal", slot)
    account = _ACCOUNT.match(slot.value)
    if account:
        found.fields["account"] = account[1]
        at = slot.start + account.start(1)
        whole = slot.end - slot.start == len(slot.value)
        found.spans["account"] = (at, at + 12) if whole else (slot.start, slot.end)


_KIND_MARKS: Final = (
    ("assumed-role/", PrincipalKind.ROLE_SESSION),
    (":role/", PrincipalKind.ROLE_SESSION),
    ("AWSReservedSSO_", PrincipalKind.ROLE_SESSION),
    (":federated-user/", PrincipalKind.FEDERATED_USER),
    (":user/", PrincipalKind.USER),
    (".amazonaws.com", PrincipalKind.SERVICE),
)


def kind_of(principal: str) -> PrincipalKind:
    """Say what kind of principal an ARN, a part of one, or a name is."""
    if principal.lower() == "anonymous":
        return PrincipalKind.ANONYMOUS
    for mark, kind in _KIND_MARKS:
        if mark in principal:
            return kind
    if principal.startswith(("AROA", "role/")):
        return PrincipalKind.ROLE_SESSION
    if principal.startswith(("AIDA", "user/")):
        return PrincipalKind.USER
    if re.search(r":root\b", principal):
        return PrincipalKind.ROOT
    if re.fullmatch(r"[\w+=,.@-]+", principal) and ".." not in principal and "…" not in principal:
        return PrincipalKind.ROLE_SESSION if "role" in principal.lower() else PrincipalKind.USER
    return PrincipalKind.UNKNOWN
