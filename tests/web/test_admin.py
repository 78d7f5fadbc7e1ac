"""Django's admin: to look at, and two decisions by the same services."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.builders import make_request
from tests.web import markup
from tests.web.signing_in import signed_in
from troubleshoot.models import AccessRequest, Account, Person, Role, RoleAssignment, State

LIST = "/admin/troubleshoot/accessrequest/"


@pytest.fixture
def both(adam: Person, account: Account) -> Person:
    """Adam, who administers the portal and is an approver of the account too."""
    RoleAssignment.objects.create(person=adam, role=Role.APPROVER, account=account)
    return adam


@pytest.fixture
def asked(alice: Person, account: Account) -> AccessRequest:
    return make_request(requester=alice, account=account)


def decide(client: Client, request: AccessRequest, deed: str, **more: str) -> str:
    chosen = {"action": f"{deed}_selected", "_selected_action": str(request.pk)}
    page = client.post(LIST, {**chosen, "index": "0"}).content.decode()
    assert request.change_digest in page
    sent = {**chosen, "shown": "yes", f"digest_{request.pk}": request.change_digest, **more}
    return client.post(LIST, sent, follow=True).content.decode()


def test_it_approves_what_was_shown(asked: AccessRequest, both: Person) -> None:
    assert "is kept" in decide(signed_in(both), asked, "approve")
    asked.refresh_from_db()
    assert (asked.state, asked.approvals.get().approver) == (State.APPROVED, both)


def test_it_rejects_with_a_reason_only(asked: AccessRequest, both: Person) -> None:
    assert "give a reason" in decide(signed_in(both), asked, "reject", reason=" ")
    decide(signed_in(both), asked, "reject", reason="Too broad.")
    asked.refresh_from_db()
    assert (asked.state, asked.approvals.get().reason) == (State.REJECTED, "Too broad.")


def test_an_administrator_who_approves_nothing_decides_nothing_here(asked: AccessRequest, adam: Person) -> None:
    assert "You may not decide this request." in decide(signed_in(adam), asked, "approve")
    asked.refresh_from_db()
    assert asked.state == State.SUBMITTED


def test_nobody_decides_their_own_here(both: Person, account: Account) -> None:
    own = make_request(requester=both, account=account)
    assert "Nobody decides their own request." in decide(signed_in(both), own, "approve")


def test_another_digest_decides_nothing(asked: AccessRequest, both: Person) -> None:
    told = decide(signed_in(both), asked, "approve", **{f"digest_{asked.pk}": "0" * 64})
    assert "not the one that you were shown" in told


def test_an_approval_needs_a_fresh_sign_in(asked: AccessRequest, both: Person) -> None:
    client = signed_in(both)
    session = client.session
    session["signed_in_at"] = int((timezone.now() - timedelta(hours=1)).timestamp())
    session.save()
    response = client.post(LIST, {"action": "approve_selected", "_selected_action": str(asked.pk), "index": "0"})
    assert response["Location"].startswith("/sign-in/again/")


@pytest.mark.parametrize("name", ["accessrequest", "account", "routingrule", "person", "grant"])
def test_everything_is_to_be_looked_at_and_nothing_is_inline(asked: AccessRequest, adam: Person, name: str) -> None:
    client = signed_in(adam)
    response = client.get(f"/admin/troubleshoot/{name}/")
    assert response.status_code == 200
    assert markup.read(response.content).inline == []
    assert "unsafe" not in response["Content-Security-Policy"]
    assert client.get(f"/admin/troubleshoot/{name}/add/").status_code == 403


def test_one_request_is_shown_without_a_way_to_change_it(asked: AccessRequest, adam: Person) -> None:
    address = f"{LIST}{asked.pk}/change/"
    page = signed_in(adam).get(address).content.decode()
    assert asked.code in page
    assert "_save" not in page
    assert asked.idempotency_key not in page
    assert signed_in(adam).post(address, {"state": "active"}).status_code == 403


def test_no_password_hash_is_shown(alice: Person, adam: Person) -> None:
    page = signed_in(adam).get(f"/admin/troubleshoot/person/{alice.pk}/change/").content.decode()
    assert alice.password not in page
    assert "alice@example.com" in page


@pytest.mark.parametrize(
    ("page", "lookup"),
    [
        ("person", "password__startswith=pbkdf2"),
        ("person", "password__regex=^p"),
        ("account", "reader_external_id__startswith=a"),
        ("accessrequest", "idempotency_key__startswith=a"),
    ],
)
def test_no_list_is_narrowed_by_what_it_hides(adam: Person, page: str, lookup: str) -> None:
    assert signed_in(adam).get(f"/admin/troubleshoot/{page}/?{lookup}").status_code == 400


def test_what_is_refused_here_leaves_no_traceback_in_the_log(
    asked: AccessRequest, adam: Person, caplog: pytest.LogCaptureFixture
) -> None:
    client = signed_in(adam)
    refused = client.post(f"{LIST}{asked.pk}/change/", {"state": "active"})
    hidden = client.get("/admin/troubleshoot/person/?password__startswith=x")
    assert (refused.status_code, hidden.status_code) == (403, 400)
    assert "This page is for another role" in refused.content.decode()
    assert caplog.records
    assert [record for record in caplog.records if record.exc_info] == []


def test_it_has_the_portals_own_icon(adam: Person) -> None:
    (icon,) = markup.read(signed_in(adam).get("/admin/").content).all("link", rel="icon")
    assert "favicon" in icon["href"]
