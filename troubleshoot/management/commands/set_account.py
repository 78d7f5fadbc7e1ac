"""`manage.py set_account`: add an AWS account, or change what is set of it where the portal is installed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from troubleshoot.access.errors import Refused
from troubleshoot.access.installing import INSTALLED, set_account

_YES_OR_NO = {"yes": True, "no": False}


class Command(BaseCommand):
    help = "Add an AWS account in text only, or change it. What is not named stays. Its mode is set under Accounts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account_id", metavar="ACCOUNT", help="the 12 digits of the account")
        parser.add_argument("--name", help="what people call it; a new account needs one")
        parser.add_argument("--partition", help="aws, aws-cn or aws-us-gov")
        parser.add_argument("--region", help="the Region that Amazon Personalize is used in")
        parser.add_argument("--reader-role-arn", metavar="ARN", help="the role that reads")
        parser.add_argument("--reader-external-id", metavar="ID", help="the external ID of its trust policy")
        parser.add_argument("--people-path", metavar="PATH", help="the path of people and their roles")
        parser.add_argument("--ceiling-arn", metavar="ARN", help="the PortalCeiling boundary")
        parser.add_argument("--requires-ceiling", choices=_YES_OR_NO, help="write only under the boundary (yes)")
        parser.add_argument("--max-hours", type=int, metavar="HOURS", help="how long a grant lasts at most (720)")
        parser.add_argument("--allows-permanent", choices=_YES_OR_NO, help="let a grant have no end (no)")

    def handle(self, *args: Any, **options: Any) -> None:
        given = {name: options[name] for name in INSTALLED if options[name] is not None}
        values = {name: _YES_OR_NO.get(value, value) if _is_switch(name) else value for name, value in given.items()}
        try:
            changed = set_account(options["account_id"], values)
        except Refused as refused:
            raise CommandError(refused.words) from None
        self.stdout.write(f"Set: {', '.join(changed)}." if changed else "Nothing was changed.")


def _is_switch(name: str) -> bool:
    return name in {"requires_ceiling", "allows_permanent"}
