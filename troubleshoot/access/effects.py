"""What a request's change does, judged on what was read for its case: what is new, and the call before and after."""

from dataclasses import dataclass

from troubleshoot.access.answer import Answer
from troubleshoot.access.beside import beside
from troubleshoot.access.options import judge_of
from troubleshoot.access.shown import masked
from troubleshoot.access.weighing import held_by_diagnosis
from troubleshoot.iam import evaluate
from troubleshoot.iam.decision import Decision
from troubleshoot.iam.layers import PolicySet
from troubleshoot.models import AccessRequest
from troubleshoot.remedy import Change, Newly, change_from_data, newly, with_change
from troubleshoot.remedy.proof import Proven, prove


@dataclass(frozen=True, slots=True)
class ChangeEffect:
    """What is newly allowed, and the same call judged `before` and `after`; these are None where nothing was read.

    `is_known`: what the principal holds was read, so that only what is new is among `allows`. `proven` is what becomes
    of each action of the change, where it asks for more than the refused call.
    """

    allows: Newly
    is_known: bool
    before: Decision | None
    after: Decision | None
    proven: tuple[Proven, ...] = ()


def effect_of(request: AccessRequest, answer: Answer | None) -> ChangeEffect:
    """Return what the request's change does.

    `answer` is its case as the viewer may see it, None where the case is gone or speaks of another call.
    """
    change = change_from_data(request.change)
    live = answer is not None and answer.live
    held = held_by_diagnosis(request.diagnosis) if live else None
    if answer is None or held is None:
        return ChangeEffect(newly(change, None), is_known=False, before=None, after=None)
    after = evaluate(answer.call, with_change(held, change)) if answer.call and answer.decision else None
    return ChangeEffect(
        newly(change, held),
        is_known=True,
        before=answer.decision,
        after=masked(after, answer.sight),
        proven=_proven(request, change, held, answer),
    )


def _proven(request: AccessRequest, change: Change, held: PolicySet, answer: Answer) -> tuple[Proven, ...]:
    read_at = request.diagnosis.checked_at if request.diagnosis else None
    if answer.call is None or read_at is None or not change.statements or not beside(request):
        return ()
    return prove(change, held, judge=judge_of(answer.call, read_at))
