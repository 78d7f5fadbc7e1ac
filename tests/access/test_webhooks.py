"""Webhooks: signed, never lost, sent again with the same id, and never led astray."""

import base64
import hashlib
import hmac
import json
import os
import signal
import socket
import threading
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.utils import timezone

from tests.access.receiving import SECRET, listening
from tests.builders import make_request
from tests.cast import ALICE_ARN
from tests.faults.children import KILLED, start, wait
from troubleshoot.access import outbox, outgoing, services
from troubleshoot.access.mail import MOST_ATTEMPTS, send_one
from troubleshoot.models import OutboxMessage, State
from troubleshoot.remedy import Change

pytestmark = pytest.mark.django_db


@pytest.fixture
def ops(settings):
    with listening() as server:
        settings.RECEIVERS = {"ops": server.receiver()}
        yield server


@pytest.fixture
def message(ops, account, alice, rita):
    request = make_request(requester=alice, account=account, justification="Nobody else's business")
    outbox.queue([outbox.Mail("to_decide", rita)], cause="step-1", request=request)
    return OutboxMessage.objects.get(channel="webhook")


def send_to_ops():
    return send_one("test", held=[("mail", "")])


def again():
    OutboxMessage.objects.filter(channel="webhook").update(due_at=timezone.now())


def test_it_says_what_happened_and_nothing_that_people_wrote(message, ops):
    assert send_to_ops().line == f"webhook ops to_decide {message.pk}: sent"
    [(headers, body)] = ops.letters
    content = json.loads(body)
    assert headers["path"] == "/in?x=1"
    assert (content["type"], content["data"]["request"]) == ("to_decide", message.request.code)
    assert content["data"]["link"] == f"http://127.0.0.1:8000/queue/{message.request.code}/"
    assert content["data"]["state"] == State.SUBMITTED
    assert b"business" not in body


def test_anybody_with_the_secret_can_check_who_sent_it_and_when(message, ops):
    send_to_ops()
    [(headers, body)] = ops.letters
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60


def test_sent_again_it_has_the_same_id_and_a_signature_of_its_own_time(message, ops):
    ops.status = 503
    assert not send_to_ops().delivered
    ops.status = 204
    OutboxMessage.objects.filter(pk=message.pk).update(due_at=timezone.now())
    assert send_to_ops().delivered
    assert send_to_ops() is None
    ids = {headers["webhook-id"] for headers, _ in ops.letters}
    assert len(ops.letters) == 2
    assert len(ids) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 410, 429, 500, 503])
def test_only_a_yes_counts(message, ops, status):
    with listening() as elsewhere:
        ops.status, ops.location = status, elsewhere.receiver().address
        assert send_to_ops().line.endswith(f"later (status {status})")
        assert elsewhere.letters == []
    message.refresh_from_db()
    assert (message.sent_at, message.last_error) == (None, f"status {status}")


def test_a_receiver_that_is_down_for_an_hour_loses_nothing(message, ops, settings, closed):
    settings.RECEIVERS = {"ops": closed}
    start_of_it = timezone.now()
    waited = timedelta()
    while waited < timedelta(hours=1):
        assert not send_to_ops().delivered
        message.refresh_from_db()
        waited += message.due_at - timezone.now()
        again()
    assert message.last_error == "ConnectionRefusedError"
    settings.RECEIVERS = {"ops": ops.receiver()}
    assert send_to_ops().delivered
    message.refresh_from_db()
    assert message.sent_at > start_of_it
    assert len(ops.letters) == 1


@pytest.fixture
def closed(ops):
    """A receiver whose port is taken, so that nobody else gets it, and on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield type(ops.receiver())("ops", "webhook", f"http://127.0.0.1:{taken.getsockname()[1]}/", SECRET)


def test_tried_too_often_it_waits_for_an_administrator(message, ops):
    ops.status = 500
    OutboxMessage.objects.update(attempts=MOST_ATTEMPTS - 1)
    send_to_ops()
    message.refresh_from_db()
    assert message.dead_at
    assert (message.due_at, message.sent_at) == (None, None)
    assert send_to_ops() is None


def test_a_receiver_that_the_settings_do_not_name_any_more_keeps_its_messages(message, settings):
    settings.RECEIVERS = {}
    assert send_to_ops().line.endswith("later (the settings name no such receiver)")


def test_one_that_is_held_back_does_not_hold_up_the_others(message, rita):
    sent = send_one("test", held=[("webhook", "ops")])
    assert sent.target == ("mail", "")
    assert sent.delivered


def test_no_step_waits_for_a_receiver(account, alice, rita, settings, ops):
    ops.status = 500
    request = make_request(requester=alice, account=account)
    services.withdraw(request=request, person=alice)
    assert request.state == State.WITHDRAWN
    assert OutboxMessage.objects.filter(channel="webhook", template="withdrawn").count() == 1
    assert ops.letters == []


def test_neither_address_nor_secret_is_kept_or_logged(message, ops, caplog):
    ops.status = 500
    send_to_ops()
    row = str(OutboxMessage.objects.filter(pk=message.pk).values().get())
    for text in (row, caplog.text):
        assert SECRET.decode() not in text
        assert "x=1" not in text


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1"])
def test_a_name_that_leads_into_the_portals_own_network_is_not_followed(message, settings, monkeypatch, address):
    settings.EMBEDDED = False
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (address, 443))])
    monkeypatch.setattr(outgoing.socket, "create_connection", _never)
    assert send_to_ops().line.endswith("later (its name leads into a private network)")


def test_one_private_address_among_public_ones_is_enough_to_refuse(message, settings, monkeypatch):
    settings.EMBEDDED = False
    both = [(0, 0, 0, "", ("8.8.8.8", 443)), (0, 0, 0, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *_, **__: both)
    monkeypatch.setattr(outgoing.socket, "create_connection", _never)
    assert "private network" in send_to_ops().line


def test_it_connects_to_the_address_that_was_judged(message, settings, ops, monkeypatch):
    """A second look-up could answer otherwise."""
    looked_up = []

    def getaddrinfo(host, port, *_, **__):
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port))]

    port = ops.server_address[1]
    settings.RECEIVERS = {"ops": type(ops.receiver())("ops", "webhook", f"http://ops.example.com:{port}/in", SECRET)}
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", getaddrinfo)
    assert send_to_ops().delivered
    assert looked_up[0] == "ops.example.com"
    assert set(looked_up[1:]) <= {"127.0.0.1"}
    assert ops.letters[0][0]["Host"] == f"ops.example.com:{port}"


def _never(*_, **__):
    raise AssertionError("it connected")


def test_a_certificate_of_another_is_refused(message, settings, ops):
    """A plain server on the other side of TLS is no server with a good certificate."""
    address = ops.receiver().address.replace("http:", "https:")
    settings.RECEIVERS = {"ops": type(ops.receiver())("ops", "webhook", address, SECRET)}
    assert "SSL" in send_to_ops().line


def test_an_answer_that_drips_is_cut_off(message, settings, monkeypatch):
    monkeypatch.setattr(outgoing, "TIMEOUT", 0.4)
    with socket.socket() as slow:
        slow.bind(("127.0.0.1", 0))
        slow.listen()
        ended = threading.Event()

        def drip():
            client, _ = slow.accept()
            with client:
                for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000:
                    if ended.wait(0.1):
                        return
                    try:
                        client.send(bytes([byte]))
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        address = f"http://127.0.0.1:{slow.getsockname()[1]}/"
        receiver = next(iter(configured.RECEIVERS.values()))
        settings.RECEIVERS = {"ops": type(receiver)("ops", "webhook", address, SECRET)}
        begun = timezone.now()
        assert not send_to_ops().delivered
        ended.set()
        thread.join()
    assert timezone.now() - begun < timedelta(seconds=30)  # all of it would drip for a hundred


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_a_worker_killed_before_it_could_note_the_yes_sends_it_again_with_the_same_id(message, ops, monkeypatch):
    def killed(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)

    def work():
        monkeypatch.setattr("troubleshoot.access.mail._close", killed)
        send_to_ops()

    assert wait(start(work)) == KILLED
    assert len(ops.letters) == 1
    OutboxMessage.objects.update(lease_until=timezone.now())
    assert send_to_ops().delivered
    assert len(ops.letters) == 2
    assert len({headers["webhook-id"] for headers, _ in ops.letters}) == 1


@pytest.mark.parametrize(("count", "named", "left"), [(0, 0, 0), (7, 7, 0), (60, 50, 10)])
def test_it_names_every_action_of_a_whole_job_up_to_fifty(ops, account, alice, count, named, left):
    others = [f"personalize:Action{number}" for number in range(count)]
    statement = {"Effect": "Allow", "Action": ["personalize:ListSchemas", *others], "Resource": "*"}
    change = Change(account.account_id, ALICE_ARN, (statement,), 24)
    request = make_request(requester=alice, account=account, change=change.as_data(), change_digest=change.digest())
    outbox.queue([outbox.Mail("submitted", alice)], cause="step-1", request=request)
    while send_one("test"):
        pass
    data = json.loads(ops.letters[0][1])["data"]
    assert (data["action"], data["other_actions"], data["more_actions"]) == (request.action, others[:named], left)
