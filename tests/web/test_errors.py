"""When something is not as it should be, a page says what happened and the way on."""

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from tests.web import markup
from troubleshoot.models import Person
from troubleshoot.web import errors, home

pytestmark = pytest.mark.django_db


def looked_at(response: HttpResponse, status: int) -> markup.Page:
    assert response.status_code == status
    page = markup.read(response.content)
    assert len(page.all("h1")) == 1
    assert page.all("a", href="/")
    assert page.inline == []
    assert page.unclosed == []
    assert page.long_sentences == []
    return page


def test_a_missing_page_says_so(client: Client) -> None:
    assert "There is nothing here for you" in looked_at(client.get("/nowhere/"), 404).text


def test_a_missing_page_is_the_same_for_every_address(client: Client, alice: Person) -> None:
    client.force_login(alice)
    first, second = client.get("/d/aaaa/"), client.get("/d/bbbb/")
    assert first.status_code == second.status_code == 404
    assert _without_token(first) == _without_token(second)


def test_not_permitted_names_the_role_that_one_has(client: Client, rita: Person) -> None:
    client.force_login(rita)
    page = looked_at(client.get("/people/"), 403)
    assert "This page is for another role" in page.text
    assert "with the role: approver" in page.text


def test_our_own_fault_is_said_to_be_ours(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, RuntimeError("internal detail"))
    client.raise_request_exception = False
    page = looked_at(client.get("/"), 500)
    assert "on our side" in page.text
    assert "internal detail" not in page.text


def test_our_own_fault_is_said_without_the_database(
    client: Client, monkeypatch: pytest.MonkeyPatch, alice: Person
) -> None:
    client.force_login(alice)
    broken(monkeypatch, RuntimeError("no idea"))
    client.raise_request_exception = False
    assert "alice" not in looked_at(client.get("/"), 500).text.lower()


@pytest.mark.parametrize("away", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_said_to_be_away(
    client: Client, monkeypatch: pytest.MonkeyPatch, away: type[Exception]
) -> None:
    broken(monkeypatch, away("connection to server failed"))
    client.raise_request_exception = False
    response = client.get("/")
    assert "not available at the moment" in looked_at(response, 503).text
    assert response["Retry-After"] == "5"


def test_what_cannot_be_read_is_a_bad_request(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, SuspiciousOperation("strange"))
    page = looked_at(client.get("/"), 400)
    assert "We could not read what was sent" in page.text


def test_a_form_that_is_too_large_is_answered_in_words(client: Client) -> None:
    page = looked_at(client.post("/read/", {"text": "x" * 3_000_000}), 400)
    assert "It was too large" in page.text


def test_a_form_without_its_token_is_not_taken(alice: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    response = client.post("/sign-out/")
    assert response.status_code == 403
    assert client.get("/requests/").status_code == 200


def test_a_form_that_is_too_old_says_what_to_do(alice: Person) -> None:
    request = RequestFactory().post("/read/")
    request.user = alice
    page = looked_at(errors.form_too_old(request, "CSRF cookie not set."), 403)
    assert "Please send the form again" in page.text
    assert "CSRF" not in page.text


def broken(monkeypatch: pytest.MonkeyPatch, problem: Exception) -> None:
    def render(_request: HttpRequest, _template: str, _data: object) -> HttpResponse:
        raise problem

    monkeypatch.setattr(home, "render", render)


def _without_token(response: HttpResponse) -> str:
    lines = response.content.decode().splitlines()
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line)
