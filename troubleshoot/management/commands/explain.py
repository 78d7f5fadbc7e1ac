"""`manage.py explain`: say in words why one request is allowed or denied."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from troubleshoot.iam import Decision, Effect, ElementVerdict, Layer, LayerResult, Outcome, StatementReason, evaluate
from troubleshoot.iam.case import Case, CaseError, read_case
from troubleshoot.iam.explain import failures, hinges

_LAYERS = {
    Layer.RCPS: "Resource control policies",
    Layer.SCPS: "Service control policies",
    Layer.VPC_ENDPOINT: "VPC endpoint policy",
    Layer.RESOURCE: "Resource-based policy",
    Layer.IDENTITY: "Identity-based policies",
    Layer.BOUNDARY: "Permissions boundary",
    Layer.SESSION: "Session policy",
}
_EFFECTS = {
    Effect.PASSES: "lets it through",
    Effect.IMPLICIT: "STOPS it: nothing here allows it",
    Effect.EXPLICIT: "STOPS it: a statement denies it",
    Effect.UNKNOWN: "not known",
    Effect.NOT_APPLICABLE: "does not bear on it",
}
_OUTCOMES = {
    Outcome.ALLOWED: "Allowed",
    Outcome.IMPLICIT_DENY: "Denied, because nothing allows it",
    Outcome.EXPLICIT_DENY: "Denied by a statement",
    Outcome.DEPENDS: "It depends on what is not known",
}


class Command(BaseCommand):
    """Explain one case, in the format of `evaluate --jsonl`, to a person."""

    help = "Say why a request is allowed or denied. The case is JSON, from a file or from stdin."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="a file with one case; without it the case comes from stdin")

    def handle(self, *_args: object, **options: Any) -> None:
        case = _case(options["file"])
        for line in _lines(case, evaluate(case.request, case.policies)):
            self.stdout.write(line)


def _case(name: str | None) -> Case:
    try:
        return read_case(Path(name).read_text(encoding="utf-8") if name else sys.stdin.read())
    except (OSError, CaseError, UnicodeDecodeError) as error:
        raise CommandError(str(error)) from None


def _lines(case: Case, decision: Decision) -> Iterator[str]:
    request = case.request
    yield f"{request.principal}"
    yield f"asks for {request.action} on {request.resource}"
    yield f"{_OUTCOMES[decision.outcome]}."
    if decision.outcome is Outcome.DEPENDS and decision.is_refused:
        yield "It is refused either way; only the reason is open."
    yield ""
    for result in decision.layers.values():
        yield from _layer_lines(result)
    for hinge in hinges(decision):
        what = f"the value of {hinge.key}" if hinge.key else "its policies, which were not read"
        yield f"{_LAYERS[hinge.layer]}: hangs on {what}."


def _layer_lines(result: LayerResult) -> Iterator[str]:
    yield f"{_LAYERS[result.layer]}: {_EFFECTS[result.effect]} ({result.code.replace('_', ' ')})"
    for statement in result.deciding:
        yield f"    {statement.effect} in {_place(statement)}"
    for statement in result.near_misses:
        yield f"    close: {_place(statement)}"
        for element in failures(statement):
            yield f"        {_difference(element)}"


def _place(statement: StatementReason) -> str:
    name = f"statement {statement.index + 1}" if statement.sid is None else f"statement {statement.sid}"
    return f"{statement.policy}, {name}, lines {statement.start} to {statement.end}"


def _difference(element: ElementVerdict) -> str:
    detail = element.detail
    key = f" {detail['key']} ({detail['operator']})" if "key" in detail else ""
    given = detail.get("given") or "nothing"
    return f"{element.element}{key}: the policy says {detail.get('wanted', '')}, the request has {given}"
