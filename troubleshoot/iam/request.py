"""One authorization request: who, what, on which resource, in which context."""

from collections.abc import Mapping
from dataclasses import dataclass, field

ContextValue = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What AWS decides on.

    `principal` is an ARN, a service name (`personalize.amazonaws.com`) or `anonymous`. `resource` is an ARN, or
    `*` where the action takes none. `resource_account` is the 12 digits of the resource's owner, or None where
    the ARN tells. A key that is neither in `context` nor in `unknown_keys` is absent from the request.
    """

    principal: str
    action: str
    resource: str = "*"
    resource_account: str | None = None
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    unknown_keys: frozenset[str] = frozenset()
    wildcard_only: bool = False
