"""Search finds topics, causes and actions by their words, and takes any input."""

import time

import pytest
from django.test import Client

from tests.web import markup
from troubleshoot.guide.search import search

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
    began = time.perf_counter()
    for _ in range(20):
        search("create role " * 20)
    assert (time.perf_counter() - began) / 20 < 0.05
