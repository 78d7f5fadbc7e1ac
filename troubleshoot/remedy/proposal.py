"""The smallest change that flips a decision, as data, and what it means that there is none."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from troubleshoot.iam.layers import Layer


@dataclass(frozen=True, slots=True)
class Change:
    """One new policy of its own for one principal: what a request asks for and an approval names.

    `statements` are the policy's statements without the end of the grant, which is added when the grant is
    applied: `hours` after that, or never where it is None.
    """

    account: str
    principal: str
    statements: tuple[Mapping[str, Any], ...]
    hours: int | None

    def as_data(self) -> dict[str, Any]:
        """Return the change as plain JSON data; `change_from_data` is the way back."""
        return asdict(self)

    def digest(self) -> str:
        """Return the SHA-256 of the change's canonical JSON, in hexadecimal."""
        canonical = json.dumps(self.as_data(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


def change_from_data(data: Mapping[str, Any]) -> Change:
    """Return the change that `Change.as_data` was taken from."""
    return Change(data["account"], data["principal"], tuple(data["statements"]), data["hours"])


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that would flip the decision, and what was shown of it by evaluating the call again.

    `unchecked` names the layers that stay unknown after the change.
    """

    change: Change
    proven: bool
    unchecked: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class NoProposal:
    """Why a grant cannot help, and whom to ask instead. `code` is stable; `layer` the one that stops the call."""

    code: str
    layer: Layer | None
    owner: str
    ask: str
