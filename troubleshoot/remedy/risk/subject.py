"""What the risk rules look at: a change, what it newly allows, and what the principal holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from troubleshoot.iam import catalog
from troubleshoot.iam.access import Access
from troubleshoot.iam.document import parse_policy
from troubleshoot.iam.layers import PolicySet, Unknown
from troubleshoot.iam.printing import policy_data
from troubleshoot.remedy.newly import standing
from troubleshoot.remedy.proposal import Change


@dataclass(frozen=True)
class Subject:
    """A change under the rules, and what it `new`ly allows. `held` is None where nothing of the principal was read."""

    change: Change
    held: PolicySet | None
    new: tuple[Access, ...]

    @property
    def is_held_known(self) -> bool:
        """Whether the identity-based policies that the principal has already were read."""
        return self.held is not None and not isinstance(self.held.identity, Unknown)

    @cached_property
    def ungated(self) -> PolicySet:
        """What the principal holds by identity-based policies, as if no other layer limited it.

        A layer that stops something today may be opened tomorrow, without anybody looking at this change again.
        """
        policies = standing(self.change, self.held)
        return PolicySet(identity=policies.identity, resource=policies.resource)

    @property
    def written(self) -> Iterator[Mapping[str, Any]]:
        """Yield the statements that the change brings: those of its own policy, and those that an edit changes."""
        yield from self.change.statements
        if self.change.edit is not None:
            old = _statements_of(self.change.edit.before)
            yield from (one for one in self.change.edit.after["Statement"] if one not in old)


def _statements_of(text: str) -> list[Any]:
    found: list[Any] = policy_data(parse_policy(text, name="before"))["Statement"] if text else []
    return found


class Reach:
    """How far a resource pattern reaches among the resources of its type."""

    ONE, SOME, EVERY = range(3)


def reach(entry: Access) -> int:
    """Return how far an entry reaches. An action that takes no resource has no narrower form, so it reaches one."""
    if entry.resource == "*":
        return Reach.ONE
    tail = entry.resource.split(":", 5)[-1].replace("${*}", "").replace("${?}", "")
    if "*" not in tail and "?" not in tail:
        return Reach.ONE
    info = catalog.action(entry.action)
    kinds = [one.type.pattern for one in info.resource_types] if info else []
    return Reach.EVERY if any(tail == kind.split(":", 5)[-1] for kind in kinds) else Reach.SOME


def has_level(action: str, level: str) -> bool:
    """Tell whether AWS lists an action under an access level (`Write`, `Permissions management`)."""
    info = catalog.action(action)
    return info is not None and level in info.access_levels
