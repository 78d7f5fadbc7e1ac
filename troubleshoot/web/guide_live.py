"""The parts of an outcome that are looked up for the person who asks: their keys, the doctor, a lint, a diagnosis."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from troubleshoot.access import diagnosis as diagnoses
from troubleshoot.access.doctor import Chain, Health, examine
from troubleshoot.denial import Denial, Reading, parse
from troubleshoot.guide.flow import UNKNOWN, Outcome
from troubleshoot.guide.flows.pass_role import WRITING
from troubleshoot.guide.results import trust_facts
from troubleshoot.guide.walk import Walk
from troubleshoot.iam import parse_policy
from troubleshoot.models import Person
from troubleshoot.remedy.trust_lint import Finding, lint_trust
from troubleshoot.web.components import PolicyLine, PolicyView, Status, Tone
from troubleshoot.web.forms.paste import PasteForm
from troubleshoot.web.presenters.diagnosis import diagnosis_page
from troubleshoot.web.read import keep_and_show
from troubleshoot.web.topics import keys_of

DIAGNOSES = ("diagnosis", "doctor")
"""The live parts from which a diagnosis, and then a request, can be made."""
_NEEDED = frozenset({"principal", "resource", "caller", "role"})
_HEALTH = {
    Health.FINE: Status("fine", Tone.GOOD),
    Health.BROKEN: Status("broken", Tone.BAD),
    Health.UNKNOWN: Status("not known", Tone.CALM),
}
_TONES = {"critical": Tone.BAD, "high": Tone.BAD, "medium": Tone.WAIT, "low": Tone.CALM, "info": Tone.CALM}


def live_part(request: HttpRequest, walk: Walk, outcome: Outcome) -> dict[str, Any]:
    """Return what the outcome's live part shows; empty for an outcome without one."""
    maker = _PARTS.get(outcome.live)
    person = request.user if isinstance(request.user, Person) else None
    return {} if maker is None else {"template": f"guide/live/{outcome.live}.html", **maker(walk, person)}


def diagnose(request: HttpRequest, walk: Walk) -> HttpResponse:
    """Make a diagnosis from the answers: kept for somebody signed in, else answered at once and not kept.

    Whoever is signed in may go on to asking for the access straight away. Where there is nothing to ask for, the
    page of requests leads back to the diagnosis, which says what to do instead.
    """
    reading = _reading(walk)
    if isinstance(request.user, Person):
        page = "request-access" if "ask" in request.POST else "diagnosis"
        return keep_and_show(request, request.user, reading, page=page)
    answer = diagnoses.answer_from_text(reading)
    context = {"page": diagnosis_page(answer, None, chosen=0), "kept": None, "text": reading.text}
    return render(request, "diagnosis/page.html", context)


def _reading(walk: Walk) -> Reading:
    """Write the answers as AWS would have said them, and read that: the diagnosis then knows nothing else."""
    typed = walk.typed
    principal, resource = typed.get("principal") or typed.get("caller"), typed.get("resource") or typed.get("role")
    action = walk.answer("action") or "iam:PassRole"
    said = f"User: {principal or 'arn:aws:iam::000000000000:user/unknown'} is not authorized to perform: {action}"
    reading = parse(f"{said} on resource: {resource}" if resource else said)
    if principal and reading.denials:
        return reading
    text = f"Told in the guide: {action}" + (f" on {resource}" if resource else "")
    return Reading(text, (Denial(action=action, resource=resource),))


def _keys(_walk: Walk, person: Person | None) -> Mapping[str, Any]:
    if person is None:
        return {"signed_in": False}
    return {"signed_in": True, "users": keys_of(person)}


def _doctor(walk: Walk, person: Person | None) -> Mapping[str, Any]:
    typed = walk.typed
    chain = Chain(
        caller=typed.get("caller", ""),
        role=typed.get("role", ""),
        bucket=typed.get("bucket", ""),
        key=typed.get("key", ""),
        writes=walk.answer("op") in WRITING,
    )
    return {
        "signed_in": person is not None,
        "to_ask": _to_ask(walk),
        "legs": [(leg, _HEALTH[leg.health]) for leg in examine(chain, viewer=person)],
    }


def _lint(walk: Walk, _person: Person | None) -> Mapping[str, Any]:
    policy = parse_policy(walk.typed["policy"], name="The trust policy")
    findings = lint_trust(policy, trust_facts(walk))
    marked = {finding.line for finding in findings}
    lines = enumerate(policy.text.splitlines(), start=1)
    view = PolicyView("The trust policy", tuple(PolicyLine(number, line, number in marked) for number, line in lines))
    return {"findings": [(finding, _severity(finding)) for finding in findings], "policy": view}


def _severity(finding: Finding) -> Status:
    return Status(finding.severity, _TONES[finding.severity])


def _paste(_walk: Walk, _person: Person | None) -> Mapping[str, Any]:
    return {"form": PasteForm()}


def _diagnosis(walk: Walk, person: Person | None) -> Mapping[str, Any]:
    return {"signed_in": person is not None, "to_ask": _to_ask(walk)}


def _to_ask(walk: Walk) -> tuple[str, ...]:
    """Return the questions that were answered with *I don't know*, and without which nothing can be asked for."""
    return tuple(step.question.id for step in walk.steps if step.question.id in _NEEDED and step.answer == UNKNOWN)


_PARTS: Mapping[str, Callable[[Walk, Person | None], Mapping[str, Any]]] = {
    "keys": _keys,
    "doctor": _doctor,
    "lint": _lint,
    "paste": _paste,
    "diagnosis": _diagnosis,
}
