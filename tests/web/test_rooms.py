"""People, accounts, audit and health: the rooms of those who look after the portal."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from tests.builders import make_diagnosis, make_request
from tests.cast import MARY_ARN, MATEO_ARN, make_account
from tests.web import markup
from tests.web.signing_in import signed_in
from troubleshoot import audit
from troubleshoot.access.states import Event
from troubleshoot.models import (
    AccessRequest,
    Account,
    AdminChange,
    AuditEntry,
    Person,
    PrincipalLink,
    Role,
    RoleAssignment,
)
from troubleshoot.web.presenters.audit import EVENTS

ADD_HELPDESK = {"kind": "add_role", "role": "helpdesk", "account": "", "principal_arn": ""}


def test_a_role_takes_two_administrators(adam: Person, ada: Person, charlie: Person) -> None:
    page = signed_in(adam).post("/people/changes/", {**ADD_HELPDESK, "person": charlie.pk}, follow=True)
    assert "Proposed." in page.content.decode()
    assert not RoleAssignment.objects.filter(person=charlie).exists()
    change = AdminChange.objects.get()
    assert "Give Charlie the role “helpdesk”" in signed_in(ada).get("/people/").content.decode()
    signed_in(ada).post(f"/people/changes/{change.pk}/confirm/")
    assert RoleAssignment.objects.get(person=charlie).role == Role.HELPDESK


def test_the_proposer_sees_no_button_and_cannot_confirm(adam: Person, ada: Person, charlie: Person) -> None:
    client = signed_in(adam)
    client.post("/people/changes/", {**ADD_HELPDESK, "person": charlie.pk})
    change = AdminChange.objects.get()
    assert "Another administrator decides." in client.get("/people/").content.decode()
    page = client.post(f"/people/changes/{change.pk}/confirm/", follow=True).content.decode()
    assert "Another administrator has to decide it." in page
    assert not RoleAssignment.objects.filter(person=charlie).exists()


def test_a_link_can_be_proposed_and_refused(adam: Person, ada: Person, charlie: Person, account: Account) -> None:
    sent = {"kind": "add_link", "person": charlie.pk, "account": account.pk, "principal_arn": MATEO_ARN, "role": ""}
    signed_in(adam).post("/people/changes/", sent)
    change = AdminChange.objects.get()
    page = signed_in(ada).post(f"/people/changes/{change.pk}/refuse/", follow=True).content.decode()
    assert "Refused. Nothing was changed." in page
    assert not PrincipalLink.objects.filter(person=charlie).exists()


def test_an_erasure_takes_two_administrators(adam: Person, ada: Person, charlie: Person) -> None:
    sent = {"kind": "erase_person", "person": charlie.pk, "reason": "DPO-7 <b>"}
    page = signed_in(adam).post("/people/changes/", sent, follow=True).content.decode()
    assert "Erase what Charlie wrote, and their name" in page
    assert "It cannot be undone. The reason: DPO-7 &lt;b&gt;" in page
    assert "Another administrator decides." in page
    change = AdminChange.objects.get()
    page = signed_in(adam).post(f"/people/changes/{change.pk}/confirm/", follow=True).content.decode()
    assert "Another administrator has to decide it." in page
    page = signed_in(ada).post(f"/people/changes/{change.pk}/confirm/", follow=True).content.decode()
    assert "Confirmed. It is in effect." in page
    assert "Charlie" not in page
    assert not Person.objects.get(pk=charlie.pk).is_active


def test_an_erasure_that_may_not_be_is_told_with_what_was_typed(
    adam: Person, ada: Person, alice: Person, account: Account
) -> None:
    request = make_request(requester=alice, account=account)
    sent = {"kind": "erase_person", "person": alice.pk, "reason": "DPO-7"}
    response = signed_in(adam).post("/people/changes/", sent)
    page = markup.read(response.content)
    assert response.status_code == 422
    assert f"End these requests first: {request.code}." in page.text
    assert page.all("input", id="erase_reason", value="DPO-7")
    page = markup.read(signed_in(adam).post("/people/changes/", {**sent, "reason": ""}).content)
    assert page.all("a", href="#erase_reason")
    assert max(page.ids.values()) == 1
    assert not AdminChange.objects.exists()


def test_a_link_takes_its_account_from_the_arn(adam: Person, ada: Person, charlie: Person, account: Account) -> None:
    other = make_account("444455556666", "analytics")
    sent = {"kind": "add_link", "person": charlie.pk, "account": other.pk, "principal_arn": MATEO_ARN}
    assert signed_in(adam).post("/people/changes/", sent).status_code == 302
    assert AdminChange.objects.get().account == account


def test_a_link_into_an_unknown_account_is_refused_beside_its_field(adam: Person, ada: Person, charlie: Person) -> None:
    sent = {"kind": "add_link", "person": charlie.pk, "principal_arn": MATEO_ARN}
    page = markup.read(signed_in(adam).post("/people/changes/", sent).content)
    assert "The portal does not know the account 123456789012 of this ARN." in page.text
    assert page.all("a", href="#link_principal_arn")
    assert max(page.ids.values()) == 1


def test_an_account_that_a_role_does_not_need_is_no_error(
    adam: Person, ada: Person, charlie: Person, account: Account
) -> None:
    sent = {**ADD_HELPDESK, "person": charlie.pk, "account": account.pk}
    assert signed_in(adam).post("/people/changes/", sent).status_code == 302
    assert AdminChange.objects.get().account is None


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"kind": "add_role", "role": ""}, "Choose the role."),
        ({"kind": "add_link", "principal_arn": ""}, "Write the ARN of the IAM user or role."),
        ({"kind": "add_link", "principal_arn": "nonsense"}, "the full ARN of one IAM"),
        ({"kind": "remove_role", "role": "auditor"}, "There is nothing to take away."),
        ({"kind": "nonsense"}, "Select a valid choice"),
    ],
)
def test_a_change_that_does_not_fit_is_told_in_words(
    adam: Person, ada: Person, charlie: Person, account: Account, sent: dict[str, Any], words: str
) -> None:
    data = {"person": charlie.pk, "role": "", "account": account.pk * ("link" in sent["kind"]) or "", **sent}
    response = signed_in(adam).post("/people/changes/", data)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not AdminChange.objects.exists()


def test_everybody_is_listed_with_roles_and_principals(adam: Person, rita: Person, mateo: Person) -> None:
    page = signed_in(adam).get("/people/").content.decode()
    assert "approver of retail" in page
    assert MATEO_ARN in page
    assert "No change waits" in page


def test_an_auditor_reads_people_and_changes_nothing(otto: Person, adam: Person, ada: Person, charlie: Person) -> None:
    signed_in(adam).post("/people/changes/", {**ADD_HELPDESK, "person": charlie.pk})
    change = AdminChange.objects.get()
    client = signed_in(otto)
    page = client.get("/people/").content.decode()
    assert "Give Charlie the role “helpdesk”" in page
    assert "Propose a change" not in page
    assert "Propose a change of a role" in signed_in(adam).get("/people/").content.decode()
    assert "/confirm/" not in page
    assert client.post(f"/people/changes/{change.pk}/confirm/").status_code == 403


def test_an_administrator_changes_an_accounts_contact_and_it_is_audited(adam: Person, account: Account) -> None:
    sent = {"name": "retail", "mode": "read", "contact_name": "Zoe", "contact_email": "zoe@example.com"}
    page = signed_in(adam).post(f"/accounts/{account.account_id}/", sent, follow=True).content.decode()
    assert "Saved." in page
    account.refresh_from_db()
    assert (account.mode, account.contact_name) == ("text", "Zoe")  # another mode takes two administrators
    entry = AuditEntry.objects.get(event="account.change")
    assert entry.subject == account.account_id
    assert "Zoe" not in json.dumps(entry.data)


def test_a_mode_is_proposed_on_the_accounts_page_and_confirmed_there(
    adam: Person, ada: Person, account: Account
) -> None:
    address = f"/accounts/{account.account_id}/"
    assert "No page changes these." in signed_in(adam).get(address).content.decode()
    page = signed_in(adam).post(f"{address}mode/", {"mode": "read"}, follow=True).content.decode()
    assert "Change the mode of retail (123456789012) from “text only” to “read”" in page
    assert "Another administrator decides." in page
    change = AdminChange.objects.get()
    response = signed_in(ada).post(f"/people/changes/{change.pk}/confirm/")
    assert response["Location"] == address
    account.refresh_from_db()
    assert account.mode == "read"


def test_a_mode_that_it_has_already_is_told_beside_the_field(adam: Person, ada: Person, account: Account) -> None:
    response = signed_in(adam).post(f"/accounts/{account.account_id}/mode/", {"mode": "text"})
    assert response.status_code == 422
    page = markup.read(response.content)
    assert "The account has this mode already." in response.content.decode()
    assert page.all("a", href="#id_mode")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "\u202e"}, "Please write the name of the account."),
        ({"name": "\u200b"}, "The name holds nothing that can be seen."),
        ({"contact_name": "\u2060"}, "name holds nothing that can be seen."),
        ({"name": "password: hunter22 " * 4}, "The name is too long. It may have 80 characters."),
        ({"contact_email": f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.example.com"}, "at most 254 characters"),
    ],
    ids=["turned away", "invisible", "invisible contact", "longer without its secrets", "long address"],
)
def test_what_an_account_cannot_be_called_is_told_and_not_kept(
    adam: Person, account: Account, changed: dict[str, str], words: str
) -> None:
    sent = {"name": "retail", "mode": "text", "contact_name": "Zoe", "contact_email": "zoe@example.com"}
    response = signed_in(adam).post(f"/accounts/{account.account_id}/", sent | changed)
    assert response.status_code == 422
    assert words in response.content.decode().replace("&#x27;", "’")
    account.refresh_from_db()
    assert (account.name, account.contact_name) == ("retail", "Cloud team")


def test_nothing_changed_is_said_and_not_audited(adam: Person, account: Account) -> None:
    names = ("name", "mode", "contact_name", "contact_email", "contact_note")
    sent = {name: getattr(account, name) for name in names}
    page = signed_in(adam).post(f"/accounts/{account.account_id}/", sent, follow=True).content.decode()
    assert "Nothing was changed." in page
    assert not AuditEntry.objects.filter(event="account.change").exists()


def test_a_wrong_contact_is_told_and_kept(adam: Person, account: Account) -> None:
    sent = {"name": "", "mode": "text", "contact_email": "no-address"}
    response = signed_in(adam).post(f"/accounts/{account.account_id}/", sent)
    assert response.status_code == 422
    assert 'value="no-address"' in response.content.decode()


@pytest.mark.parametrize("who", ["rita", "otto"])
def test_who_may_not_edit_an_account_reads_it(account: Account, who: str, request: pytest.FixtureRequest) -> None:
    client = signed_in(request.getfixturevalue(who))
    page = client.get(f"/accounts/{account.account_id}/").content.decode()
    assert "cloud-team@example.com" in page
    assert "<textarea" not in page
    assert client.post(f"/accounts/{account.account_id}/", {"name": "x"}).status_code == 403


def test_an_approver_lists_their_accounts_only(rita: Person, account: Account) -> None:
    make_account("444455556666", "analytics")
    page = signed_in(rita).get("/accounts/").content.decode()
    assert "retail" in page
    assert "analytics" not in page


def test_the_audit_trail_is_listed_and_searched_by_subject(otto: Person, alice: Person) -> None:
    audit.append(event="request.submit", actor=alice, subject="AAAAAA", data={"to": "submitted"})
    audit.append(event="request.expire", actor=None, subject="BBBBBB", data={}, texts={"reason": "It was time."})
    page = signed_in(otto).get("/audit/").content.decode()
    assert page.index("BBBBBB") < page.index("AAAAAA")
    for said in ("Alice", "the portal", "It was time.", "to waiting for a decision"):
        assert said in page
    found = signed_in(otto).get("/audit/", {"q": "aaaaaa"}).content.decode()
    assert "BBBBBB" not in found


@pytest.fixture
def trail(mateo: Person, rita: Person, account: Account) -> AccessRequest:
    """Two requests of two people with a case behind one; Rita decided on that one."""
    Person.objects.filter(pk=rita.pk).update(last_name="Ortiz")
    rita.refresh_from_db()
    kept = make_diagnosis(person=mateo, account=account, principal=MATEO_ARN)
    asked = make_request(requester=mateo, account=account, principal=MATEO_ARN, diagnosis=kept)
    other = make_request(requester=rita, account=account, principal=MARY_ARN, action="personalize:CreateDataset")
    audit.append(event="diagnosis.kept", actor=mateo, subject=kept.code, data={"outcome": "implicit_deny"})
    audit.append(event="request.approve", actor=rita, subject=asked.code, data={"to": "approved"})
    audit.append(event="request.verified", actor=None, subject=asked.code, data={"unchecked": ["rcps", "vpc_endpoint"]})
    audit.append(event="request.withdraw", actor=mateo, subject=other.code, data={})
    return asked


@pytest.mark.parametrize(
    ("search", "steps"),
    [
        ("rita ortiz", 2),
        ("RITA", 2),
        ("CreateDataset", 1),
        ("mateojackson", 3),
        ("listschemas", 3),
        ("nobody at all", 0),
    ],
)
def test_the_trail_is_searched_by_what_people_know(otto: Person, trail: AccessRequest, search: str, steps: int) -> None:
    page = signed_in(otto).get("/audit/", {"q": search}).content.decode()
    assert page.count('data-label="Step"') == steps


@pytest.mark.parametrize("said", [str.lower, str.upper])
def test_the_trail_is_searched_by_code_in_any_case(
    otto: Person, trail: AccessRequest, said: Callable[[str], str]
) -> None:
    client = signed_in(otto)
    assert trail.diagnosis is not None
    assert client.get("/audit/", {"q": said(trail.code)}).content.decode().count('data-label="Step"') == 2
    assert client.get("/audit/", {"q": said(trail.diagnosis.code)}).content.decode().count('data-label="Step"') == 1


def test_the_trail_speaks_in_words_and_leads_to_what_it_speaks_of(otto: Person, trail: AccessRequest) -> None:
    page = signed_in(otto).get("/audit/").content.decode()
    assert trail.diagnosis is not None
    for said in (
        "Rita Ortiz",
        ">approved<",
        "not checked: resource control policy and VPC endpoint policy",
        "personalize:ListSchemas for user mateojackson",
        f'href="/queue/{trail.code}/"',
        f'href="/d/{trail.diagnosis.token}/"',
        f"{AuditEntry.objects.latest('sequence').at:%H:%M:%S} UTC<br>",
    ):
        assert said in page, said
    for code_word in ("rcps", "vpc_endpoint", ">request.approve<"):
        assert code_word not in page


def test_a_proposed_link_is_told_in_words(
    adam: Person, ada: Person, charlie: Person, account: Account, otto: Person
) -> None:
    arn = "arn:aws:iam::123456789012:user/charlie"
    sent = {"kind": "add_link", "person": charlie.pk, "account": account.pk, "principal_arn": arn}
    signed_in(adam).post("/people/changes/", sent)
    page = signed_in(otto).get("/audit/", {"q": "charlie"}).content.decode()
    assert "proposed" in page
    assert "to link a principal, for Charlie" in page
    assert "add_link" not in page
    assert f"Principal: {arn}" in page


def test_every_step_of_a_request_has_words() -> None:
    assert {f"request.{event}" for event in Event} <= EVENTS.keys()


def test_of_an_erased_person_the_id_is_left(otto: Person, charlie: Person) -> None:
    audit.append(event="request.withdraw", actor=charlie, subject="AAAAAA", data={})
    gone = str(charlie.public_id)
    charlie.delete()
    assert gone in signed_in(otto).get("/audit/").content.decode()


def test_no_entry_is_said_in_words(otto: Person) -> None:
    assert "No entry yet" in signed_in(otto).get("/audit/").content.decode()
    assert "No entry about that" in signed_in(otto).get("/audit/", {"q": "nothing"}).content.decode()


def test_a_long_trail_is_turned_by_place(otto: Person) -> None:
    for number in range(60):
        audit.append(event="test.step", actor=otto, subject="CCCCCC", data={"number": number})
    client = signed_in(otto)
    first = client.get("/audit/").content.decode()
    assert first.count('data-label="Step"') == 50
    after = first.split('rel="next" href="')[1].split('"')[0]
    second = client.get(f"/audit/{after}").content.decode()
    assert second.count('data-label="Step"') == 10
    assert 'rel="prev" href="?"' in second


def test_health_is_well_while_the_database_answers(db: None) -> None:
    response = Client().get("/health/")
    assert (response.status_code, response.json()) == (200, {"database": "ok"})


def test_health_is_503_when_the_database_does_not_answer(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def cursor(self) -> None:
            raise DatabaseError("connection refused")

    monkeypatch.setattr("troubleshoot.web.health.connection", Gone())
    response = Client().get("/health/")
    assert (response.status_code, response.json()) == (503, {"database": "unavailable"})
