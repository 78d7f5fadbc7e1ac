"""The answer to a request, with its reasons as data. Words are made later, by the presenters."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from troubleshoot.iam.layers import Layer


class Outcome(StrEnum):
    """What becomes of the request."""

    ALLOWED = "allowed"
    IMPLICIT_DENY = "implicit_deny"
    EXPLICIT_DENY = "explicit_deny"
    DEPENDS = "depends"


class Effect(StrEnum):
    """What one layer does with the request."""

    PASSES = "passes"  # the layer lets the request through
    IMPLICIT = "implicit"  # stops it: nothing in the layer allows it
    EXPLICIT = "explicit"  # stops it: a statement denies it
    UNKNOWN = "unknown"  # could not be read, or depends on what is not known
    NOT_APPLICABLE = "not_applicable"  # no policy of this kind bears on the request

    @property
    def stops(self) -> bool:
        return self in (Effect.IMPLICIT, Effect.EXPLICIT)


class Verdict(StrEnum):
    """How one element of a statement meets the request."""

    MATCH = "match"
    NO_MATCH = "no_match"
    MAY = "may"  # depends on an unknown key, or AWS leaves the match open


@dataclass(frozen=True, slots=True)
class ElementVerdict:
    """One of a statement's four verdicts: `element` is action, resource, principal or condition.

    `code` is a stable reason code; `detail` holds the values that the code speaks of (policy's side `wanted`,
    request's side `given`, for a condition also `operator` and `key`).
    """

    element: str
    verdict: Verdict
    code: str
    detail: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StatementReason:
    """A statement that decided, or nearly did. `start` and `end` are 1-based lines of the document."""

    policy: str
    policy_arn: str | None
    attached_to: str | None
    sid: str | None
    index: int
    effect: str  # Allow or Deny
    start: int
    end: int
    elements: tuple[ElementVerdict, ...]


@dataclass(frozen=True, slots=True)
class LayerResult:
    """What one layer does, and why. `level` is the index of the organization level that stops, root first."""

    layer: Layer
    effect: Effect
    code: str
    deciding: tuple[StatementReason, ...] = ()
    near_misses: tuple[StatementReason, ...] = ()
    level: int | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The whole answer: the outcome, each layer, and the keys and layers that it depends on.

    `is_refused` tells that AWS refuses the request for certain. That can be so while the outcome is `DEPENDS`:
    then it is open only whether a statement denies it, or merely none allows it.
    """

    outcome: Outcome
    layers: Mapping[Layer, LayerResult]
    missing_keys: tuple[str, ...] = ()
    missing_layers: tuple[Layer, ...] = ()
    is_refused: bool = False

    @property
    def stopping(self) -> tuple[LayerResult, ...]:
        """Every layer that would stop the request, in AWS's order, not only the first."""
        return tuple(result for result in self.layers.values() if result.effect.stops)

    def as_data(self) -> dict[str, Any]:
        """Return the answer as plain JSON data: `decision`, `layers`, `reasons` and what is missing."""
        return {
            "decision": str(self.outcome),
            "is_refused": self.is_refused,
            "layers": {str(layer): str(result.effect) for layer, result in self.layers.items()},
            "reasons": [_layer_data(result) for result in self.layers.values()],
            "missing_keys": list(self.missing_keys),
            "missing_layers": [str(layer) for layer in self.missing_layers],
        }


def _layer_data(result: LayerResult) -> dict[str, Any]:
    return {
        "layer": str(result.layer),
        "effect": str(result.effect),
        "code": result.code,
        "level": result.level,
        "missing": list(result.missing),
        "deciding": [_statement_data(statement) for statement in result.deciding],
        "near_misses": [_statement_data(statement) for statement in result.near_misses],
    }


def _statement_data(statement: StatementReason) -> dict[str, Any]:
    return {
        "policy": statement.policy,
        "policy_arn": statement.policy_arn,
        "attached_to": statement.attached_to,
        "sid": statement.sid,
        "index": statement.index,
        "effect": statement.effect,
        "lines": [statement.start, statement.end],
        "elements": [
            {"element": e.element, "verdict": str(e.verdict), "code": e.code, **e.detail} for e in statement.elements
        ],
    }
