"""The room of routing rules: listed, proposed, confirmed, ended, tried out."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from tests.builders import make_request, make_rule
from tests.web.signing_in import signed_in
from troubleshoot.models import Account, AdminChange, Person, RoutingRule

TYPED = {
    "name": "Deletions",
    "position": "10",
    "action_pattern": "personalize:Delete*",
    "resource_pattern": "*",
    "minimal_risk": "low",
    "approvals": "1",
    "person_1": "rita",
}


@pytest.fixture
def admins(adam: Person, ada: Person) -> tuple[Person, Person]:
    return adam, ada


def test_a_rule_is_proposed_confirmed_and_listed(
    account: Account, admins: tuple[Person, Person], rita: Person, noor: Person
) -> None:
    adam, ada = admins
    sent = TYPED | {"account": account.pk, "substitute_1": "noor", "begins_1": "2026-12-01", "ends_1": "2026-12-24"}
    page = signed_in(adam).post("/rules/propose/", sent, follow=True).content.decode()
    assert "Add the rule “Deletions” at place 10" in page
    assert "account retail, personalize:Delete*: Rita (substitute Noor, 2026-12-01 to 2026-12-24)" in page
    assert "Another administrator decides." in page
    change = AdminChange.objects.get()
    told = signed_in(ada).post(f"/people/changes/{change.pk}/confirm/", follow=True)
    assert told.redirect_chain[-1][0] == "/rules/"
    page = told.content.decode()
    assert "10. Deletions" in page
    assert "Rita, substitute Noor 1 Dec 2026 to 24 Dec 2026" in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"person_1": ""}, "Name at least one person who decides."),
        ({"person_1": "nobody"}, "The portal does not know anybody called nobody."),
        ({"action_pattern": "Delete"}, "Write the action as service:Name"),
        ({"resource_pattern": "bucket"}, "Write the resource as an ARN"),
        ({"approvals": "2"}, "It cannot need more approvals than it names people."),
        ({"substitute_1": "noor"}, "A substitute needs a first and a last day"),
        ({"substitute_2": "noor"}, "Say for whom the substitute stands in."),
        ({"begins_1": "soon"}, "Enter a valid date."),
        ({"name": ""}, "Give the rule a name."),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_typed_is_lost(
    admins: tuple[Person, Person], rita: Person, noor: Person, typed: dict[str, str], words: str
) -> None:
    response = signed_in(admins[0]).post("/rules/propose/", TYPED | {"name": "Kept name"} | typed)
    page = response.content.decode()
    assert response.status_code == 422
    # In the summary, and beside the field where it is about one.
    assert page.count(words) >= (1 if "substitute_1" in typed else 2)
    assert "name" in typed or "Kept name" in page
    assert not AdminChange.objects.exists()


def test_a_taken_place_is_told_beside_the_field(admins: tuple[Person, Person], rita: Person) -> None:
    make_rule(rita)
    page = signed_in(admins[0]).post("/rules/propose/", TYPED).content.decode()
    assert page.count("Another rule stands at this place.") >= 2


def test_the_form_offers_the_next_free_place(admins: tuple[Person, Person], rita: Person) -> None:
    make_rule(rita, position=30)
    assert 'name="position" value="40"' in signed_in(admins[0]).get("/rules/propose/").content.decode()


def test_confirming_needs_a_fresh_sign_in_and_leads_back(admins: tuple[Person, Person], rita: Person) -> None:
    rule = make_rule(rita)
    signed_in(admins[0]).post(f"/rules/{rule.pk}/end/")
    client = signed_in(admins[1])
    session = client.session
    session["signed_in_at"] = 0
    session.save()
    response = client.post(f"/people/changes/{AdminChange.objects.get().pk}/confirm/")
    assert response["Location"] == "/sign-in/again/?next=%2Frules%2F"
    assert AdminChange.objects.get().state == AdminChange.State.PROPOSED


def test_a_rule_ends_when_a_second_administrator_confirms(admins: tuple[Person, Person], rita: Person) -> None:
    rule = make_rule(rita, name="Old rule")
    page = signed_in(admins[0]).post(f"/rules/{rule.pk}/end/", follow=True).content.decode()
    assert "End the rule “Old rule”" in page
    signed_in(admins[1]).post(f"/people/changes/{AdminChange.objects.get().pk}/confirm/")
    assert not RoutingRule.objects.filter(ended_at__isnull=True).exists()
    assert "No rule yet" in signed_in(admins[1]).get("/rules/").content.decode()


def test_it_tries_out_who_would_decide_and_keeps_nothing(
    account: Account, admins: tuple[Person, Person], alice: Person, rita: Person, noor: Person
) -> None:
    make_rule(noor, name="Deletions", action_pattern="personalize:Delete*", group=Group.objects.create(name="data"))
    asked: dict[str, Any] = {"account": account.pk, "requester": "alice", "action": "personalize:DeleteDataset"}
    client = signed_in(admins[0])
    page = client.get("/rules/", asked | {"resource": "*", "risk": "low"}).content.decode()
    assert "Rita or Noor decides." in page
    assert "No rule fits" in page
    alice.groups.add(Group.objects.get())
    page = client.get("/rules/", asked | {"resource": "*", "risk": "low"}).content.decode()
    assert "Noor decides." in page
    assert "By the rule “Deletions”." in page
    page = client.get("/rules/", asked | {"resource": "*", "risk": "high"}).content.decode()
    assert "Too few people can approve it" in page
    page = client.get("/rules/", {"account": account.pk, "requester": "x", "action": ""}).content.decode()
    assert "The portal does not know anybody called x." in page
    assert "Write the action." in page
    assert not AdminChange.objects.exists()


def test_an_auditor_reads_the_rules_and_changes_none(otto: Person, rita: Person) -> None:
    make_rule(rita, name="Old rule")
    page = signed_in(otto).get("/rules/").content.decode()
    assert "Old rule" in page
    assert "Propose" not in page


def test_the_list_costs_the_same_however_many_rules_there_are(
    admins: tuple[Person, Person], account: Account, alice: Person, rita: Person, noor: Person,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    for number in range(20):
        make_rule(rita, noor, position=number + 1, account=account)
        make_request(requester=alice, account=account, action=f"s3:X{number}")
    client = signed_in(admins[0])
    with django_assert_max_num_queries(12):
        assert client.get("/rules/").status_code == 200


def test_an_account_says_whether_it_needs_a_ticket_and_of_which_form(
    account: Account, admins: tuple[Person, Person], rita: Person
) -> None:
    client = signed_in(admins[0])
    sent = {"name": "retail", "mode": "text", "needs_ticket": "on", "ticket_pattern": "(a+)+"}
    response = client.post(f"/accounts/{account.account_id}/", sent)
    assert response.status_code == 422
    assert "could take too long" in response.content.decode()
    client.post(f"/accounts/{account.account_id}/", sent | {"ticket_pattern": "OPS-[0-9]+"})
    account.refresh_from_db()
    assert (account.needs_ticket, account.ticket_pattern) == (True, "OPS-[0-9]+")
    assert "OPS-[0-9]+" in signed_in(rita).get(f"/accounts/{account.account_id}/").content.decode()
