"""Signing in and out, with failures held up and told in words."""

import pytest
from django.core.cache import cache
from django.test import Client

from tests.web import markup
from troubleshoot.models import Person
from troubleshoot.web.sign_in import TRIES

pytestmark = pytest.mark.django_db
PASSWORD = "alice-password-1"


@pytest.fixture(autouse=True)
def _no_failures_before() -> None:
    cache.clear()


def sign_in(client: Client, name: str = "alice", password: str = PASSWORD, **more: str) -> object:
    return client.post("/sign-in/", {"username": name, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return client.get("/requests/").status_code == 200


def test_the_right_password_leads_home(client: Client, alice: Person) -> None:
    assert sign_in(client)["Location"] == "/"
    assert is_signed_in(client)


def test_it_leads_back_to_where_one_wanted_to_go(client: Client, alice: Person) -> None:
    page = markup.read(client.get("/sign-in/", {"next": "/requests/?state=active"}).content)
    (hidden,) = page.all("input", name="next")
    assert sign_in(client, next=hidden["value"])["Location"] == "/requests/?state=active"


@pytest.mark.parametrize(
    "target", ["https://example.com/", "//example.com/", "javascript:alert(1)", "\\\\example.com", "http:///x"]
)
def test_it_never_leads_to_another_site(client: Client, alice: Person, target: str) -> None:
    assert sign_in(client, next=target)["Location"] == "/"
    assert client.get("/sign-in/", {"next": target})["Location"] == "/"


@pytest.mark.parametrize("target", ["NaN", "home", "sign-out", "a\x00b", "[", "?next=/"])
def test_what_is_no_path_leads_home(client: Client, alice: Person, target: str) -> None:
    assert sign_in(client, next=target)["Location"] == "/"
    assert client.get("/sign-in/", {"next": target})["Location"] == "/"


@pytest.mark.parametrize("target", ["/a\x00b/", "/a\r\nX-Injected: 1/", "/%2e%2e//example.com"])
def test_a_path_stays_one_line_on_this_site(client: Client, alice: Person, target: str) -> None:
    answer = sign_in(client, next=target)
    assert answer["Location"].startswith("/")
    assert not answer["Location"].startswith("//")
    assert "X-Injected" not in answer


@pytest.mark.parametrize("target", ["/sign-out/", "/people/changes/", "/sign-out/?a=b"])
def test_it_never_leads_to_what_only_takes_a_form(client: Client, alice: Person, target: str) -> None:
    assert sign_in(client, next=target)["Location"] == "/"


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(client: Client, alice: Person) -> None:
    known = sign_in(client, password="wrong").content.decode()
    unknown = sign_in(client, name="nobody", password="wrong").content.decode()
    assert "do not fit together" in known
    assert "do not fit together" in unknown
    assert not is_signed_in(client)


def test_errors_stand_on_top_and_at_their_field(client: Client) -> None:
    page = markup.read(sign_in(client, name="", password="").content)
    assert page.all("div", role="alert")
    assert page.all("a", href="#id_username")
    (name,) = page.all("input", name="username")
    assert name["aria-invalid"] == "true"
    assert name["aria-describedby"] in page.ids
    assert page.text.count("Type your name.") == 2


def test_what_was_typed_is_kept_but_never_the_password(client: Client, alice: Person) -> None:
    page = markup.read(sign_in(client, password="wrong").content)
    assert page.all("input", name="username")[0]["value"] == "alice"
    assert "value" not in page.all("input", name="password")[0]


def test_a_disabled_person_stays_out(client: Client, alice: Person) -> None:
    alice.is_active = False
    alice.save()
    assert sign_in(client).status_code == 200
    assert not is_signed_in(client)


def test_after_too_many_failures_even_the_right_password_waits(client: Client, alice: Person) -> None:
    for _ in range(TRIES):
        assert "do not fit together" in sign_in(client, password="wrong").content.decode()
    held_up = sign_in(client)
    assert "Too many tries. Wait 15 minutes" in held_up.content.decode()
    assert not is_signed_in(client)


def test_failures_count_for_one_name_and_one_address(client: Client, alice: Person, mateo: Person) -> None:
    for _ in range(TRIES):
        sign_in(client, name="ALICE", password="wrong")
    assert "Too many tries" in sign_in(client).content.decode()
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere).status_code == 302
    assert sign_in(client, name="mateo", password="mateo-password-1").status_code == 302


def test_success_forgets_the_failures(client: Client, alice: Person) -> None:
    for _ in range(3):
        for _ in range(TRIES - 1):
            sign_in(client, password="wrong")
        assert sign_in(client).status_code == 302
        client.post("/sign-out/")


def test_the_session_changes_when_somebody_signs_in(client: Client, alice: Person) -> None:
    sign_in(client)
    before = client.cookies["sessionid"].value
    client.post("/sign-out/")
    sign_in(client)
    assert client.cookies["sessionid"].value != before


def test_signing_out_takes_a_form_not_a_link(client: Client, alice: Person) -> None:
    client.force_login(alice)
    assert client.get("/sign-out/").status_code == 405
    assert is_signed_in(client)
    assert client.post("/sign-out/")["Location"] == "/"
    assert not is_signed_in(client)


def test_the_sign_in_page_warns_of_aws_passwords(client: Client) -> None:
    page = markup.read(client.get("/sign-in/").content)
    assert "Your AWS password and access keys don't work here" in page.text
    assert page.long_sentences == []


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(client: Client, alice: Person, settings) -> None:
    settings.BEHIND_PROXY = True
    for number in range(TRIES):
        # Whoever tries invents the first address; only the last one is the proxy's word.
        headers = {"HTTP_X_FORWARDED_FOR": f"10.0.0.{number}, 203.0.113.7"}
        client.post("/sign-in/", {"username": "alice", "password": "wrong"}, **headers)
    right = {"username": "alice", "password": PASSWORD}
    client.post("/sign-in/", right, HTTP_X_FORWARDED_FOR="203.0.113.7")
    assert not is_signed_in(client)
    client.post("/sign-in/", right, HTTP_X_FORWARDED_FOR="203.0.113.8")
    assert is_signed_in(client)


def test_a_form_without_its_token_gets_a_page_that_says_what_to_do(alice: Person) -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "alice", "password": PASSWORD})
    assert answer.status_code == 403
    assert "errors/form_too_old.html" in [template.name for template in answer.templates]
