"""What can be asked for from one case, side by side."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from troubleshoot.access.permissions import Sight
from troubleshoot.access.reach import Touching
from troubleshoot.access.shown import shown_change
from troubleshoot.remedy.alternatives import Alternative, Way
from troubleshoot.remedy.proof import Proven, Result
from troubleshoot.web.presenters.allows import AllowsView, allows_view
from troubleshoot.web.presenters.changes import DiffView, added_view, change_diff
from troubleshoot.web.presenters.policies import PolicyView, change_view
from troubleshoot.web.presenters.risk import RiskView, approvals_words, longest_words, risk_view
from troubleshoot.web.presenters.touched import touched

_JOBS = {
    "auditor": "look at everything, change nothing",
    "builder": "build and train",
    "runtime": "get recommendations in an application",
    "operations": "run what was built",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be asked for. `full` says why AWS has no room for it, and is empty where it has.

    `diff` is the document that it edits, before and after; `added` what it adds to one that is not to be seen.
    """

    key: str
    title: str
    explanation: str
    allows: AllowsView
    risk: RiskView
    approvals: str
    longest: str
    proof: str
    touched: str
    policy: PolicyView | None
    added: PolicyView | None
    diff: DiffView | None
    full: str


def choices_of(
    choices: Iterable[Alternative],
    *,
    ends: str,
    touching: Touching,
    proofs: Mapping[str, Sequence[Proven]],
    sight: Sight,
) -> tuple[Choice, ...]:
    """Return the choices in words. `ends` stands for the date of the end in the policy.

    `proofs` are what was shown of each action of a whole job, by the choice's key. `sight` is what of the principal's
    policies the reader may see: of a document that is not to be seen stands only what is added.
    """
    return tuple(
        _choice(one, ends=ends, touching=touching, found=proofs.get(one.key, ()), sight=sight) for one in choices
    )


def title_of(alternative: Alternative) -> str:
    """Return what is asked for, in a few words."""
    if alternative.way is Way.THIS:
        return "Just this action"
    if alternative.way is Way.JOB:
        return f"The whole job: {_JOBS[alternative.job]}"
    edit = alternative.change.edit
    return f"By hand: a change of {edit.policy_name}" if edit else "By hand"


def _choice(one: Alternative, *, ends: str, touching: Touching, found: Sequence[Proven], sight: Sight) -> Choice:
    change = one.change
    shown = shown_change(change, sight)
    whole = shown is change
    return Choice(
        key=one.key,
        title=title_of(one),
        explanation=_explanation(one),
        allows=allows_view(one.allows, is_known=one.after is not None),
        risk=risk_view(one.risk),
        approvals=approvals_words(one.risk),
        longest=longest_words(one.risk)
        if one.change.may_end
        else "It has no end. It stays until somebody takes it back.",
        proof=_proof(one, found),
        touched=touched(change, touching.by(change)),
        policy=change_view(change, title="The exact policy", ends=ends) if change.statements else None,
        added=added_view(shown, ends=ends) if shown.edit and not whole else None,
        diff=change_diff(change, ends=ends) if change.edit and whole else None,
        full=one.full,
    )


def _explanation(one: Alternative) -> str:
    if one.way is Way.JOB:
        return "For those who do this every day. It spares you ten requests, and it allows much more."
    if one.change.is_manual:
        return "An administrator makes it by hand, and the portal checks it."
    return "The smallest change that lets the call through."


def _proof(one: Alternative, found: Sequence[Proven]) -> str:
    if one.after is None:
        return "Not known: nothing live was read."
    enough = "Shown to be enough, as far as the portal can read." if one.unchecked else "Shown to be enough."
    working = sum(action.result in (Result.NEW, Result.ALREADY) for action in found)
    return f"{enough} {working} of its {len(found)} actions would work." if found else enough
