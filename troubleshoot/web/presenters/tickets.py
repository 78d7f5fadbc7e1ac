"""A diagnosis as plain text, to paste into a ticket or a chat."""

from collections.abc import Sequence
from dataclasses import replace
from textwrap import indent

from troubleshoot.access.answer import Answer
from troubleshoot.models import AccessRequest, Diagnosis
from troubleshoot.web.components import Gate
from troubleshoot.web.presenters.diagnosis import facts_of
from troubleshoot.web.presenters.gates import gates_of
from troubleshoot.web.presenters.next_steps import next_steps, open_request
from troubleshoot.web.presenters.requests import status_of
from troubleshoot.web.presenters.verdict import verdict_of

_STATES = {"passes": "passes", "stops": "STOPS", "unknown": "not known", "not_applicable": "none applies"}


def ticket_text(answer: Answer, diagnosis: Diagnosis, *, address: str, requests: Sequence[AccessRequest] = ()) -> str:
    """Return the case in words: verdict, requests from it, facts, gates, what to do, and the address of the page."""
    asked = open_request(requests)
    verdict = verdict_of(answer if asked is None else replace(answer, proposal=None))
    lines = [f"Case {diagnosis.code}: {verdict.plain}", "", *verdict.sentences, *map(_request, requests), ""]
    lines += [f"{fact.name}: {fact.note or fact.value or 'not in the message'}" for fact in facts_of(answer.facts)]
    lines += ["", "Where the call was stopped"]
    lines += [_gate(gate) for gate in gates_of(answer)]
    lines += ["", "What can be done"]
    for number, step in enumerate(next_steps(answer, diagnosis, asked=asked), start=1):
        lines.append(f"{number}. {step.title}. {step.words}")
        lines += [indent(step.quote, "   ")] if step.quote else []
    return "\n".join([*lines, "", address, ""])


def _request(request: AccessRequest) -> str:
    return f"Request {request.code} of {request.requester}: {status_of(request).words}."


def _gate(gate: Gate) -> str:
    words = f" ({gate.words})" if gate.words else ""
    return f"- {gate.name}: {_STATES[gate.state]}{words}"
