"""`manage.py draw_flows`: each guide's graph as SVG and Mermaid, after a check that nobody gets stuck in it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from troubleshoot.guide.flows import FLOWS
from troubleshoot.guide.graph import mermaid, problems, svg


class Command(BaseCommand):
    help = "Write each guide's graph (SVG and Mermaid) into a folder, and fail where somebody could get stuck."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="where to; without it the flows are only checked")

    def handle(self, *, folder: Path | None = None, **_: Any) -> None:
        found = [f"{flow.slug}: {words}" for flow in FLOWS.values() for words in problems(flow, FLOWS, has_template)]
        if found:
            raise CommandError("\n".join(found))
        for flow in FLOWS.values():
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"{flow.slug}.svg").write_text(svg(flow) + "\n", encoding="utf-8")
                (folder / f"{flow.slug}.mmd").write_text(mermaid(flow), encoding="utf-8")
            self.stdout.write(f"{flow.slug}: {len(flow.nodes)} nodes")


def has_template(name: str) -> bool:
    """Tell whether a page's template is there."""
    try:
        get_template(name)
    except TemplateDoesNotExist:
        return False
    return True
