"""What an approver sees before a decision: the change, the evidence, what to take care of."""

from dataclasses import dataclass

from django.urls import reverse

from troubleshoot.access.answer import Answer
from troubleshoot.access.aws_side import Simulation
from troubleshoot.access.effects import ChangeEffect, effect_of
from troubleshoot.access.manual import is_done_by_hand
from troubleshoot.access.more_time import MoreTime, more_time_of
from troubleshoot.access.permissions import roles_of
from troubleshoot.access.reach import Touching
from troubleshoot.access.simulated import Simulated as SimulatedPair
from troubleshoot.access.simulated import simulated_of
from troubleshoot.models import UNSETTLED, AccessRequest, Mode, Person, State
from troubleshoot.remedy import Change, change_from_data
from troubleshoot.remedy.risk import finding_from_data
from troubleshoot.web.presenters.allows import AllowsView, allows_view
from troubleshoot.web.presenters.by_hand import commands_of
from troubleshoot.web.presenters.changes import DiffView, change_diff, diff_of, document_of
from troubleshoot.web.presenters.comparison import Comparison, comparison_of
from troubleshoot.web.presenters.diagnosis import DiagnosisPage, diagnosis_page
from troubleshoot.web.presenters.names import principal_name
from troubleshoot.web.presenters.request_page import Record, RequestPage, request_page
from troubleshoot.web.presenters.requests import WAITING, duration_words
from troubleshoot.web.presenters.review_proof import ReviewProof, review_proof
from troubleshoot.web.presenters.risk import RiskView, stored_risk
from troubleshoot.web.presenters.touched import touched

_SIMULATED = {
    "allowed": "allowed",
    "implicitDeny": "no policy allows it",
    "explicitDeny": "a statement denies it",
}


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to take care of before deciding."""

    title: str
    words: str


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """The review. `why_not` is empty where the viewer may decide; `commands` apply it by hand where they have to."""

    request: RequestPage
    more_time: MoreTime | None
    touched: str
    lasts: str
    risk: RiskView
    allows: AllowsView
    diff: DiffView | None
    narrowed: DiffView | None
    aws_says: str
    cautions: tuple[Caution, ...]
    comparison: Comparison | None
    proof: ReviewProof
    evidence: DiagnosisPage | None
    case_url: str
    may_decide: bool
    why_not: str
    may_check: bool
    commands: tuple[str, ...]
    may_revoke: bool
    approve_label: str


def review_page(
    request: AccessRequest,
    answer: Answer | None,
    *,
    viewer: Person,
    may_decide: bool,
    record: Record,
    applies_next: bool = True,
    simulated: SimulatedPair | None = None,
) -> ReviewPage:
    """Return the review of a request. `answer` is its diagnosis as this viewer may see it, None where it is gone.

    `applies_next`: with the viewer's approval it has as many as it needs.
    `simulated` is what the simulator was asked just now; else what was kept of it is shown.
    """
    change = change_from_data(request.change)
    roles = roles_of(viewer)
    keeps = roles.is_admin or roles.approver_of(request.account)
    diagnosis = request.diagnosis
    if answer and not _is_about(answer, request):
        answer = None
    effect = effect_of(request, answer)
    touching = Touching(request.account, [change], viewer=viewer, case=request.code)
    by_hand = keeps and request.state == State.AWAITING_MANUAL_APPLY
    grant = record.grant if by_hand else None
    return ReviewPage(
        request=request_page(request, viewer=viewer, names_deciders=False, record=record),
        more_time=more_time_of(request, record.grant),
        touched=touched(change, touching.by(change)),
        lasts=f"It lasts {duration_words(change.hours)}." if change.hours else "It lasts until it is revoked.",
        risk=stored_risk(request.risk, [finding_from_data(one) for one in request.findings]),
        allows=allows_view(effect.allows, is_known=effect.is_known),
        diff=change_diff(change, ends=_ends(change)) if request.state in UNSETTLED else None,
        narrowed=_narrowed(request, change),
        aws_says=_aws_says(answer),
        cautions=_cautions(request, answer, effect),
        comparison=comparison_of(effect.before, effect.after),
        proof=review_proof(request, change, answer, effect, simulated=simulated or simulated_of(request), keeps=keeps),
        evidence=_evidence(answer, request, viewer) if answer else None,
        case_url=reverse("diagnosis", args=[diagnosis.token]) if diagnosis else "",
        may_decide=may_decide,
        why_not="" if may_decide else _why_not(request, viewer),
        may_check=by_hand,
        commands=commands_of(grant) if grant else (),
        may_revoke=keeps and request.state == State.ACTIVE,
        approve_label="Approve and apply" if applies_next and not is_done_by_hand(request) else "Approve",
    )


def _evidence(answer: Answer, request: AccessRequest, viewer: Person) -> DiagnosisPage:
    """The case as its own page shows it, where it was asked already."""
    chosen = request.diagnosis.chosen if request.diagnosis else 0
    return diagnosis_page(answer, request.diagnosis, chosen=chosen, asked=request, viewer=viewer)


def _is_about(answer: Answer, request: AccessRequest) -> bool:
    """Whether the case still speaks of this call: its facts may have been put right after the request was filed."""
    facts = answer.facts
    told = (facts.principal, facts.action, facts.resource or "*")
    return told == (request.call["principal"], request.action, request.resource)


def _why_not(request: AccessRequest, viewer: Person) -> str:
    if request.state not in WAITING:
        return "Nothing is left to decide."
    if viewer.pk in (request.requester_id, request.beneficiary_id):
        return "Nobody decides their own request. Another approver has to do it."
    return "You may look, not decide."


def _ends(change: Change) -> str:
    return f"{duration_words(change.hours)} after it is applied" if change.hours else ""


def _narrowed(request: AccessRequest, change: Change) -> DiffView | None:
    """What was asked at first beside what is asked now, where that became something else."""
    first = change_from_data(request.first_change) if request.first_change else change
    if first.digest() == change.digest():
        return None
    texts = [document_of(one, ends=_ends(one)).split("\n") for one in (first, change)]
    return diff_of(*texts, titles=("Asked at first", "Asked now"))


def _aws_says(answer: Answer | None) -> str:
    """What IAM's own simulator says of the call without the change, where it was asked."""
    simulation = answer.aws.simulation if answer and answer.aws else None
    if not isinstance(simulation, Simulation):
        return ""
    return f"IAM’s own policy simulator says of the call as it is now: {_SIMULATED[str(simulation.decision)]}."


def _cautions(request: AccessRequest, answer: Answer | None, effect: ChangeEffect) -> tuple[Caution, ...]:
    cautions = []
    if request.on_behalf:
        cautions.append(Caution("Asked on behalf of somebody else", _on_behalf(request)))
    if change_from_data(request.change).hours is None:
        cautions.append(Caution("It has no end", "It stays until somebody revokes it."))
    if answer and not answer.live:
        cautions.append(
            Caution("It rests on the text alone", "No live state was read, so nobody has shown that it would work.")
        )
    elif effect.after is not None and effect.after.stopping:
        cautions.append(Caution("Not shown to be enough", "Judged again, the call may still be stopped."))
    if request.account.mode != Mode.WRITE:
        cautions.append(
            Caution("The portal may not write here", "After the approval an administrator applies the policy by hand.")
        )
    return tuple(cautions)


def _on_behalf(request: AccessRequest) -> str:
    principal = principal_name(request.principal_arn)
    owner = f", which belongs to {request.beneficiary}" if request.beneficiary else ", which is linked to nobody"
    return f"{request.requester} asks for the {principal}{owner}. Make sure that the owner wants it."
