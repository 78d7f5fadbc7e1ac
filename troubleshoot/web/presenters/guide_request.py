"""Asking for what a guide built, in words: who decides, and what was shown of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from troubleshoot.access.wishes import Asking
from troubleshoot.access.words import LAYER_NAMES
from troubleshoot.remedy.proof import Proven, Result
from troubleshoot.web.presenters.names import keys_in_words, list_in_words

_MOST = 3
_COUNTED = {
    Result.NEW: "would be newly allowed.",
    Result.ALREADY: "are allowed already.",
    Result.SOME: "would be allowed on some of these resources, and stopped on others.",
    Result.OPEN: "depend on what the portal does not know.",
    Result.STOPPED: "would still be stopped. Ask the owner of that layer.",
}
_WHY = {
    Result.STOPPED: "stopped by the {}",
    Result.SOME: "stopped by the {} on some of these resources",
    Result.OPEN: "it depends on the {}, which was not read or leaves it open",
}


@dataclass(frozen=True, slots=True)
class ProofView:
    """What the engine found. `held_up` are the actions that another layer stops or may stop, each with why."""

    lines: tuple[str, ...]
    held_up: tuple[tuple[str, str], ...]


def proof_view(asking: Asking) -> ProofView:
    """Return the proof in words, or why there is none."""
    if asking.proof is None:
        return ProofView((f"Not known. {asking.unproven}",), ())
    return ProofView(tuple(proof_lines(asking.proof.found)), held_up(asking.proof.found))


def proof_lines(found: Sequence[Proven]) -> Iterator[str]:
    """Yield what was judged, and how many actions came out how."""
    services = list_in_words(sorted({one.action.partition(":")[0] for one in found}))
    yield f"The portal’s own evaluator judged each of the {len(found)} actions ({services}), on the state that it read."
    for result, words in _COUNTED.items():
        count = sum(one.result is result for one in found)
        if count or result is Result.NEW:
            yield f"{count} of them {words}"


def held_up(found: Sequence[Proven]) -> tuple[tuple[str, str], ...]:
    """Return the actions that are not simply allowed with the change, each with why."""
    return tuple((one.action, _why(one)) for one in found if one.result in _WHY)


def _why(one: Proven) -> str:
    if one.missing:
        return f"it depends on {keys_in_words(one.missing)}"
    return _WHY[one.result].format(LAYER_NAMES[one.layer] if one.layer else "")


def deciders_in_words(asking: Asking) -> str:
    """Return one sentence on who will decide."""
    names = [str(person) for person in asking.deciders]
    if not names:
        return "Nobody can approve it yet; an administrator will be told."
    shown = names[:_MOST] + ([f"{len(names) - _MOST} more"] if len(names) > _MOST else [])
    return f"{list_in_words(shown, last='or')} decides."
