"""Every address: strict headers, nothing inline, light, and nobody where the table doesn't let them."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client, override_settings

from tests.web import markup
from tests.web.signing_in import pasted
from troubleshoot.models import Person
from troubleshoot.web.middleware import HEADERS
from troubleshoot.web.table import READING_ROOMS

EXAMPLES = {"<str:cause_id>": "P01", "<str:slug>": "access-keys"}
READABLE = [
    "/" + re.sub(r"<[^>]+>", lambda found: EXAMPLES[found.group()], page.route) for page in READING_ROOMS if page.get
]
MISSING = "/there-is-no-such-page/"
LARGEST_PAGE = 150 * 1024
LARGEST_OWN_SCRIPTS = 20 * 1024
LARGEST_BUSY_SCRIPT = 1024

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("url", [*READABLE, MISSING, "/requests/"])
def test_it_refuses_everything_that_is_not_named(client: Client, url: str) -> None:
    response = client.get(url)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    for name, value in HEADERS.items():
        assert response[name] == value


def test_a_static_file_is_as_strict_as_a_page_and_may_be_kept(client: Client, alice: Person) -> None:
    client.force_login(alice)
    response = _static_file(client)
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert not response.has_header("Access-Control-Allow-Origin")
    assert "public" in response["Cache-Control"]
    assert "no-store" not in response["Cache-Control"]
    for name, value in HEADERS.items():
        assert response[name] == value


@pytest.mark.parametrize("url", READABLE)
def test_what_a_signed_in_person_saw_is_not_kept(client: Client, alice: Person, url: str) -> None:
    assert "no-store" not in client.get(url)["Cache-Control"]
    client.force_login(alice)
    assert "no-store" in client.get(url)["Cache-Control"]


@pytest.mark.parametrize("url", [*READABLE, MISSING])
def test_nothing_is_inline_and_everything_is_closed(client: Client, url: str) -> None:
    page = markup.read(client.get(url).content)
    assert page.inline == []
    assert page.unclosed == []
    assert [name for name, count in page.ids.items() if count > 1] == []


def test_the_reader_of_pages_sees_inline_parts() -> None:
    page = markup.read(
        '<p onclick="x()">a<style>b</style><i style="c"></i><a href="javascript:d">e</a><script>f</script>'
    )
    assert len(page.inline) == 6
    assert page.unclosed


@pytest.mark.parametrize("url", READABLE)
def test_a_page_with_all_it_loads_is_light(client: Client, url: str) -> None:
    response = client.get(url)
    page = markup.read(response.content)
    loaded = [has["src"] for has in page.all("script")]
    loaded += [has["href"] for has in page.all("link") if has["rel"] in {"stylesheet", "icon"}]
    assert len(loaded) >= 7
    assert len(response.content) + sum(_size(address) for address in loaded) <= LARGEST_PAGE


def test_our_own_scripts_are_small(client: Client) -> None:
    scripts = [has["src"] for has in markup.read(client.get("/").content).all("script")]
    assert (
        sum(_size(address, compressed=False) for address in scripts if "/vendor/" not in address) <= LARGEST_OWN_SCRIPTS
    )


def test_a_form_that_waits_for_aws_says_so_once_it_is_sent(client: Client, alice: Person) -> None:
    client.force_login(alice)
    kept = pasted(client)
    for url in ("/", "/read/", f"/d/{kept.token}/facts/", f"/d/{kept.token}/request/"):
        page = markup.read(client.get(url).content)
        assert page.all("form", method="post", **{"data-busy": "Reading …"}), url
        assert page.all("script", src="/static/js/busy.js", type="module"), url
    assert _size("/static/js/busy.js", compressed=False) <= LARGEST_BUSY_SCRIPT


@pytest.mark.parametrize("url", READABLE)
def test_nothing_comes_from_elsewhere(client: Client, url: str) -> None:
    page = markup.read(client.get(url).content)
    for tag, has in page.tags:
        if tag in {"script", "link", "img", "source", "iframe", "form"}:
            address = has.get("src") or has.get("href") or has.get("action") or "/"
            assert address.startswith("/"), (tag, address)


def test_an_address_outside_the_table_is_not_found(client: Client) -> None:
    assert client.get(MISSING).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_a_method_that_the_page_does_not_declare_is_refused(client: Client, method: str) -> None:
    response = getattr(client, method)("/not-authorized/")
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"


def test_a_stranger_is_sent_to_sign_in_and_back(client: Client) -> None:
    response = client.get("/requests/?state=active")
    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=%2Frequests%2F%3Fstate%3Dactive"


def test_a_strangers_form_is_not_repeated_after_signing_in(client: Client) -> None:
    assert client.post("/people/changes/")["Location"] == "/sign-in/"


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(client: Client) -> None:
    response = client.get("/requests/AD-1/status/", headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert response["HX-Redirect"].startswith("/sign-in/")


def test_a_signed_in_person_of_another_role_is_told(client: Client, alice: Person) -> None:
    client.force_login(alice)
    response = client.get("/people/")
    assert response.status_code == 403
    assert "another role" in response.content.decode()


@override_settings(READ_SIGNED_OUT=False)
@pytest.mark.parametrize("url", [url for url in READABLE if url != "/sign-in/"])
def test_reading_signed_out_can_be_switched_off(client: Client, url: str) -> None:
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("url", [url for url in READABLE if "access-keys" not in url])
def test_a_signed_out_reader_costs_no_query(client: Client, url: str, django_assert_num_queries: object) -> None:
    client.get(url)
    with django_assert_num_queries(0):  # type: ignore[operator]
        client.get(url)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_method_that_no_page_answers_is_told_before_its_token_is_missed(alice: Person, method: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.generic(method, "/requests/").status_code == 405
    assert client.post("/read/").status_code == 403


def test_a_refusal_is_logged_without_a_traceback(
    client: Client, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(alice)
    assert client.get("/people/").status_code == 403
    assert [record.exc_info for record in caplog.records if record.name == "django.request"] == [None]


@pytest.mark.parametrize("url", ["/d/%00/", "/case/%00/", "/accounts/%00/", "/requests/%00/", "/causes/%00/"])
def test_a_nul_in_an_address_is_a_missing_page(client: Client, adam: Person, url: str) -> None:
    client.force_login(adam)
    assert client.get(url).status_code == 404
    assert client.get("/queue/?q=%00&after=%00&state=%00").status_code == 200
    assert client.get("/audit/?q=%00&after=%00").status_code == 200


def _size(address: str, *, compressed: bool = True) -> int:
    path = finders.find(address.removeprefix("/static/"))
    assert isinstance(path, str), address
    data = Path(path).read_bytes()
    # As it travels: whitenoise serves the files of static/ compressed.
    return len(gzip.compress(data)) if compressed else len(data)


def _static_file(client: Client) -> HttpResponse:
    """Return a style sheet as the portal serves it to this browser; without collected files, through the finders."""
    with override_settings(WHITENOISE_USE_FINDERS=True, WHITENOISE_AUTOREFRESH=True):
        browser = Client()  # the settings are read as its middleware is made
        browser.cookies = client.cookies
        response = browser.get("/static/css/base.css")
    response.close()
    return response
