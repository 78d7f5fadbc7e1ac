"""What IAM's policy simulator says of a request's call now and with its change: asked together, in the same way.

It is asked when a request is filed from a case, as far as the requester may see the principal, and whenever somebody
who decides asks for it. The answers are kept with the case, under the digest of the change that they are about.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from troubleshoot.access import accounts
from troubleshoot.access.aws_side import Deadline, NotAnswered, Simulation, within
from troubleshoot.access.calls import call_from_data
from troubleshoot.access.permissions import sight_of
from troubleshoot.aws.gateway import Answers, ProblemKind, answer_data, answer_from_data, one_turn
from troubleshoot.iam.request import Request
from troubleshoot.iam.snapshot import Missing, Snapshot, StoredPolicy, from_data
from troubleshoot.models import AccessRequest, Diagnosis, Person
from troubleshoot.remedy import Change, ChangeKind, Edit, change_from_data, edited_document, grant_document

_SECONDS = 4.0
_KEY = "simulated"
_NOW = "aws:CurrentTime"
_TRUST = "The simulator does not look at the trust policy of a role that is assumed."
_NOT_HELD = "What the principal holds was not read, so the simulator could not be told of the edit."

Answered = Simulation | NotAnswered
_Question = Callable[[], Answered]


@dataclass(frozen=True, slots=True)
class Simulated:
    """The two answers, and the digest of the change that `after` is about."""

    digest: str
    before: Answered
    after: Answered

    def as_data(self) -> dict[str, Any]:
        """Return it as plain JSON data; `from_kept` is the way back."""
        return {"digest": self.digest, "before": answer_data(self.before), "after": answer_data(self.after)}


def simulated_of(request: AccessRequest) -> Simulated | None:
    """Return what was kept for the request's change as it stands, or None: it was not asked, or about another one."""
    kept = (request.diagnosis.aws_answers or {}).get(_KEY) if request.diagnosis else None
    if not kept or kept["digest"] != request.change_digest:
        return None
    return Simulated(kept["digest"], _answered(kept["before"]), _answered(kept["after"]))


def simulate(request: AccessRequest) -> Simulated:
    """Ask about the request's call now and with its change, and keep the answers with its case, if it has one.

    Two questions, side by side, within some seconds; what is late, forbidden or throttled is an answer that says so.
    Who may ask is for the caller to settle: it tells about the principal's rights.
    """
    asked = accounts.answers(request.account, case=request.code)
    with one_turn():
        before, after = within(Deadline(_SECONDS), *_questions(request, asked))
    found = Simulated(request.change_digest, before, after)
    if request.diagnosis_id:
        _keep(request.diagnosis_id, found)
    return found


def simulate_for(request: AccessRequest, person: Person) -> None:
    """Ask for somebody who has just filed the request, unless that was done or they may not see the principal."""
    if request.diagnosis is None or simulated_of(request) is not None or not request.account.may_read:
        return
    if sight_of(person, request.account, request.principal_arn).live:
        simulate(request)


def _keep(diagnosis: int, found: Simulated) -> None:
    """Put it beside whatever stands there by now: the case may have been checked again meanwhile."""
    with transaction.atomic():
        kept = Diagnosis.objects.select_for_update(of=("self",)).get(pk=diagnosis)
        kept.aws_answers = {**(kept.aws_answers or _NOTHING), _KEY: found.as_data()}
        kept.save(update_fields=["aws_answers"])


_NOTHING: Mapping[str, Any] = {
    "simulation": None,
    "authorization": None,
    "decoded": None,
    "roles": None,
    "dropped": [],
}


def _answered(data: Mapping[str, Any]) -> Answered:
    found = answer_from_data(data)
    if not isinstance(found, Simulation | NotAnswered):
        raise TypeError("another kind of answer was kept in the place of a simulation")
    return found


def _questions(request: AccessRequest, answers: Answers) -> tuple[_Question, _Question]:
    change = change_from_data(request.change)
    snapshot = _snapshot(request)
    call = _dated(call_from_data(request.call))
    resource = snapshot.resource if snapshot else None
    own = resource.document if isinstance(resource, StoredPolicy) else ""
    if change.kind is ChangeKind.TRUST_EDIT:
        return _said(_TRUST), _said(_TRUST)
    if change.edit is None or change.edit.policy_arn is not None:
        added, without = _added(change), _without(change)
        return (
            lambda: answers.simulate(call, resource_policy=own),
            lambda: answers.simulate(call, adding=added, without=without, resource_policy=own),
        )
    return _of_documents(call, change.edit, snapshot, answers)


def _of_documents(
    call: Request, edit: Edit, snapshot: Snapshot | None, answers: Answers
) -> tuple[_Question, _Question]:
    """An inline policy cannot be taken for gone by its name, so all documents are given, before and after the edit."""
    if snapshot is None or isinstance(snapshot.identity, Missing):
        return _said(_NOT_HELD), _said(_NOT_HELD)
    boundary = snapshot.boundary.document if isinstance(snapshot.boundary, StoredPolicy) else ""
    now = tuple(policy.document for policy in snapshot.identity)
    then = (*_others(snapshot.identity, edit), edited_document(edit, ends_at=None))
    return (
        lambda: answers.simulate_documents(call, now, boundary=boundary),
        lambda: answers.simulate_documents(call, then, boundary=boundary),
    )


def _others(held: tuple[StoredPolicy, ...], edit: Edit) -> Iterator[str]:
    for policy in held:
        if (policy.arn, policy.name, policy.attached_to) != (None, edit.policy_name, edit.holder):
            yield policy.document


def _added(change: Change) -> tuple[str, ...]:
    """The documents as they are while the grant lasts."""
    own = (grant_document(change, ends_at=None),) if change.statements else ()
    return (*own, edited_document(change.edit, ends_at=None)) if change.edit else own


def _without(change: Change) -> tuple[str, ...]:
    return (change.edit.policy_arn,) if change.edit and change.edit.policy_arn else ()


def _snapshot(request: AccessRequest) -> Snapshot | None:
    kept = request.diagnosis.snapshot if request.diagnosis else None
    return from_data(kept) if kept else None


def _dated(call: Request) -> Request:
    """By itself the simulator knows no time, and would say of every grant that ends that it does not allow."""
    return replace(call, context={**call.context, _NOW: f"{timezone.now():%Y-%m-%dT%H:%M:%SZ}"})


def _said(words: str) -> _Question:
    return lambda: NotAnswered(words, ProblemKind.NOT_SUPPORTED)
