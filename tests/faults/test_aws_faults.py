"""AWS throttles, times out before or after its effect, conflicts, refuses: verified, or failed with the exact list."""

import pytest
from django.utils import timezone

from tests.faults.fake_iam import OWN, Script, install
from tests.faults.steps import agree, drain, let_it_expire, settle
from troubleshoot.access import reconcile
from troubleshoot.access.reconcile import MOST_ATTEMPTS
from troubleshoot.aws.errors import problem
from troubleshoot.aws.gateway import ProblemKind
from troubleshoot.models import AccessRequest, AuditEntry, ErasableText, OutboxMessage, State

pytestmark = pytest.mark.django_db

PASSING = [
    ProblemKind.THROTTLED,
    ProblemKind.TIMED_OUT,
    ProblemKind.UNREACHABLE,
    ProblemKind.EXPIRED,
    ProblemKind.CHANGING,
    ProblemKind.AWS_FAILED,
    ProblemKind.BAD_ANSWER,
]
LASTING = [ProblemKind.ACCESS_DENIED, ProblemKind.LIMIT, ProblemKind.BAD_POLICY, ProblemKind.NO_CREDENTIALS]
CALLS = ["check_writable", "attached_policies", "create_policy", "policy_document", "attach"]
ENDING_CALLS = ["policy_document", "attached_policies", "detach", "delete_policy"]
MOMENTS = ["before", "after"]  # after: it took effect, and only the answer was lost


def fault(kind, times=1):
    return [problem(kind, "iam:Something") for _ in range(times)]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", PASSING)
def test_a_fault_that_passes_ends_in_a_verified_grant(approved, iam, monkeypatch, kind, call, moment):
    install(monkeypatch, iam, Script({f"{call}:{moment}": fault(kind)}))
    settle(approved)
    assert approved.state == State.ACTIVE
    agree(approved, iam)
    assert set(iam.effects().values()) == {1}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", LASTING)
def test_a_fault_that_lasts_ends_in_failed_and_nothing_is_left(approved, iam, monkeypatch, kind, call, moment):
    install(monkeypatch, iam, Script({f"{call}:{moment}": fault(kind)}))
    settle(approved)
    assert approved.state == State.FAILED
    agree(approved, iam)
    assert problem(kind, "iam:Something").words in approved.failure
    assert OutboxMessage.objects.filter(template="failed", person=approved.requester).count() == 1


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("call", ENDING_CALLS)
@pytest.mark.parametrize("kind", [*PASSING, *LASTING])
def test_whatever_happens_at_the_end_the_grant_ends(approved, iam, monkeypatch, kind, call, moment):
    drain()
    install(monkeypatch, iam, Script({f"{call}:{moment}": fault(kind)}))
    let_it_expire(approved)
    settle_end(approved)
    agree(approved, iam)
    assert approved.state == State.EXPIRED
    assert approved.grant.ended_at


def settle_end(approved):
    for _ in range(8):
        drain()
        if not AccessRequest.objects.filter(due_at__isnull=False).update(due_at=approved.submitted_at):
            return


@pytest.mark.parametrize("kind", [*PASSING, *LASTING])
def test_a_grant_that_cannot_be_taken_away_is_told_as_expired_and_listed(approved, iam, adam, monkeypatch, kind):
    drain()
    script = Script({"detach:before": fault(kind, 8)})
    install(monkeypatch, iam, script)
    let_it_expire(approved)
    settle_end(approved)
    approved.refresh_from_db()
    assert approved.state == State.EXPIRED
    assert approved.failure.startswith("In IAM, the policy")
    assert "exists. It is attached" in approved.failure
    assert approved.grant.ended_at is None
    assert OutboxMessage.objects.filter(template="left_behind", person=adam).count() == 1
    script.faults.clear()
    settle_end(approved)
    agree(approved, iam)
    assert approved.grant.ended_at
    assert approved.failure.endswith(f"does not exist. It is not attached ({approved.principal_arn}).")


@pytest.mark.parametrize("kind", PASSING)
def test_a_fault_that_never_passes_is_given_up_with_words(approved, iam, monkeypatch, kind):
    install(monkeypatch, iam, Script({"create_policy:before": fault(kind, 100)}))
    settle(approved)
    assert approved.state == State.FAILED
    agree(approved, iam)
    assert problem(kind, "iam:Something").words in approved.failure


def test_it_waits_longer_each_time_and_says_so(approved, iam, monkeypatch):
    install(monkeypatch, iam, Script({"create_policy:before": fault(ProblemKind.THROTTLED, 100)}))
    drain()
    pauses = []
    for _ in range(4):
        AccessRequest.objects.update(due_at=approved.submitted_at)
        drain()
        approved.refresh_from_db()
        assert approved.state == State.APPLYING
        assert approved.failure.startswith("AWS is asked too often")
        row = AccessRequest.objects.get()
        pauses.append(round((row.due_at - timezone.now()).total_seconds()))
    assert pauses == [2, 4, 8, 16]


def listed(approved):
    """The words that were recorded and mailed at the moment of the failure."""
    entry = AuditEntry.objects.get(event="request.fail")
    return ErasableText.objects.get(sequence=entry.sequence, name="failure").text, entry.data


def test_the_second_write_refused_lists_the_first_and_then_takes_it_away(approved, iam, monkeypatch):
    install(monkeypatch, iam, Script({"attach:before": fault(ProblemKind.LIMIT)}))
    settle(approved)
    arn = OWN + approved.policy_name
    words, data = listed(approved)
    assert words.endswith(f"In IAM, the policy {arn} exists. It is not attached ({approved.principal_arn}).")
    assert (data["policy"], data["attached"]) == (True, False)
    assert approved.failure.endswith(f"the policy {arn} does not exist. It is not attached ({approved.principal_arn}).")
    assert approved.grant.ended_at
    agree(approved, iam)


def test_what_could_not_be_read_after_a_failure_is_named_as_unknown(approved, iam, monkeypatch):
    script = Script({"attach:after": fault(ProblemKind.LIMIT)})
    install(monkeypatch, iam, script)
    reconcile.run_one("test")
    script.faults["attached_policies:before"] = fault(ProblemKind.UNREACHABLE)
    settle(approved)
    words, data = listed(approved)
    assert "It may be attached still: that was not read" in words
    assert data["attached"] is None
    agree(approved, iam)


def test_what_cannot_be_taken_away_stays_listed_and_is_tried_again(approved, iam, monkeypatch):
    faults = {"attach:after": fault(ProblemKind.LIMIT), "detach:before": fault(ProblemKind.ACCESS_DENIED, 3)}
    install(monkeypatch, iam, Script(faults))
    drain()
    approved.refresh_from_db()
    assert approved.state == State.FAILED
    assert "exists. It is attached" in approved.failure
    assert approved.due_at
    assert approved.grant.ended_at is None
    settle(approved)
    agree(approved, iam)
    assert approved.grant.ended_at
    assert approved.due_at is None


def test_nobody_gets_a_second_mail_for_the_same_failure(approved, iam, monkeypatch):
    install(monkeypatch, iam, Script({"attach:before": fault(ProblemKind.LIMIT)}))
    settle(approved)
    people = OutboxMessage.objects.filter(template="failed").values_list("person__username", flat=True)
    assert sorted(people) == ["alice", "rita"]


def test_a_fault_in_the_portal_itself_is_tried_again_and_then_told(approved, iam, monkeypatch, caplog):
    def broken(_point):
        raise ZeroDivisionError

    install(monkeypatch, iam, broken)
    for _ in range(MOST_ATTEMPTS + 2):
        drain()
        AccessRequest.objects.filter(due_at__isnull=False).update(due_at=approved.submitted_at)
    approved.refresh_from_db()
    assert approved.state == State.FAILED
    assert approved.failure == "The portal met a fault of its own while it worked on this."
    assert "met a fault" in caplog.text
