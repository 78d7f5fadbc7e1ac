"""Mails: written in plain words, sent at least once, never lost, never in the way."""

import re
import socketserver
import threading
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core import mail as django_mail
from django.utils import timezone

from tests.builders import make_approval, make_request
from tests.cast import ALICE_ARN, make_person
from troubleshoot.access import outbox, people
from troubleshoot.access.mail import MOST_ATTEMPTS, send_one, written
from troubleshoot.models import AccessRequest, AdminChange, Approval, Grant, OutboxMessage, Role, State

pytestmark = pytest.mark.django_db
FOLDER = Path("templates/email")
TEMPLATES = sorted(file.name.removesuffix("_subject.txt") for file in FOLDER.glob("*_subject.txt"))
MARKUP = "<script>alert(1)</script>{{ 7*7 }}%(x)s"


@pytest.fixture
def message(account, alice, rita, adam, ada):
    """Every template's context at once, with markup in whatever people write."""
    request = make_request(requester=alice, account=account, state=State.ACTIVE, justification=MARKUP)
    Grant.objects.create(
        request=request,
        policy_arn="arn:p",
        principal_arn=ALICE_ARN,
        document="{}",
        before=[],
        expires_at=timezone.now(),
        verification={"unchecked": ["vpc_endpoint"]},
    )
    change = people.propose_change(by=adam, kind=AdminChange.Kind.ADD_ROLE, person=alice, role=Role.HELPDESK)
    OutboxMessage.objects.all().delete()
    context = {"reason": MARKUP, "failure": MARKUP, "left": MARKUP, "account": "123456789012", "change": change.pk}
    outbox.queue([outbox.Mail("submitted", alice, context)], cause="step-1", request=request)
    return OutboxMessage.objects.select_related("person", "request__account").get()


class Words(HTMLParser):
    """The text of a page, and where its links lead."""

    def __init__(self, html):
        super().__init__()
        self.text, self.links = "", []
        self.feed(html)

    def handle_data(self, data):
        self.text += f"{data} "

    def handle_starttag(self, tag, attrs):
        assert tag not in {"script", "img", "form", "style"}
        self.links += [value for name, value in attrs if name == "href"]


def html_of(mail):
    [(html, kind)] = [(part.content, part.mimetype) for part in mail.alternatives]
    assert kind == "text/html"
    return html


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_mail_is_complete_in_text_and_html(message, template):
    message.template = template
    mail = written(message)
    page = Words(html_of(mail))
    assert "\n" not in mail.subject
    assert len(mail.subject) > 10
    for words in (mail.subject, mail.body, page.text):
        assert "None" not in words
        assert "{%" not in words
        assert "{{ 7*7 }}" in words or "{{" not in words
        assert "49%" not in words
    assert "Hello Alice" in mail.body
    assert "Hello Alice" in page.text
    assert mail.body.count("http://127.0.0.1:8000/") == 1
    assert not re.search(r"\n{3,}", mail.body)


@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_that_people_wrote_becomes_markup(message, template):
    message.template = template
    html = html_of(written(message))
    assert "<script" not in html
    if MARKUP in written(message).body:
        assert "&lt;script&gt;" in html


@pytest.mark.parametrize("template", TEMPLATES)
def test_links_lead_to_pages_and_never_decide(message, template):
    message.template = template
    links = Words(html_of(written(message))).links
    assert links
    for link in links:
        assert re.fullmatch(
            r"http://127\.0\.0\.1:8000(/(requests|queue|grants)/\w+/|/people/|/password/[\w-]+/[\w-]+/)?", link
        )


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_sentence_is_longer_than_25_words(message, template):
    for file in FOLDER.glob(f"{template}_*.txt"):
        plain = re.sub(r"{%.*?%}", "\n", file.read_text())
        for sentence in re.split(r"[.!?:]\s|\n", re.sub(r"{{.*?}}", "x", plain)):
            assert len(sentence.split()) <= 25, sentence


def test_approvers_are_led_to_the_review_and_requesters_to_their_request(message):
    message.template = "to_decide"
    assert f"/queue/{message.request.code}/" in written(message).body
    message.template = "approved"
    assert f"/requests/{message.request.code}/" in written(message).body


def test_layers_are_called_by_their_names(message):
    message.template = "active"
    body = written(message).body
    assert "It could not read: VPC endpoint policy." in body
    assert "works now" not in body


def test_who_filed_learns_who_decides(message, noor):
    message.template = "submitted"
    assert "One of 2 people decides: Rita, Noor." in written(message).body
    noor.is_active = False
    noor.save()
    assert "Rita decides." in written(message).body


def test_a_high_risk_is_told_with_how_many_have_to_approve(message, noor):
    AccessRequest.objects.update(risk="high")
    message.request.refresh_from_db()
    message.template = "submitted"
    assert "2 different people have to approve it, out of 2: Rita, Noor." in written(message).body


@pytest.mark.parametrize("template", ["remove_by_hand", "drifted", "undo_refused"])
def test_what_has_to_be_looked_at_in_iam_leads_to_the_grants_own_page(message, template):
    message.template = template
    assert f"/grants/{message.request.code}/" in written(message).body


def test_of_many_who_decide_three_are_named(message, account):
    for name in ("ben", "cleo", "dora"):
        make_person(name, Role.APPROVER, account=account)
    message.template = "submitted"
    assert "One of 4 people decides: Rita, Ben, Cleo, 1 more." in written(message).body


def test_who_was_rejected_learns_by_whom(message, rita):
    make_approval(message.request, rita, Approval.Verdict.REJECT)
    message.template = "rejected"
    assert "Your request was rejected by Rita." in written(message).body


def test_approvers_are_promised_no_risks_that_the_page_does_not_show(message):
    message.template = "to_decide"
    assert "risks" not in written(message).body


def test_a_message_is_sent_once_with_an_id_that_never_changes(message):
    assert written(message).extra_headers == written(message).extra_headers
    sent = send_one("test")
    assert sent.delivered
    assert send_one("test") is None
    [mail] = django_mail.outbox
    assert mail.to == ["alice@example.com"]
    assert mail.extra_headers["Message-ID"] == f"<{message.key}@127.0.0.1>"
    message.refresh_from_db()
    assert message.sent_at
    assert message.due_at is None


def test_the_same_step_never_writes_twice_to_the_same_person(message, alice):
    for _ in range(3):
        outbox.queue([outbox.Mail("submitted", alice)], cause="step-1", request=message.request)
    assert OutboxMessage.objects.count() == 1


def test_nobody_without_an_address_or_disabled_is_written_to(message, alice):
    type(alice).objects.filter(pk=alice.pk).update(is_active=False)
    assert send_one("test").line.endswith("nobody to send it to")
    assert not django_mail.outbox
    message.refresh_from_db()
    assert message.due_at is None


def refuse(monkeypatch, error):
    def send(_self):
        raise error

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", send)


def test_a_server_that_is_down_for_an_hour_loses_nothing(message, monkeypatch):
    with monkeypatch.context() as down:
        refuse(down, ConnectionRefusedError("password=hunter2hunter2"))
        for _ in range(12):
            assert not send_one("test").delivered
            assert send_one("test") is None
            OutboxMessage.objects.update(due_at=timezone.now())
    message.refresh_from_db()
    assert (message.attempts, message.last_error) == (12, "ConnectionRefusedError")
    assert send_one("test").delivered
    assert len(django_mail.outbox) == 1


def test_the_pauses_grow_to_an_hour(message, monkeypatch):
    refuse(monkeypatch, OSError())
    pauses = []
    for _ in range(14):
        send_one("test")
        message.refresh_from_db()
        pauses.append(round((message.due_at - timezone.now()).total_seconds()))
        OutboxMessage.objects.update(due_at=timezone.now())
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses[-2:] == [3600, 3600]


def test_it_gives_up_after_days_and_keeps_the_message(message, monkeypatch):
    refuse(monkeypatch, OSError())
    OutboxMessage.objects.update(attempts=MOST_ATTEMPTS - 1)
    send_one("test")
    message.refresh_from_db()
    assert (message.due_at, message.sent_at, message.last_error) == (None, None, "OSError")


def test_a_mail_that_cannot_be_written_does_not_stop_the_others(message, alice, caplog):
    OutboxMessage.objects.update(template="no_such_template", due_at=timezone.now() - timedelta(minutes=1))
    outbox.queue([outbox.Mail("approved", alice)], cause="step-2", request=message.request)
    assert not send_one("test").delivered
    assert send_one("test").delivered
    assert "could not be written" in caplog.text


def test_a_message_that_another_worker_holds_is_left_alone(message):
    OutboxMessage.objects.update(lease_until=timezone.now() + timedelta(minutes=1), lease_owner="other")
    assert send_one("test") is None


class _Smtp(socketserver.StreamRequestHandler):
    """Just enough SMTP to receive mail, or to refuse it."""

    def handle(self):
        self.say("220 test")
        while line := self.rfile.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA" and not self.server.refusing:
                self.say("354 go on")
                self.server.received.append(self.read_data())
                self.say("250 kept")
            elif word == b"QUIT":
                return self.say("221 bye")
            else:
                self.say("451 try later" if self.server.refusing and word == b"MAIL" else "250 fine")
        return None

    def read_data(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return b"".join(lines)

    def say(self, words):
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def smtp(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp) as server:
        server.daemon_threads = True
        server.refusing, server.received = True, []
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_real_server_that_refuses_gets_it_later_with_the_same_id(message, smtp):
    assert not send_one("test").delivered
    message.refresh_from_db()
    assert message.last_error.startswith("SMTP")
    smtp.refusing = False
    OutboxMessage.objects.update(due_at=timezone.now())
    assert send_one("test").delivered
    [received] = smtp.received
    assert f"Message-ID: <{message.key}@127.0.0.1>".encode() in received
