"""What the same call needs beside the check that failed, in words: what would stop it next, and what would not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from troubleshoot.access.answer import Answer, NextCheck, Standing
from troubleshoot.iam.decision import Effect
from troubleshoot.iam.explain import first_stop
from troubleshoot.iam.layers import Layer
from troubleshoot.web.components import Status, Tone
from troubleshoot.web.presenters.names import in_sentence, keys_in_words, resource_name
from troubleshoot.web.presenters.policies import statement_title

_WHEN = {"with_tags": "if the call sets tags", "with_role": "if the call names a role"}
_STATUS = {
    Standing.STOPS: Status("would stop next", Tone.BAD),
    Standing.SOME: Status("depends", Tone.WAIT),
    Standing.DEPENDS: Status("depends", Tone.WAIT),
    Standing.PASSES: Status("no stop found", Tone.GOOD),
    Standing.NOT_JUDGED: Status("not judged", Tone.CALM),
}
_ORDER = list(_STATUS)


@dataclass(frozen=True, slots=True)
class NextStop:
    """Something else that the same call needs, what would become of it, and why."""

    action: str
    status: Status
    words: tuple[str, ...]


def next_stops(answer: Answer) -> tuple[NextStop, ...]:
    """Return what stands behind the stop that the page is about, what would stop the call first."""
    checks = [check for check in answer.next_checks if not _is_asked(check, answer)]
    checks.sort(key=lambda check: _ORDER.index(check.standing))
    return (*_other_layers(answer), *(_stop(check, answer) for check in checks))


def _is_asked(check: NextCheck, answer: Answer) -> bool:
    """Passing a role is one permission, whichever call passes it: where it was denied, it is not needed *too*."""
    return check.action == "iam:PassRole" and (answer.facts.action or "").lower() == "iam:passrole"


def _other_layers(answer: Answer) -> Iterator[NextStop]:
    """The layers that would stop the very same call once the first is out of its way."""
    first = first_stop(answer.decision) if answer.decision else None
    for result in answer.decision.stopping if answer.decision and first else ():
        if result is not first and answer.facts.action:
            words = f"The same call: then the {in_sentence(result.layer)} stops it. {_why(result.layer, result.effect)}"
            yield NextStop(answer.facts.action, _STATUS[Standing.STOPS], (words,))


def _stop(check: NextCheck, answer: Answer) -> NextStop:
    return NextStop(check.action, _STATUS[check.standing], (_needed(check), *_reasons(check, answer)))


def _needed(check: NextCheck) -> str:
    what = f"on the {spaced(check.resource_type)}" if check.resource_type else ""
    known = resource_name(check.resource)
    if known and known.short != "*" and check.resource_type:
        what += f" {known.short}"
    return f"Needed too {what} {_WHEN.get(check.when, '')}".strip().replace("  ", " ") + "."


def _reasons(check: NextCheck, answer: Answer) -> Iterator[str]:
    match check.standing:
        case Standing.STOPS:
            yield from _stopped(check)
            if answer.proposal is not None and check.layer is Layer.IDENTITY and not _is_denied(check):
                yield "You can tick it when you ask for access."
        case Standing.PASSES if check.is_given_too:
            yield "The change that you can ask for allows this, too."
        case Standing.SOME:
            yield "It is allowed on some of them and not on others. The message does not say which one is meant."
        case Standing.DEPENDS:
            keys = keys_in_words(check.missing)
            yield (
                f"It depends on {keys}, which the portal does not know."
                if keys
                else "AWS leaves open what comes of it."
            )
        case Standing.NOT_JUDGED:
            yield "What decides on it could not be read." if answer.live else "The answer rests on the text alone."


def _stopped(check: NextCheck) -> Iterator[str]:
    if check.layer is None:
        return
    shown = check.statement
    is_denied = _is_denied(check)
    yield _why(check.layer, Effect.EXPLICIT if is_denied else Effect.IMPLICIT)
    if shown is not None:
        yield f"{'It is' if is_denied else 'The closest is'} {statement_title(shown.reason)}."


def _is_denied(check: NextCheck) -> bool:
    return check.statement is not None and check.statement.deciding


def _why(layer: Layer, effect: Effect) -> str:
    name = in_sentence(layer)
    return f"A statement in a {name} denies it." if effect is Effect.EXPLICIT else f"No {name} allows it."


def spaced(resource_type: str) -> str:
    """Return `dataset import job` for `datasetImportJob`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", resource_type).lower()
