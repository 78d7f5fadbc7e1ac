"""`manage.py erase_person`: erase what a person wrote, and their name. Two administrators stand for it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from troubleshoot.access.erasing import REMAINS, erase
from troubleshoot.access.errors import Refused
from troubleshoot.models import Person


class Command(BaseCommand):
    help = "Erase a person's texts and name. It cannot be undone. The audit chain still verifies."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="the administrator who does it")
        parser.add_argument("--confirmed-by", required=True, metavar="USERNAME", help="a second administrator")
        parser.add_argument("--yes", action="store_true", help="do not ask whether it is meant")

    def handle(self, *args: Any, **options: Any) -> None:
        names = (options["username"], options["by"], options["confirmed_by"])
        person, by, confirmed_by = (_person(name) for name in names)
        if not (options["yes"] or _is_meant(person)):
            raise CommandError("nothing was erased; without a terminal, say --yes")
        try:
            counts = erase(person=person, by=by, confirmed_by=confirmed_by)
        except Refused as refused:
            raise CommandError(refused.words) from None
        self.stdout.write("Erased: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()) + ".")
        self.stdout.write("What remains:")
        self.stdout.writelines(f"- {words}" for words in REMAINS)


def _is_meant(person: Person) -> bool:
    try:
        return input(f"Erase {person} ({person.username}) for ever? Write yes: ") == "yes"
    except EOFError:  # nobody sits there
        return False


def _person(username: str) -> Person:
    person = Person.objects.filter(username=username).first()
    if person is None:
        raise CommandError(f"there is nobody with the user name `{username}`")
    return person
