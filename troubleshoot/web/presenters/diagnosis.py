"""Everything that the diagnosis page shows, put together from the answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from troubleshoot.access.answer import Answer
from troubleshoot.access.explain import NOT_YOURS
from troubleshoot.denial import Denial, Removed
from troubleshoot.iam import catalog
from troubleshoot.models import AccessRequest, Diagnosis, Person
from troubleshoot.templatetags.desk import ago
from troubleshoot.web.components import Fact, Gate, GateState
from troubleshoot.web.presenters.aws_side import AwsView, aws_view, banners
from troubleshoot.web.presenters.gates import gates_of
from troubleshoot.web.presenters.marked import Segment, marked
from troubleshoot.web.presenters.names import Name, in_sentence, list_in_words, principal_name, resource_name
from troubleshoot.web.presenters.next_steps import is_pass_role, next_steps, not_yours
from troubleshoot.web.presenters.next_stops import NextStop, next_stops
from troubleshoot.web.presenters.policies import StatementView, statement_view
from troubleshoot.web.presenters.several import Several, several
from troubleshoot.web.presenters.steps import Step
from troubleshoot.web.presenters.verdict import Verdict, verdict_of

REMOVED = {
    "private-key": "private key",
    "jwt": "sign-in token",
    "presigned-url": "signature of a presigned URL",
    "cookie": "cookie",
    "authorization": "authorization header",
    "session-token": "session token",
    "secret-access-key": "secret access key",
    "password": "password",
    "external-id": "external ID",
    "access-key-id": "access key id (its last four characters stay)",
}
"""What was taken out of a paste, by kind."""


@dataclass(frozen=True, slots=True)
class DiagnosisPage:
    """The page. `is_judged`: whether there is a call to judge; `gates` is empty where nothing is known of it.
    `can_be_checked`: reading again could tell more; not so of a principal that is not the person's own.

    `basis` says what the answer rests on, `read_at` when that was read live, `limits` what was not checked.
    """

    verdict: Verdict
    gates_title: str
    gates: tuple[Gate, ...]
    statements: tuple[StatementView, ...]
    next_stops: tuple[NextStop, ...]
    aws: AwsView | None
    banners: tuple[str, ...]
    steps: tuple[Step, ...]
    facts: tuple[Fact, ...]
    text: tuple[Segment, ...]
    repeats: str
    removed: tuple[str, ...]
    choices: Several
    basis: str
    read_at: datetime | None
    limits: tuple[str, ...]
    is_judged: bool
    can_be_checked: bool
    asks_for_role: bool
    caller: str


def diagnosis_page(
    answer: Answer,
    diagnosis: Diagnosis | None,
    *,
    chosen: int = 0,
    listed_from: int | None = None,
    asked: AccessRequest | None = None,
    viewer: Person | None = None,
) -> DiagnosisPage:
    """Return the page of an answer.

    `diagnosis` is None for somebody who is not signed in; `asked` is an open request from this case, if there is one.
    `listed_from` is where the list of several denials begins on the page.
    """
    gates = _gates(answer)
    denials = answer.reading.denials
    spans = denials[chosen].spans if chosen < len(denials) else {}
    return DiagnosisPage(
        verdict=verdict_of(answer if asked is None else replace(answer, proposal=None)),
        gates_title=_gates_title(gates),
        gates=gates,
        statements=tuple(statement_view(shown) for shown in answer.statements),
        next_stops=next_stops(answer),
        aws=aws_view(answer),
        banners=banners(answer),
        steps=next_steps(answer, diagnosis, asked=asked, viewer=viewer),
        facts=facts_of(answer.facts),
        text=marked(answer.reading.text, spans),
        repeats=answer.repeats,
        removed=removed_in_words(answer.reading.removed),
        choices=several(denials, chosen, listed_from),
        basis=_basis(answer, diagnosis, viewer),
        read_at=answer.checked_at if answer.live else None,
        limits=_limits(answer),
        is_judged=not answer.fictional,
        can_be_checked=answer.not_live_because != NOT_YOURS,
        asks_for_role=is_pass_role(answer) and "resource" in answer.missing and diagnosis is not None,
        caller=str(principal_name(answer.facts.principal) or ""),
    )


def facts_of(facts: Denial) -> tuple[Fact, ...]:
    """Return the facts as rows; the four that matter always, the others where the text gives them."""
    rows = [
        _fact("Who", principal_name(facts.principal)),
        Fact("Account", facts.account or ""),
        _fact("Action", _plain(facts.action)),
        _resource(facts),
    ]
    others = (
        ("Region", facts.region),
        ("Call", facts.operation),
        ("Policy", facts.policy_arn),
        ("Error code", facts.error_code),
        ("Authorization ID", facts.authorization_id),
        ("Request ID", facts.request_id),
    )
    return (*rows, *(Fact(label, value) for label, value in others if value))


def removed_in_words(removed: tuple[Removed, ...]) -> tuple[str, ...]:
    """Return what was taken out of the text: how many, and of which kind; never the value."""
    return tuple(f"{item.count} × {REMOVED.get(item.kind, item.kind)}" for item in removed)


def _plain(value: str | None) -> Name | None:
    return Name("", value, value) if value else None


def _fact(label: str, name: Name | None) -> Fact:
    if name is None:
        return Fact(label, "")
    return Fact(label, str(name), code=True, note="" if name.full in (name.short, str(name)) else name.full)


def _resource(facts: Denial) -> Fact:
    known = catalog.action(facts.action) if facts.action else None
    if known is not None and known.wildcard_only:
        return Fact("Resource", "*", code=True, note="this action takes no single resource")
    return _fact("Resource", resource_name(facts.resource))


def _gates(answer: Answer) -> tuple[Gate, ...]:
    """The picture, where at least one gate is known: seven question marks help nobody."""
    gates = gates_of(answer)
    is_drawn = not answer.fictional and any(gate.state is not GateState.UNKNOWN for gate in gates)
    return gates if is_drawn else ()


def _gates_title(gates: Sequence[Gate]) -> str:
    if not gates:
        return "Which check stopped the call is not known"
    stopped = any(gate.state is GateState.STOPS for gate in gates)
    return "Where the call was stopped" if stopped else "What each check says"


def _basis(answer: Answer, diagnosis: Diagnosis | None, viewer: Person | None) -> str:
    if answer.live and answer.decision is None:
        return "The portal can read this principal. To judge the call, it needs what is missing."
    if answer.live and answer.checked_at:
        return f"Read from IAM {ago(answer.checked_at)}, judged by the portal’s own evaluator."
    if answer.not_live_because == NOT_YOURS:
        if diagnosis is not None and viewer is not None and diagnosis.person_id != viewer.pk:
            return "Nothing live was read for whoever pasted this. The answer rests on the text alone."
        return f"{not_yours(answer.facts.principal, viewer)}. The answer rests on the text alone."
    return answer.not_live_because


def _limits(answer: Answer) -> tuple[str, ...]:
    if not answer.live:
        return ("What stops the call beside this layer is not known.",) if answer.facts.policy_type else ()
    if answer.proposal is not None and answer.proposal.proven:
        return (_still_open(answer),)
    return ()


def _still_open(answer: Answer) -> str:
    unread = [in_sentence(layer) for layer in answer.after.missing_layers] if answer.after else []
    if not unread:
        return "AWS names one layer at a time. Another stop may show only when the call is tried again."
    names = list_in_words(unread, last="or")
    return f"After the change, only what the portal cannot read could still stop the call: {names}."
