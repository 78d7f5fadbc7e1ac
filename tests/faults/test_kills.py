"""A worker is killed with SIGKILL at every gap; after a restart record and IAM agree. Real processes, PostgreSQL."""

import os
import signal
import time

import pytest

from tests.builders import make_approval, make_request
from tests.cast import ACCOUNT_ID
from tests.faults.children import KILLED, run_worker, start_worker, wait
from tests.faults.fake_iam import OWN, kill_at
from tests.faults.steps import agree, let_it_expire, release_leases, settle
from troubleshoot.access import extending, services, undo
from troubleshoot.access.errors import Stale
from troubleshoot.models import AccessRequest, Grant, OutboxMessage, State

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

# Every gap of the road: before and after each call to AWS, and the reads between two writes and their record.
APPLY_GAPS = [
    ("check_writable:before", 1),
    ("check_writable:after", 1),
    ("attached_policies:after", 1),
    ("create_policy:before", 1),
    ("create_policy:after", 1),
    ("policy_document:before", 1),
    ("policy_document:after", 1),
    ("attach:before", 1),
    ("attach:after", 1),
    ("attached_policies:before", 2),
    ("attached_policies:after", 2),
    ("snapshot:before", 1),
    ("snapshot:after", 1),
]
END_GAPS = [
    ("policy_document:before", 1),
    ("attached_policies:after", 1),
    ("detach:before", 1),
    ("detach:after", 1),
    ("delete_policy:before", 1),
    ("delete_policy:after", 1),
    ("policy_document:after", 2),
    ("attached_policies:after", 2),
]
EXTEND_GAPS = [
    *APPLY_GAPS,
    ("detach:before", 1),
    ("detach:after", 1),
    ("delete_policy:before", 1),
    ("delete_policy:after", 1),
]
UNDO_GAPS = [
    ("snapshot:before", 1),
    ("holders:before", 1),
    ("holders:after", 1),
    ("detach:before", 1),
    ("detach:after", 1),
    ("delete_policy:before", 1),
    ("delete_policy:after", 1),
    ("policy_document:after", 3),
]
ROUNDS = 5 if os.environ.get("ACCESS_DESK_DEEP") else 1


def killed_at(gap, iam):
    assert run_worker(iam, kill_at(*gap)) == KILLED
    release_leases()


@pytest.mark.parametrize("gap", APPLY_GAPS, ids=lambda gap: f"{gap[0]}-{gap[1]}")
@pytest.mark.parametrize("_round", range(ROUNDS))
def test_killed_while_applying_it_converges_to_active(approved, iam, gap, _round):
    killed_at(gap, iam)
    assert run_worker(iam) == 0
    agree(approved, iam)
    assert approved.state == State.ACTIVE
    assert set(iam.effects().values()) == {1}
    assert OutboxMessage.objects.filter(template="active").count() == 1


@pytest.mark.parametrize("gap", END_GAPS, ids=lambda gap: f"{gap[0]}-{gap[1]}")
@pytest.mark.parametrize("_round", range(ROUNDS))
def test_killed_while_ending_it_converges_to_expired(approved, iam, gap, _round):
    run_worker(iam)
    let_it_expire(approved)
    killed_at(gap, iam)
    assert run_worker(iam) == 0
    agree(approved, iam)
    assert approved.state == State.EXPIRED
    assert set(iam.effects().values()) == {1}


@pytest.mark.parametrize("gap", APPLY_GAPS, ids=lambda gap: f"{gap[0]}-{gap[1]}")
def test_a_withdrawal_after_the_kill_is_done_or_told_too_late(approved, iam, alice, gap):
    killed_at(gap, iam)
    request = AccessRequest.objects.get(pk=approved.pk)
    begun = request.state != State.APPROVED
    if begun:
        with pytest.raises(Stale):
            services.withdraw(request=request, person=alice)
    else:
        services.withdraw(request=request, person=alice)
    run_worker(iam)
    agree(approved, iam)
    assert approved.state == (State.ACTIVE if begun else State.WITHDRAWN)
    assert bool(iam.policies) is begun


@pytest.mark.parametrize("gap", APPLY_GAPS[4:], ids=lambda gap: f"{gap[0]}-{gap[1]}")
def test_a_foreign_document_after_the_kill_is_never_overwritten_or_called_active(approved, iam, gap):
    killed_at(gap, iam)
    foreign = '{"Version": "2012-10-17", "Statement": []}'
    arn = OWN + approved.policy_name
    with iam.changing() as state:
        state["policies"][arn] = foreign
    settle(approved)
    assert approved.state == State.FAILED
    assert iam.policies == {arn: foreign}
    assert iam.attached() == []


@pytest.mark.parametrize("gap", APPLY_GAPS[4:], ids=lambda gap: f"{gap[0]}-{gap[1]}")
def test_a_foreign_removal_after_the_kill_is_mended_or_told(approved, iam, gap):
    killed_at(gap, iam)
    with iam.changing() as state:
        state["policies"], state["attached"] = {}, {}
    settle(approved)
    agree(approved, iam)
    assert approved.state in (State.ACTIVE, State.FAILED)


def test_two_workers_apply_each_request_once(writable, alice, rita, iam):
    jobs = 100 if os.environ.get("ACCESS_DESK_DEEP") else 20
    for number in range(jobs):
        schema = f"arn:aws:personalize:us-east-1:{ACCOUNT_ID}:schema/schema-{number}"
        request = make_request(
            requester=alice,
            account=writable,
            state=State.APPROVED,
            action="personalize:DescribeSchema",
            resource=schema,
        )
        AccessRequest.objects.filter(pk=request.pk).update(due_at=request.submitted_at)
        make_approval(request, rita)
    workers = [start_worker(iam), start_worker(iam)]
    assert [wait(pid) for pid in workers] == [0, 0]
    assert set(AccessRequest.objects.values_list("state", flat=True)) == {State.ACTIVE}
    effects = iam.effects()
    assert len(effects) == 2 * jobs
    assert set(effects.values()) == {1}
    assert {grant.policy_arn for grant in Grant.objects.all()} == set(iam.policies)


def test_a_worker_that_was_paused_past_its_lease_writes_nothing_more(approved, iam):
    """It wakes up after another worker has done everything: its fence is old, and it takes no step."""

    def overtaken(point):
        if point == "create_policy:before":
            release_leases()
            assert run_worker(iam) == 0

    assert run_worker(iam, overtaken) == 0
    agree(approved, iam)
    assert approved.state == State.ACTIVE
    assert set(iam.effects().values()) == {1}
    assert OutboxMessage.objects.filter(template="active").count() == 1


def test_a_worker_stops_cleanly_when_told_to(approved, iam):
    pid = start_worker(iam, once=False)
    ends = time.monotonic() + 60
    while approved.state != State.ACTIVE and time.monotonic() < ends:
        time.sleep(0.05)
        approved.refresh_from_db()
    os.kill(pid, signal.SIGTERM)
    assert wait(pid) == 0
    agree(approved, iam)
    assert approved.lease_until is None


@pytest.fixture
def extension(approved, iam, alice, rita):
    """An approved extension of a grant that is active."""
    run_worker(iam)
    first = AccessRequest.objects.get(pk=approved.pk)
    made = extending.extend(
        request=first, person=alice, hours=48, justification="It takes longer.", idempotency_key="more-time-please"
    )
    services.approve(request=made, approver=rita, change_digest=made.change_digest)
    return made


@pytest.mark.parametrize("gap", EXTEND_GAPS, ids=lambda gap: f"{gap[0]}-{gap[1]}")
@pytest.mark.parametrize("_round", range(ROUNDS))
def test_killed_while_extending_it_converges_to_the_new_grant_alone(approved, extension, iam, gap, _round):
    killed_at(gap, iam)
    assert iam.attached(), "access is never missing"
    assert run_worker(iam) == 0
    agree(extension, iam)
    approved.refresh_from_db()
    assert (extension.state, approved.state) == (State.ACTIVE, State.REVOKED)
    assert set(iam.policies) == {extension.grant.policy_arn}
    assert set(iam.effects().values()) == {1}
    assert OutboxMessage.objects.filter(template="extended").count() == 1


@pytest.mark.parametrize("gap", EXTEND_GAPS[:13:3], ids=lambda gap: f"{gap[0]}-{gap[1]}")
def test_what_is_revoked_after_a_kill_is_not_brought_back_by_its_extension(approved, extension, iam, rita, gap):
    killed_at(gap, iam)
    services.end_early(request=AccessRequest.objects.get(pk=approved.pk), person=rita, reason="The project ended.")
    settle(extension)
    settle(approved)
    written = ("attach", extension.grant.policy_arn) in iam.effects() if Grant.objects.count() == 2 else False
    if extension.state == State.FAILED:
        assert iam.policies == {}
    else:  # it was written before: the page of the first says that another goes on, and that one can be revoked
        assert written
        assert iam.attached() == [extension.grant.policy_arn]
    assert approved.state == State.REVOKED


@pytest.mark.parametrize("gap", UNDO_GAPS, ids=lambda gap: f"{gap[0]}-{gap[1]}")
@pytest.mark.parametrize("_round", range(ROUNDS))
def test_killed_while_undoing_it_converges_to_the_state_before(approved, iam, rita, gap, _round):
    run_worker(iam)
    undo.ask(request=AccessRequest.objects.get(), person=rita, reason="It was too much.")
    killed_at(gap, iam)
    assert run_worker(iam) == 0
    agree(approved, iam)
    assert approved.state == State.REVOKED
    assert (iam.policies, iam.attached()) == ({}, [])
    assert set(iam.effects().values()) == {1}
    assert OutboxMessage.objects.filter(template="undone").count() == 1


@pytest.mark.parametrize("gap", UNDO_GAPS[:4], ids=lambda gap: f"{gap[0]}-{gap[1]}")
def test_a_foreign_change_after_a_kill_in_an_undo_is_not_written_over(approved, iam, rita, gap):
    foreign = '{"Version": "2012-10-17", "Statement": []}'
    run_worker(iam)
    undo.ask(request=AccessRequest.objects.get(), person=rita, reason="It was too much.")
    killed_at(gap, iam)
    arn = OWN + approved.policy_name
    with iam.changing() as state:
        state["policies"][arn] = foreign
    assert run_worker(iam) == 0
    approved.refresh_from_db()
    assert approved.state == State.ACTIVE
    assert (iam.policies, iam.attached()) == ({arn: foreign}, [arn])
    assert approved.grant.undo["codes"] == ["document_changed"]
