"""Where AWS's own answers and the portal's differ, and why that may be."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from troubleshoot.access.aws_side import AwsSide
from troubleshoot.aws.gateway import AuthorizationDetails, DecodedMessage, Simulation
from troubleshoot.iam.decision import Decision, Effect
from troubleshoot.iam.layers import Layer


class Engine(StrEnum):
    """Which of AWS's own answers differs."""

    SIMULATOR = "simulator"
    RECORD = "record"
    MESSAGE = "message"


class Because(StrEnum):
    """Why two engines may differ, as far as that shows."""

    BLIND = "blind"  # the simulator does not look at the layer that stops the call
    UNREAD = "unread"  # the portal could not read a layer
    CONTEXT = "context"  # the answer hangs on keys of the call that nobody passed
    EARLIER = "earlier"  # AWS tells of the call as it was made; the state may have changed since
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One of AWS's answers that differs. `aws_allows` is AWS's side; `layers` are those that it turns on."""

    engine: Engine
    aws_allows: bool
    because: Because
    layers: tuple[Layer, ...] = ()


LAYERS_OF_CHECKS = {
    "RESOURCE_CONTROL_POLICY": Layer.RCPS,
    "SERVICE_CONTROL_POLICY": Layer.SCPS,
    "VPC_ENDPOINT": Layer.VPC_ENDPOINT,
    "RESOURCE": Layer.RESOURCE,
    "PRINCIPAL": Layer.IDENTITY,
    "PERMISSIONS_BOUNDARY": Layer.BOUNDARY,
    "SESSION": Layer.SESSION,
}
"""AWS's own words for the checks of a recorded call, as layers."""

_BLIND = frozenset({Layer.RCPS, Layer.VPC_ENDPOINT, Layer.SESSION, Layer.RESOURCE})


def disagreements(decision: Decision | None, side: AwsSide | None) -> tuple[Disagreement, ...]:
    """Return where AWS's answers differ from the portal's decision. None where there is nothing to compare."""
    if decision is None or side is None:
        return ()
    return (*_with_simulator(decision, side), *_with_record(decision, side), *_with_message(decision, side))


def _with_simulator(decision: Decision, side: AwsSide) -> Iterator[Disagreement]:
    found = side.simulation
    if not isinstance(found, Simulation):
        return
    stops = tuple(result.layer for result in decision.stopping)
    if found.allows and stops:
        because = Because.BLIND if _BLIND.issuperset(stops) else Because.UNCLEAR
        yield Disagreement(Engine.SIMULATOR, True, because, stops)
    elif not found.allows and not stops:
        yield Disagreement(Engine.SIMULATOR, False, _why_it_denies(decision, found), decision.missing_layers)


def _why_it_denies(decision: Decision, found: Simulation) -> Because:
    if found.missing_keys or decision.missing_keys:
        return Because.CONTEXT
    return Because.UNREAD if decision.missing_layers else Because.UNCLEAR


def _with_record(decision: Decision, side: AwsSide) -> Iterator[Disagreement]:
    if not isinstance(side.authorization, AuthorizationDetails):
        return
    checks = [check for one in side.authorization.evaluations for check in one.checks if check.stops]
    layers = dict.fromkeys(LAYERS_OF_CHECKS[check.kind] for check in checks if check.kind in LAYERS_OF_CHECKS)
    passed = tuple(layer for layer in layers if decision.layers[layer].effect is Effect.PASSES)
    if passed:
        yield Disagreement(Engine.RECORD, False, Because.EARLIER, passed)


def _with_message(decision: Decision, side: AwsSide) -> Iterator[Disagreement]:
    found = side.decoded
    if isinstance(found, DecodedMessage) and found.allowed is False and not decision.stopping:
        yield Disagreement(Engine.MESSAGE, False, Because.EARLIER)
