"""What IAM's policy simulator says of a call now and with a change, in words, and where the portal says otherwise."""

from dataclasses import dataclass
from datetime import datetime

from troubleshoot.access.aws_side import SIMULATOR_BLIND_SPOTS, Simulation
from troubleshoot.access.effects import ChangeEffect
from troubleshoot.access.simulated import Answered, Simulated
from troubleshoot.web.components import Status, Tone
from troubleshoot.web.presenters.names import keys_in_words

_SAID = {
    "allowed": Status("allowed", Tone.GOOD),
    "implicitDeny": Status("no policy allows it", Tone.BAD),
    "explicitDeny": Status("a statement denies it", Tone.BAD),
}
_SILENT = Status("no answer", Tone.WAIT)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One of the two answers, and what belongs to it."""

    status: Status
    words: str


@dataclass(frozen=True, slots=True)
class SimulatedView:
    """Both answers. `asked_at` is None where neither was given; `differs` says where the portal says otherwise."""

    before: Verdict
    after: Verdict
    asked_at: datetime | None
    differs: str
    blind_spots: tuple[str, ...]


def simulated_view(found: Simulated, effect: ChangeEffect) -> SimulatedView:
    """Return both answers in words. `effect` is what the portal's own evaluator says of the change."""
    answers = [one for one in (found.before, found.after) if isinstance(one, Simulation)]
    return SimulatedView(
        _verdict(found.before),
        _verdict(found.after),
        datetime.fromisoformat(answers[-1].asked_at) if answers and answers[-1].asked_at else None,
        _differs(found.after, effect),
        tuple(spot.words for spot in SIMULATOR_BLIND_SPOTS) if answers else (),
    )


def _verdict(answer: Answered) -> Verdict:
    if not isinstance(answer, Simulation):
        helped = f" The permission {answer.permission} would help." if answer.permission else ""
        return Verdict(_SILENT, f"{answer.why}{helped}")
    words = []
    if answer.by_organizations is False:
        words.append("A policy of the organization denies it.")
    if answer.by_boundary is False:
        words.append("The permissions boundary does not allow it.")
    if answer.missing_keys:
        words.append(f"It was not told {keys_in_words(answer.missing_keys, last='or')}.")
    return Verdict(_SAID[answer.decision], " ".join(words))


def _differs(after: Answered, effect: ChangeEffect) -> str:
    if not isinstance(after, Simulation) or effect.after is None:
        return ""
    passes = not effect.after.stopping
    if after.allows == passes:
        return ""
    ours = "would let it through" if passes else "still finds a stop"
    return f"The portal’s own evaluator {ours} with the change. Find out why they differ before you decide."
