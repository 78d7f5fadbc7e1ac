"""Once a night each active grant is compared with live IAM. What others changed is told, never repaired."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import ALICE_ARN, MATEO_ARN, make_account, make_person
from tests.faults.fake_iam import FakeIam, Script, install
from tests.faults.steps import drain
from troubleshoot.access import drift, reconcile
from troubleshoot.access.errors import Refused, Stale
from troubleshoot.access.mail import written
from troubleshoot.aws.errors import problem
from troubleshoot.aws.gateway import ProblemKind
from troubleshoot.models import AccessRequest, AuditEntry, Grant, OutboxMessage, Role, State

pytestmark = pytest.mark.django_db
OTHER = json.dumps({"Version": "2012-10-17", "Statement": []})


@pytest.fixture
def active(approved, iam):
    drain()
    Grant.objects.update(expires_at=timezone.now() + timedelta(days=20))
    approved.refresh_from_db()
    return approved


def a_night_passes():
    Grant.objects.update(compared_at=timezone.now() - timedelta(days=2))
    AccessRequest.objects.update(due_at=timezone.now())
    lines = drain()
    return lines, Grant.objects.get()


def deleted(state, arn):
    state["policies"].pop(arn)
    state["attached"][ALICE_ARN].remove(arn)


CHANGES = {
    "document_changed": lambda state, arn: state["policies"].update({arn: OTHER}),
    "detached": lambda state, arn: state["attached"][ALICE_ARN].remove(arn),
    "attached_elsewhere": lambda state, arn: state["attached"].update({MATEO_ARN: [arn]}),
    "policy_missing": deleted,
    "principal_recreated": lambda state, _arn: state["ids"].update({ALICE_ARN: "AIDA-ANEW"}),
    "principal_gone": lambda state, _arn: state["gone"].append(ALICE_ARN),
}


def test_where_nothing_changed_nothing_is_told(active, iam):
    _, grant = a_night_passes()
    assert grant.drift is None
    assert timezone.now() - grant.compared_at < timedelta(seconds=30)
    assert not AuditEntry.objects.filter(event__startswith="request.drift").exists()
    assert not OutboxMessage.objects.filter(template="drifted").exists()


@pytest.mark.parametrize(("asked", "words"), [(False, "The nightly comparison with"), (True, "A comparison with")])
def test_the_mail_says_nightly_only_where_it_was(active, iam, rita, asked, words):
    with iam.changing() as state:
        CHANGES["detached"](state, active.grant.policy_arn)
    if asked:
        drift.ask_again(request=active, person=rita)
        drain()
    else:
        a_night_passes()
    mail = written(OutboxMessage.objects.filter(template="drifted").first())
    for text in (mail.body, mail.alternatives[0].content):
        assert f"{words} IAM found this grant changed." in text


@pytest.mark.parametrize("kind", CHANGES)
def test_each_change_is_told_once_and_nothing_is_repaired(active, iam, adam, kind):
    with iam.changing() as state:
        CHANGES[kind](state, active.grant.policy_arn)
    before, done = iam.state, iam.effects()
    for _ in range(2):
        _, grant = a_night_passes()
        assert grant.drift["codes"] == [kind]
    assert (iam.state, iam.effects()) == (before, done)
    active.refresh_from_db()
    assert active.state == State.ACTIVE
    assert AuditEntry.objects.get(event="request.drift").data["found"] == [kind]
    told = OutboxMessage.objects.filter(template="drifted")
    assert sorted(told.values_list("person__username", flat=True)) == ["adam", "rita"]
    assert told[0].context["words"] == [drift.WORDS[kind]]


def test_whom_else_it_was_given_to_is_named(active, iam):
    with iam.changing() as state:
        state["attached"][MATEO_ARN] = [active.grant.policy_arn]
    _, grant = a_night_passes()
    assert grant.drift["elsewhere"] == ["user/mateojackson"]


def test_a_boundary_that_was_taken_off_is_told(active, iam, monkeypatch):
    install(monkeypatch, FakeIam(iam.file, boundary=""))
    _, grant = a_night_passes()
    assert grant.drift["codes"] == ["boundary_gone"]


def test_a_change_that_is_over_is_told_to_the_trail(active, iam):
    with iam.changing() as state:
        CHANGES["detached"](state, active.grant.policy_arn)
    a_night_passes()
    with iam.changing() as state:
        state["attached"][ALICE_ARN] = [active.grant.policy_arn]
    _, grant = a_night_passes()
    assert grant.drift is None
    events = AuditEntry.objects.filter(event__startswith="request.drift").values_list("event", flat=True)
    assert list(events) == ["request.drift", "request.drift_over"]


@pytest.mark.parametrize("call", ["snapshot", "policy_document", "attached_policies", "holders"])
def test_a_fault_of_aws_is_waited_out_and_is_no_drift(active, iam, monkeypatch, call):
    install(monkeypatch, iam, Script({f"{call}:before": [problem(ProblemKind.THROTTLED, "iam:X")] * 2}))
    Grant.objects.update(compared_at=timezone.now() - timedelta(days=2))
    for _ in range(4):
        AccessRequest.objects.update(due_at=timezone.now())
        drain()
    active.refresh_from_db()
    assert Grant.objects.get().drift is None
    assert (active.state, active.failure) == (State.ACTIVE, "")
    assert timezone.now() - Grant.objects.get().compared_at < timedelta(seconds=30)


def test_what_never_can_be_read_is_said_to_be_not_known(active, iam, monkeypatch):
    install(monkeypatch, iam, Script({"holders:before": [problem(ProblemKind.ACCESS_DENIED, "iam:X")] * 9}))
    _, grant = a_night_passes()
    assert grant.drift["codes"] == ["unread"]
    assert grant.drift["why"]


def test_aws_that_stays_away_all_night_is_said_to_be_not_known(active, iam, monkeypatch):
    install(monkeypatch, iam, Script({"holders:before": [problem(ProblemKind.UNREACHABLE, "iam:X")] * 99}))
    Grant.objects.update(compared_at=timezone.now() - timedelta(days=2))
    for _ in range(8):
        AccessRequest.objects.update(due_at=timezone.now())
        reconcile.run_one("test")
    assert Grant.objects.get().drift["codes"] == ["unread"]


def test_comparisons_are_spread_over_the_night(active):
    moments = set()
    for pk in range(1, 200):
        grant = Grant(pk=pk, verified_at=active.grant.verified_at)
        moments.add(drift.next_comparison(grant))
        midnight = grant.verified_at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        assert midnight <= drift.next_comparison(grant) < midnight + timedelta(hours=4)
    assert len(moments) > 190


def test_it_is_due_in_the_night_though_nobody_is_to_be_reminded(active):
    AccessRequest.objects.update(due_at=timezone.now())
    drain()
    active.refresh_from_db()
    assert active.due_at == drift.next_comparison(Grant.objects.get())


def test_somebody_may_have_it_compared_now(active, iam, adam):
    with iam.changing() as state:
        CHANGES["detached"](state, active.grant.policy_arn)
    drift.ask_again(request=active, person=adam)
    drain()
    grant = Grant.objects.get()
    assert grant.drift["codes"] == ["detached"]
    assert "again" not in grant.drift
    assert AuditEntry.objects.filter(event="request.compare_asked").count() == 1


def test_what_is_over_is_not_compared(active, adam):
    AccessRequest.objects.update(state=State.EXPIRED, due_at=None)
    with pytest.raises(Stale):
        drift.ask_again(request=active, person=adam)
    assert drain() == []


def test_only_reviewers_may_have_it_compared(active, alice, charlie, otto):
    for person in (alice, charlie, otto):
        with pytest.raises(Refused):
            drift.ask_again(request=active, person=person)


def test_what_needs_somebody_is_listed_for_those_who_may_review_it(active, iam, rita, adam, otto, alice):
    assert not drift.needing_somebody(adam).exists()
    with iam.changing() as state:
        CHANGES["detached"](state, active.grant.policy_arn)
    a_night_passes()
    elsewhere = make_person("zoe", Role.APPROVER, account=make_account("210987654321", "other"))
    for person, sees in [(rita, True), (adam, True), (otto, True), (alice, False), (elsewhere, False)]:
        assert drift.needing_somebody(person).exists() is sees
