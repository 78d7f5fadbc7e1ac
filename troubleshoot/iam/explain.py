"""Questions that people ask of a decision, answered from its reasons, as data."""

from collections.abc import Iterator
from dataclasses import dataclass

from troubleshoot.iam.decision import Decision, Effect, ElementVerdict, LayerResult, StatementReason, Verdict
from troubleshoot.iam.layers import Layer


@dataclass(frozen=True, slots=True)
class Hinge:
    """Something unknown that the decision hangs on: a key, or a layer that was not read, and what it could change.

    `statements` are those that may apply because of the key; with `Deny` among their effects it could refuse, with
    `Allow` it could allow. A layer that was not read has none.
    """

    key: str | None
    layer: Layer
    statements: tuple[StatementReason, ...] = ()

    @property
    def effects(self) -> frozenset[str]:
        """What could come of it: Allow, Deny, or both; everything is possible in a layer that was not read."""
        return frozenset(one.effect for one in self.statements) or frozenset(("Allow", "Deny"))


def hinges(decision: Decision) -> tuple[Hinge, ...]:
    """Return what the decision depends on, in the order of the layers. Empty where it depends on nothing."""
    return tuple(hinge for result in decision.layers.values() for hinge in _hinges_of(decision, result))


def _hinges_of(decision: Decision, result: LayerResult) -> Iterator[Hinge]:
    if result.layer in decision.missing_layers:
        yield Hinge(None, result.layer)
    for key in result.missing if decision.missing_keys else ():
        yield Hinge(key, result.layer, tuple(one for one in result.deciding if _rests_on(one, key)))


def _rests_on(statement: StatementReason, key: str) -> bool:
    return any(
        element.verdict is Verdict.MAY
        and (element.detail.get("key", "").lower() == key or f"${{{key}" in element.detail.get("wanted", "").lower())
        for element in statement.elements
    )


def failures(statement: StatementReason) -> tuple[ElementVerdict, ...]:
    """Return what a statement lacks to apply: its verdicts that are not a match."""
    return tuple(element for element in statement.elements if element.verdict is not Verdict.MATCH)


def closest(decision: Decision) -> tuple[tuple[Layer, StatementReason], ...]:
    """Return the near misses of all layers that stop the request."""
    return tuple((result.layer, one) for result in decision.stopping for one in result.near_misses)


def first_stop(decision: Decision) -> LayerResult | None:
    """Return the layer that AWS would name: the first with an explicit deny, else the first that does not allow."""
    for effect in (Effect.EXPLICIT, Effect.IMPLICIT):
        found = next((result for result in decision.layers.values() if result.effect is effect), None)
        if found is not None:
            return found
    return None
