"""`manage.py evaluate --jsonl`: judge cases from stdin, one JSON object a line."""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from troubleshoot.iam import CompiledPolicies, evaluate
from troubleshoot.iam.case import Case, CaseError, read_case


class Command(BaseCommand):
    """Judge each case and print its decision, or the reason why it is none. The run always goes on."""

    help = "Read authorization cases from stdin and print a decision for each (format: docs, evaluate --jsonl)."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--jsonl", action="store_true", help="one JSON object a line, in and out")
        parser.add_argument("--repeat", type=int, default=0, help="go over all cases N times and report the speed")

    def handle(self, *_args: object, **options: Any) -> None:
        if not options["jsonl"]:
            raise CommandError("Say --jsonl: cases are read from stdin, one JSON object a line.")
        cases = [case for line in sys.stdin if line.strip() for case in self._judged(line)]
        if options["repeat"] > 0:
            self.stderr.write(f"{_decisions_per_second(cases, options['repeat']):,.0f} decisions per second")

    def _judged(self, line: str) -> Iterable[Case]:
        try:
            case = read_case(line.rstrip("\n"))
            answer = {"id": case.id, **evaluate(case.request, case.policies).as_data()}
        except CaseError as error:
            self.stdout.write(json.dumps({"id": error.id, "error": str(error)}))
            return
        self.stdout.write(json.dumps(answer))
        yield case


def _decisions_per_second(cases: list[Case], repeat: int) -> float:
    """Policies are compiled once, as in the product; every decision is made anew."""
    ready = [(CompiledPolicies(case.policies), case.request) for case in cases]
    start = time.perf_counter()
    for _ in range(repeat):
        for policies, request in ready:
            policies.decide(request)
    elapsed = time.perf_counter() - start
    return len(ready) * repeat / elapsed if ready else 0.0
