"""What of a decision a viewer may see: the gates, and the statements with or without their policies' text."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from troubleshoot.access.answer import Evidence, Gate, ShownStatement
from troubleshoot.access.permissions import Sight
from troubleshoot.denial import Denial, DenyKind
from troubleshoot.iam.decision import Decision, Effect, LayerResult, StatementReason
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.snapshot import Missing, OrganizationLevel, Snapshot, StoredPolicy
from troubleshoot.remedy import LAYER_OF, Change, ChangeKind

CONTROL_LAYERS = frozenset({Layer.SCPS, Layer.RCPS})
_OF_THE_PRINCIPAL = frozenset({Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION})


def masked(decision: Decision | None, sight: Sight) -> Decision | None:
    """Return the decision without what quotes a policy that the viewer may not see."""
    if decision is None:
        return None
    layers = {layer: _masked_layer(result, sight) for layer, result in decision.layers.items()}
    return replace(decision, layers=layers, missing_keys=missing_keys(decision, sight))


def missing_keys(decision: Decision, sight: Sight) -> tuple[str, ...]:
    """Return the condition keys that the decision rests on, but for those of policies that are not to be seen."""
    if sight.every_policy_text:
        return decision.missing_keys
    seen = {key for layer, result in decision.layers.items() if _text_visible(layer, sight) for key in result.missing}
    return tuple(key for key in decision.missing_keys if key in seen)


def shown_change(change: Change, sight: Sight) -> Change:
    """Return the change with no more of the document that it edits than what is added, where that is not to be seen."""
    readable = sight.every_policy_text if change.kind is ChangeKind.TRUST_EDIT else sight.policy_text
    return change if readable else change.only_added()


def gates(facts: Denial, decision: Decision | None, snapshot: Snapshot | None) -> tuple[Gate, ...]:
    """Return what each layer does with the call, and what that rests on."""
    named = named_layer(facts)
    return tuple(_gate(layer, facts, named, decision, snapshot) for layer in Layer)


def _gate(
    layer: Layer, facts: Denial, named: Layer | None, decision: Decision | None, snapshot: Snapshot | None
) -> Gate:
    result = decision.layers.get(layer) if decision else None
    readable = result is not None and result.effect not in (Effect.UNKNOWN, Effect.NOT_APPLICABLE)
    if layer is named and not readable:
        effect = Effect.EXPLICIT if facts.deny_kind is DenyKind.EXPLICIT else Effect.IMPLICIT
        return Gate(layer, effect, Evidence.MESSAGE)
    if result is None:
        return Gate(layer, Effect.UNKNOWN, Evidence.NONE)
    evidence = Evidence.NONE if result.effect is Effect.UNKNOWN else Evidence.LIVE
    return Gate(layer, result.effect, evidence, _level_name(result, snapshot), _why_unknown(result, snapshot))


def _level_name(result: LayerResult, snapshot: Snapshot | None) -> str | None:
    levels: Any = getattr(snapshot, str(result.layer), None) if result.layer in CONTROL_LAYERS else None
    if result.level is None or not isinstance(levels, tuple):
        return None
    return str(levels[result.level].name)


def _why_unknown(result: LayerResult, snapshot: Snapshot | None) -> str:
    piece = getattr(snapshot, str(result.layer), None)
    if result.effect is Effect.UNKNOWN and isinstance(piece, Missing):
        return piece.why
    return ""


def stopping_statements(decision: Decision, snapshot: Snapshot, sight: Sight) -> tuple[ShownStatement, ...]:
    """Return the deciding statements of every layer that stops the call, the closest ones where none decides."""
    shown: list[ShownStatement] = []
    for result in decision.stopping:
        shown += [_shown(reason, result, snapshot, sight, deciding=True) for reason in result.deciding]
        if not result.deciding:
            shown += [_shown(reason, result, snapshot, sight, deciding=False) for reason in result.near_misses[:3]]
    return tuple(shown)


def open_statements(
    decision: Decision, named: Layer | None, snapshot: Snapshot, sight: Sight
) -> tuple[ShownStatement, ...]:
    """Return the statements that rest on what nobody knows: the call was denied, and one of them may be why.

    Those of the layer that the message names, where it names one.
    """
    results = decision.layers.values() if named is None else (decision.layers[named],)
    return tuple(
        _shown(reason, result, snapshot, sight, deciding=False)
        for result in results
        if result.effect is Effect.UNKNOWN
        for reason in result.deciding[:3]
    )


def named_layer(facts: Denial) -> Layer | None:
    """Return the layer that the message names, if it names one."""
    return LAYER_OF[facts.policy_type] if facts.policy_type else None


def _masked_layer(result: LayerResult, sight: Sight) -> LayerResult:
    if _text_visible(result.layer, sight):
        return result
    return replace(
        result,
        deciding=tuple(replace(reason, sid=None, elements=()) for reason in result.deciding),
        near_misses=(),
        missing=(),
    )


def _text_visible(layer: Layer, sight: Sight) -> bool:
    return sight.policy_text if layer in _OF_THE_PRINCIPAL else sight.every_policy_text


def _shown(
    reason: StatementReason, result: LayerResult, snapshot: Snapshot, sight: Sight, *, deciding: bool
) -> ShownStatement:
    if not _text_visible(result.layer, sight):
        # A statement's verdicts and its Sid quote its text, so they are as private as the document.
        return ShownStatement(replace(reason, sid=None, elements=()), result.layer, deciding, None)
    return ShownStatement(reason, result.layer, deciding, _document(reason, result.layer, snapshot))


def _document(reason: StatementReason, layer: Layer, snapshot: Snapshot) -> str | None:
    for policy in _stored(getattr(snapshot, str(layer))):
        if (policy.name, policy.arn, policy.attached_to) == (reason.policy, reason.policy_arn, reason.attached_to):
            return policy.document
    return None


def _stored(piece: Any) -> Sequence[StoredPolicy]:
    if piece is None or isinstance(piece, Missing):
        return ()
    if isinstance(piece, StoredPolicy):
        return (piece,)
    return [policy for item in piece for policy in (item.policies if isinstance(item, OrganizationLevel) else (item,))]
