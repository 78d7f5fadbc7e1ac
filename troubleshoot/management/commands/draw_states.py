"""`manage.py draw_states`: the page about the life of a request, from the table in the code."""

from typing import Any

from django.core.management.base import BaseCommand

from troubleshoot.access.drawing import states_page


class Command(BaseCommand):
    help = "Print docs/explanation/states.md, drawn from the table of states."
    requires_system_checks = ()

    def handle(self, **_: Any) -> None:
        self.stdout.write(states_page(), ending="")
