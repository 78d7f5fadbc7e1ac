"""Search finds topics, causes and actions by their words, and takes any input."""

import time

import pytest
from django.test import Client

from tests.builders import make_diagnosis, make_request
from tests.cast import MATEO_ARN
from tests.web import markup
from tests.web.signing_in import signed_in
from troubleshoot.guide.search import search
from troubleshoot.models import Account, Person

pytestmark = pytest.mark.django_db


def hits(client: Client, query: str) -> list[str]:
    body = client.get("/search/", {"q": query}).content.decode()
    start = body.index("<main")
    return [has["href"] for has in markup.read(body[start : body.index("</main>")]).all("a") if "href" in has]


@pytest.mark.parametrize(
    ("query", "url"),
    [
        ("PassRole", "/pass-role/"),
        ("iam:passrole", "/pass-role/"),
        ("lost secret key", "/access-keys/#replace"),
        ("canonical user id", "/access-keys/#never-share"),
        ("external id", "/outside-my-account/#third-party"),
        ("GetWidget", "/causes/P02/"),
        ("event tracker", "/causes/P19/"),
        ("kms", "/causes/P14/"),
        ("permissions boundary", "/causes/P32/"),
    ],
)
def test_it_finds_topics_and_causes(client: Client, query: str, url: str) -> None:
    assert url in hits(client, query)


@pytest.mark.parametrize("query", ["CreateCampaign", "personalize:createcampaign", "create campaign"])
def test_it_finds_actions_by_name_and_by_parts(client: Client, query: str) -> None:
    body = client.get("/search/", {"q": query}).content.decode()
    assert "<code>personalize:CreateCampaign</code>" in body
    assert "<code>solution</code>" in body


def test_an_action_that_passes_a_role_says_so(client: Client) -> None:
    assert "/pass-role/" in hits(client, "CreateDatasetExportJob")


def test_a_whole_word_in_the_title_comes_first() -> None:
    titles = [entry.title for entry in search("recommender")["cause"]]
    assert titles[0] == "Recommenders are not campaigns"


def test_all_words_must_be_found() -> None:
    assert search("campaign zebra") == {}


@pytest.mark.parametrize("query", ["", "   ", "…", "***", "\x00"])
def test_no_word_is_no_search(client: Client, query: str) -> None:
    body = client.get("/search/", {"q": query}).content.decode()
    assert "Known causes</h2>" not in body


def test_nothing_found_offers_the_way_on(client: Client) -> None:
    body = client.get("/search/", {"q": "zebra"}).content.decode()
    assert "Nothing found for “zebra”" in body
    assert "Paste the error" in body


@pytest.mark.parametrize(
    "query", ["<script>alert(1)</script>", '" onfocus="x', "{{ 7 }}", "%(x)s", "x" * 5000, "a " * 3000]
)
def test_what_was_typed_stays_text(client: Client, query: str) -> None:
    response = client.get("/search/", {"q": query})
    page = markup.read(response.content)
    assert response.status_code == 200
    assert page.inline == []
    assert "<script>alert" not in response.content.decode()
    assert len(page.all("input", name="q")[0]["value"]) <= 100


def test_it_is_fast() -> None:
    search("warm")
    began = time.process_time()
    for _ in range(20):
        search("create role " * 20)
    assert (time.process_time() - began) / 20 < 0.05


@pytest.mark.parametrize("box", ["search", "read"])
@pytest.mark.parametrize("small", [True, False])
def test_the_code_that_a_caller_says_leads_to_the_case_and_the_request(
    helen: Person, mateo: Person, account: Account, box: str, small: bool
) -> None:
    kept = make_diagnosis(person=mateo, account=account, principal=MATEO_ARN)
    asked = make_request(requester=mateo, account=account, principal=MATEO_ARN, diagnosis=kept)
    for code, place in ((kept.code, f"/d/{kept.token}/"), (asked.code, f"/requests/{asked.code}/")):
        said = f" {code.lower()} " if small else code
        client = signed_in(helen)
        response = client.get("/search/", {"q": said}) if box == "search" else client.post("/read/", {"text": said})
        assert response["Location"] == place


def test_a_code_that_is_not_ones_own_is_like_a_missing_one(charlie: Person, mateo: Person, account: Account) -> None:
    kept = make_diagnosis(person=mateo, account=account, principal=MATEO_ARN)
    asked = make_request(requester=mateo, account=account, principal=MATEO_ARN, diagnosis=kept)
    for client in (signed_in(charlie), Client()):
        for code in (kept.code, asked.code, "AD-222222"):
            response = client.get("/search/", {"q": code})
            assert response.status_code == 200
            assert "Nothing found" in response.content.decode()


def test_only_the_helpdesk_has_the_box_for_a_callers_code(helen: Person, mateo: Person) -> None:
    assert "Code that the caller says" in signed_in(helen).get("/").content.decode()
    assert "Code that the caller says" not in signed_in(mateo).get("/").content.decode()
    assert "Code that the caller says" not in Client().get("/").content.decode()
