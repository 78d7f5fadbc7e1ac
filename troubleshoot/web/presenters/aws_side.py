"""What AWS itself says beside the portal's own answer, in words; and where the two differ, why that may be."""

from collections.abc import Iterator
from dataclasses import dataclass

from troubleshoot.access.answer import Answer
from troubleshoot.access.aws_side import SIMULATOR_BLIND_SPOTS as _BLIND_SPOTS
from troubleshoot.access.aws_side import (
    AuthorizationCheck,
    AuthorizationDetails,
    DecodedMessage,
    DecodedStatement,
    NotAnswered,
    Simulation,
)
from troubleshoot.access.disagree import LAYERS_OF_CHECKS, Because, Disagreement, Engine
from troubleshoot.iam.layers import Layer
from troubleshoot.web.components import Status, Tone
from troubleshoot.web.presenters.names import LAYERS, in_sentence, keys_in_words, list_in_words, principal_name
from troubleshoot.web.presenters.policies import PolicyView, document_view

_ALLOWED = Status("would be allowed", Tone.GOOD)
_SIMULATED = {
    "allowed": _ALLOWED,
    "implicitDeny": Status("no policy allows it", Tone.BAD),
    "explicitDeny": Status("a statement denies it", Tone.BAD),
}
_CHECKED = {
    "ALLOW": Status("passes", Tone.GOOD),
    "NO_IMPACT": Status("does not matter", Tone.CALM),
    "IMPLICIT_DENY": Status("nothing allows it", Tone.BAD),
    "EXPLICIT_DENY": Status("a statement denies it", Tone.BAD),
}
_SILENT = Status("no answer", Tone.WAIT)
_KEPT_BACK = Status("not shown", Tone.CALM)
_TITLES = {
    "simulation": "IAM’s policy simulator",
    "authorization": "AWS’s record of this call",
    "decoded": "The encoded message, opened",
}
_AS_IT_STOOD = "As it stood when the call was made."
_DROPPED = "It is about somebody whose access you may not see, so nothing of it was kept."
_ENGINES = {
    Engine.SIMULATOR: "IAM’s policy simulator",
    Engine.RECORD: "AWS’s record of the call",
    Engine.MESSAGE: "The encoded message",
}


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check that AWS recorded: its layer's name, what it did, and the statements that AWS names."""

    name: str
    status: Status
    words: str = ""


@dataclass(frozen=True, slots=True)
class AwsLine:
    """One of AWS's own answers. `policies` are documents as AWS kept them."""

    title: str
    status: Status
    words: tuple[str, ...] = ()
    checks: tuple[CheckLine, ...] = ()
    policies: tuple[PolicyView, ...] = ()


@dataclass(frozen=True, slots=True)
class AwsView:
    """The whole section. `blind_spots` are what the simulator does not look at; empty where it did not answer."""

    lines: tuple[AwsLine, ...]
    blind_spots: tuple[str, ...]


def aws_view(answer: Answer) -> AwsView | None:
    """Return what AWS itself says, or None where it was asked nothing."""
    lines = tuple(_lines(answer))
    if not lines:
        return None
    is_simulated = answer.aws is not None and isinstance(answer.aws.simulation, Simulation)
    return AwsView(lines, tuple(spot.words for spot in _BLIND_SPOTS) if is_simulated else ())


def banners(answer: Answer) -> tuple[str, ...]:
    """Return, for each answer of AWS's that differs from the portal's, which one it is and why that may be."""
    return tuple(_banner(one) for one in answer.disagreements)


def _lines(answer: Answer) -> Iterator[AwsLine]:
    side = answer.aws
    if side is None:
        return
    for name, found in (("authorization", side.authorization), ("decoded", side.decoded)):
        if name in side.dropped:
            yield AwsLine(_TITLES[name], _KEPT_BACK, (_DROPPED,))
        elif isinstance(found, NotAnswered):
            yield _silent(name, found)
    if isinstance(side.authorization, AuthorizationDetails):
        yield _record(side.authorization)
    if isinstance(side.decoded, DecodedMessage):
        yield _message(side.decoded)
    if isinstance(side.simulation, NotAnswered):
        yield _silent("simulation", side.simulation)
    elif side.simulation is not None:
        yield _simulated(side.simulation)


def _silent(name: str, found: NotAnswered) -> AwsLine:
    helped = (f"The permission {found.permission} would help.",) if found.permission else ()
    return AwsLine(_TITLES[name], _SILENT, (found.why, *helped))


def _simulated(found: Simulation) -> AwsLine:
    words = []
    if found.by_organizations is False:
        words.append("It says that a policy of the organization denies it.")
    if found.by_boundary is False:
        words.append("It says that the permissions boundary does not allow it.")
    if found.matched:
        names = list_in_words(list(dict.fromkeys(one.policy for one in found.matched)))
        words.append(f"It names {names}.")
    if found.missing_keys:
        words.append(f"It was not told {keys_in_words(found.missing_keys, last='or')}, which the portal does not know.")
    return AwsLine(_TITLES["simulation"], _SIMULATED[found.decision], (*words, *found.left_out))


def _record(found: AuthorizationDetails) -> AwsLine:
    checks = [check for one in found.evaluations for check in one.checks]
    older = [match.uri for one in found.evaluations for match in one.matched] if not checks else []
    stopped = any(check.stops for check in checks) or any(
        one.effect not in (None, "ALLOW") for one in found.evaluations
    )
    return AwsLine(
        _TITLES["authorization"],
        Status("was denied", Tone.BAD) if stopped else Status("was allowed", Tone.GOOD),
        (_about(found.principal), *((f"It names {list_in_words(older)}.",) if older else ())),
        tuple(_check(check) for check in checks),
        tuple(
            document_view(
                policy.document, title=policy.uri or policy.kind, caption="As it stood when the call was made."
            )
            for policy in found.policies
            if policy.document
        ),
    )


def _check(check: AuthorizationCheck) -> CheckLine:
    layer = LAYERS_OF_CHECKS.get(check.kind)
    named = [f"{one.sid or 'a statement'} in {match.uri}" for match in check.matched for one in match.statements]
    where = f"At {check.target}. " if check.target else ""
    return CheckLine(
        LAYERS[layer] if layer else check.kind,
        _CHECKED[check.effect],
        f"{where}{f'It names {list_in_words(named)}.' if named else ''}".strip(),
    )


def _message(found: DecodedMessage) -> AwsLine:
    if found.allowed:
        status = Status("was allowed", Tone.GOOD)
    else:
        status = Status("a statement denied it" if found.explicit_deny else "was denied", Tone.BAD)
    named = [_named(one) for one in (*found.matched, *found.failures)]
    call = (
        f"The call was {found.action}" + (f" on {found.resource}." if found.resource else ".") if found.action else ""
    )
    words = (_about(found.principal), call, f"It names {list_in_words(named)}." if named else "")
    return AwsLine(_TITLES["decoded"], status, tuple(filter(None, words)))


def _named(statement: DecodedStatement) -> str:
    return " in ".join(filter(None, (statement.sid or "a statement", statement.policy)))


def _about(principal: str | None) -> str:
    return f"It is about the {principal_name(principal)}."


def _banner(one: Disagreement) -> str:
    theirs = "would allow this call" if one.aws_allows else "says that this call is denied"
    if one.engine is not Engine.SIMULATOR:
        theirs = "says that this call was denied"
        layers = f" by the {_layers(one.layers)}" if one.layers else ""
        return f"{_ENGINES[one.engine]} {theirs}{layers}, and what the portal read would let it through. {_why(one)}"
    ours = "the portal finds a stop" if one.aws_allows else "the portal finds none"
    return f"{_ENGINES[one.engine]} {theirs}, and {ours}. {_why(one)}"


def _why(one: Disagreement) -> str:
    match one.because:
        case Because.BLIND:
            return f"The simulator does not look at the {_layers(one.layers)}, which stops it here."
        case Because.UNREAD:
            return f"The portal could not read the {_layers(one.layers)}, and that may be where it is denied."
        case Because.CONTEXT:
            return "The answer hangs on details of the call that nobody passed on, such as its source address."
        case Because.EARLIER:
            return "AWS tells of the moment of the call. A policy may have changed since, or the call carried more."
        case Because.UNCLEAR:
            return "Why is not clear. Trust neither alone: try the call, and show both to an administrator."


def _layers(layers: tuple[Layer, ...]) -> str:
    return list_in_words([in_sentence(layer) for layer in layers], last="or")
