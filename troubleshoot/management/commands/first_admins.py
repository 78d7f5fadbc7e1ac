"""Give the first two people the administrator's role: every later change of roles needs two of them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from troubleshoot.access.errors import Refused
from troubleshoot.access.installing import make_first_admins


class Command(BaseCommand):
    help = "Give the first two people the administrator's role. Refuses once there are two administrators."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("usernames", nargs=2, metavar="USERNAME")

    def handle(self, *args: Any, **options: Any) -> None:
        first, second = options["usernames"]
        try:
            make_first_admins((first, second))
        except Refused as refused:
            raise CommandError(refused.words) from None
        self.stdout.write(f"{first} and {second} are administrators now.")
