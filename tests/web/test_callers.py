"""Root users, federated users and sessions of IAM Identity Center, in words: whose rights they act with."""

import pytest

from tests.cast import ACCOUNT_ID
from tests.web.living import answer_with, control_policies, document, go_live, identity_policy
from tests.web.signing_in import pasted, signed_in
from troubleshoot.iam.snapshot import Missing
from troubleshoot.models import Account, Person

ROOT = f"arn:aws:iam::{ACCOUNT_ID}:root"
FEDERATED = f"arn:aws:sts::{ACCOUNT_ID}:federated-user/mateo"
SERVICE = "personalize.amazonaws.com"
ACTION = "personalize:ListSchemas"


def page_of(person: Person, principal: str) -> str:
    client = signed_in(person)
    kept = pasted(client, f"User: {principal} is not authorized to perform: {ACTION}")
    return str(client.get(f"/d/{kept.token}/").content.decode())


def gates(page: str) -> str:
    return page.partition('id="gates-title"')[2].partition("</section>")[0]


def test_a_root_user_is_stopped_by_a_limit_alone(
    monkeypatch: pytest.MonkeyPatch, adam: Person, account: Account
) -> None:
    go_live(monkeypatch, account, principal=ROOT, scps=control_policies(document("Deny", ACTION)))
    answer_with(monkeypatch)
    page = page_of(adam, ROOT)
    assert f"root user of account {ACCOUNT_ID}" in page
    assert "a statement denies it at Retail" in gates(page)
    assert "does not bind the root user" in gates(page)
    assert "Make this call as a user or a role" in page
    assert "Request access" not in page
    assert "No policy can be attached" not in page


def test_a_root_user_that_nothing_stops_is_allowed_without_any_policy(
    monkeypatch: pytest.MonkeyPatch, adam: Person, account: Account
) -> None:
    go_live(monkeypatch, account, principal=ROOT, vpc_endpoint=None)
    answer_with(monkeypatch)
    assert "<h1>IAM allows" in page_of(adam, ROOT)


def test_a_federated_users_rights_are_said_to_come_from_two_places(
    monkeypatch: pytest.MonkeyPatch, adam: Person, account: Account
) -> None:
    unread = Missing("Its ARN does not name the IAM user behind it.")
    go_live(monkeypatch, account, principal=FEDERATED, identity=unread, boundary=unread, session=unread)
    answer_with(monkeypatch)
    page = page_of(adam, FEDERATED)
    assert "federated user mateo" in page
    assert "Ask who gave you this session" in page
    assert "IAM allows" not in page
    assert "Request access" not in page


def test_a_session_of_identity_center_is_told_by_its_permission_set(
    monkeypatch: pytest.MonkeyPatch, adam: Person, account: Account
) -> None:
    path = "/aws-reserved/sso.amazonaws.com/"
    session = f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/AWSReservedSSO_Analyst_0123456789abcdef/mateo@example.com"
    held = (identity_policy(document("Allow", "s3:*"), holder="role/AWSReservedSSO_Analyst_0123456789abcdef"),)
    go_live(monkeypatch, account, principal=session, path=path, identity=held)
    answer_with(monkeypatch)
    page = page_of(adam, session)
    assert "role AWSReservedSSO_Analyst_0123456789abcdef" in page
    assert "permission set" in page
