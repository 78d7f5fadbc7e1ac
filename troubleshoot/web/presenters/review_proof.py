"""What else an approver is shown of a change: what was picked with it, and what becomes of each of its actions."""

from dataclasses import dataclass

from troubleshoot.access.answer import Answer
from troubleshoot.access.effects import ChangeEffect
from troubleshoot.models import AccessRequest
from troubleshoot.remedy import Change
from troubleshoot.web.presenters.alongside import Also, JobProof, actions_proof, also_of


@dataclass(frozen=True, slots=True)
class ReviewProof:
    """`also` was picked by the requester beside the refused call; `actions` is None where nothing was judged."""

    also: tuple[Also, ...]
    also_title: str
    actions: JobProof | None


def review_proof(request: AccessRequest, change: Change, answer: Answer | None, effect: ChangeEffect) -> ReviewProof:
    """Return it for a request. `answer` is its case, None where that is gone."""
    return ReviewProof(
        also=also_of(request, change, answer.facts.operation if answer else None),
        also_title=f"{request.requester} asks for these with it",
        actions=actions_proof(effect.proven),
    )
