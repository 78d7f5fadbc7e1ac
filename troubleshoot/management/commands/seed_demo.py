"""Fill the embedded default: the sandbox's account, and people for each role."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from troubleshoot.aws.sandbox import world
from troubleshoot.management import demo
from troubleshoot.models import Account, Mode, Person, PrincipalLink, RoleAssignment


class Command(BaseCommand):
    help = "Fill the embedded default with its account and people. A second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--password", required=True, help="the password that every demo person signs in with")
        parser.add_argument("--renew", action="store_true", help="give the password to people who are there already")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("demo people belong into the embedded default only; this is a production portal")
        # One digest for all of them: they share the password, and each digest costs half a second on purpose.
        missing = [p for p in demo.PEOPLE if not Person.objects.filter(username=p.user_name).exists()]
        digest = make_password(options["password"]) if missing or options["renew"] else ""
        account = _account()
        for person in missing:
            _make(person, digest, account)
        if options["renew"]:
            names = [person.user_name for person in demo.PEOPLE]
            Person.objects.filter(username__in=names).update(password=digest)


def _account() -> Account:
    account, _ = Account.objects.get_or_create(
        account_id=world.ACCOUNT,
        defaults={
            "name": demo.ACCOUNT_NAME,
            "region": world.REGION,
            "mode": Mode.WRITE,
            "reader_role_arn": world.READER_ROLE,
            "reader_external_id": world.EXTERNAL_ID,
            "people_path": world.PEOPLE_PATH,
            "ceiling_arn": world.CEILING_ARN,
            "requires_ceiling": True,
            "contact_name": demo.CONTACT_NAME,
            "contact_email": demo.CONTACT_EMAIL,
            "contact_note": demo.CONTACT_NOTE,
        },
    )
    return account


def _make(person: demo.DemoPerson, digest: str, account: Account) -> None:
    made = Person.objects.create(
        username=person.user_name,
        first_name=person.first_name,
        last_name=person.last_name,
        email=f"{person.user_name}@example.com",
        password=digest,
    )
    for role in person.roles:
        RoleAssignment.objects.create(person=made, role=role)
    for arn in person.links:
        PrincipalLink.objects.create(person=made, account=account, principal_arn=arn)
