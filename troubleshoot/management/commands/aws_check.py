"""Tell for each account, in words, what the portal can do in it and which permission is missing."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from troubleshoot.access import accounts
from troubleshoot.aws.gateway import Finding
from troubleshoot.models import Account, Mode


class Command(BaseCommand):
    help = (
        "Try the connection to each account, or to one. Ends with status 1 where something does not work. "
        "What is only optional is told, and counts as no failure."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", nargs="?", help="the 12 digits of one account")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = Account.objects.all()
        if options["account"]:
            chosen = chosen.filter(account_id=options["account"])
        if not chosen:
            raise CommandError("there is no such account; accounts are entered under Accounts, in the portal")
        failed = sum(self._check(account) for account in chosen)
        if failed:
            raise CommandError(f"{failed} things do not work; what to do stands above")

    def _check(self, account: Account) -> int:
        self.stdout.write(f"{account}: {account.get_mode_display()}")
        if account.mode == Mode.TEXT:
            self._say(Finding(works=True, words="Answers from messages alone, as it is set."))
            return 0
        writer = accounts.writer(account)
        findings = [*accounts.reader(account).check(), *(writer.check() if writer else _without_writer(account))]
        for finding in findings:
            self._say(finding)
        return sum(not finding.works and not finding.optional for finding in findings)

    def _say(self, finding: Finding) -> None:
        state = "ok      " if finding.works else "optional" if finding.optional else "missing "
        self.stdout.write(f"  {state}  {finding.words}")


def _without_writer(account: Account) -> tuple[Finding, ...]:
    if account.mode != Mode.WRITE:
        return ()
    words = "No writer role is known here. Only the worker should know it: run this check where the worker runs."
    return (Finding(works=False, words=words),)
