"""A text that was not read can be sent by whoever chooses to; administrators deal with the list."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from tests.builders import denial_text
from tests.cast import MATEO_ARN
from tests.web.signing_in import pasted, signed_in
from troubleshoot.access import unread
from troubleshoot.models import Person, UnreadMessage

ODD = "The kettle refused <to> boil & password=hunter2222"
KEPT = "The kettle refused <to> boil & password=[password-removed]"


def shown(page: str) -> str:
    """Return the text in the read-only box."""
    box = re.search(r"<textarea[^>]*readonly[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    assert box is not None
    return box[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def test_the_page_shows_exactly_what_would_be_sent_and_nothing_is_ticked(mateo: Person) -> None:
    page = signed_in(mateo).post("/read/", {"text": ODD}).content.decode()
    assert shown(page) == KEPT
    box = re.search(r'<input type="checkbox"[^>]*name="agreed"[^>]*>', page)
    assert box is not None
    assert "checked" not in box[0]
    assert not UnreadMessage.objects.exists()


def test_what_was_shown_is_what_is_stored(mateo: Person) -> None:
    client = signed_in(mateo)
    text = shown(client.post("/read/", {"text": ODD}).content.decode())
    response = client.post("/read/send/", {"text": text, "agreed": "on"}, follow=True)
    assert "Thank you" in response.content.decode()
    assert UnreadMessage.objects.get().text == KEPT


def test_without_the_tick_nothing_is_stored_and_the_text_stays(mateo: Person) -> None:
    response = signed_in(mateo).post("/read/send/", {"text": KEPT})
    page = response.content.decode()
    assert response.status_code == 422
    assert shown(page) == KEPT
    assert page.count("Tick the box") >= 2
    assert not UnreadMessage.objects.exists()


def test_a_secret_that_the_browser_sends_is_removed_too(mateo: Person) -> None:
    signed_in(mateo).post("/read/send/", {"text": ODD, "agreed": "on"})
    assert UnreadMessage.objects.get().text == KEPT


def test_a_text_that_is_too_long_to_send_is_refused_in_words(mateo: Person) -> None:
    response = signed_in(mateo).post("/read/send/", {"text": "x" * (unread.LARGEST + 1), "agreed": "on"})
    assert response.status_code == 422
    assert "too long to send" in response.content.decode()


def test_of_a_large_text_only_a_part_is_offered(mateo: Person) -> None:
    page = signed_in(mateo).post("/read/", {"text": "kettle\n" * 20_000}).content.decode()
    assert 0 < len(shown(page)) <= 8192


@pytest.mark.django_db
def test_somebody_not_signed_in_is_told_why_and_how() -> None:
    page = Client().post("/read/", {"text": ODD}).content.decode()
    assert "never stored" in page
    assert "/sign-in/?next=/read/" in page
    assert "agreed" not in page
    assert Client().post("/read/send/", {"text": ODD, "agreed": "on"}).status_code == 302
    assert not UnreadMessage.objects.exists()


def test_a_wrong_reading_is_reported_with_the_kept_text_only(mateo: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, denial_text(MATEO_ARN))
    address = f"/d/{kept.token}/report/"
    assert address in client.get(f"/d/{kept.token}/").content.decode()
    assert shown(client.get(address).content.decode()) == kept.text
    assert client.post(address, {"text": "forged"}).status_code == 422
    response = client.post(address, {"text": "forged", "agreed": "on"})
    assert response["Location"] == f"/d/{kept.token}/"
    row = UnreadMessage.objects.get()
    assert (row.kind, row.text) == ("wrong", kept.text)


def test_an_administrator_deals_with_the_list(mateo: Person, adam: Person) -> None:
    row = unread.send(text=ODD, kind=UnreadMessage.Kind.UNREAD, by=mateo)
    client = signed_in(adam)
    assert "kettle" in client.get("/unread/").content.decode()
    assert "the text is not read yet" in client.get(f"/unread/{row.pk}/").content.decode()
    client.post(f"/unread/{row.pk}/handle/")
    row.refresh_from_db()
    assert row.handled_at is not None
    assert "handled" in client.get("/unread/").content.decode()
    client.post(f"/unread/{row.pk}/delete/")
    assert client.get(f"/unread/{row.pk}/").status_code == 404
    assert "No text was sent" in client.get("/unread/").content.decode()


def test_an_auditor_reads_the_list_and_changes_nothing(mateo: Person, otto: Person) -> None:
    row = unread.send(text=ODD, kind=UnreadMessage.Kind.UNREAD, by=mateo)
    client = signed_in(otto)
    assert "Mark as handled" not in client.get(f"/unread/{row.pk}/").content.decode()
    assert client.post(f"/unread/{row.pk}/delete/").status_code == 403
    assert UnreadMessage.objects.count() == 1


def test_the_page_shows_what_is_read_today(mateo: Person, adam: Person) -> None:
    row = unread.send(text=denial_text(MATEO_ARN), kind=UnreadMessage.Kind.WRONG, by=mateo)
    assert "personalize:ListSchemas" in signed_in(adam).get(f"/unread/{row.pk}/").content.decode()


@pytest.mark.parametrize("count", [1, 120])
def test_the_list_costs_the_same_however_long(count: int, adam: Person, django_assert_max_num_queries: object) -> None:
    now = timezone.now()
    UnreadMessage.objects.bulk_create(
        UnreadMessage(kind="unread", digest=f"{number:064}", text="x" * 500, first_at=now, last_at=now)
        for number in range(count)
    )
    client = signed_in(adam)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        assert client.get("/unread/").status_code == 200
