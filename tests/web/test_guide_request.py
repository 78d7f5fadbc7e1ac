"""A request from the result of a guide: what is asked for is what the guide built, and every rule holds."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import ALICE_ARN, MATEO_ARN
from tests.web import markup
from tests.web.signing_in import signed_in
from troubleshoot.access import accounts
from troubleshoot.access import guide as store
from troubleshoot.iam.snapshot import Missing, Snapshot, StoredPolicy
from troubleshoot.models import AccessRequest, Account, Diagnosis, Mode, Person

pytestmark = pytest.mark.django_db

ANSWERS = {
    "who": "people", "signs-in": "idc", "place": "given", "job": "auditor", "guard": "none",
}  # fmt: skip
PLACE = {"account": "123456789012", "region": "us-east-1", "name": "RetailBuilders"}


def address(person: Person, *, page: str = "request/", ends: str = "", **answers: str) -> str:
    """Return the address of the page behind the administrator's builder."""
    kept = {"place": PLACE, **({"ends": {"ends": ends}} if ends else {})}
    given = {**ANSWERS, **answers, **({"guard": "time", "ends": "given"} if ends else {})}
    query = "&".join(f"{name}={value}" for name, value in given.items())
    return f"/guide/let-others-in/{page}?{query}&a={store.keep(person, kept)}&seen=1"


def form_of(browser: Client, where: str, **values: str) -> dict[str, str]:
    """Return what a browser sends: the page's own key, and what is typed."""
    (key,) = markup.read(browser.get(where).content).all("input", name="key")
    typed = {"justification": "The audit of November.", "hours": "24", "ticket": "", "principal": ALICE_ARN}
    return {**typed, "key": key["value"], **values}


class Reader:
    """A reader of an account in which the principal holds these statements."""

    def __init__(self, *statements: Any, **pieces: Any) -> None:
        self.statements, self.pieces = statements, pieces

    def snapshot(self, principal_arn: str, **_: Any) -> Snapshot:
        document = json.dumps({"Version": "2012-10-17", "Statement": list(self.statements)})
        policy = StoredPolicy("inline", "p", document, principal_arn)
        pieces: dict[str, Any] = {"identity": (policy,) if self.statements else (), **self.pieces}
        return Snapshot("123456789012", principal_arn, "2026-11-22T00:00:00+00:00", **pieces)


@pytest.fixture
def live(monkeypatch: Any, account: Account) -> Any:
    """Let the portal read the account, through a reader that the test gives."""

    def use(reader: Reader) -> None:
        monkeypatch.setattr(accounts, "reader", lambda _account, **_: reader)
        Account.objects.update(mode=Mode.READ)

    return use


def test_the_result_leads_to_a_request(alice: Person) -> None:
    text = signed_in(alice).get(address(alice, page="")).content.decode()
    assert "Ask for these rights" in text


def test_what_was_built_is_what_is_asked_for(alice: Person, rita: Person) -> None:
    browser, where = signed_in(alice), address(alice)
    response = browser.post(where, form_of(browser, where))
    asked = AccessRequest.objects.get()
    assert response["Location"] == f"/requests/{asked.code}/"
    assert asked.principal_arn == ALICE_ARN
    assert asked.change["hours"] == 24
    assert "personalize:Describe*" in asked.change["statements"][0]["Action"]
    assert not asked.on_behalf


def test_the_page_shows_the_exact_policy_and_who_decides(alice: Person, rita: Person) -> None:
    text = signed_in(alice).get(address(alice)).content.decode()
    assert "Rita decides" in text
    assert "personalize:Describe*" in text
    assert "the time that you choose, after it is applied" in text


def test_for_somebody_else_it_must_be_confirmed_and_is_told(alice: Person, mateo: Person, rita: Person) -> None:
    browser, where = signed_in(alice), address(alice)
    sent = form_of(browser, where, principal=MATEO_ARN)
    response = browser.post(where, sent)
    page = markup.read(response.content)
    assert response.status_code == 422
    assert page.text.count("Confirm that you ask for somebody else") == 2
    assert page.all("input", name="principal", value=MATEO_ARN)
    browser.post(where, {**sent, "on_behalf": "on"})
    asked = AccessRequest.objects.get()
    assert asked.on_behalf
    assert asked.beneficiary == mateo


@pytest.mark.parametrize(
    ("principal", "words"),
    [
        ("alice", "ARN of one user or role"),
        ("*", "ARN of one user or role"),
        ("arn:aws:iam::111122223333:user/alice", "for account 123456789012"),
        ("arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_X_1", "permission set"),
        ("x" * 100_000, "too long"),
        ("", "Type the ARN"),
    ],
)
def test_a_principal_that_cannot_get_it_is_refused_beside_its_field(
    alice: Person, rita: Person, principal: str, words: str
) -> None:
    browser, where = signed_in(alice), address(alice)
    response = browser.post(where, form_of(browser, where, principal=principal, on_behalf="on"))
    page = markup.read(response.content)
    assert response.status_code == 422
    assert page.text.count(words) == 2
    assert page.all("a", href="#id_principal")
    assert not AccessRequest.objects.exists()


def test_looking_at_what_it_would_change_files_nothing(alice: Person, rita: Person) -> None:
    browser, where = signed_in(alice), address(alice)
    sent = form_of(browser, where, justification="", check="1")
    text = browser.post(where, sent).content.decode()
    assert "There is a problem" not in text
    assert "from texts alone" in text
    assert not AccessRequest.objects.exists()


def test_each_action_is_judged_on_live_state(alice: Person, rita: Person, live: Any) -> None:
    live(Reader({"Effect": "Allow", "Action": "personalize:ListSchemas", "Resource": "*"}))
    text = signed_in(alice).get(address(alice)).content.decode()
    assert "1 of them are allowed already." in text
    assert "would be newly allowed" in text


def test_what_another_layer_stops_is_named(alice: Person, rita: Person, live: Any) -> None:
    boundary = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "personalize:List*", "Resource": "*"}],
    }
    live(Reader(boundary=StoredPolicy("boundary", "b", json.dumps(boundary), ALICE_ARN)))
    text = signed_in(alice).get(address(alice)).content.decode()
    assert "stopped by the permissions boundary" in text


def test_what_would_change_nothing_is_not_filed(alice: Person, rita: Person, live: Any) -> None:
    live(Reader({"Effect": "Deny", "Action": "*", "Resource": "*"}))
    browser, where = signed_in(alice), address(alice)
    response = browser.post(where, form_of(browser, where))
    assert response.status_code == 422
    assert "would change nothing, because the identity policies would stop them" in response.content.decode()
    live(Reader({"Effect": "Allow", "Action": "*", "Resource": "*"}))
    assert "allow all of this already" in browser.post(where, form_of(browser, where)).content.decode()
    assert not AccessRequest.objects.exists()


def test_a_principal_that_is_not_there_is_told(alice: Person, rita: Person, live: Any) -> None:
    live(Reader(exists=False))
    browser, where = signed_in(alice), address(alice)
    assert "no such user or role" in browser.post(where, form_of(browser, where)).content.decode()


def test_what_could_not_be_read_is_not_called_proven(alice: Person, rita: Person, live: Any) -> None:
    live(Reader(identity=Missing("IAM did not answer.")))
    assert "Not known. IAM did not answer." in signed_in(alice).get(address(alice)).content.decode()


def test_nothing_of_a_stranger_is_read(charlie: Person, alice: Person, rita: Person, live: Any) -> None:
    live(Reader({"Effect": "Allow", "Action": "*", "Resource": "*"}))
    browser, where = signed_in(charlie), address(charlie)
    text = browser.post(where, form_of(browser, where, check="1")).content.decode()
    assert "not an identity of yours" in text
    assert "already" not in text.partition("<main")[2].replace("there already", "")


def test_the_last_day_that_was_chosen_limits_how_long(alice: Person, rita: Person) -> None:
    where = address(alice, ends=(timezone.now() + timedelta(days=2)).date().isoformat())
    browser = signed_in(alice)
    response = browser.post(where, form_of(browser, where, hours="168"))
    assert response.status_code == 422
    assert "longer than the last day" in response.content.decode()
    browser.post(where, form_of(browser, where))
    assert all("Condition" not in one for one in AccessRequest.objects.get().change["statements"])


def test_the_same_is_not_filed_twice(alice: Person, rita: Person) -> None:
    browser, where = signed_in(alice), address(alice)
    sent = form_of(browser, where)
    browser.post(where, sent)
    browser.post(where, sent)
    assert AccessRequest.objects.count() == 1
    response = browser.post(where, form_of(browser, where))
    assert response.status_code == 409
    assert AccessRequest.objects.get().code in response.content.decode()


def test_an_account_that_the_portal_does_not_know_leads_back(charlie: Person) -> None:
    response = signed_in(charlie).get(address(charlie), follow=True)
    assert "does not know account 123456789012" in response.content.decode()
    assert response.context["outcome"].id == "grant"


def test_an_outcome_that_builds_nothing_has_no_request(alice: Person) -> None:
    assert signed_in(alice).get("/guide/access-keys/request/?want=canonical").status_code == 404


def test_the_address_holds_no_name_and_no_arn(alice: Person, rita: Person) -> None:
    query = parse_qs(urlsplit(address(alice)).query)
    query.pop("a")
    assert not any("arn" in value or "123456789012" in value for values in query.values() for value in values)


def test_the_page_costs_few_queries(alice: Person, rita: Person, django_assert_max_num_queries: Any) -> None:
    browser, where = signed_in(alice), address(alice)
    browser.get(where)
    with django_assert_max_num_queries(12):
        browser.get(where)


def test_a_refused_call_is_asked_for_from_the_guide(mateo: Person, rita: Person) -> None:
    browser = signed_in(mateo)
    start = "/guide/not-authorized/?text=no&what=denied&service=personalize&action=personalize:ListSchemas&who=user"
    where = browser.post(start, {"question": "principal", "principal": MATEO_ARN})["Location"]
    where += "&where=cli&says=nothing&has=no&seen=1"
    assert "Ask for this access" in browser.get(where).content.decode()
    response = browser.post(where.replace("/not-authorized/", "/not-authorized/diagnose/"), {"ask": "1"})
    kept = Diagnosis.objects.get()
    assert response["Location"] == f"/d/{kept.token}/request/"
    assert "personalize:ListSchemas" in browser.get(response["Location"]).content.decode()


def test_what_is_missing_for_asking_is_named_with_its_link(mateo: Person) -> None:
    where = "/guide/not-authorized/?text=no&what=denied&service=personalize&action=personalize:DescribeCampaign"
    where += "&resource=unknown&tags=no&who=user&principal=unknown&where=cli&says=nothing&has=no&seen=1"
    text = signed_in(mateo).get(where).content.decode()
    assert "Ask for this access" not in text
    assert "tell what is missing" in text
    assert "change=resource" in text
    assert "change=principal" in text


def test_passing_a_role_is_asked_for_from_the_guide(mateo: Person, rita: Person) -> None:
    browser = signed_in(mateo)
    where = "/guide/pass-role/?when=call&op=import&same=yes&fresh=no"
    where = browser.post(where, {"question": "caller", "caller": MATEO_ARN})["Location"]
    where = browser.post(where, {"question": "role", "role": "Personalize"})["Location"]
    where = browser.post(where, {"question": "bucket", "unknown": "1"})["Location"]
    response = browser.post(where.replace("/pass-role/", "/pass-role/diagnose/"), {"ask": "1"})
    text = browser.get(response["Location"]).content.decode()
    assert "arn:aws:iam::123456789012:role/Personalize" in text
    assert "iam:PassRole" in text


def test_a_stranger_signs_in_first(client: Client, alice: Person) -> None:
    assert client.get(address(alice)).status_code == 302
    assert "/sign-in/" in client.get(address(alice))["Location"]
