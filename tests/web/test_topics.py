"""The five topics: none missing, the facts of AWS's help page, linkable down to the section, in plain words."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.web import markup
from troubleshoot.guide.causes import CAUSES
from troubleshoot.guide.topics import TOPICS
from troubleshoot.iam.snapshot import Missing
from troubleshoot.models import Account, Person, PrincipalLink
from troubleshoot.web import topics

pytestmark = pytest.mark.django_db

FACTS = {
    "/not-authorized/": (
        "arn:aws:iam::123456789012:user/mateojackson is not authorized to perform: personalize:GetWidget",
        "on resource: my-example-widget",
        "Mateo has to ask his administrator",
        "does not exist",
        "personalize:GetRecommendations",
    ),
    "/pass-role/": (
        "arn:aws:iam::123456789012:user/marymajor is not authorized to perform: iam:PassRole",
        "hand an existing role to Personalize instead of making a new one",
        "&quot;iam:PassedToService&quot;: &quot;personalize.amazonaws.com&quot;",
        "role/personalize/RetailPersonalizeService",
        "aws:SourceAccount",
    ),
    "/access-keys/": (
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "It is shown once",
        "two access keys at most",
        "canonical user ID",
        "never shows, asks for or keeps",
    ),
    "/let-others-in/": ("permission set", "personalize:Describe*", "group", "Permissions boundary"),
    "/outside-my-account/": (
        "has no resource-based policies",
        "sts:ExternalId",
        "sts:AssumeRoleWithSAML",
        "token.actions.githubusercontent.com:sub",
        "aws:PrincipalOrgID",
    ),
}
LINKS = {
    "/not-authorized/": ("personalize/latest/dg/security_iam_service-with-iam.html",),
    "/pass-role/": ("IAM/latest/UserGuide/id_roles_use_passrole.html",),
    "/access-keys/": ("IAM/latest/UserGuide/id_credentials_access-keys.html",),
    "/let-others-in/": ("IAM/latest/UserGuide/getting-started_create-delegated-user.html",),
    "/outside-my-account/": (
        "personalize/latest/dg/security_iam_service-with-iam.html",
        "IAM/latest/UserGuide/id_roles_common-scenarios_aws-accounts.html",
        "IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
        "IAM/latest/UserGuide/id_roles_common-scenarios_federated-users.html",
        "IAM/latest/UserGuide/access_policies-cross-account-resource-access.html",
    ),
}
URLS = [f"/{topic.slug}/" for topic in TOPICS]
READ = [*URLS, "/", "/causes/", *(f"/causes/{cause}/" for cause in CAUSES)]


def test_there_are_five_topics_at_stable_addresses() -> None:
    assert list(FACTS) == URLS


@pytest.mark.parametrize("url", URLS)
def test_a_topic_says_what_aws_help_says(client: Client, url: str) -> None:
    body = client.get(url).content.decode()
    for fact in FACTS[url]:
        assert fact in body, fact


@pytest.mark.parametrize("url", URLS)
def test_a_topic_leads_on_to_aws(client: Client, url: str) -> None:
    page = markup.read(client.get(url).content)
    addresses = [has["href"] for has in page.all("a", rel="external noreferrer")]
    assert all(address.startswith("https://docs.aws.amazon.com/") for address in addresses)
    for link in LINKS[url]:
        assert f"https://docs.aws.amazon.com/{link}" in addresses


@pytest.mark.parametrize("url", URLS)
def test_every_section_can_be_linked_to(client: Client, url: str) -> None:
    page = markup.read(client.get(url).content)
    sections = [has["id"] for has in page.all("section", **{"class": "section"})]
    assert len(sections) >= 5
    assert "what-to-do" in sections
    contents = [has["href"] for has in page.all("a") if has.get("href", "").startswith("#")]
    copies = [has["data-copy-link"] for has in page.all("button") if "data-copy-link" in has]
    for section in set(sections) - {"causes", "read-on"}:
        assert f"#{section}" in contents
        assert f"#{section}" in copies


@pytest.mark.parametrize("url", URLS)
def test_links_within_the_site_lead_somewhere(client: Client, url: str) -> None:
    page = markup.read(client.get(url).content)
    for has in page.all("a"):
        path, _, part = has["href"].partition("#")
        if path.startswith("/") or (part and not path):
            target = client.get(path or url)
            assert target.status_code == 200, has["href"]
            assert not part or part in markup.read(target.content).ids, has["href"]


@pytest.mark.parametrize("url", ["/not-authorized/", "/pass-role/"])
def test_the_example_error_goes_into_the_paste_box(client: Client, url: str) -> None:
    page = markup.read(client.get(url).content)
    (address,) = [has["href"] for has in page.all("a") if has.get("href", "").startswith("/?example=")]
    example = next(topic.example for topic in TOPICS if f"/{topic.slug}/" == url)
    assert f">{example}</textarea>" in client.get(address).content.decode()


@pytest.mark.parametrize("url", READ)
def test_no_sentence_is_longer_than_25_words(client: Client, url: str) -> None:
    assert markup.read(client.get(url).content).long_sentences == []


def test_the_reader_of_pages_sees_a_long_sentence() -> None:
    page = markup.read(f"<p>Short one. {'Word ' + 'word ' * 25}end.</p>")
    assert len(page.long_sentences) == 1


@pytest.mark.parametrize("url", URLS)
def test_a_topic_explains_its_terms(client: Client, url: str) -> None:
    page = markup.read(client.get(url).content)
    assert len(page.all("dfn")) >= 1


def test_a_person_without_an_account_asks_whoever_gave_them_their_name(client: Client) -> None:
    assert "the person who gave you your user name and password" in client.get("/not-authorized/").content.decode()


def test_a_person_with_an_account_sees_its_administrator(client: Client, mateo: Person) -> None:
    client.force_login(mateo)
    body = client.get("/not-authorized/").content.decode()
    assert '<a href="mailto:cloud-team@example.com">Cloud team</a>' in body


def test_what_one_person_sees_is_never_shown_to_another(client: Client, mateo: Person) -> None:
    before = client.get("/access-keys/").content
    client.force_login(mateo)
    assert b"mateojackson" in client.get("/access-keys/").content
    client.logout()
    assert client.get("/access-keys/").content == before


def test_a_page_with_a_query_string_leads_back_to_itself_after_signing_in(client: Client) -> None:
    client.get("/pass-role/")
    page = markup.read(client.get("/pass-role/?from=mail").content)
    assert page.all("a", href="/sign-in/?next=/pass-role/%3Ffrom%3Dmail")


# --- The person's own access keys -----------------------------------------------------------------


def key(**values: Any) -> SimpleNamespace:
    now = timezone.now()
    given = {"id": "AKIAIOSFODNN7EXAMPLE", "active": True, "created": now - dt.timedelta(days=3)}
    given |= {"last_used": now - dt.timedelta(minutes=5), "service": "personalize"}
    return SimpleNamespace(**given | values)


def keys_page(client: Client, monkeypatch: pytest.MonkeyPatch, person: Person, keys: object) -> str:
    links = list(PrincipalLink.objects.filter(person=person).select_related("account"))
    monkeypatch.setattr(topics, "own_access_keys", lambda _person: [(link, keys) for link in links])
    client.force_login(person)
    return client.get("/access-keys/").content.decode()


def test_signed_out_nobody_sees_keys(client: Client) -> None:
    body = client.get("/access-keys/").content.decode()
    assert "Sign in to see the IDs of your own keys" in body


def test_it_shows_own_key_ids_with_status_age_and_last_use(
    client: Client, monkeypatch: pytest.MonkeyPatch, mateo: Person
) -> None:
    body = keys_page(client, monkeypatch, mateo, (key(id="AKIAMATEOSOWNKEY0001"), key(id="AKIAMATEO2", active=False)))
    assert "AKIAMATEOSOWNKEY0001" in body
    assert "active" in body
    assert "inactive" in body
    assert "3 days ago" in body
    assert "5 minutes ago" in body
    assert ", by personalize" in body


def test_a_key_without_use_is_not_called_unused(client: Client, monkeypatch: pytest.MonkeyPatch, mateo: Person) -> None:
    assert "no use on record" in keys_page(client, monkeypatch, mateo, (key(last_used=None, service=None),))
    unread = key(last_used=Missing("the portal may not read it"), service=None)
    assert "not known" in keys_page(client, monkeypatch, mateo, (unread,))


def test_no_keys_is_said(client: Client, monkeypatch: pytest.MonkeyPatch, mateo: Person) -> None:
    assert "This user has no access keys" in keys_page(client, monkeypatch, mateo, ())


def test_keys_that_could_not_be_read_are_not_called_absent(
    client: Client, monkeypatch: pytest.MonkeyPatch, mateo: Person
) -> None:
    body = keys_page(client, monkeypatch, mateo, Missing("AWS did not answer in time"))
    assert "We could not read your keys" in body
    assert "AWS did not answer in time" in body
    assert "This user has no access keys" not in body


def test_a_text_only_account_says_so_by_itself(client: Client, mateo: Person) -> None:
    client.force_login(mateo)
    assert "We could not read your keys" in client.get("/access-keys/").content.decode()


def test_a_person_without_an_iam_user_is_told_so(client: Client, charlie: Person, account: Account) -> None:
    client.force_login(charlie)
    assert "No IAM user is linked to you" in client.get("/access-keys/").content.decode()


# --- The causes --------------------------------------------------------------------------------------


def test_every_cause_has_a_page_with_symptom_cause_check_fix_and_source(client: Client) -> None:
    assert list(CAUSES) == [f"P{number:02}" for number in range(1, 33)]
    for cause in CAUSES.values():
        page = markup.read(client.get(f"/causes/{cause.id}/").content)
        assert {"cause", "check", "fix"} <= set(page.ids)
        assert cause.title in page.text
        assert {has["href"] for has in page.all("a", rel="external noreferrer")} == set(cause.sources)


def test_what_aws_did_not_confirm_is_said(client: Client) -> None:
    assert "does not say all of this" in client.get("/causes/P06/").content.decode()
    assert "does not say all of this" not in client.get("/causes/P05/").content.decode()


@pytest.mark.parametrize("wrong", ["P33", "p01", "../P01", "%00"])
def test_a_cause_that_is_not_known_is_not_found(client: Client, wrong: str) -> None:
    assert client.get(f"/causes/{wrong}/").status_code == 404
