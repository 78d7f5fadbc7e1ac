"""Apply, verify, end: on a healthy IAM, and on one where somebody else works too."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests.builders import make_approval, make_request
from tests.cast import ALICE_ARN, MATEO_ARN
from tests.faults.fake_iam import OWN, FakeIam, FakeReader, FakeWriter, install
from tests.faults.steps import agree, drain, let_it_expire, settle
from troubleshoot.access import accounts, ending, reconcile, reminders, services
from troubleshoot.access.calls import call_from_data
from troubleshoot.access.drift import next_comparison
from troubleshoot.access.errors import Refused, Stale
from troubleshoot.access.verify import judge
from troubleshoot.aws.errors import problem
from troubleshoot.aws.gateway import ProblemKind
from troubleshoot.iam.decision import Outcome
from troubleshoot.models import (
    AccessRequest,
    Approval,
    AuditEntry,
    Grant,
    GrantStep,
    Mode,
    OutboxMessage,
    RoleAssignment,
    State,
)
from troubleshoot.remedy import change_from_data

pytestmark = pytest.mark.django_db
DENY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})


def templates():
    return sorted(OutboxMessage.objects.values_list("template", flat=True))


def test_it_applies_reads_back_verifies_and_tells(approved, iam):
    lines = drain()
    assert [line.split(" ", 1)[1] for line in lines] == [
        "approved -> applying",
        "applying -> verifying",
        "verifying -> active",
    ]
    agree(approved, iam)
    assert set(iam.effects().values()) == {1}
    assert templates() == ["active"]
    assert approved.due_at < approved.grant.expires_at
    assert [step.operation for step in approved.grant.steps.all()] == ["create_policy", "attach"]


def test_the_names_follow_from_the_request(approved, iam):
    drain()
    approved.refresh_from_db()
    assert approved.grant.policy_arn == f"{OWN}AD-{approved.code}"
    assert approved.grant.before == []
    assert iam.state["tags"] == {approved.grant.policy_arn: {"access-desk-request": approved.code}}


def test_what_nobody_can_read_stays_named_as_unchecked(approved, iam):
    drain()
    approved.refresh_from_db()
    verification = approved.grant.verification
    assert verification["unchecked"] == ["vpc_endpoint"]
    assert {"identity", "boundary", "scps"} <= set(verification["checked"])
    assert verification["at"]


def test_the_end_stands_in_the_policy_itself(approved, iam):
    before = timezone.now()
    drain()
    approved.refresh_from_db()
    ends = approved.grant.expires_at
    assert timedelta(hours=23, minutes=59) < ends - before < timedelta(hours=24, minutes=1)
    [statement] = json.loads(iam.policies[approved.grant.policy_arn])["Statement"]
    assert statement["Condition"] == {"DateLessThan": {"aws:CurrentTime": ends.strftime("%Y-%m-%dT%H:%M:%SZ")}}


def test_the_grant_gives_nothing_from_its_last_second_on_even_while_attached(approved, iam):
    drain()
    approved.refresh_from_db()
    call = call_from_data(approved.call)
    snapshot = FakeReader(iam).snapshot(ALICE_ARN, action=call.action, resource=call.resource)
    ends = approved.grant.expires_at
    before, at, after = (judge(call, snapshot, ends + timedelta(seconds=seconds)) for seconds in (-1, 0, 1))
    assert not before.stopping
    assert {at.outcome, after.outcome} == {Outcome.IMPLICIT_DENY}


def test_at_its_end_it_is_detached_deleted_and_told(approved, iam):
    drain()
    let_it_expire(approved)
    drain()
    agree(approved, iam)
    assert approved.state == State.EXPIRED
    assert approved.grant.ended_at
    assert templates() == ["active", "expired"]


def test_an_active_grant_is_left_alone_before_its_end(approved, iam):
    drain()
    AccessRequest.objects.update(due_at=timezone.now())
    drain()
    agree(approved, iam)
    assert timezone.now() < approved.due_at <= approved.grant.expires_at


def test_a_grant_without_end_is_active_until_it_is_given_back(approved, iam, alice):
    change = {**approved.change, "hours": None}
    digest = change_from_data(change).digest()
    AccessRequest.objects.update(change=change, change_digest=digest)
    Approval.objects.update(change_digest=digest)
    settle(approved)
    agree(approved, iam)
    assert (approved.state, approved.grant.expires_at) == (State.ACTIVE, None)
    assert approved.due_at == next_comparison(approved.grant)
    assert "Condition" not in approved.grant.document
    services.end_early(request=approved, person=alice)
    settle(approved)
    agree(approved, iam)
    assert approved.state == State.REVOKED


def test_its_people_give_it_back_and_approvers_revoke_it_with_a_reason(approved, iam, rita, charlie):
    drain()
    with pytest.raises(Refused):
        services.end_early(request=approved, person=charlie, reason="No.")
    with pytest.raises(Refused, match="reason"):
        services.end_early(request=approved, person=rita)
    services.end_early(request=approved, person=rita, reason="The project ended.")
    drain()
    agree(approved, iam)
    assert approved.state == State.REVOKED
    with pytest.raises(Stale):
        services.end_early(request=approved, person=rita, reason="Again.")


def test_an_end_that_is_asked_for_while_the_worker_lets_go_of_the_row_is_not_forgotten(
    approved, iam, alice, monkeypatch
):
    drain()
    AccessRequest.objects.update(due_at=timezone.now())

    def asked_meanwhile(claim, grant):
        services.end_early(request=AccessRequest.objects.get(), person=alice)
        reminders.remind(claim, grant)

    monkeypatch.setattr(ending, "remind", asked_meanwhile)
    assert reconcile.run_one("test") == f"{approved.code} active: moved on meanwhile"
    monkeypatch.undo()
    install(monkeypatch, iam)
    drain()
    agree(approved, iam)
    assert approved.state == State.REVOKED


def test_without_a_writer_it_is_handed_over_with_the_exact_document(approved, iam, monkeypatch):
    install(monkeypatch, iam, may_write=False)
    drain()
    approved.refresh_from_db()
    assert approved.state == State.AWAITING_MANUAL_APPLY
    assert approved.grant.manual
    assert "aws:CurrentTime" in approved.grant.document
    assert not iam.policies
    assert templates() == ["apply_by_hand"]


def test_a_principal_that_the_portal_may_not_change_is_handed_over(approved, iam):
    with iam.changing() as state:
        state["writable"] = []
    drain()
    approved.refresh_from_db()
    assert approved.state == State.AWAITING_MANUAL_APPLY
    assert approved.failure == "The portal may not change this principal."


@pytest.mark.parametrize("may_write", [True, False])
def test_a_principal_that_does_not_exist_fails_and_is_not_handed_over(approved, iam, monkeypatch, may_write):
    install(monkeypatch, iam, may_write=may_write)
    with iam.changing() as state:
        state["gone"] = [approved.principal_arn]
    drain()
    approved.refresh_from_db()
    assert approved.state == State.FAILED
    assert "no such user or role" in approved.failure or "does not exist" in approved.failure
    assert not iam.policies
    assert templates() == ["failed"] * 2


def by_hand(approved, iam):
    with iam.changing() as state:
        state["policies"][approved.grant.policy_arn] = approved.grant.document
        state["attached"][approved.principal_arn] = [approved.grant.policy_arn]


def test_what_an_administrator_did_by_hand_is_verified_as_carefully(approved, iam, rita, charlie, monkeypatch):
    install(monkeypatch, iam, may_write=False)
    settle(approved)
    with pytest.raises(Refused):
        services.check_now(request=approved, person=charlie)
    services.check_now(request=approved, person=rita)
    settle(approved)
    assert approved.state == State.AWAITING_MANUAL_APPLY
    assert approved.failure == f"The policy {approved.grant.policy_arn} is not attached to the principal yet."
    by_hand(approved, iam)
    services.check_now(request=approved, person=rita)
    settle(approved)
    assert approved.state == State.ACTIVE
    agree(approved, iam)


def test_a_grant_made_by_hand_ends_by_its_own_date(approved, iam, rita, monkeypatch):
    install(monkeypatch, iam, may_write=False)
    settle(approved)
    by_hand(approved, iam)
    services.check_now(request=approved, person=rita)
    settle(approved)
    let_it_expire(approved)
    drain()
    approved.refresh_from_db()
    assert approved.state == State.EXPIRED
    assert "is attached" in approved.failure


def test_a_grant_made_by_hand_is_revoked_when_it_is_seen_to_be_gone(approved, iam, alice, rita, monkeypatch):
    install(monkeypatch, iam, may_write=False)
    settle(approved)
    by_hand(approved, iam)
    services.check_now(request=approved, person=rita)
    settle(approved)
    services.end_early(request=approved, person=alice)
    drain()
    approved.refresh_from_db()
    assert approved.state == State.ACTIVE
    assert "not taken away yet" in approved.failure
    with iam.changing() as state:
        state["attached"] = {}
    AccessRequest.objects.update(due_at=timezone.now())
    drain()
    approved.refresh_from_db()
    assert approved.state == State.REVOKED


def test_the_portal_cannot_check_what_it_may_not_read(approved, iam, rita, writable, monkeypatch):
    install(monkeypatch, iam, may_write=False)
    settle(approved)
    writable.mode = Mode.TEXT
    writable.save()
    with pytest.raises(Refused, match="may not read"):
        services.check_now(request=AccessRequest.objects.get(), person=rita)


@pytest.mark.parametrize("spoil", ["approval_gone", "approver_lost_role", "approver_disabled", "other_digest",
                                   "change_edited", "approver_owns_principal", "rejected_too"])  # fmt: skip
def test_nothing_is_written_on_an_approval_that_does_not_stand(approved, iam, rita, noor, account, spoil):
    approval = Approval.objects.filter(request=approved)
    if spoil == "approval_gone":
        approval.delete()
    elif spoil == "approver_lost_role":
        RoleAssignment.objects.filter(person=rita).delete()
    elif spoil == "approver_disabled":
        type(rita).objects.filter(pk=rita.pk).update(is_active=False)
    elif spoil == "other_digest":
        approval.update(change_digest="0" * 64)
    elif spoil == "change_edited":
        approved.change["statements"][0]["Action"] = "*"
        AccessRequest.objects.update(change=approved.change)
    elif spoil == "rejected_too":
        make_approval(approved, noor, Approval.Verdict.REJECT)
    else:
        rita.links.create(account=account, principal_arn=ALICE_ARN)
    settle(approved)
    agree(approved, iam)
    assert approved.state == State.FAILED
    assert not iam.effects()
    assert templates()[-1] == "failed"


def begun(approved, iam):
    """Take the first step only: the intent is written down, nothing is done."""
    reconcile.run_one("test")
    approved.refresh_from_db()
    assert approved.state == State.APPLYING
    return approved.grant


def test_a_document_that_was_edited_after_the_intent_is_not_written(approved, iam):
    grant = begun(approved, iam)
    Grant.objects.filter(pk=grant.pk).update(document=grant.document.replace("ListSchemas", "*"))
    settle(approved)
    assert approved.state == State.FAILED
    assert not iam.effects()


def test_another_principal_written_into_the_intent_is_not_served(approved, iam):
    grant = begun(approved, iam)
    with iam.changing() as state:
        state["writable"].append(MATEO_ARN)
    Grant.objects.filter(pk=grant.pk).update(principal_arn=MATEO_ARN)
    settle(approved)
    assert approved.state == State.FAILED
    assert not iam.effects()


def test_an_approval_withdrawn_between_two_writes_stops_the_second(approved, iam, rita, monkeypatch):
    def hook(point):
        if point == "create_policy:after":
            RoleAssignment.objects.filter(person=rita).delete()

    install(monkeypatch, iam, hook)
    settle(approved)
    agree(approved, iam)
    assert approved.state == State.FAILED
    assert (("attach", approved.grant.policy_arn)) not in iam.effects()


def test_somebodys_policy_of_the_same_name_is_never_touched(approved, iam):
    grant = begun(approved, iam)
    with iam.changing() as state:
        state["policies"][grant.policy_arn] = DENY
    settle(approved)
    assert approved.state == State.FAILED
    assert iam.policies == {grant.policy_arn: DENY}
    assert "changed by somebody else" in approved.failure


def test_what_another_layer_stops_fails_at_once_and_is_taken_away(approved, tmp_path, monkeypatch):
    iam = FakeIam(tmp_path / "other.json", boundary=DENY)
    install(monkeypatch, iam)
    drain()
    agree(approved, iam)
    assert approved.state == State.FAILED
    assert approved.failure.startswith("The call would still be stopped by the permissions boundary.")
    assert approved.failure.endswith(f"It is not attached ({ALICE_ARN}).")
    assert approved.grant.ended_at


def test_it_is_never_active_on_what_could_not_be_read(approved, tmp_path, monkeypatch):
    iam = FakeIam(tmp_path / "other.json", readable=False)
    install(monkeypatch, iam)
    settle(approved)
    agree(approved, iam)
    assert approved.state == State.FAILED
    assert "could not be" in approved.failure


def test_a_foreign_detach_before_verification_is_seen(approved, iam):
    begun(approved, iam)
    reconcile.run_one("test")
    with iam.changing() as state:
        state["attached"] = {}
    settle(approved)
    agree(approved, iam)
    assert approved.state == State.FAILED


def test_a_policy_that_somebody_attached_elsewhere_is_left_there_and_told(approved, iam, adam):
    drain()
    approved.refresh_from_db()
    with iam.changing() as state:
        state["attached"][MATEO_ARN] = [approved.grant.policy_arn]
    let_it_expire(approved)
    drain()
    approved.refresh_from_db()
    assert approved.state == State.EXPIRED
    assert iam.attached() == []
    assert approved.grant.policy_arn in iam.policies
    assert "exists" in approved.failure
    assert "left_behind" in templates()


def test_a_document_that_somebody_changed_is_detached_but_not_deleted_at_the_end(approved, iam, adam):
    drain()
    approved.refresh_from_db()
    with iam.changing() as state:
        state["policies"][approved.grant.policy_arn] = DENY
    let_it_expire(approved)
    drain()
    approved.refresh_from_db()
    assert approved.state == State.EXPIRED
    assert iam.attached() == []
    assert iam.policies == {approved.grant.policy_arn: DENY}


def test_a_request_that_nobody_decides_lapses_and_is_told(writable, alice, iam):
    request = make_request(
        requester=alice, account=writable, due_at=datetime(2026, 1, 1, tzinfo=UTC), age=timedelta(days=30)
    )
    drain()
    request.refresh_from_db()
    assert (request.state, request.due_at) == (State.LAPSED, None)
    assert templates() == ["lapsed"]


def test_the_trail_of_a_grant_names_each_step_and_nobody(approved, iam):
    drain()
    let_it_expire(approved)
    drain()
    events = list(AuditEntry.objects.filter(subject=approved.code).values_list("event", flat=True))
    assert events == ["request.begin", "request.written", "request.verified", "request.expire"]
    assert "alice" not in str(list(AuditEntry.objects.values()))


def test_each_intent_is_kept_before_its_call_and_its_outcome_after_it_was_read_back(approved, iam, monkeypatch):
    seen = []

    def hook(point):
        steps = GrantStep.objects.order_by("pk").values_list("operation", "done_at")
        seen.append((point, [operation for operation, done in steps if done], len(steps)))

    install(monkeypatch, iam, hook)
    drain()
    at = {point: (done, intended) for point, done, intended in reversed(seen)}
    assert at["create_policy:before"] == ([], 2)
    assert at["attach:before"] == (["create_policy"], 2)
    assert at["snapshot:before"] == (["create_policy", "attach"], 2)


def test_it_waits_for_what_iam_does_not_show_yet(approved, iam):
    begun(approved, iam)
    words = []
    while approved.state != State.ACTIVE:
        iam.lag = 0 if len(words) > 5 else 1
        AccessRequest.objects.update(due_at=timezone.now())
        reconcile.run_one("test")
        approved.refresh_from_db()
        words.append(approved.failure)
    assert "IAM does not show the new policy yet. The portal looks again shortly." in words
    agree(approved, iam)
    assert set(iam.effects().values()) == {1}


def test_it_waits_for_an_attachment_that_does_not_show_yet(approved, iam, monkeypatch):
    def hook(point):
        if point == "attach:after":
            iam.lag = 1 if next(first, False) else 0

    first = iter([True])
    install(monkeypatch, iam, hook)
    drain()
    approved.refresh_from_db()
    assert approved.failure.startswith("IAM does not show the policy on the principal yet.")
    settle(approved)
    agree(approved, iam)
    assert approved.state == State.ACTIVE


def test_a_grant_that_never_shows_fails_after_a_while(approved, iam):
    begun(approved, iam)
    reconcile.run_one("test")
    for _ in range(30):
        iam.lag = 1
        AccessRequest.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
        reconcile.run_one("test")
        approved.refresh_from_db()
        if approved.state == State.FAILED:
            break
    assert "identity policies" in approved.failure
    iam.lag = 0
    settle(approved)
    agree(approved, iam)


def test_a_read_back_of_another_document_is_not_taken_for_success(approved, iam, monkeypatch):
    def hook(point):
        if point == "create_policy:after":
            with iam.changing() as state:
                state["policies"] = dict.fromkeys(state["policies"], DENY)

    install(monkeypatch, iam, hook)
    settle(approved)
    assert approved.state == State.FAILED
    assert "another document" in approved.failure
    assert list(iam.policies.values()) == [DENY]
    assert iam.attached() == []


def test_a_writer_that_was_taken_away_in_mid_apply_fails_with_words(approved, iam, monkeypatch):
    begun(approved, iam)
    install(monkeypatch, iam, may_write=False)
    drain()
    approved.refresh_from_db()
    assert approved.state == State.FAILED
    assert approved.failure.startswith("The portal may not write in this account any more.")
    assert "that was not read" in approved.failure


def test_a_row_with_nothing_to_do_is_let_go(approved, iam):
    AccessRequest.objects.update(state=State.REJECTED)
    assert drain() == [f"{approved.code} rejected -> rejected (nothing to do)"]
    approved.refresh_from_db()
    assert approved.due_at is None


def test_a_row_that_another_worker_took_meanwhile_is_left_to_it(approved, iam, monkeypatch):
    def hook(point):
        if point == "create_policy:before":
            AccessRequest.objects.update(fence=99)

    begun(approved, iam)
    install(monkeypatch, iam, hook)
    assert reconcile.run_one("test") == f"{approved.code} applying: moved on meanwhile"
    assert ("attach", approved.grant.policy_arn) not in iam.effects()
    assert not approved.grant.steps.filter(done_at__isnull=False).exists()


def look_at(approved, before):
    """Look at the grant so long before its end."""
    ends = timezone.now() + before
    Grant.objects.update(expires_at=ends, verified_at=ends - timedelta(days=7))
    AccessRequest.objects.update(due_at=timezone.now())
    drain()
    approved.refresh_from_db()
    return approved.due_at - timezone.now()


@pytest.fixture
def no_comparison(monkeypatch):
    """Let the night's comparison not fall between two reminders."""
    monkeypatch.setattr(reminders, "next_comparison", lambda _grant: None)


def test_it_reminds_a_day_and_an_hour_before_the_end_and_once_each(approved, iam, no_comparison):
    drain()
    assert timedelta(hours=5) < look_at(approved, timedelta(hours=30)) < timedelta(hours=6)
    assert templates() == ["active"]
    for _ in range(2):
        assert timedelta(hours=21) < look_at(approved, timedelta(hours=23)) < timedelta(hours=22)
        assert templates() == ["active", "ends_soon"]
    for _ in range(2):
        assert look_at(approved, timedelta(minutes=59)) < timedelta(minutes=59)
        assert templates() == ["active", "ends_soon", "ends_soon"]


def test_a_short_grant_is_not_reminded_of_at_its_beginning(approved, iam, no_comparison):
    drain()
    approved.refresh_from_db()
    assert approved.grant.expires_at - approved.due_at == timedelta(hours=1)
    ends = timezone.now() + timedelta(minutes=50)
    Grant.objects.update(expires_at=ends, verified_at=ends - timedelta(hours=1))
    AccessRequest.objects.update(due_at=timezone.now())
    drain()
    approved.refresh_from_db()
    assert approved.due_at == ends
    assert templates() == ["active"]


def test_a_worker_that_lost_its_row_looks_once_more_before_it_writes_and_does_not(approved, iam, monkeypatch):
    def overtaken(_account, **_case):
        AccessRequest.objects.update(fence=99)
        return FakeWriter(iam)

    begun(approved, iam)
    monkeypatch.setattr(accounts, "writer", overtaken)
    assert reconcile.run_one("test") == f"{approved.code} applying: moved on meanwhile"
    assert not iam.effects()


def test_a_withdrawal_while_the_worker_meets_a_fault_stays_a_withdrawal(approved, iam, alice, monkeypatch):
    def withdrawn(point):
        services.withdraw(request=AccessRequest.objects.get(), person=alice)
        raise problem(ProblemKind.THROTTLED, "iam:GetUser")

    install(monkeypatch, iam, withdrawn)
    assert reconcile.run_one("test") == f"{approved.code} approved: moved on meanwhile"
    approved.refresh_from_db()
    assert (approved.state, approved.due_at, approved.failure) == (State.WITHDRAWN, None, "")
