"""An approved request in an account where the portal may write, and a small IAM for it."""

import pytest

from tests.builders import make_approval, make_request
from tests.faults.fake_iam import FakeIam, install
from troubleshoot.models import Account, Mode, State


@pytest.fixture
def writable(account: Account) -> Account:
    account.mode = Mode.WRITE
    account.save()
    return account


@pytest.fixture
def approved(writable, alice, rita):
    from django.utils import timezone

    request = make_request(requester=alice, account=writable, state=State.APPROVED, due_at=timezone.now())
    make_approval(request, rita)
    return request


@pytest.fixture
def iam(tmp_path, monkeypatch) -> FakeIam:
    made = FakeIam(tmp_path / "iam.json")
    install(monkeypatch, made)
    return made
