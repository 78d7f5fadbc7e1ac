"""Asking for something else: anew, or narrowed to what is proved to be less. The digest is new each time."""

import pytest
from django.utils import timezone

from tests.builders import make_approval, make_change, make_request
from tests.cast import MATEO_ARN
from troubleshoot.access import services
from troubleshoot.access.services import Refused, Stale
from troubleshoot.models import AccessRequest, AuditEntry, OutboxMessage, Risk, State
from troubleshoot.remedy import Change, change_from_data
from troubleshoot.remedy.narrowing import Fields

pytestmark = pytest.mark.django_db
WIDE = ("personalize:ListSchemas", "personalize:ListDatasets")


@pytest.fixture
def asked(account, alice):
    """A request for two actions, after a denied call of the first one."""
    statement = {"Sid": "AccessDesk", "Effect": "Allow", "Action": list(WIDE), "Resource": "*"}
    change = Change(account.account_id, "arn:aws:iam::123456789012:user/alice", (statement,), 24)
    return make_request(requester=alice, account=account, change=change.as_data(), change_digest=change.digest())


def narrow(request, approver, wanted, reason="Less is enough.", digest=None):
    services.narrow(
        request=request,
        approver=approver,
        change_digest=digest or request.change_digest,
        wanted=wanted,
        reason=reason,
    )


def mails():
    return sorted((mail.template, mail.person.username) for mail in OutboxMessage.objects.select_related("person"))


def test_an_approver_narrows_it_and_everybody_is_told(asked, account, alice, rita, noor):
    before = asked.change_digest
    make_approval(asked, noor)
    narrow(asked, rita, Fields(actions=(WIDE[0],), hours=8))
    change = change_from_data(asked.change)
    assert (change.statements[0]["Action"], change.hours) == (WIDE[0], 8)
    assert asked.state == State.SUBMITTED
    assert asked.change_digest == change.digest() != before
    assert change_from_data(asked.first_change).digest() == before
    assert mails() == [("narrowed", "alice"), ("narrowed", "noor")]
    data = AuditEntry.objects.get(event="request.narrow").data
    assert (data["change"], data["before"]) == (asked.change_digest, before)


def test_a_question_its_answer_and_a_reason_stay_to_be_read_on_the_request(asked, alice, rita):
    services.ask_for_changes(request=asked, approver=rita, change_digest=asked.change_digest, reason="Which week?")
    services.resubmit(request=asked, person=alice, justification="The release is next week.")
    narrow(asked, rita, Fields(actions=(WIDE[0],)), reason="One is enough.")
    said = [(comment.author.username, comment.text) for comment in asked.comments.select_related("author")]
    assert said == [("rita", "Which week?"), ("alice", "The release is next week."), ("rita", "One is enough.")]


def test_earlier_approvals_do_not_count_for_a_narrower_change(asked, rita, noor):
    AccessRequest.objects.filter(pk=asked.pk).update(risk=Risk.HIGH)
    asked.refresh_from_db()
    services.approve(request=asked, approver=noor, change_digest=asked.change_digest)
    narrow(asked, rita, Fields(actions=(WIDE[0],)))
    AccessRequest.objects.filter(pk=asked.pk).update(risk=Risk.HIGH)
    services.approve(request=asked, approver=rita, change_digest=asked.change_digest)
    assert asked.state == State.SUBMITTED
    services.approve(request=asked, approver=noor, change_digest=asked.change_digest)
    assert asked.state == State.APPROVED


def test_the_old_digest_is_approved_no_more(asked, rita, noor):
    old = AccessRequest.objects.get(pk=asked.pk)
    narrow(asked, rita, Fields(actions=(WIDE[0],)))
    with pytest.raises(Refused, match="not the one"):
        services.approve(request=old, approver=noor, change_digest=old.change_digest)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (
            '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}',
            "allows more",
        ),
        (Fields(hours=48), "last longer"),
        (Fields(actions=()), "allow nothing"),
        (Fields(), "asked for already"),
        ("no policy", "no policy"),
        (Fields(actions=(WIDE[1],)), "denied still"),
    ],
)
def test_what_is_not_proved_to_be_less_or_helps_nobody_is_refused(asked, rita, wanted, words):
    before = asked.change_digest
    with pytest.raises(Refused, match=words):
        narrow(asked, rita, wanted)
    asked.refresh_from_db()
    assert asked.change_digest == before
    assert not AuditEntry.objects.exists()


def test_only_who_may_decide_narrows_with_a_reason_and_the_change_that_was_shown(asked, alice, adam, charlie, rita):
    for person in (alice, adam, charlie):
        with pytest.raises(Refused):
            narrow(asked, person, Fields(hours=8))
    with pytest.raises(Refused, match="reason"):
        narrow(asked, rita, Fields(hours=8), reason=" ")
    with pytest.raises(Refused, match="not the one"):
        narrow(asked, rita, Fields(hours=8), digest="0" * 64)


def test_what_was_decided_is_narrowed_no_more(asked, rita, noor):
    late = AccessRequest.objects.get(pk=asked.pk)
    services.approve(request=asked, approver=noor, change_digest=asked.change_digest)
    with pytest.raises(Stale, match="approved now"):
        narrow(late, rita, Fields(hours=8))


@pytest.fixture
def sent_back(asked, rita):
    services.ask_for_changes(request=asked, approver=rita, change_digest=asked.change_digest, reason="Why both?")
    return asked


def test_the_requester_asks_for_something_else_under_a_new_digest(sent_back, account, alice, rita):
    before, first = sent_back.change_digest, sent_back.change
    other = make_change(account, hours=8)
    services.resubmit(request=sent_back, person=alice, justification="One will do.", change=other)
    assert (sent_back.state, sent_back.justification) == (State.SUBMITTED, "One will do.")
    assert (sent_back.change_digest, sent_back.first_change) == (other.digest(), first)
    assert sent_back.change_digest != before
    assert ("to_decide", "rita") in mails()


@pytest.mark.parametrize("hours", [None, 10_000])
def test_asking_anew_keeps_to_what_the_account_allows(sent_back, account, alice, hours):
    with pytest.raises(Refused):
        services.resubmit(
            request=sent_back, person=alice, justification="More.", change=make_change(account, hours=hours)
        )
    sent_back.refresh_from_db()
    assert sent_back.state == State.NEEDS_CHANGES


def test_nobody_asks_anew_for_another_principal(sent_back, account, alice):
    with pytest.raises(Refused, match="principal"):
        services.resubmit(
            request=sent_back, person=alice, justification="Mine.", change=make_change(account, MATEO_ARN)
        )


def test_an_approval_of_what_was_asked_before_is_no_approval_of_the_new(sent_back, account, alice, rita):
    make_approval(sent_back, rita)
    services.resubmit(request=sent_back, person=alice, justification="Less.", change=make_change(account, hours=8))
    assert sent_back.state == State.SUBMITTED
    services.approve(request=sent_back, approver=rita, change_digest=sent_back.change_digest)
    assert sent_back.state == State.APPROVED
    assert sent_back.approvals.count() == 2


def test_the_reminders_begin_anew_when_it_is_asked_anew(sent_back, alice):
    AccessRequest.objects.filter(pk=sent_back.pk).update(reminders=3)
    services.resubmit(request=sent_back, person=alice, justification="Because.")
    assert sent_back.reminders == 0
    assert sent_back.due_at > timezone.now()
