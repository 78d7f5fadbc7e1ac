"""`manage.py run_worker`: what it prints, how it waits, and that a database that goes away comes back."""

import signal
import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail as django_mail
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from tests.faults.steps import agree
from troubleshoot.access import guide, mail, reconcile
from troubleshoot.management.commands import run_worker
from troubleshoot.models import GuideAnswer, State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_signals():
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def run(**options):
    out = StringIO()
    call_command("run_worker", once=True, stdout=out, **options)
    return [line.split(" ", 1)[1] for line in out.getvalue().splitlines()]


def test_it_takes_every_step_and_sends_every_mail_and_prints_one_line_each(approved, iam):
    lines = run()
    assert lines[0] == "worker started"
    assert lines[1:4] == [
        f"{approved.code} approved -> applying",
        f"{approved.code} applying -> verifying",
        f"{approved.code} verifying -> active",
    ]
    assert [line.rpartition(" ")[2] for line in lines[4:]] == ["sent", "stopped"]
    agree(approved, iam)
    assert [mail.subject for mail in django_mail.outbox] == ["Try again now: personalize:ListSchemas is allowed"]


def test_it_has_nothing_to_do_when_nothing_is_due(iam):
    assert run() == ["worker started", "worker stopped"]


def test_a_mail_server_that_is_down_does_not_hold_up_requests(approved, iam, monkeypatch):
    def refused(_self):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refused)
    lines = run()
    assert [line for line in lines if "later" in line]
    agree(approved, iam)
    assert approved.state == State.ACTIVE


def test_it_goes_on_when_the_database_comes_back(approved, iam, monkeypatch):
    real, troubles = reconcile.run_one, [OperationalError("gone"), OperationalError("gone")]

    def flaky(owner):
        if troubles:
            raise troubles.pop()
        return real(owner)

    monkeypatch.setattr(reconcile, "run_one", flaky)
    monkeypatch.setattr(run_worker.connection, "close", lambda: None)
    assert run()[1].startswith("the database is away (OperationalError)")
    run()
    run()
    agree(approved, iam)
    assert approved.state == State.ACTIVE


def test_requests_come_before_mails(approved, iam, monkeypatch):
    order = []
    one, other = reconcile.run_one, mail.send_one
    monkeypatch.setattr(reconcile, "run_one", lambda owner: order.append("request") or one(owner))
    monkeypatch.setattr(mail, "send_one", lambda owner, **held: order.append("mail") or other(owner, **held))
    run()
    assert order[:5] == ["request", "request", "request", "request", "mail"]


def typed_answers(minutes):
    GuideAnswer.objects.create(lookup=f"{minutes}", sealed=b"x", ends_at=timezone.now() + timedelta(minutes=minutes))


def test_it_deletes_typed_answers_whose_time_is_over_once_an_hour(iam, monkeypatch):
    typed_answers(-1)
    typed_answers(5)
    assert run()[1] == "typed answers whose time was over: 1 deleted"
    assert GuideAnswer.objects.count() == 1
    times, purge = [], guide.purge_expired
    monkeypatch.setattr(guide, "purge_expired", lambda: times.append(1) or purge())
    command = run_worker.Command(stdout=StringIO())
    command._next_hour = clock = time.monotonic()
    for minutes in range(0, 150, 10):
        monkeypatch.setattr(run_worker.time, "monotonic", lambda now=clock + minutes * 60: now)
        command._hourly()
    assert len(times) == 3
