"""Give a freshly started sandbox the grants that the portal had written to it before."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from troubleshoot.aws.sandbox.replay import AppliedGrant, replay
from troubleshoot.models import Grant, GrantStep

Operation = GrantStep.Operation


class Command(BaseCommand):
    help = "Write the grants that stand in the database into the sandbox again: it forgets them when it stops."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.AWS_ENDPOINT_URL:
            raise CommandError("ACCESS_DESK_AWS_ENDPOINT_URL is not set, so there is no sandbox to fill")
        count = replay(settings.AWS_ENDPOINT_URL, _standing())
        if count:
            self.stdout.write(f"{count} grants are in the sandbox again.")


def _standing() -> Iterator[AppliedGrant]:
    """Yield each grant's policy as the portal left it: created, and attached or not yet (or no more)."""
    for grant in Grant.objects.filter(ended_at=None).prefetch_related("steps").order_by("pk"):
        done = {step.operation for step in grant.steps.all() if step.done_at is not None}
        if Operation.CREATE_POLICY in done and Operation.DELETE_POLICY not in done:
            attached = Operation.ATTACH in done and Operation.DETACH not in done
            yield AppliedGrant(grant.policy_arn, grant.document, grant.principal_arn if attached else None)
