"""The gate picture: each layer's state, in words, with what the state rests on."""

from troubleshoot.access.answer import Answer, Evidence, Gate
from troubleshoot.iam.decision import Decision, Effect, LayerResult
from troubleshoot.iam.layers import Layer
from troubleshoot.templatetags.desk import ago
from troubleshoot.web.components import Gate as GateView
from troubleshoot.web.components import GateState
from troubleshoot.web.presenters.names import EXPLANATIONS, LAYERS, keys_in_words

_STATES = {
    Effect.PASSES: GateState.PASSES,
    Effect.IMPLICIT: GateState.STOPS,
    Effect.EXPLICIT: GateState.STOPS,
    Effect.UNKNOWN: GateState.UNKNOWN,
    Effect.NOT_APPLICABLE: GateState.NOT_APPLICABLE,
}
_PASSES = {
    Layer.RCPS: "nothing against it",
    Layer.SCPS: "every level allows it",
    Layer.IDENTITY: "a statement allows it",
    Layer.BOUNDARY: "leaves room for it",
}
_IMPLICIT = {
    Layer.IDENTITY: "no statement allows it",
    Layer.BOUNDARY: "leaves it out",
    Layer.SESSION: "leaves it out",
}
_IDLE = {
    "service_not_covered": "does not cover this service",
    "caller_exempt": "does not bind this caller",
    "root_user": "does not bind the root user",
    "resource_policy_suffices": "not needed: the resource policy allows it",
}
_UNDECIDED = {
    "may_deny": "a statement may deny it",
    "may_allow": "a statement may allow it",
    "resource_policy_may_suffice": "does not allow it; a resource policy could",
}
"""The layer was read, and what it says rests on something that was not: by the code of its result."""
_NOT_APPLICABLE = {
    Layer.BOUNDARY: "none is set",
    Layer.SESSION: "no session",
}


def gates_of(answer: Answer) -> tuple[GateView, ...]:
    """Return the gates of an answer, in AWS's order."""
    read = f"read from IAM {ago(answer.checked_at)}" if answer.checked_at else "read from IAM"
    layers = answer.decision.layers if answer.decision else {}
    return tuple(_view(gate, layers.get(gate.layer), read) for gate in answer.gates)


def gates_of_decision(decision: Decision) -> tuple[GateView, ...]:
    """Return the gates of a bare decision, as before and after a change: evaluated, not observed."""
    return tuple(
        GateView(LAYERS[layer], _STATES[result.effect], _words(Gate(layer, result.effect, Evidence.NONE), result))
        for layer, result in decision.layers.items()
    )


def _view(gate: Gate, result: LayerResult | None, read: str) -> GateView:
    return GateView(
        name=LAYERS[gate.layer],
        state=_STATES[gate.effect],
        words=_words(gate, result),
        evidence=_evidence(gate, result, read),
        explanation=EXPLANATIONS[gate.layer],
    )


def _words(gate: Gate, result: LayerResult | None) -> str:
    where = f" at {gate.level}" if gate.level else ""
    match gate.effect:
        case Effect.PASSES:
            return _PASSES.get(gate.layer, "lets it through")
        case Effect.IMPLICIT:
            return _IMPLICIT.get(gate.layer, "no statement allows it") + where
        case Effect.EXPLICIT:
            return f"a statement denies it{where}"
    code = result.code if result else ""
    if gate.effect is Effect.NOT_APPLICABLE:
        return _IDLE.get(code) or _NOT_APPLICABLE.get(gate.layer, "")
    return gate.why_unknown or _UNDECIDED.get(code, "") + _depending(result)


def _depending(result: LayerResult | None) -> str:
    return f", depending on {keys_in_words(result.missing)}" if result and result.missing else ""


def _evidence(gate: Gate, result: LayerResult | None, read: str) -> str:
    match gate.evidence:
        case Evidence.LIVE:
            return read
        case Evidence.MESSAGE:
            return "according to the message"
    if result is not None and result.code in _UNDECIDED:
        return read
    return "the portal may not read this" if result is not None and not gate.why_unknown else ""
