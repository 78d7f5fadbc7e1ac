"""What the same call needs beside the refused check, in words: why, on what, and what becomes of it when asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from troubleshoot.access.options import Options, Picked
from troubleshoot.access.words import LAYER_NAMES
from troubleshoot.iam.catalog import checks_for_operation
from troubleshoot.models import AccessRequest
from troubleshoot.remedy import Change
from troubleshoot.remedy.dependent import Dependent, also_asked
from troubleshoot.remedy.newly import as_texts
from troubleshoot.remedy.proof import Proven, Result
from troubleshoot.web.presenters.guide_request import held_up, proof_lines
from troubleshoot.web.presenters.names import keys_in_words, list_in_words, resource_name

_PASS_ROLE = "iam:passrole"  # noqa: S105 - an action, no password
_FOUND = {
    Result.NEW: "Newly allowed.",
    Result.ALREADY: "What you ask for allows it already, so it is not added.",
    Result.SOME: "Allowed on some of these resources. The {} stops the others.",
    Result.OPEN: "Not known: it depends on the {}.",
    Result.STOPPED: "The {} would stop it all the same.",
}


@dataclass(frozen=True, slots=True)
class Also:
    """One action that is asked for together with the refused call: on what, why, and what becomes of it."""

    action: str
    resource: str
    why: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class JobProof:
    """What was shown of each action of a whole job. `held_up`: those that something stops, each with why."""

    lines: tuple[str, ...]
    held_up: tuple[tuple[str, str], ...]


def box_label(one: Dependent, operation: str) -> str:
    """Return what stands beside the box of one dependent action: the action, on what, and why."""
    on = f" on {_short(one.resources)}" if one.resources and one.resources != ("*",) else ""
    return f"{one.action}{on}. {why(one.action, one.when, operation)}"


def why(action: str, when: str, operation: str) -> str:
    """Return in one sentence why the call needs this action too."""
    if when == "with_tags":
        return f"Only if {operation} sets tags."
    if when == "with_role":
        return f"{operation} passes a role, if the call names one."
    if action.lower() == _PASS_ROLE:
        return f"{operation} passes a role to a service."
    return f"AWS checks {operation} on this too."


def field_label(one: Dependent) -> str:
    """Return what the person is asked where only they know the resource."""
    return f"Which {one.kinds_in_words} is it for {one.action}?"


def picked_views(options: Options, picked: tuple[Picked, ...]) -> tuple[Also, ...]:
    """Return what was picked, with what becomes of it."""
    return tuple(
        Also(
            one.dependent.action,
            one.named or _short(one.dependent.resources),
            why(one.dependent.action, one.dependent.when, options.operation),
            found_words(one.found),
        )
        for one in picked
    )


def found_words(found: Proven | None) -> str:
    """Return what becomes of an action with all that is asked for, in a sentence."""
    if found is None:
        return "Not known: nothing live was read."
    if found.missing:
        return f"Not known: it depends on {keys_in_words(found.missing)}."
    return _FOUND[found.result].format(LAYER_NAMES[found.layer] if found.layer else "")


def job_proof(options: Options, key: str) -> JobProof | None:
    """Return what was shown of the whole job of this key; None for anything else, and where nothing was read."""
    return actions_proof(options.proofs.get(key, ()))


def actions_proof(found: Sequence[Proven]) -> JobProof | None:
    """Return what was shown of each action, or None where nothing was judged."""
    return JobProof(tuple(proof_lines(found)), held_up(found)) if found else None


def also_of(request: AccessRequest, change: Change, operation: str | None) -> tuple[Also, ...]:
    """Return what the requester picked beside the refused call, as the frozen change holds it."""
    name = operation or request.action.partition(":")[2]
    whens = {check.action.lower(): check.when for check in checks_for_operation(operation or request.action)}
    return tuple(
        Also(action, _short(tuple(as_texts(one.get("Resource")))), why(action, whens.get(action.lower(), ""), name))
        for one in also_asked(change)
        for action in as_texts(one.get("Action"))
    )


def _short(resources: tuple[str, ...]) -> str:
    names = [name.short for one in resources if (name := resource_name(one))]
    return list_in_words(names)
