"""A diagnosis as plain text, to paste into a ticket or a chat."""

from troubleshoot.access.answer import Answer
from troubleshoot.models import Diagnosis
from troubleshoot.web.presenters.diagnosis import facts_of
from troubleshoot.web.presenters.gates import gates_of
from troubleshoot.web.presenters.next_steps import next_steps
from troubleshoot.web.presenters.verdict import verdict_of

_STATES = {"passes": "passes", "stops": "STOPS", "unknown": "not known", "not_applicable": "none applies"}


def ticket_text(answer: Answer, diagnosis: Diagnosis, *, address: str) -> str:
    """Return the case in words: verdict, facts, gates, what to do, and the address of the page."""
    verdict = verdict_of(answer)
    lines = [f"Case {diagnosis.code}: {verdict.plain}", "", *verdict.sentences, ""]
    lines += [f"{fact.name}: {fact.note or fact.value or 'not in the message'}" for fact in facts_of(answer.facts)]
    lines += ["", "Where the call was stopped"]
    lines += [f"- {gate.name}: {_STATES[gate.state]} ({gate.words})" for gate in gates_of(answer)]
    lines += ["", "What can be done"]
    for number, step in enumerate(next_steps(answer, diagnosis), start=1):
        lines.append(f"{number}. {step.title}. {step.words}")
        lines += [f"   {step.quote}"] if step.quote else []
    return "\n".join([*lines, "", address, ""])
