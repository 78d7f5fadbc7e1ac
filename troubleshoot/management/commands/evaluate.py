"""`manage.py evaluate --jsonl`: judge cases from stdin, one JSON object a line."""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from troubleshoot.iam import CompiledPolicies, evaluate
from troubleshoot.iam.case import Case, CaseError, read_case
from troubleshoot.management.jsonlines import read_lines, until_the_reader_leaves, write_line


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
        cases: list[Case] = []
        with until_the_reader_leaves():
            for line in read_lines(sys.stdin):
                case = self._judged(line)
                if case is not None and options["repeat"] > 0:
                    cases.append(case)
        if options["repeat"] > 0:
            self.stderr.write(f"{_decisions_per_second(cases, options['repeat']):,.0f} decisions per second")

    def _judged(self, line: bytes) -> Case | None:
        """Answer one line. A byte that is no UTF-8 becomes half a surrogate pair, which no case may hold."""
        try:
            case = read_case(line.decode(errors="surrogateescape").rstrip("\r\n"))
        except CaseError as error:
            write_line(self.stdout, {"id": error.id, "error": str(error)})
            return None
        write_line(self.stdout, {"id": case.id, **evaluate(case.request, case.policies).as_data()})
        return case


def _decisions_per_second(cases: list[Case], repeat: int) -> float:
    """Policies are compiled once, as in the product; every decision is made anew."""
    ready = [(CompiledPolicies(case.policies), case.request) for case in cases]
    start = time.perf_counter()
    for _ in range(repeat):
        for policies, request in ready:
            policies.decide(request)
    elapsed = time.perf_counter() - start
    return len(ready) * repeat / elapsed if ready else 0.0
