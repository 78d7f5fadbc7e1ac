"""The head of the chain leaves the database every hour, so that a tail which was cut off is missed."""

import json
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from tests.access.receiving import listening
from troubleshoot import audit
from troubleshoot.access.mail import send_one
from troubleshoot.audit import heads
from troubleshoot.models import AuditEntry, AuditExport, AuditHead, OutboxMessage

pytestmark = pytest.mark.django_db


def fill(count):
    for number in range(count):
        audit.append(event="request.approve", actor=None, subject=f"R{number}", data={})


@pytest.fixture
def file(settings, tmp_path):
    settings.AUDIT_HEAD_FILE = str(tmp_path / "heads.jsonl")
    return tmp_path / "heads.jsonl"


def an_hour_later():
    AuditExport.objects.update(exported_at=timezone.now() - timedelta(hours=1))


def test_nothing_goes_anywhere_until_the_settings_say_where():
    fill(1)
    assert heads.export_due() == []


def test_the_file_gets_a_line_every_hour(file):
    fill(2)
    assert heads.export_due() == ["audit head 2: given to file"]
    assert heads.export_due() == []
    fill(1)
    an_hour_later()
    assert heads.export_due() == ["audit head 3: given to file"]
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["sequence"] for line in lines] == [2, 3]
    assert lines[1]["digest"] == AuditHead.objects.get().digest
    assert lines[1]["key"] == AuditEntry.objects.get(pk=3).key_id


def test_an_empty_chain_has_no_head(file):
    assert heads.export_due() == []


@pytest.mark.usefixtures("unguarded")
def test_a_cut_tail_is_found_against_what_the_worker_wrote(file):
    fill(5)
    heads.export_due()
    call_command("verify_audit", head=file, stdout=StringIO())
    AuditEntry.objects.filter(sequence__gt=3).delete()
    AuditHead.objects.update(sequence=3, digest=AuditEntry.objects.get(pk=3).digest)
    call_command("verify_audit", stdout=StringIO())
    with pytest.raises(CommandError, match="entry 4: the chain ends before the exported head"):
        call_command("verify_audit", head=file, stdout=StringIO())


def test_a_file_that_cannot_be_written_is_told_and_tried_again(file, settings, caplog):
    fill(1)
    settings.AUDIT_HEAD_FILE = str(file.parent / "missing" / "heads")
    assert heads.export_due() == ["audit head 1: could not be written (FileNotFoundError)"]
    assert "could not be written" in caplog.text
    assert not AuditExport.objects.exists()
    settings.AUDIT_HEAD_FILE = str(file)
    assert heads.export_due() == ["audit head 1: given to file"]


def test_a_webhook_gets_it_signed_through_the_outbox(settings):
    fill(3)
    with listening() as server:
        settings.RECEIVERS = {"vault": server.receiver("vault")}
        settings.AUDIT_HEAD_RECEIVER = "vault"
        assert heads.export_due() == ["audit head 3: given to vault"]
        assert send_one("test").delivered
    [(headers, body)] = server.letters
    content = json.loads(body)
    assert content["type"] == "audit_head"
    assert content["data"]["digest"] == AuditHead.objects.get().digest
    assert headers["webhook-signature"].startswith("v1,")


def test_the_worker_looks_once_a_minute(file, monkeypatch):
    fill(1)
    monkeypatch.setitem(heads._looked, "at", timezone.now() - timedelta(minutes=2))
    assert heads.export_if_due() == ["audit head 1: given to file"]
    an_hour_later()
    assert heads.export_if_due() == []


def test_the_worker_gives_the_head_away(file, monkeypatch):
    fill(1)
    monkeypatch.setitem(heads._looked, "at", timezone.now() - timedelta(minutes=2))
    out = StringIO()
    call_command("run_worker", once=True, stdout=out)
    assert "audit head 1: given to file" in out.getvalue()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_exports(file):
    fill(1)
    barrier, lines = threading.Barrier(2), []

    def work():
        barrier.wait()
        lines.extend(heads.export_due())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lines == ["audit head 1: given to file"]
    assert not OutboxMessage.objects.exists()
