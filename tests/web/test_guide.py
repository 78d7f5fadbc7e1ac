"""The guides as people use them: bad input, changed answers, what is kept and for whom, links for callers."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.web import markup
from tests.web.signing_in import signed_in
from troubleshoot.access import guide as store
from troubleshoot.access import sealing
from troubleshoot.guide.sayings import find_actions
from troubleshoot.models import Diagnosis, GuideAnswer, GuideVerdict, Person

pytestmark = pytest.mark.django_db

ROLE = "arn:aws:iam::123456789012:role/service-role/Personalize"
PLACE = {"question": "place", "account": "123456789012", "region": "us-east-1", "name": "Acme-7"}
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEZ"


def test_the_page_comes_again_with_the_error_in_both_places_and_what_was_typed(client: Client) -> None:
    response = client.post("/guide/outside-my-account/?who=third", {**PLACE, "account": "12345678901"})
    page = markup.read(response.content)
    assert response.status_code == 422
    assert page.text.count("This one has 11") == 2
    assert page.all("input", name="account", value="12345678901")
    assert page.all("a", href="#id_account")
    assert page.all("input", name="region", value="us-east-1")
    assert page.inline == []


def test_no_choice_is_told_beside_the_question(client: Client) -> None:
    response = client.post("/guide/pass-role/", {"question": "when"})
    page = markup.read(response.content)
    assert response.status_code == 422
    assert page.text.count("Choose an answer.") == 2
    assert page.all("fieldset", id="id_answer")


def test_a_secret_is_neither_kept_nor_shown_again(client: Client) -> None:
    response = client.post("/guide/outside-my-account/?who=third", {**PLACE, "name": SECRET})
    assert response.status_code == 422
    assert SECRET not in response.content.decode()
    assert not GuideAnswer.objects.exists()


def test_one_answer_is_changed_and_the_others_stay(client: Client) -> None:
    address = "/guide/pass-role/?when=call&op=import&same=yes&fresh=no"
    assert b'value="import"' in client.get(f"{address}&change=op").content
    response = client.post(f"{address}&change=op", {"question": "op", "answer": "export"})
    assert response["Location"] == "/guide/pass-role/?when=call&op=export&same=yes&fresh=no"


def test_a_locked_answer_cannot_be_changed_and_a_hidden_one_is_not_shown(client: Client) -> None:
    address = "/guide/pass-role/?when=call&op=import&lock=op&hide=when"
    page = client.get(address).content.decode()
    assert "Importing data" in page
    assert "change=op" not in page
    assert "When does it fail?" not in page
    response = client.post(address, {"question": "op", "answer": "export"})
    assert "op=import" in response["Location"]


def test_what_was_typed_is_found_by_its_owner_only(alice: Person, charlie: Person) -> None:
    mine, theirs = signed_in(alice), signed_in(charlie)
    address = mine.post("/guide/outside-my-account/?who=third", PLACE)["Location"]
    assert "123456789012" not in address
    assert "Acme-7" in mine.get(address).content.decode()
    assert mine.get(address).context["question"].id == "external"
    response = theirs.get(address)
    assert response.context["question"].id == "place"
    assert "Acme-7" not in response.content.decode()
    assert "Type it again" in response.content.decode()


def test_a_strangers_id_looks_like_one_that_never_was(alice: Person, charlie: Person) -> None:
    address = signed_in(alice).post("/guide/outside-my-account/?who=third", PLACE)["Location"]
    token = address.partition("a=")[2]
    never = address.replace(token, "x" * len(token))

    def told(url: str) -> str:
        text = signed_in(charlie).get(url).content.decode()
        return "".join(line for line in text.splitlines() if "csrf" not in line and "next=" not in line)

    assert told(address) == told(never)


def test_the_table_alone_shows_nothing_and_ends(client: Client) -> None:
    address = client.post("/guide/outside-my-account/?who=third", PLACE)["Location"]
    row = GuideAnswer.objects.get()
    token = address.partition("a=")[2]
    assert row.person is None
    assert b"Acme-7" not in bytes(row.sealed)
    assert token not in row.lookup
    assert row.ends_at <= timezone.now() + store.FOR_VISITORS
    GuideAnswer.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert client.get(address).context["question"].id == "place"
    client.post("/guide/outside-my-account/?who=third", PLACE)
    assert GuideAnswer.objects.count() == 1


def test_what_has_ended_is_purged_and_nothing_else(alice: Person) -> None:
    old, fresh = (store.keep(alice, {"role": {"role": ROLE}}) for _ in range(2))
    GuideAnswer.objects.filter(lookup=sealing.lookup_of(old)).update(ends_at=timezone.now())
    assert store.purge_expired() == 1
    assert store.kept(alice, old) == {}
    assert store.kept(alice, fresh) == {"role": {"role": ROLE}}
    assert store.purge_expired() == 0


def test_a_sealed_text_opens_with_its_own_id_only() -> None:
    sealed = sealing.seal("one", json.dumps({"a": "ä"}))
    assert sealing.unseal("one", sealed) == json.dumps({"a": "ä"})
    assert sealing.unseal("two", sealed) is None
    assert sealing.unseal("one", sealed[:-1] + bytes([sealed[-1] ^ 1])) is None


@pytest.mark.parametrize(
    ("said", "action"),
    [
        ("see recommendations", "personalize:GetRecommendations"),
        ("import data", "personalize:CreateDatasetImportJob"),
        ("train the model again", "personalize:CreateSolutionVersion"),
        ("personalize:ListSchemas", "personalize:ListSchemas"),
        ("pass a role", "iam:PassRole"),
        ("record clicks", "personalize:PutEvents"),
        ("delete a user's data", "personalize:CreateDataDeletionJob"),
    ],
)
def test_an_action_is_found_by_what_people_call_it(said: str, action: str) -> None:
    assert action in find_actions(said)[:4]


def test_words_that_fit_nothing_find_nothing() -> None:
    assert find_actions("zebra") == find_actions("") == ()


def test_the_search_works_with_and_without_javascript(client: Client) -> None:
    address = "/guide/not-authorized/?text=no&what=denied&service=personalize"
    sent = {"question": "action", "find": "import data", "search": "1"}
    whole = client.post(address, sent)
    part = client.post(address, sent, headers={"HX-Request": "true"})
    assert b"personalize:CreateDatasetImportJob" in whole.content
    assert b"personalize:CreateDatasetImportJob" in part.content
    assert b"<html" in whole.content
    assert b"<html" not in part.content


def test_a_question_that_is_not_on_the_way_is_not_answered(client: Client) -> None:
    response = client.post("/guide/pass-role/?when=call", {"question": "bucket", "bucket": "x"})
    assert response["Location"] == "/guide/pass-role/?when=call"


def test_a_guide_that_is_none_is_missing(client: Client) -> None:
    assert client.get("/guide/nonsense/").status_code == 404


def test_the_ticket_says_it_all_and_its_link_holds_nothing_typed(client: Client) -> None:
    text = client.get("/guide/not-authorized/ticket/?text=no&what=later&later=create").content.decode()
    assert "P21" in text
    assert "http://testserver/guide/not-authorized/?text=no&what=later&later=create" in text
    assert client.get("/guide/not-authorized/ticket/?text=no").status_code == 404


def test_the_text_to_send_says_who_what_and_on_what(mateo: Person) -> None:
    browser, own = signed_in(mateo), "arn:aws:iam::123456789012:user/mateojackson"
    address = "/guide/not-authorized/?text=no&what=denied&service=personalize&action=personalize:DescribeCampaign"
    address = browser.post(address, {"question": "resource", "resource": "retail-home"})["Location"]
    address = browser.post(f"{address}&tags=no&who=user", {"question": "principal", "principal": own})["Location"]
    text = browser.get(f"{address}&where=cli&says=nothing&has=no&seen=1").content.decode()
    campaign = "arn:aws:personalize:us-east-1:123456789012:campaign/retail-home"
    assert f"personalize:DescribeCampaign, on {campaign}. My identity is {own}." in text


def test_signing_in_leads_back_to_the_same_answers(client: Client) -> None:
    text = client.get("/guide/access-keys/?want=see").content.decode()
    assert "/sign-in/?next=/guide/access-keys/%3Fwant%3Dsee" in text


def test_whether_it_helped_is_counted_without_a_name(client: Client) -> None:
    response = client.post("/guide/access-keys/solved/?want=canonical", {"solved": "yes"})
    assert response["Location"].startswith("/guide/access-keys/?want=canonical")
    verdict = GuideVerdict.objects.get()
    assert (verdict.flow, verdict.outcome, verdict.solved) == ("access-keys", "canonical", True)


def test_the_helpdesk_gets_a_link_for_the_caller(helen: Person, alice: Person) -> None:
    address = "/guide/access-keys/?want=rotate"
    assert "For the caller" in signed_in(helen).get(address).content.decode()
    assert "For the caller" not in signed_in(alice).get(address).content.decode()


def test_the_link_for_the_caller_keeps_the_locks_that_the_address_has(helen: Person) -> None:
    client = signed_in(helen)
    page = markup.read(client.get("/guide/pass-role/?when=call&op=import&lock=op&lock=role&hide=when").content)
    boxes = [*page.all("input", type="checkbox"), *page.all("input", type="hidden")]
    sent = {(box["name"], box["value"]) for box in boxes if box.get("name") in ("lock", "hide") and ticked(box)}
    assert sent == {("lock", "op"), ("lock", "role"), ("hide", "when")}
    assert client.get("/guide/pass-role/?when=call&op=import").content.count(b" checked>") == 0


def ticked(box: dict[str, str]) -> bool:
    return box["type"] == "hidden" or "checked" in box


def test_the_guide_makes_a_diagnosis(mateo: Person) -> None:
    address = (
        "?text=no&what=denied&service=personalize&action=personalize:ListSchemas&who=user&principal=unknown"
        "&where=cli&says=nothing&has=no"
    )
    response = signed_in(mateo).post(f"/guide/not-authorized/diagnose/{address}")
    kept = Diagnosis.objects.get()
    assert response["Location"] == f"/d/{kept.token}/"
    assert kept.facts["action"] == "personalize:ListSchemas"
    assert signed_in(mateo).get(response["Location"]).status_code == 200
    assert Client().post(f"/guide/not-authorized/diagnose/{address}").status_code == 200


def test_the_doctor_leads_to_a_diagnosis_from_which_the_role_is_asked_for(mary: Person) -> None:
    browser = signed_in(mary)
    caller = "arn:aws:iam::123456789012:user/marymajor"
    address = "/guide/pass-role/?when=call&op=import&same=yes&fresh=no"
    address = browser.post(address, {"question": "caller", "caller": caller})["Location"]
    address = browser.post(address, {"question": "role", "role": ROLE})["Location"]
    address = browser.post(address, {"question": "bucket", "unknown": "1"})["Location"]
    assert "Make the diagnosis" in browser.get(f"{address}&seen=1").content.decode()
    response = browser.post(address.replace("/pass-role/", "/pass-role/diagnose/"))
    kept = Diagnosis.objects.get()
    assert response["Location"] == f"/d/{kept.token}/"
    assert (kept.facts["principal"], kept.facts["action"], kept.facts["resource"]) == (caller, "iam:PassRole", ROLE)


def test_a_roles_name_is_understood_where_the_account_is_known(client: Client) -> None:
    address = "/guide/pass-role/?when=call&op=import&same=yes&fresh=no"
    address = client.post(address, {"question": "caller", "caller": "arn:aws:iam::123456789012:user/mary"})["Location"]
    response = client.post(address, {"question": "role", "role": "service-role/Personalize"}, follow=True)
    assert f"Understood as {ROLE}." in response.content.decode()
    unknown = "/guide/pass-role/?when=call&op=import&same=yes&fresh=no&caller=unknown"
    assert client.post(unknown, {"question": "role", "role": "Personalize"}).status_code == 422


@pytest.mark.parametrize(
    ("answers", "arn"),
    [
        ("action=personalize:DescribeCampaign", "campaign/retail-home"),
        ("action=personalize:GetRecommendations&kind=recommender", "recommender/retail-home"),
        ("action=personalize:GetRecommendations&kind=unknown", ""),
        ("action=personalize:CreateCampaign", ""),
        ("action=s3:GetObject", ""),
    ],
)
def test_a_resources_name_is_understood_where_its_kind_and_account_are_known(
    mateo: Person, answers: str, arn: str
) -> None:
    address = f"/guide/not-authorized/?text=no&what=denied&service=personalize&{answers}"
    sent = {"question": "resource", "resource": "retail-home"}
    response = signed_in(mateo).post(address, sent, follow=True)
    whole = f"Understood as arn:aws:personalize:us-east-1:123456789012:{arn}."
    assert (whole in response.content.decode()) is bool(arn)
    assert Client().post(address, sent).status_code == 422


def test_the_own_identity_and_account_are_suggested(mary: Person, helen: Person, charlie: Person) -> None:
    caller = "/guide/pass-role/?when=call&op=import&same=yes&fresh=no"
    place = "/guide/outside-my-account/?who=saml"
    own = 'value="arn:aws:iam::123456789012:user/marymajor"'
    assert own in signed_in(mary).get(caller).content.decode()
    assert own not in signed_in(helen).get(caller).content.decode()
    assert 'value="123456789012"' in signed_in(mary).get(place).content.decode()
    assert 'value="123456789012"' in signed_in(helen).get(place).content.decode()
    assert 'value="123456789012"' not in signed_in(charlie).get(place).content.decode()
    assert 'value="123456789012"' not in Client().get(place).content.decode()


def test_an_existing_trust_policy_is_checked(client: Client) -> None:
    policy = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}'
    )
    sent = {"question": "lint-place", "account": "123456789012", "policy": policy}
    address = client.post("/guide/outside-my-account/?who=lint", sent)["Location"]
    page = client.post(address, {"question": "lint-about", "answer": "people"}, follow=True).content.decode()
    assert "Anybody in the world can assume this role" in page


def test_answers_are_checked_before_documents_are_shown(client: Client) -> None:
    address = client.post("/guide/outside-my-account/?who=saml", PLACE)["Location"]
    provider = "arn:aws:iam::123456789012:saml-provider/CorpIdP"
    address = client.post(address, {"question": "provider", "saml": provider})["Location"]
    address = client.post(address, {"question": "hours", "answer": "1"})["Location"]
    address = client.post(address, {"question": "job", "answer": "auditor"})["Location"]
    response = client.get(address)
    assert "Check your answers" in response.content.decode()
    result = client.get(response.context["on"]).content.decode()
    assert "SAML:aud" in result
    download = client.get(
        f"/guide/outside-my-account/file/{address.partition('/outside-my-account/')[2]}&form=terraform"
    )
    assert download["Content-Disposition"] == 'attachment; filename="main.tf"'
    assert b"aws_iam_role" in download.content


def test_the_links_that_the_documentation_gives_open_the_question_that_they_promise(client: Client) -> None:
    promised = {
        "/guide/not-authorized/?text=no": "what",
        "/guide/pass-role/?when=job&op=import": "same",
        "/guide/access-keys/?want=leaked": "leak",
        "/guide/outside-my-account/?who=github": "place",
    }
    for address, question in promised.items():
        assert client.get(address).context["question"].id == question


def test_an_outcome_costs_few_queries(mary: Person, django_assert_max_num_queries: Any) -> None:
    browser = signed_in(mary)
    browser.get("/guide/access-keys/?want=canonical")
    with django_assert_max_num_queries(12):
        browser.get("/guide/access-keys/?want=canonical")


def test_a_question_costs_a_stranger_no_query(client: Client, django_assert_num_queries: Any) -> None:
    client.get("/guide/pass-role/?when=call")
    with django_assert_num_queries(0):
        client.get("/guide/pass-role/?when=call")
