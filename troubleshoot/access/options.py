"""What a kept case lets its reader ask for: this action, a whole job, or an edit by hand."""

from dataclasses import dataclass

from troubleshoot.access.answer import Answer
from troubleshoot.access.judging import judge
from troubleshoot.iam.request import Request
from troubleshoot.iam.snapshot import from_data
from troubleshoot.models import Account, Diagnosis
from troubleshoot.remedy import Situation
from troubleshoot.remedy.alternatives import Alternative, Way, alternatives


@dataclass(frozen=True, slots=True)
class Options:
    """The denied call in one account, and what can be asked for, the smallest first."""

    account: Account
    call: Request
    choices: tuple[Alternative, ...]

    def chosen(self, key: str) -> Alternative:
        """Return the choice of this key, the smallest where there is none."""
        return next((one for one in self.choices if one.key == key), self.choices[0])


def options_of(answer: Answer, kept: Diagnosis) -> Options | None:
    """Return what can be asked for from a case, or None where nothing is proposed.

    It rests on live state only where `answer` does, and an edit, which quotes a policy, is offered only to those who
    may read policies.
    """
    live = bool(kept.snapshot) and answer.live
    snapshot = from_data(kept.snapshot) if live and kept.snapshot else None
    judged = judge(answer.facts, snapshot, kept.checked_at or kept.created_at)
    if answer.proposal is None or answer.account is None or judged.request is None:
        return None
    situation = Situation(
        answer.facts, judged.request, judged.policies, judged.decision, snapshot.path if snapshot else None
    )
    found = alternatives(
        situation, answer.proposal, region=answer.account.region, permanent=answer.account.allows_permanent
    )
    choices = tuple(one for one in found if one.way is not Way.BY_HAND or answer.sight.policy_text)
    return Options(answer.account, judged.request, choices)
