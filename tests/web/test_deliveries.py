"""What nobody took is seen, and sent again by an administrator."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.receivers import Receiver
from tests.builders import make_request
from troubleshoot.models import AuditEntry, OutboxMessage, Person

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def letter(account, alice, settings):
    settings.RECEIVERS = {"ops": Receiver("ops", "webhook", "https://ops.example.com/s3cret-path", b"s3cret-key" * 4)}
    now = timezone.now()
    return OutboxMessage.objects.create(
        key="one",
        channel="webhook",
        receiver="ops",
        request=make_request(requester=alice, account=account),
        template="to_decide",
        created_at=now,
        dead_at=now,
        attempts=60,
        last_error="status 503",
    )


def test_it_shows_what_was_given_up_and_why_and_no_address(letter, otto):
    page = signed_in(otto).get("/deliveries/").content.decode()
    for words in ("Webhook, ops", "status 503", "60 attempts", letter.request.code, "1 given up, 0 waiting"):
        assert words in page
    assert "s3cret" not in page
    assert "ops.example.com" not in page
    assert "Send again" not in page


def test_an_administrator_sends_it_again(letter, adam):
    client = signed_in(adam)
    assert "Send again" in client.get("/deliveries/").content.decode()
    client.post(f"/deliveries/{letter.pk}/again/")
    letter.refresh_from_db()
    assert (letter.dead_at, letter.attempts) == (None, 0)
    assert letter.due_at <= timezone.now()
    assert AuditEntry.objects.get().event == "delivery.again"


def test_twice_at_once_it_is_sent_once(letter, adam):
    client = signed_in(adam)
    client.post(f"/deliveries/{letter.pk}/again/")
    response = client.post(f"/deliveries/{letter.pk}/again/", follow=True)
    assert "on its way already" in response.content.decode()
    assert AuditEntry.objects.count() == 1


def test_one_that_is_not_there_is_not_found(adam):
    assert signed_in(adam).post("/deliveries/999/again/").status_code == 404


def test_what_is_tried_again_by_itself_is_shown_with_its_time(letter, adam):
    OutboxMessage.objects.update(dead_at=None, due_at=timezone.now(), attempts=3)
    page = signed_in(adam).get("/deliveries/").content.decode()
    assert "No message was given up." in page
    assert "3 attempts" in page
    assert "Next attempt" in page
    assert "as soon as its turn comes" in page
    OutboxMessage.objects.update(due_at=timezone.now() + timedelta(hours=1))
    assert "as soon as its turn comes" not in signed_in(adam).get("/deliveries/").content.decode()


def test_it_is_quiet_where_nothing_waits(adam):
    page = signed_in(adam).get("/deliveries/").content.decode()
    assert "nothing waits" in page
    assert "Nothing waits for another attempt." in page


def test_it_costs_the_same_for_many(letter, adam, django_assert_max_num_queries):
    rows = [
        OutboxMessage(
            key=f"more-{number}",
            person=adam,
            template="submitted",
            created_at=timezone.now(),
            dead_at=timezone.now(),
            request=letter.request,
        )
        for number in range(120)
    ]
    OutboxMessage.objects.bulk_create(rows)
    client = signed_in(adam)
    with django_assert_max_num_queries(12):
        page = client.get("/deliveries/").content.decode()
    assert "Page 1 of 3" in page
