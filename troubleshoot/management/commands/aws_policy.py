"""Print one of the portal's own IAM policies, filled in for an account."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from troubleshoot.aws.policies import shipped_policy


class Command(BaseCommand):
    help = "Print the policy of the reader's role, of the writer's role, or the PortalCeiling boundary."

    requires_system_checks = ()  # it reads no setting, so that it can be used before there are any

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=["reader", "writer", "ceiling"])
        parser.add_argument("account", help="the 12 digits of the account")
        parser.add_argument("--partition", default="aws")
        parser.add_argument("--people-path", default="/personalize-people/", help="the path of people and their roles")
        parser.add_argument("--data-buckets", default="retail-personalize-*", help="the names of the data buckets")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = shipped_policy(
                options["name"],
                account_id=options["account"],
                partition=options["partition"],
                people_path=options["people_path"],
                data_buckets=options["data_buckets"],
            )
        except ValueError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(text, ending="")
