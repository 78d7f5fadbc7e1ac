"""No secret that somebody typed or that a fault carried is in any table, mail, log line or line of the worker."""

import json

import pytest
from django.apps import apps
from django.core import mail as django_mail

from tests.builders import make_call, make_change
from tests.faults.fake_iam import install
from tests.faults.steps import drain, settle
from troubleshoot.access import mail, people, services
from troubleshoot.models import AdminChange, Person, Role, State

pytestmark = pytest.mark.django_db

SECRETS = [
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCANARYKEY001",
    "aws_session_token=FwoGZXIvYXdzEJr//////////wEaDCANARYCANARYCANARYCANARYCANARYCANARY",
    "password: CANARY-hunter2-hunter2",
    "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOiJDQU5BUlkifQ.CANARYCANARYCANARYsig",
    "https://b.s3.amazonaws.com/k?X-Amz-Signature=CANARY00112233445566778899aabbccddeeff&x=1",
    "-----BEGIN RSA PRIVATE KEY-----\nCANARYMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
    "Cookie: session=CANARYsessioncookievalue0123456789",
]


def everything_kept():
    """Every row of every table, as text."""
    rows = []
    for model in apps.get_app_config("troubleshoot").get_models():
        rows += [json.dumps(row, default=str) for row in model.objects.values()]
    return "\n".join(rows)


def everything_sent():
    while mail.send_one("test"):
        pass
    return "\n".join(
        f"{message.subject}\n{message.body}\n{message.alternatives[0].content}" for message in django_mail.outbox
    )


def clean(caplog, *more):
    places = {"tables": everything_kept(), "mails": everything_sent(), "log": caplog.text, "output": "\n".join(more)}
    return [place for place, text in places.items() if "CANARY" in text]


@pytest.fixture
def filed(account, alice, rita):
    def file(secret, number=1):
        return services.submit(
            requester=alice,
            account=account,
            call=make_call(),
            change=make_change(account),
            justification=f"I need it. {secret}",
            ticket=secret,
            idempotency_key=f"{secret}-{number}",
        )

    return file


@pytest.mark.parametrize("secret", SECRETS, ids=range(len(SECRETS)))
def test_a_secret_in_a_form_is_kept_nowhere(filed, alice, rita, caplog, secret):
    request = filed(secret)
    digest = request.change_digest
    services.ask_for_changes(request=request, approver=rita, change_digest=digest, reason=f"Why? {secret}")
    services.resubmit(request=request, person=alice, justification=f"Because. {secret}")
    services.reject(request=request, approver=rita, change_digest=digest, reason=f"No. {secret}")
    second = filed(secret, 2)
    services.approve(request=second, approver=rita, change_digest=second.change_digest, reason=f"Yes. {secret}")
    services.withdraw(request=second, person=alice)
    assert "Because." in everything_kept()
    assert clean(caplog) == []


@pytest.mark.parametrize("secret", SECRETS, ids=range(len(SECRETS)))
def test_a_secret_in_a_reason_to_revoke_is_kept_nowhere(approved, iam, rita, caplog, secret):
    drain()
    services.end_early(request=approved, person=rita, reason=f"Leaked. {secret}")
    drain()
    approved.refresh_from_db()
    assert approved.state == State.REVOKED
    assert clean(caplog) == []


@pytest.mark.parametrize("secret", SECRETS, ids=range(len(SECRETS)))
@pytest.mark.parametrize("call", ["check_writable", "create_policy", "attach", "snapshot"])
def test_a_secret_in_a_fault_is_kept_nowhere(approved, iam, monkeypatch, caplog, secret, call):
    def broken(point):
        if point == f"{call}:before":
            raise RuntimeError(f"request failed with {secret}")

    install(monkeypatch, iam, broken)
    lines = drain()
    settle(approved)
    assert approved.state == State.FAILED
    assert "of its own" in approved.failure
    assert clean_but_for_raw_log(caplog, *lines) == []


def clean_but_for_raw_log(caplog, *lines):
    """The log as `portal.logs` writes it: its filter takes secrets out of messages and of tracebacks."""
    from portal.logs import RemoveSecrets

    written = []
    for record in caplog.records:
        RemoveSecrets().filter(record)
        written.append(f"{record.getMessage()} {record.exc_text or ''}")
    caplog.clear()
    return clean(caplog, *lines, *written)


@pytest.mark.parametrize("secret", SECRETS, ids=range(len(SECRETS)))
def test_a_secret_in_a_mail_servers_answer_is_kept_nowhere(filed, rita, monkeypatch, caplog, secret):
    filed("none")

    def refused(_self):
        raise ConnectionRefusedError(secret)

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refused)
    lines = [mail.send_one("test").line]
    monkeypatch.undo()
    assert clean(caplog, *lines) == []


def test_the_canaries_would_be_found(filed, alice):
    Person.objects.filter(pk=alice.pk).update(first_name="CANARY")
    assert "CANARY" in everything_kept()


def test_a_role_change_keeps_only_what_the_form_asks_for(account, adam, ada, charlie):
    people.propose_change(by=adam, kind=AdminChange.Kind.ADD_ROLE, person=charlie, role=Role.HELPDESK,
                          principal_arn=SECRETS[0])  # fmt: skip
    assert "CANARY" not in everything_kept()
