"""`manage.py parse_denial`: reads denials from standard input, for people or, with `--jsonl`, for machines."""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from troubleshoot.denial import Denial, Reading, TextTooLarge, parse
from troubleshoot.management.jsonlines import read_lines, until_the_reader_leaves, write_line

FIELDS = (
    ("principal", "Who"),
    ("account", "Account"),
    ("action", "Action"),
    ("resource", "Resource"),
    ("deny_kind", "Deny"),
    ("policy_type", "Policy type"),
    ("policy_arn", "Policy"),
    ("operation", "Call"),
    ("error_code", "Error code"),
    ("region", "Region"),
    ("request_id", "Request id"),
    ("authorization_id", "Authorization id"),
    ("encoded_message", "Encoded message"),
)


class Command(BaseCommand):
    """Print what is read from a pasted text. With `--jsonl`: one JSON object a line in, one a line out."""

    help = "Reads access denials from standard input."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own way to say that no check is needed
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare `--jsonl`."""
        parser.add_argument(
            "--jsonl",
            action="store_true",
            help='read lines {"id", "text"} and write lines {"id", "denials"}; a broken line gives {"id", "error"}',
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read standard input to its end. A line that can't be read never ends the run."""
        if options["jsonl"]:
            with until_the_reader_leaves():
                for answer in answers(read_lines(sys.stdin)):
                    write_line(self.stdout, answer)
            return
        if sys.stdin.isatty():
            self.stderr.write("Paste the error, then press Ctrl-D.")
        try:
            self.stdout.write(in_words(parse(sys.stdin.read())))
        except TextTooLarge as error:
            self.stderr.write(str(error))
            sys.exit(1)


def answers(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield one answer for each line that is not blank, in the same order."""
    return (_answer(line) for line in lines if line.strip())


def _answer(line: bytes) -> dict[str, Any]:
    """Read one line. What is wrong with it is said without repeating it: it may hold a secret."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "error": "this line is not JSON"}
    if not isinstance(row, dict):
        return {"id": None, "error": "this line is not a JSON object"}
    name = row.get("id")
    if name is not None and not isinstance(name, str | int):
        return {"id": None, "error": "`id` is not a string"}
    if not isinstance(row.get("text"), str):
        return {"id": name, "error": "`text` is missing or not a string"}
    try:
        return {"id": name, "denials": [denial.as_data() for denial in parse(row["text"]).denials]}
    except TextTooLarge as error:
        return {"id": name, "error": str(error)}


def in_words(reading: Reading) -> str:
    """Return the reading for people: a paragraph for each denial and near miss."""
    parts = [_paragraph(number, denial) for number, denial in enumerate(reading.denials, 1)]
    parts += [f"{near_miss.title}.\n  {near_miss.advice}" for near_miss in reading.near_misses]
    if reading.removed:
        kinds = ", ".join(f"{item.kind} ({item.count})" for item in reading.removed)
        parts.append(f"Removed before reading: {kinds}")
    return "\n\n".join(parts) if parts else "I could not read a denial in this text."


def _paragraph(number: int, denial: Denial) -> str:
    times = f", {denial.count} times" if denial.count > 1 else ""
    rows = [(label, getattr(denial, name)) for name, label in FIELDS]
    return "\n".join(
        [f"Denial {number}{times}", *(f"  {label:17} {value}" for label, value in rows if value is not None)]
    )
