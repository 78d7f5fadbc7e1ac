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
        parser.add_argument("--head", type=Path, help="a head written with --save-head: the chain must still hold it")
        parser.add_argument("--save-head", type=Path, help="write the head of the good chain to this file")

    def handle(self, *, head: Path | None, save_head: Path | None, **_: Any) -> None:
        report = verify(exported=_read_head(head) if head else None)
        if report.fault:
            raise CommandError(f"entry {report.fault.sequence}: {report.fault.words}")
        if save_head:
            save_head.write_text(json.dumps({"sequence": report.head.sequence, "digest": report.head.digest}) + "\n")
        self.stdout.write(f"{report.head.sequence} entries, none changed. Head: {report.head.digest}")


def _read_head(file: Path) -> Head:
    try:
        data = json.loads(file.read_text())
        return Head(int(data["sequence"]), str(data["digest"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{file} is no exported head of the audit chain.") from error
