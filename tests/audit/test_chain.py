"""The audit chain only grows, and shows every change."""

import json
import os
import random
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from troubleshoot import audit
from troubleshoot.audit import keys
from troubleshoot.models import AuditEntry, AuditHead, ErasableText

pytestmark = pytest.mark.django_db
TRIALS = 100 if os.environ.get("ACCESS_DESK_DEEP") else 10


def fill(count, actor=None):
    for number in range(1, count + 1):
        texts = {"reason": f"because of {number}"} if number % 3 == 0 else None
        audit.append(event="request.approve", actor=actor, subject=f"R{number}", data={"n": number}, texts=texts)


def fault():
    found = audit.verify().fault
    return found.sequence if found else None


def test_it_verifies_what_it_appended(alice):
    fill(7, alice)
    assert audit.verify() == audit.Report(audit.Head(7, AuditEntry.objects.get(sequence=7).digest), None)
    assert AuditEntry.objects.get(sequence=3).actor == str(alice.public_id)


def test_an_empty_chain_is_good():
    assert audit.verify().fault is None


def test_it_keeps_words_outside_the_chain(alice):
    audit.append(event="request.reject", actor=alice, subject="R1", data={}, texts={"reason": "Too broad for Alice"})
    entry = AuditEntry.objects.get()
    assert "Alice" not in json.dumps(entry.data)
    assert ErasableText.objects.get().text == "Too broad for Alice"


def test_it_verifies_after_a_persons_words_were_erased(alice, adam):
    fill(7, alice)
    assert audit.erase_texts(person=alice, by=adam) == 2
    assert not ErasableText.objects.exists()
    assert fault() is None
    assert AuditEntry.objects.last().event == "texts.erased"


@pytest.mark.parametrize("data", [{"n": 1.5}, {"list": [{"deep": 0.1}]}, {1: "key"}, {"at": object()}])
def test_it_refuses_data_that_would_not_come_back_the_same(data):
    with pytest.raises(TypeError):
        audit.append(event="x.y", actor=None, subject="R1", data=data)


def test_it_disappears_with_the_transaction_that_it_tells_of():
    fill(2)
    with transaction.atomic():
        fill(3)
        transaction.set_rollback(True)
    assert AuditEntry.objects.count() == 2
    fill(1)
    assert fault() is None


@pytest.mark.parametrize(
    "change",
    [
        lambda: AuditEntry.objects.filter(sequence=2).update(event="request.reject"),
        lambda: AuditEntry.objects.filter(sequence=2).delete(),
        lambda: AuditEntry.objects.all().delete(),
        lambda: ErasableText.objects.update(text="something else"),
        lambda: AuditHead.objects.all().delete(),
        lambda: AuditHead.objects.update(sequence=1),
        lambda: AuditHead.objects.update(digest="f" * 64),
    ],
)
def test_the_database_refuses_to_rewrite_it(change):
    fill(3)
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        change()
    assert fault() is None


@pytest.mark.postgres
def test_the_database_refuses_to_truncate_it():
    fill(3)
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE troubleshoot_auditentry")


def changed(rng, count):
    number = rng.randint(1, count)
    field, value = rng.choice(
        [("event", "x"), ("actor", "x"), ("subject", "x"), ("data", {"n": -1}), ("digest", "0" * 64)]
    )
    AuditEntry.objects.filter(sequence=number).update(**{field: value})


def deleted(rng, count):
    AuditEntry.objects.filter(sequence=rng.randint(1, count)).delete()


def inserted(rng, count):
    """Somebody who knows the digest's recipe slips an entry in behind another one."""
    after = AuditEntry.objects.get(sequence=rng.randint(1, count))
    AuditEntry.objects.filter(sequence__gt=after.sequence).delete()
    forged = AuditEntry(sequence=after.sequence + 1, at=after.at, event="x", actor="x", subject="x", data={})
    forged.previous = after.digest
    forged.digest = audit.chain.entry_digest(forged)
    forged.save(force_insert=True)


def recomputed(rng, count, *, name=True):
    """Somebody who may write every table, but has no key, changes an entry and makes all that follow anew."""
    number = rng.randint(1, count)
    entries = list(AuditEntry.objects.filter(sequence__gte=number).order_by("sequence"))
    AuditEntry.objects.filter(sequence__gte=number).delete()
    entries[0].subject = "another"
    for before, entry in zip([None, *entries], entries, strict=False):
        entry.previous = before.digest if before else entry.previous
        entry.key_id = entry.key_id if name else None
        entry.digest = audit.chain.entry_digest(entry, None)
    AuditEntry.objects.bulk_create(entries)
    AuditHead.objects.update(digest=entries[-1].digest)


def recomputed_as_unkeyed(rng, count):
    """The same, and every entry says that it was made before there was a key."""
    recomputed(rng, count, name=False)


def recomputed_with_another_key(rng, count):
    """The same, with a key of their own."""
    recomputed(rng, count)
    own = keys._key("a key that nobody gave to the portal")
    AuditEntry.objects.update(key_id=own.name)


def swapped(rng, count):
    first, second = rng.sample(range(1, count + 1), 2)
    one, other = AuditEntry.objects.get(sequence=first), AuditEntry.objects.get(sequence=second)
    AuditEntry.objects.filter(sequence=first).update(event=other.event, data=other.data, subject=other.subject)
    AuditEntry.objects.filter(sequence=second).update(event=one.event, data=one.data, subject=one.subject)


def text_changed(rng, count):
    number = rng.choice(range(3, count + 1, 3))
    ErasableText.objects.filter(sequence=number).update(text="nothing of the kind")


TAMPERING = (
    changed,
    deleted,
    inserted,
    swapped,
    text_changed,
    recomputed,
    recomputed_as_unkeyed,
    recomputed_with_another_key,
)


@pytest.mark.parametrize("tamper", TAMPERING)
@pytest.mark.usefixtures("unguarded")
def test_it_finds_every_change_that_the_database_let_through(tamper):
    fill(12)
    found = 0
    for trial in range(TRIALS):
        with transaction.atomic():
            tamper(random.Random(trial), 12)  # noqa: S311 - repeatable, not secret
            found += audit.verify().fault is not None
            transaction.set_rollback(True)
    assert found == TRIALS


@pytest.mark.usefixtures("unguarded")
def test_a_tail_cut_off_with_its_head_is_found_against_an_exported_head(tmp_path):
    fill(5)
    head = tmp_path / "head.json"
    call_command("verify_audit", save_head=head, stdout=StringIO())
    AuditEntry.objects.filter(sequence__gt=3).delete()
    kept = AuditEntry.objects.get(sequence=3)
    AuditHead.objects.update(sequence=3, digest=kept.digest)
    call_command("verify_audit", stdout=StringIO())
    with pytest.raises(CommandError, match="entry 4: the chain ends before the exported head"):
        call_command("verify_audit", head=head, stdout=StringIO())


def test_the_command_says_how_long_the_chain_is(tmp_path):
    fill(4)
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue().startswith("4 entries, none changed.")


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[1]",
        "[" * 100_000,
        '{"sequence": 1e999, "digest": "x"}',
        '{"sequence": -1, "digest": "x"}',
        '{"sequence": "1", "digest": "x"}',
        '{"sequence": 1, "digest": null}',
    ],
    ids=lambda text: text[:30],
)
def test_the_command_refuses_a_file_that_is_no_head(tmp_path, text):
    file = tmp_path / "head.json"
    file.write_text(text)
    with pytest.raises(CommandError, match="no exported head"):
        call_command("verify_audit", head=file)


@pytest.mark.usefixtures("unguarded")
def test_a_chain_made_anew_from_its_first_entry_is_found():
    fill(5)
    recomputed(type("First", (), {"randint": lambda _self, first, _last: first})(), 5, name=False)
    assert fault() == 1


def test_an_old_key_goes_on_verifying_what_it_made(settings):
    fill(2)
    old = settings.AUDIT_KEY
    settings.AUDIT_KEY, settings.AUDIT_OLD_KEYS = "another key, long enough for everybody", [old]
    fill(2)
    assert fault() is None
    assert len(set(AuditEntry.objects.values_list("key_id", flat=True))) == 2
    settings.AUDIT_OLD_KEYS = []
    report = audit.verify()
    assert report.fault.words == "this entry was made with a key that the portal does not have"
    assert report.fault.sequence == 1


def test_entries_from_before_the_key_verify_as_what_they_are(settings):
    key, settings.AUDIT_KEY = settings.AUDIT_KEY, ""
    fill(3)
    settings.AUDIT_KEY = key
    fill(2)
    assert audit.verify().fault.words == "this entry was made without the key"
    settings.AUDIT_UNKEYED = 3
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert "3 of them were made without a key" in out.getvalue()
    settings.AUDIT_KEY = ""
    fill(1)
    settings.AUDIT_KEY = key
    assert fault() == 6


def test_no_key_is_in_the_database_or_in_what_is_printed(settings):
    fill(2)
    assert settings.AUDIT_KEY not in json.dumps(list(AuditEntry.objects.values()), default=str)
    assert settings.AUDIT_KEY not in repr(keys.current())


def test_every_line_of_a_file_of_heads_is_held(tmp_path):
    heads = tmp_path / "heads.jsonl"
    lines = []
    for _ in range(3):
        fill(1)
        lines.append(
            json.dumps({"sequence": AuditHead.objects.get().sequence, "digest": AuditHead.objects.get().digest})
        )
    heads.write_text("\n".join(lines))
    call_command("verify_audit", head=heads, stdout=StringIO())
    heads.write_text("\n".join([json.dumps({"sequence": 2, "digest": "0" * 64}), *lines]))
    with pytest.raises(CommandError, match="entry 2: this entry is another one"):
        call_command("verify_audit", head=heads, stdout=StringIO())


def test_it_names_nothing_that_could_be_deleted_under_it():
    assert [column.name for column in AuditEntry._meta.get_fields() if column.is_relation] == []
    assert [column.name for column in ErasableText._meta.get_fields() if column.is_relation] == []
