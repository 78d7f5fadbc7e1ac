"""Print what an account needs before the portal may work in it, as CloudFormation or Terraform."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from troubleshoot.aws.policies.templates import Installation, cloudformation, terraform

_FORMATS = {"cloudformation": cloudformation, "terraform": terraform}


class Command(BaseCommand):
    help = "Print both roles of the portal and the PortalCeiling boundary for an account."

    requires_system_checks = ()  # it reads no setting, so that it can be used before there are any

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("format", choices=sorted(_FORMATS))
        parser.add_argument("account", help="the 12 digits of the account")
        parser.add_argument("--trusts", required=True, help="the ARN of the role or user that the portal runs as")
        parser.add_argument("--external-id", default="", help="a text that the portal sends when it assumes a role")
        parser.add_argument("--partition", default="aws")
        parser.add_argument("--people-path", default="/personalize-people/", help="the path of people and their roles")
        parser.add_argument("--data-buckets", default="retail-personalize-*", help="the names of the data buckets")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            installation = Installation(
                account_id=options["account"],
                trusts=options["trusts"],
                external_id=options["external_id"],
                partition=options["partition"],
                people_path=options["people_path"],
                data_buckets=options["data_buckets"],
            )
            self.stdout.write(_FORMATS[options["format"]](installation), ending="")
        except ValueError as error:
            raise CommandError(str(error)) from None
