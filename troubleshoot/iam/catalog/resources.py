"""The types of resource that services have, and the form of their ARNs."""

import re
from dataclasses import dataclass
from functools import cache

from troubleshoot.iam.catalog.services import services
from troubleshoot.iam.catalog.source import load_json
from troubleshoot.iam.wildcard import Token, Wild

PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")
_TYPED_ARN = re.compile(r"[a-zA-Z0-9_-]+[/:]")
_LONGEST_ARN = 2048
_SHORT_PLACES = ("Partition", "Region", "Account")


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A type of resource and the form of its ARNs, with `${...}` places."""

    name: str
    arn: str
    condition_keys: tuple[str, ...]

    def fits(self, arn: str) -> bool:
        """Tell whether `arn` is one of this type."""
        return len(arn) <= _LONGEST_ARN and _arn_expression(self.arn).fullmatch(arn) is not None

    @property
    def pattern(self) -> str:
        """The ARN pattern of every resource of this type, as a policy would write it."""
        return PLACEHOLDER.sub("*", self.arn)

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The same as literals and wildcards. Partition, Region and account hold no colon."""
        return _arn_tokens(self.arn)


@cache
def resource_types(service: str) -> tuple[ResourceType, ...]:
    """Return a service's types of resource; none for a prefix that is no service."""
    if service not in services():
        return ()
    found = load_json("resourceTypes", f"{service}.json").values()
    return tuple(ResourceType(one["key"], one["arn"], tuple(one.get("conditionKeys", ()))) for one in found)


@cache
def has_typed_resources(service: str) -> bool:
    """Tell whether all of a service's ARNs have a type before the resource's own name (`campaign/...`)."""
    arns = [kind.arn.split(":", 5)[5] for kind in resource_types(service) if kind.arn.count(":") >= 5]
    return bool(arns) and all(_TYPED_ARN.match(arn) for arn in arns)


@cache
def _arn_tokens(arn: str) -> tuple[Token, ...]:
    parts = PLACEHOLDER.split(arn)
    return tuple(
        part if at % 2 == 0 else Wild.SEGMENT_STAR if part in _SHORT_PLACES else Wild.STAR
        for at, part in enumerate(parts)
        if part
    )


@cache
def _arn_expression(arn: str) -> re.Pattern[str]:
    parts = PLACEHOLDER.split(arn)
    expression = [
        re.escape(part) if at % 2 == 0 else "[^:]*" if part in _SHORT_PLACES else ".+" for at, part in enumerate(parts)
    ]
    return re.compile("".join(expression), re.DOTALL)
