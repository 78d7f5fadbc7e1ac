"""Asking for what a guide built, in words: who decides, and what was shown of it."""

from dataclasses import dataclass

from troubleshoot.access.wishes import Asking, Proof
from troubleshoot.access.words import LAYER_NAMES
from troubleshoot.web.presenters.names import list_in_words

_MOST = 3


@dataclass(frozen=True, slots=True)
class ProofView:
    """What the engine found. `stopped` are actions that another layer goes on stopping, with its name."""

    lines: tuple[str, ...]
    stopped: tuple[tuple[str, str], ...]


def proof_view(asking: Asking) -> ProofView:
    """Return the proof in words, or why there is none."""
    if asking.proof is None:
        return ProofView((f"Not known. {asking.unproven}",), ())
    proof = asking.proof
    stopped = tuple((action, LAYER_NAMES[layer]) for action, layer in proof.stopped)
    return ProofView(tuple(_lines(proof)), stopped)


def _lines(proof: Proof) -> list[str]:
    every = len(proof.new) + len(proof.already) + len(proof.stopped)
    lines = [
        f"The portal’s own evaluator judged each of the {every} actions in Personalize, on the state that it read."
    ]
    lines.append(f"{len(proof.new)} of them would be newly allowed.")
    if proof.already:
        lines.append(f"{len(proof.already)} of them are allowed already.")
    if proof.stopped:
        lines.append(f"{len(proof.stopped)} of them would still be stopped. Ask the owner of that layer.")
    return lines


def deciders_in_words(asking: Asking) -> str:
    """Return one sentence on who will decide."""
    names = [str(person) for person in asking.deciders]
    if not names:
        return "Nobody can approve it yet; an administrator will be told."
    shown = names[:_MOST] + ([f"{len(names) - _MOST} more"] if len(names) > _MOST else [])
    return f"{list_in_words(shown, last='or')} decides."
