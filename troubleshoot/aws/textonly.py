"""The reader of an account that the portal may not read: every piece is missing, with the reason."""

from dataclasses import dataclass
from datetime import UTC, datetime

from troubleshoot.aws.facts import Finding
from troubleshoot.iam.snapshot import Missing, Snapshot

NO_READER = "The portal has no reader role in this account, so it answers from the message alone."


@dataclass(frozen=True, slots=True)
class TextOnlyReader:
    """A `Reader` that asks nobody. `account_id` is the account it stands for; `why` is told with every piece."""

    account_id: str
    why: str = NO_READER

    def snapshot(self, principal_arn: str, *, action: str, resource: str) -> Snapshot:  # noqa: ARG002 - the protocol
        """Return a snapshot in which nothing is known."""
        return unread_snapshot(self.account_id, principal_arn, Missing(self.why))

    def access_keys(self, user_arn: str) -> Missing:  # noqa: ARG002 - the protocol
        """Return the reason why the keys are not known."""
        return Missing(self.why)

    def role(self, role_arn: str) -> Missing:  # noqa: ARG002 - the protocol
        """Return the reason why the role is not known."""
        return Missing(self.why)

    def check(self) -> tuple[Finding, ...]:
        """Return the reason as the only finding."""
        return (Finding(works=False, words=self.why),)


def unread_snapshot(account: str, principal_arn: str, missing: Missing) -> Snapshot:
    """Return a snapshot with the same reason in place of every piece. No layer is taken for absent."""
    return Snapshot(
        account=account,
        principal=principal_arn,
        read_at=now(),
        exists=missing,
        groups=missing,
        identity=missing,
        boundary=missing,
        scps=missing,
        rcps=missing,
        resource=missing,
        session=missing,
        vpc_endpoint=missing,
    )


def now() -> str:
    """Return the time of reading, as snapshots keep it: ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
