"""A person chooses which mails come, and some always come."""

from pathlib import Path

import pytest

from troubleshoot.access import outbox, preferences
from troubleshoot.access.errors import Refused
from troubleshoot.models import AuditEntry, NotificationChoice, OutboxMessage

pytestmark = pytest.mark.django_db
TEMPLATES = sorted(file.name.removesuffix("_subject.txt") for file in Path("templates/email").glob("*_subject.txt"))
ALWAYS_SENT = {"on_behalf", "change_to_confirm", "nobody_can_approve"}


def told(*mails):
    outbox.queue(mails, cause="step-1")
    return sorted((message.template, message.person.username) for message in OutboxMessage.objects.all())


def test_everything_is_sent_until_somebody_chooses(alice):
    assert all(preferences.choices_of(alice).values())
    assert told(outbox.Mail("submitted", alice)) == [("submitted", "alice")]


def test_what_a_person_does_not_want_is_not_kept_for_them(alice, rita):
    preferences.choose(person=alice, wanted={"progress": False})
    assert told(outbox.Mail("submitted", alice), outbox.Mail("submitted", rita), outbox.Mail("ends_soon", alice)) == [
        ("ends_soon", "alice"),
        ("submitted", "rita"),
    ]


def test_it_can_be_switched_on_again(alice):
    preferences.choose(person=alice, wanted={"progress": False})
    assert preferences.choose(person=alice, wanted={"progress": True}) == ("progress",)
    assert told(outbox.Mail("submitted", alice)) == [("submitted", "alice")]
    assert NotificationChoice.objects.count() == 1


@pytest.mark.parametrize("template", sorted(ALWAYS_SENT))
def test_what_guards_a_person_is_always_sent(alice, template):
    preferences.choose(person=alice, wanted=dict.fromkeys(preferences.choices_of(alice), False))
    assert told(outbox.Mail(template, alice)) == [(template, "alice")]


def test_what_cannot_be_switched_off_is_refused(alice):
    with pytest.raises(Refused, match="security"):
        preferences.choose(person=alice, wanted={"security": False})
    assert not NotificationChoice.objects.exists()


def test_a_change_is_in_the_trail_and_no_change_is_not(alice):
    assert preferences.choose(person=alice, wanted={"decide": True}) == ()
    assert not AuditEntry.objects.exists()
    preferences.choose(person=alice, wanted={"decide": False, "progress": True})
    entry = AuditEntry.objects.get()
    assert (entry.event, entry.data["off"]) == ("settings.mails", ["decide"])


def test_it_costs_one_query_for_any_number_of_mails(alice, rita, noor, django_assert_num_queries):
    mails = [outbox.Mail(template, person) for template in TEMPLATES for person in (alice, rita, noor)]
    with django_assert_num_queries(1):
        preferences.unwanted([mail.person for mail in mails], TEMPLATES)


def test_no_template_belongs_to_two_topics():
    templates = [template for topic in preferences.TOPICS for template in topic.templates]
    assert len(templates) == len(set(templates))
    assert set(templates) <= set(TEMPLATES)
