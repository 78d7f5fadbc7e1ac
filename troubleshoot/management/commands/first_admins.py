"""Give the first two people the administrator's role: every later change of roles needs two of them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from troubleshoot import audit
from troubleshoot.models import Person, Role, RoleAssignment


class Command(BaseCommand):
    help = "Give the first two people the administrator's role. Refuses once there are two administrators."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("usernames", nargs=2, metavar="USERNAME")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        usernames: list[str] = options["usernames"]
        if RoleAssignment.objects.filter(role=Role.ADMIN, person__is_active=True).count() >= 2:
            raise CommandError("there are two administrators already; they change roles under People, in the portal")
        people = list(Person.objects.filter(username__in=usernames, is_active=True))
        if len(people) != 2:
            known = {person.username for person in people}
            unknown = ", ".join(f"`{name}`" for name in usernames if name not in known) or "the same name twice"
            raise CommandError(f"two different active people are needed; not found: {unknown}")
        for person in people:
            RoleAssignment.objects.get_or_create(person=person, role=Role.ADMIN, account=None)
            audit.append(
                event="role.first_admin", actor=None, subject=str(person.public_id), data={"role": str(Role.ADMIN)}
            )
        self.stdout.write(f"{usernames[0]} and {usernames[1]} are administrators now.")
