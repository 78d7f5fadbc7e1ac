"""A request made ready for evaluation: names in lower case, the caller and the ARN taken apart once."""

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum

from troubleshoot.iam.principal import Caller, CallerKind, caller_of
from troubleshoot.iam.request import ContextValue, Request


class Unread(Enum):
    """Stands for the value of a key that the request has or has not: we do not know."""

    UNKNOWN = "unknown"


Entry = ContextValue | Unread


class Query:
    """One request under evaluation. `has_boundary` is a ternary answer; the rest follows from the request."""

    __slots__ = ("_entries", "action", "caller", "has_boundary", "request", "resource")

    def __init__(self, request: Request, has_boundary: int = 0) -> None:
        self.request = request
        self.action = request.action.lower()
        self.resource = "*" if request.wildcard_only else request.resource
        self.has_boundary = has_boundary
        self._entries: dict[str, Entry] | None = None
        self.caller: Caller = self._known_by_path(caller_of(request.principal))

    @property
    def service(self) -> str:
        return self.action.partition(":")[0]

    def _known_by_path(self, caller: Caller) -> Caller:
        """Return the caller, no service-linked role where its own ARN in the request has another path than theirs.

        A session's ARN shows the role's name alone, and a customer's role may be named like a service-linked one.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
        """
        if not caller.is_service_linked or caller.kind is not CallerKind.ROLE_SESSION:
            return caller
        value = self.entry("aws:principalarn")
        role = caller_of(value) if isinstance(value, str) else caller
        is_its_role = role.kind is CallerKind.ROLE and (role.account, role.name) == (caller.account, caller.name)
        return replace(caller, is_service_linked=False) if is_its_role and not role.is_service_linked else caller

    def entry(self, key: str) -> Entry | None:
        """Return what the request holds under a key in lower case: a value, `UNKNOWN`, or None where absent."""
        entries = self._entries
        if entries is None:
            entries = self._entries = _entries(self.request.context, self.request.unknown_keys)
        return entries.get(key)

    def is_unknown(self, key: str) -> bool:
        """Tell whether the value of a key, in lower case, is unknown."""
        return self.entry(key) is Unread.UNKNOWN


def _entries(context: Mapping[str, ContextValue], unknown_keys: frozenset[str]) -> dict[str, Entry]:
    """Names in lower case. A key with an empty list of values is as good as absent."""
    entries: dict[str, Entry] = {key.lower(): Unread.UNKNOWN for key in unknown_keys}
    for key, value in context.items():
        if isinstance(value, str) or value:
            entries[key.lower()] = value
        else:
            entries.pop(key.lower(), None)
    return entries
