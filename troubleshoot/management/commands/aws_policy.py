"""Print one of the portal's own IAM policies, filled in for an account."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from troubleshoot.aws.policies import shipped_policy
from troubleshoot.iam.arn import is_account_id


class Command(BaseCommand):
    help = "Print the policy of the reader's role, of the writer's role, or the PortalCeiling boundary."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=["reader", "writer", "ceiling"])
        parser.add_argument("account", help="the 12 digits of the account")
        parser.add_argument("--partition", default="aws")
        parser.add_argument("--people-path", default="/personalize-people/", help="the path of people and their roles")
        parser.add_argument("--data-buckets", default="retail-personalize-*", help="the names of the data buckets")

    def handle(self, *args: Any, **options: Any) -> None:
        path: str = options["people_path"]
        if not is_account_id(options["account"]):
            raise CommandError(f"`{options['account']}` is not the 12 digits of an account")
        if not (path.startswith("/") and path.endswith("/")):
            raise CommandError(f"the people path begins and ends with a slash; `{path}` does not")
        text = shipped_policy(
            options["name"],
            account_id=options["account"],
            partition=options["partition"],
            people_path=path,
            data_buckets=options["data_buckets"],
        )
        self.stdout.write(text, ending="")
