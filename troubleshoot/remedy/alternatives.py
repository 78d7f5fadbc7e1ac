"""What can be asked for against one denial: this action, the whole job, or the edit of what is there already.

Each is shown by judging the call again, with what it would newly allow and how grave that is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from troubleshoot.iam import evaluate
from troubleshoot.iam.decision import Decision, Outcome
from troubleshoot.iam.layers import Layer, PolicySet
from troubleshoot.iam.request import Request
from troubleshoot.remedy.edits import by_hand
from troubleshoot.remedy.grant import with_change
from troubleshoot.remedy.jobs import whole_jobs
from troubleshoot.remedy.newly import Newly, newly
from troubleshoot.remedy.proposal import Change, Proposal
from troubleshoot.remedy.risk import Assessment, assess
from troubleshoot.remedy.room import no_room
from troubleshoot.remedy.situation import Situation

_MOST_JOBS = 2
_MOST_EDITS = 2


class Way(StrEnum):
    """What is asked for."""

    THIS = "this"  # the denied action on the denied resource
    JOB = "job"  # all that a job needs
    BY_HAND = "by_hand"  # the edit of a policy that is there, without an end


@dataclass(frozen=True, slots=True)
class Alternative:
    """One thing that can be asked for. `key` tells it from the others of the same denial; `job` is a persona's name.

    `after` is the call judged with the change, None where nothing was read. `proven`: nothing stops it then. `full`
    says in words which of AWS's quotas leaves no room for it, and is empty where none is known to.
    """

    key: str
    way: Way
    job: str
    change: Change
    after: Decision | None
    proven: bool
    unchecked: tuple[Layer, ...]
    allows: Newly
    risk: Assessment
    full: str


def alternatives(situation: Situation, proposal: Proposal, *, region: str, permanent: bool) -> tuple[Alternative, ...]:
    """Return what can be asked for, the smallest first: `proposal`, then jobs, then edits by hand.

    `region` is where a job is done. `permanent`: the account allows access without an end, which edits are. What does
    not let the call through is left out.
    """
    found = [_alternative(situation, "this", Way.THIS, proposal.change)]
    jobs = [
        _alternative(situation, f"job-{name}", Way.JOB, change, job=name)
        for name, change in whole_jobs(situation, region=region)
        if _helps(situation, change)
    ]
    found += sorted(jobs, key=_size)[:_MOST_JOBS]
    if permanent:
        found += list(_edits(situation))[:_MOST_EDITS]
    return tuple(found)


def again(situation: Situation, asked: Alternative, change: Change) -> Alternative:
    """Return the same thing asked for with another change, judged anew."""
    return _alternative(situation, asked.key, asked.way, change, job=asked.job)


def _edits(situation: Situation) -> Iterator[Alternative]:
    for number, change in enumerate(by_hand(situation), start=1):
        if _helps(situation, change):
            yield _alternative(situation, f"edit-{number}", Way.BY_HAND, change)


def _helps(situation: Situation, change: Change) -> bool:
    """Without live state the change alone is judged: it must allow the call by itself."""
    if situation.policies is None:
        request = replace(situation.request, unknown_keys=frozenset())
        return evaluate(request, with_change(PolicySet(), change)).outcome is Outcome.ALLOWED
    return not _after(situation.request, situation.policies, change).stopping


def _alternative(situation: Situation, key: str, way: Way, change: Change, *, job: str = "") -> Alternative:
    policies = situation.policies
    after = None if policies is None else _after(situation.request, policies, change)
    allows = newly(change, policies)
    return Alternative(
        key=key,
        way=way,
        job=job,
        change=change,
        after=after,
        proven=after is not None and not after.stopping,
        unchecked=tuple(Layer) if after is None else after.missing_layers,
        allows=allows,
        risk=assess(change, held=policies, allows=allows),
        full=no_room(change, policies) or "",
    )


def _after(request: Request, policies: PolicySet, change: Change) -> Decision:
    return evaluate(request, with_change(policies, change))


def _size(alternative: Alternative) -> tuple[int, int]:
    return alternative.risk.level.rank, len(alternative.allows.entries)
