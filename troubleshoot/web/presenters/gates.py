"""The gate picture: each layer's state, in words, with what the state rests on."""

from troubleshoot.access.answer import Answer, Evidence, Gate
from troubleshoot.iam.decision import Decision, Effect
from troubleshoot.iam.layers import Layer
from troubleshoot.templatetags.desk import ago
from troubleshoot.web.components import Gate as GateView
from troubleshoot.web.components import GateState
from troubleshoot.web.presenters.names import EXPLANATIONS, LAYERS

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
_NOT_APPLICABLE = {
    Layer.BOUNDARY: "none is set",
    Layer.SESSION: "no session",
}


def gates_of(answer: Answer) -> tuple[GateView, ...]:
    """Return the gates of an answer, in AWS's order."""
    read = f"read from IAM {ago(answer.checked_at)}" if answer.checked_at else "read from IAM"
    return tuple(_view(gate, read, live=answer.decision is not None) for gate in answer.gates)


def gates_of_decision(decision: Decision) -> tuple[GateView, ...]:
    """Return the gates of a bare decision, as before and after a change: evaluated, not observed."""
    return tuple(
        GateView(LAYERS[layer], _STATES[result.effect], _words(layer, result.effect, None, ""), "", EXPLANATIONS[layer])
        for layer, result in decision.layers.items()
    )


def _view(gate: Gate, read: str, *, live: bool) -> GateView:
    return GateView(
        name=LAYERS[gate.layer],
        state=_STATES[gate.effect],
        words=_words(gate.layer, gate.effect, gate.level, gate.why_unknown),
        evidence=_evidence(gate, read, live=live),
        explanation=EXPLANATIONS[gate.layer],
    )


def _words(layer: Layer, effect: Effect, level: str | None, why_unknown: str) -> str:
    where = f" at {level}" if level else ""
    match effect:
        case Effect.PASSES:
            return _PASSES.get(layer, "lets it through")
        case Effect.IMPLICIT:
            return _IMPLICIT.get(layer, "no statement allows it") + where
        case Effect.EXPLICIT:
            return f"a statement denies it{where}"
        case Effect.NOT_APPLICABLE:
            return _NOT_APPLICABLE.get(layer, "")
    return why_unknown


def _evidence(gate: Gate, read: str, *, live: bool) -> str:
    match gate.evidence:
        case Evidence.LIVE:
            return read
        case Evidence.MESSAGE:
            return "according to the message"
    return "the portal may not read this" if live and not gate.why_unknown else ""
