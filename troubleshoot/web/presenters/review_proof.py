"""What else an approver is shown of a change: what was picked with it, each of its actions, and what AWS says of it."""

from dataclasses import dataclass

from troubleshoot.access.answer import Answer
from troubleshoot.access.effects import ChangeEffect
from troubleshoot.access.simulated import Simulated
from troubleshoot.models import UNSETTLED, AccessRequest
from troubleshoot.remedy import Change
from troubleshoot.web.presenters.alongside import Also, JobProof, actions_proof, also_of
from troubleshoot.web.presenters.simulated import SimulatedView, simulated_view


@dataclass(frozen=True, slots=True)
class ReviewProof:
    """`also` was picked by the requester beside the refused call; `actions` is None where nothing was judged.

    `simulated` is None where the simulator was not asked about the change as it stands; `may_simulate`: the viewer may
    let the portal ask it now.
    """

    also: tuple[Also, ...]
    also_title: str
    actions: JobProof | None
    simulated: SimulatedView | None
    may_simulate: bool


def review_proof(
    request: AccessRequest,
    change: Change,
    answer: Answer | None,
    effect: ChangeEffect,
    *,
    simulated: Simulated | None,
    keeps: bool,
) -> ReviewProof:
    """Return it for a request. `answer` is its case, None where that is gone; `keeps`: the viewer looks after it."""
    return ReviewProof(
        also=also_of(request, change, answer.facts.operation if answer else None),
        also_title=f"{request.requester} asks for these with it",
        actions=actions_proof(effect.proven),
        simulated=simulated_view(simulated, effect) if simulated else None,
        may_simulate=keeps and request.account.may_read and request.state in UNSETTLED,
    )
