"""A live account for tests of pages: what the portal reads of it is given, and every reading is counted."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cast import ACCOUNT_ID, MATEO_ARN
from troubleshoot.iam.request import Request
from troubleshoot.iam.snapshot import Missing, OrganizationLevel, Snapshot, StoredPolicy
from troubleshoot.models import Account

SECRET_SID = "OnlyForTheOrganization"


def document(effect: str, action: str, resource: str = "*", sid: str = "Given") -> str:
    """Return a policy of one statement, as AWS returns it: on one line."""
    return (
        f'{{"Version":"2012-10-17","Statement":[{{"Sid":"{sid}","Effect":"{effect}",'
        f'"Action":"{action}","Resource":"{resource}"}}]}}'
    )


def identity_policy(text: str, name: str = "RetailDatasets", holder: str = "group/ml-readers") -> StoredPolicy:
    """Return an inline policy of a group."""
    return StoredPolicy("inline", name, text, f"arn:aws:iam::{ACCOUNT_ID}:{holder}")


def control_policies(text: str) -> tuple[OrganizationLevel, ...]:
    """Return a root that allows everything, and one organizational unit with this control policy beside that."""
    full = StoredPolicy("scp", "FullAWSAccess", document("Allow", "*", sid="Full"), "r-1")
    own = StoredPolicy("scp", "KeepDatasets", text, "ou-1")
    return (OrganizationLevel("r-1", "Root", (full,)), OrganizationLevel("ou-1", "Retail", (full, own)))


SNAPSHOT = Snapshot(account=ACCOUNT_ID, principal=MATEO_ARN, read_at="2026-11-22T12:00:00+00:00", path="/")


@dataclass
class FakeReader:
    """Answers every question with the given snapshot."""

    snapshot_given: Snapshot
    asked: list[str] = field(default_factory=list)

    def snapshot(self, principal_arn: str, *, action: str, resource: str) -> Snapshot:
        self.asked.append(f"{principal_arn} {action} {resource}")
        return replace(self.snapshot_given, read_at=datetime.now(UTC).isoformat())


@dataclass
class FakeAnswers:
    """AWS's own answers, as given; what is not given was not to be asked. Every question is noted in `asked`."""

    simulation: Any = None
    authorization: Any = None
    decoded: Any = None
    events: Any = None
    state: Any = field(default_factory=lambda: Missing("Not read in this test."))
    asked: list[str] = field(default_factory=list)

    def simulate(self, call: Request, **_: object) -> Any:
        self.asked.append(f"simulate {call.principal}")
        return self.simulation

    def simulate_documents(self, call: Request, *_: object, **__: object) -> Any:
        return self.simulate(call)

    def authorization_details(self, authorization_id: str, *, region: str = "") -> Any:
        self.asked.append(f"authorization {authorization_id} {region}".strip())
        return self.authorization

    def decode(self, _: str, **__: object) -> Any:
        self.asked.append("decode")
        return self.decoded

    def denied_events(self, principal_arn: str, **_: object) -> Any:
        self.asked.append(f"events {principal_arn}")
        return self.events

    def account(self, **_: object) -> Any:
        self.asked.append("account")
        return self.state


def answer_with(monkeypatch: pytest.MonkeyPatch, **answers: object) -> FakeAnswers:
    """Let AWS's own tools say this, in every account."""
    given = FakeAnswers(**answers)
    monkeypatch.setattr("troubleshoot.access.accounts.answers", lambda *_, **__: given)
    return given


def go_live(monkeypatch: pytest.MonkeyPatch, account: Account, **pieces: object) -> FakeReader:
    """Let the portal read the account, and find there what `pieces` says of the principal."""
    Account.objects.filter(pk=account.pk).update(mode="write")
    given = replace(SNAPSHOT, **{"vpc_endpoint": Missing("The portal cannot see VPC endpoints."), **pieces})  # type: ignore[arg-type]
    reader = FakeReader(given)
    monkeypatch.setattr("troubleshoot.access.accounts.reader", lambda *_, **__: reader)
    return reader
