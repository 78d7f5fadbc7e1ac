"""The home page: the box first, then the five topics, then search; and a frame that fits who is looking."""

from datetime import date

import pytest
from django.test import Client

from tests.cast import MATEO_ARN, make_account, make_person
from tests.web import markup
from tests.web.signing_in import signed_in
from troubleshoot.iam.catalog import data_date
from troubleshoot.models import Account, Mode, Person

pytestmark = pytest.mark.django_db


def test_the_box_comes_first_and_works_without_javascript(client: Client) -> None:
    page = markup.read(client.get("/").content)
    (form,) = page.all("form", method="post")
    assert form["action"] == "/read/"
    (box,) = page.all("textarea")
    assert box["name"] == "text"
    assert next(iter(page.all("label")))["for"] == box["id"]
    assert page.all("input", name="csrfmiddlewaretoken")


def test_it_leads_to_the_five_topics_and_to_search(client: Client) -> None:
    page = markup.read(client.get("/").content)
    addresses = [has["href"] for has in page.all("a")]
    for url in ("/not-authorized/", "/pass-role/", "/access-keys/", "/let-others-in/", "/outside-my-account/"):
        assert url in addresses
    assert page.all("form", role="search")


def test_an_example_that_is_none_leaves_the_box_empty(client: Client) -> None:
    for wrong in ("", "<script>", "access-keys", "nonsense"):
        assert "></textarea>" in client.get("/", {"example": wrong}).content.decode()


def test_it_promises_what_happens_to_the_text(client: Client, alice: Person) -> None:
    assert "nothing is kept at all" in client.get("/").content.decode()
    client.force_login(alice)
    assert "nothing is kept at all" not in client.get("/").content.decode()


def navigation(client: Client) -> list[str]:
    body = client.get("/").content.decode()
    start = body.index('<nav class="nav"')
    return [has["href"] for has in markup.read(body[start : body.index("</nav>", start)]).all("a")]


def test_everybody_sees_the_rooms_that_they_may_enter(
    client: Client, alice: Person, rita: Person, adam: Person, helen: Person, otto: Person
) -> None:
    staff = ["/", "/requests/", "/queue/"]
    records = ["/grants/", "/people/", "/rules/", "/accounts/", "/unread/", "/audit/"]
    rooms = {
        None: (["/"], []),
        alice: (["/", "/requests/"], []),
        helen: (staff, []),
        rita: (staff, ["/grants/", "/accounts/"]),
        adam: (staff, [*records, "/admin/"]),
        otto: (staff, records),
    }
    for person, (direct, more) in rooms.items():
        if person is not None:
            client.force_login(person)
        assert navigation(client) == [*direct, "/#topics", *more], person
        for url in (*direct, *more):
            assert client.get(url).status_code == 200


def test_the_menu_says_that_the_page_is_in_it(client: Client, adam: Person) -> None:
    client.force_login(adam)
    for url, marked in (("/people/", True), ("/rules/propose/", True), ("/queue/", False)):
        (summary,) = markup.read(client.get(url).content).all("summary", **{"class": "nav__link"})
        assert (summary.get("aria-current") == "true") is marked, url


def test_the_frame_says_who_is_signed_in_and_as_what(client: Client, alice: Person, rita: Person) -> None:
    client.force_login(alice)
    assert "Alice</a> · employee" in client.get("/").content.decode()
    client.force_login(rita)
    assert "Rita</a> · approver" in client.get("/").content.decode()


def test_the_page_that_is_open_is_marked(client: Client, alice: Person) -> None:
    client.force_login(alice)
    page = markup.read(client.get("/requests/").content)
    assert [has["href"] for has in page.all("a", **{"aria-current": "page"})] == ["/requests/"]


@pytest.mark.parametrize(
    ("mode", "words"), [(Mode.TEXT, "text only"), (Mode.READ, "read"), (Mode.WRITE, "read and write")]
)
def test_the_mode_of_the_persons_account_is_always_visible(client: Client, mode: Mode, words: str) -> None:
    account = make_account(mode=mode)
    client.force_login(make_person("mateo", links=((account, MATEO_ARN),)))
    assert f'Mode: <span class="mode__word">{words}</span>' in client.get("/not-authorized/").content.decode()


def test_different_modes_are_said_to_differ(client: Client) -> None:
    one, two = make_account(), make_account("210987654321", "other", mode=Mode.READ)
    client.force_login(make_person("mateo", links=((one, MATEO_ARN), (two, MATEO_ARN.replace("1234", "4321")))))
    assert "differs by account" in client.get("/").content.decode()


def test_a_frame_costs_few_queries_however_many_accounts(
    client: Client, account: Account, adam: Person, django_assert_max_num_queries: object
) -> None:
    for number in range(30):
        make_account(f"{number:012}", f"account {number}")
    client.force_login(adam)
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        client.get("/")


def test_only_administrators_find_the_style_page_in_the_foot(adam: Person, mateo: Person) -> None:
    assert "Style page" in signed_in(adam).get("/").content.decode()
    for client in (signed_in(mateo), Client()):
        assert "Style page" not in client.get("/").content.decode()


def test_every_page_says_how_old_the_lists_of_aws_are(client: Client) -> None:
    listed = date.fromisoformat(data_date())
    assert f"AWS’s actions as listed on {listed.day} {listed:%B %Y}" in client.get("/").content.decode()
