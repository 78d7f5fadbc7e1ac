"""Texts that were not read are stored without secrets, once each, and every step with them is on record."""

import pytest
from django.http import Http404

from troubleshoot import audit
from troubleshoot.access import unread
from troubleshoot.models import AuditEntry, Person, UnreadMessage

Kind = UnreadMessage.Kind
TEXT = "Zugriff verweigert, warum auch immer"
SECRET = "q7Zt/Yb2+Lw9XcR4mNvK1pHs8DfGj3TaQe6UiOoB"


def events() -> list[str]:
    return list(AuditEntry.objects.order_by("sequence").values_list("event", flat=True))


def test_a_sent_text_is_stored_without_its_secrets(alice: Person) -> None:
    row = unread.send(text=f"{TEXT}\naws_secret_access_key = {SECRET}", kind=Kind.UNREAD, by=alice)
    row.refresh_from_db()
    assert TEXT in row.text
    assert SECRET[:12] not in row.text
    assert not AuditEntry.objects.filter(data__icontains=SECRET[:12]).exists()


def test_the_same_text_sent_twice_is_one_row_counted_twice(alice: Person, charlie: Person) -> None:
    unread.send(text=f"one\r\n{TEXT}", kind=Kind.UNREAD, by=alice)
    unread.send(text=f"one\n{TEXT}", kind=Kind.UNREAD, by=charlie)
    row = UnreadMessage.objects.get()
    assert row.times == 2
    assert row.last_at > row.first_at


def test_a_wrong_reading_is_counted_by_itself(alice: Person) -> None:
    unread.send(text=TEXT, kind=Kind.UNREAD, by=alice)
    unread.send(text=TEXT, kind=Kind.WRONG, by=alice)
    assert sorted(UnreadMessage.objects.values_list("kind", flat=True)) == ["unread", "wrong"]


def test_a_handled_text_that_is_sent_again_is_open_again(alice: Person, adam: Person) -> None:
    row = unread.send(text=TEXT, kind=Kind.UNREAD, by=alice)
    unread.mark_handled(message=row, by=adam)
    assert UnreadMessage.objects.get().handled_at is not None
    unread.send(text=TEXT, kind=Kind.UNREAD, by=alice)
    assert UnreadMessage.objects.get().handled_at is None


def test_every_step_is_on_record_and_the_text_is_not(alice: Person, adam: Person) -> None:
    row = unread.send(text=TEXT, kind=Kind.UNREAD, by=alice)
    unread.mark_handled(message=row, by=adam)
    unread.mark_handled(message=row, by=adam)
    unread.delete(message=row, by=adam)
    assert events()[-3:] == ["unread.send", "unread.handle", "unread.delete"]
    assert not UnreadMessage.objects.exists()
    assert not AuditEntry.objects.filter(data__icontains="Zugriff").exists()
    assert audit.verify().fault is None


def test_open_texts_stand_before_handled_ones(alice: Person, adam: Person) -> None:
    first = unread.send(text="first", kind=Kind.UNREAD, by=alice)
    unread.send(text="second", kind=Kind.UNREAD, by=alice)
    unread.mark_handled(message=unread.send(text="third", kind=Kind.UNREAD, by=alice), by=adam)
    assert [row.beginning for row in unread.listed()] == ["second", "first", "third"]
    assert first in unread.listed()


def test_only_administrators_and_auditors_may_read_one(alice: Person, adam: Person, otto: Person, rita: Person) -> None:
    row = unread.send(text=TEXT, kind=Kind.UNREAD, by=alice)
    assert unread.message_for(adam, row.pk) == unread.message_for(otto, row.pk) == row
    for person in (alice, rita):
        with pytest.raises(Http404):
            unread.message_for(person, row.pk)
