"""`manage.py add_person`: let somebody sign in. Roles and links are given under People, by two administrators."""

import sys
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from troubleshoot.access.errors import Refused
from troubleshoot.access.installing import add_person


class Command(BaseCommand):
    help = "Let somebody sign in, as an employee. The password is asked for, or read from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--email", default="", help="where mails to the person go")

    def handle(self, *args: Any, **options: Any) -> None:
        password = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        names = {name: options[name] for name in ("username", "first_name", "last_name", "email")}
        try:
            person = add_person(password=password, **names)
        except Refused as refused:
            raise CommandError(refused.words) from None
        self.stdout.write(f"{person.username} can sign in now.")
