"""`manage.py verify_audit`: is the audit trail what it was when it was written?"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from troubleshoot.audit import Head, verify


class Command(BaseCommand):
    help = "Walk the audit chain. Exit status 1 and the first bad entry where it is broken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", type=Path, help="a file of exported heads: the chain must still hold each one")
        parser.add_argument("--save-head", type=Path, help="write the head of the good chain to this file")

    def handle(self, *, head: Path | None, save_head: Path | None, **_: Any) -> None:
        report = verify(exported=_read_heads(head) if head else ())
        if report.fault:
            raise CommandError(f"entry {report.fault.sequence}: {report.fault.words}")
        if save_head:
            save_head.write_text(json.dumps({"sequence": report.head.sequence, "digest": report.head.digest}) + "\n")
        self.stdout.write(f"{report.head.sequence} entries, none changed. Head: {report.head.digest}")
        if report.unkeyed:
            self.stdout.write(f"{report.unkeyed} of them were made without a key: anybody could have made these.")


def _read_heads(file: Path) -> list[Head]:
    """Return the heads of a file, one JSON object a line: what the worker and `--save-head` write."""
    try:
        heads = [_head(json.loads(line)) for line in file.read_text().splitlines() if line.strip()]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise CommandError(f"{file} holds no exported head of the audit chain.") from error
    if not heads:
        raise CommandError(f"{file} holds no exported head of the audit chain.")
    return heads


def _head(row: Any) -> Head:
    """A head that no chain could have would be held by every chain, so it is none. That of an empty chain has 0."""
    sequence, digest = row["sequence"], row["digest"]
    if type(sequence) is not int or sequence < 0 or not isinstance(digest, str):
        raise ValueError("no head")
    return Head(sequence, digest)
