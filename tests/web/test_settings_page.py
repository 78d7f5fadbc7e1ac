"""Each person chooses which mails come, on a page of their own."""

import pytest
from django.test import Client

from tests.builders import make_request
from troubleshoot.access import outbox, preferences
from troubleshoot.access.mail import send_one
from troubleshoot.models import AccessRequest, AuditEntry, OutboxMessage, Person

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_every_topic_is_ticked_at_first(alice):
    page = signed_in(alice).get("/settings/").content.decode()
    assert page.count('type="checkbox"') == page.count("checked") == len(preferences.TOPICS)
    assert "alice@example.com" in page
    assert "on your behalf" in page


def test_a_box_that_is_not_ticked_switches_its_mails_off(alice, rita):
    client = signed_in(alice)
    response = client.post("/settings/", {"decide": "on", "reminders": "on"}, follow=True)
    assert "Saved." in response.content.decode()
    assert preferences.choices_of(alice) == {"decide": True, "progress": False, "reminders": True, "comments": False}
    assert all(preferences.choices_of(rita).values())
    assert client.get("/settings/").content.decode().count("checked") == 2


def test_saving_what_is_so_already_says_so(alice):
    everything = dict.fromkeys(preferences.choices_of(alice), "on")
    response = signed_in(alice).post("/settings/", everything, follow=True)
    assert "Nothing was changed." in response.content.decode()
    assert not AuditEntry.objects.exists()


def test_what_is_always_sent_cannot_be_switched_off_by_a_made_up_field(alice):
    signed_in(alice).post("/settings/", {"on_behalf": "", "security": "", "decide": "on"})
    assert preferences.topic_of("on_behalf") == ""


def test_the_page_is_linked_from_every_page(alice):
    assert 'href="/settings/"' in signed_in(alice).get("/").content.decode()


def test_links_in_mails_change_nothing(account, alice, rita, mailoutbox):
    """Mail filters open every link: reading a page decides nothing, whoever is signed in."""
    request = make_request(requester=alice, account=account)
    outbox.queue([outbox.Mail("to_decide", rita), outbox.Mail("submitted", alice)], cause="step-1", request=request)
    while send_one("test"):
        pass
    before = [*AccessRequest.objects.values(), *AuditEntry.objects.values(), *OutboxMessage.objects.values()]
    for mail in mailoutbox:
        [link] = [word for word in mail.body.split() if request.code in word and word.startswith("http")]
        reader = rita if "/queue/" in link else alice
        assert signed_in(reader).get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert before == [*AccessRequest.objects.values(), *AuditEntry.objects.values(), *OutboxMessage.objects.values()]
