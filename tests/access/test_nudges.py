"""A request that waits: people are reminded, others told, and in the end it lapses."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import make_request, make_rule
from tests.cast import make_person
from troubleshoot.access import outbox, people
from troubleshoot.access.claims import Claim, Lost, claim_request
from troubleshoot.access.nudges import nudge
from troubleshoot.models import AccessRequest, AdminChange, AuditEntry, OutboxMessage, Risk, Role, RoleAssignment, State

pytestmark = pytest.mark.django_db


def waiting(alice, account, *, days=0.0, state=State.SUBMITTED, **values):
    """A request that has waited so many days, whose approvers were asked."""
    return make_request(requester=alice, account=account, state=state, age=timedelta(days=days), **values)


def asked(request, *people):
    outbox.queue(outbox.to_all("to_decide", people), cause="filed", request=request)


def look(request):
    AccessRequest.objects.filter(pk=request.pk).update(due_at=timezone.now())
    claim = claim_request("test")
    assert claim.request.pk == request.pk
    before = set(OutboxMessage.objects.values_list("key", flat=True))
    nudge(claim)
    request.refresh_from_db()
    new = OutboxMessage.objects.exclude(key__in=before).select_related("person")
    return sorted((mail.template, mail.person.username) for mail in new)


def at_day(request, days):
    AccessRequest.objects.filter(pk=request.pk).update(changed_at=timezone.now() - timedelta(days=days))


def test_the_reminders_come_after_one_three_seven_and_fifteen_days(account, alice, rita):
    request = waiting(alice, account)
    asked(request, rita)
    days = []
    for quarter in range(4 * 29):
        at_day(request, quarter / 4)
        if ("reminder_decide", "rita") in look(request):
            days.append(quarter / 4)
    assert days == [1, 3, 7, 15]
    assert request.state == State.SUBMITTED


def test_it_lapses_after_thirty_days_and_its_people_are_told(account, alice, rita):
    request = waiting(alice, account, days=30)
    assert look(request) == [("lapsed", "alice")]
    assert (request.state, request.due_at) == (State.LAPSED, None)


def test_after_a_week_the_administrators_and_the_contact_are_told(account, alice, rita, adam):
    contact = make_person("carl")
    type(contact).objects.filter(pk=contact.pk).update(email=account.contact_email.upper())
    request = waiting(alice, account, days=7)
    asked(request, rita)
    assert look(request) == [("escalated", "adam"), ("escalated", "carl"), ("reminder_decide", "rita")]


def test_whoever_must_answer_is_reminded_and_nobody_else(account, alice, rita, adam):
    request = waiting(alice, account, days=7, state=State.NEEDS_CHANGES)
    assert look(request) == [("reminder_answer", "alice")]


def test_whoever_applies_by_hand_is_reminded(account, alice, rita, adam):
    request = waiting(alice, account, days=1, state=State.AWAITING_MANUAL_APPLY, failure="By hand.")
    assert look(request) == [("reminder_apply", "adam")]
    assert request.failure == "By hand."


def test_the_same_reminder_is_never_sent_twice(account, alice, rita):
    request = waiting(alice, account, days=1.5)
    asked(request, rita)
    assert look(request) == [("reminder_decide", "rita")]
    AccessRequest.objects.filter(pk=request.pk).update(reminders=0)  # as if it was killed before it noted it
    assert look(request) == []


def test_it_is_looked_at_every_day(account, alice, rita):
    request = waiting(alice, account, days=16)
    look(request)
    assert timedelta(hours=23) < request.due_at - timezone.now() <= timedelta(days=1)


def test_whoever_approved_already_is_not_reminded(account, alice, rita, noor):
    from troubleshoot.access import services

    request = waiting(alice, account, days=1, risk=Risk.HIGH)
    asked(request, rita, noor)
    services.approve(request=request, approver=rita, change_digest=request.change_digest)
    at_day(request, 1)
    assert look(request) == [("reminder_decide", "noor")]


def test_the_others_are_told_when_an_approver_left(account, alice, rita, noor, adam, ada):
    request = waiting(alice, account)
    asked(request, rita, noor)
    change = people.propose_change(
        by=adam, kind=AdminChange.Kind.REMOVE_ROLE, person=noor, role=Role.APPROVER, account=account
    )
    people.confirm_change(change=change, by=ada)
    request.refresh_from_db()
    assert request.due_at <= timezone.now()
    assert look(request) == [("handed_over", "rita")]
    assert look(request) == []
    assert AuditEntry.objects.filter(event="request.approver_left").count() == 1


def test_administrators_are_told_when_nobody_is_left(account, alice, rita, adam):
    request = waiting(alice, account)
    asked(request, rita)
    type(rita).objects.filter(pk=rita.pk).update(is_active=False)
    assert look(request) == [("nobody_left", "adam")]
    assert look(request) == []


def test_administrators_are_told_when_fewer_are_left_than_are_needed(account, alice, rita, noor, adam):
    request = waiting(alice, account, risk=Risk.HIGH)
    asked(request, rita, noor)
    RoleAssignment.objects.filter(person=noor).delete()
    assert look(request) == [("handed_over", "rita"), ("nobody_left", "adam")]


def test_whoever_may_decide_by_now_is_asked_once(account, alice, rita, noor):
    request = waiting(alice, account)
    asked(request, rita)
    make_rule(rita, noor)
    assert look(request) == [("to_decide", "noor")]
    assert look(request) == []


def test_a_worker_that_lost_its_fence_tells_nobody(account, alice, rita):
    request = waiting(alice, account, days=1, fence=5)
    with pytest.raises(Lost):
        nudge(Claim(request, 4))
    assert not OutboxMessage.objects.exists()
