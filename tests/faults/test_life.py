"""Whatever people, the worker and AWS do in any order: the table holds, and record, trail and IAM agree."""

import os
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.builders import make_call, make_change
from tests.cast import ALICE_ARN, make_account, make_person
from tests.faults.fake_iam import OWN, FakeIam, FakeReader, FakeWriter
from troubleshoot import audit
from troubleshoot.access import accounts, reconcile, services
from troubleshoot.access.errors import Told
from troubleshoot.access.states import FINAL, TABLE
from troubleshoot.aws.errors import problem
from troubleshoot.aws.gateway import ProblemKind
from troubleshoot.models import AccessRequest, Approval, AuditEntry, Grant, Mode, OutboxMessage, Role, State

DEEP = bool(os.environ.get("ACCESS_DESK_DEEP"))
PEOPLE = ["alice", "helen", "rita", "noor", "adam", "charlie"]
FAULTS = [None, ProblemKind.THROTTLED, ProblemKind.TIMED_OUT, ProblemKind.ACCESS_DENIED, ProblemKind.LIMIT]
POINTS = [f"{call}:{moment}" for call in ("create_policy", "attach", "attached_policies", "detach", "delete_policy")
          for moment in ("before", "after")]  # fmt: skip
DECISIONS = [services.approve, services.reject, services.ask_for_changes]
STEPS = {(step.source, str(step.event), step.target) for step in TABLE}
TOLD = {
    "request.approve": {"approved"},
    "request.reject": {"rejected"},
    "request.withdraw": {"withdrawn"},
    "request.verified": {"active"},
    "request.fail": {"failed"},
    "request.expire": {"expired"},
    "request.revoke": {"revoked"},
    "request.lapse": {"lapsed"},
    "request.ask_for_changes": {"changes_wanted"},
    "request.hand_over": {"apply_by_hand"},
}


class Life(RuleBasedStateMachine):
    """One request. People try everything at any time; refusals and "too late" are fine, wrong effects are not."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.iam = FakeIam(Path(self.folder.name) / "iam.json")
        self.fault, self.may_write = None, True
        self.kept = accounts.reader, accounts.writer
        accounts.reader = lambda _account, **_case: FakeReader(self.iam)
        accounts.writer = lambda _account, **_case: FakeWriter(self.iam, self.hook) if self.may_write else None
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def hook(self, point):
        if self.fault and self.fault[0] == point:
            kind, self.fault = self.fault[1], None
            raise problem(kind, "iam:Something")

    @initialize(hours=st.sampled_from([1, 24]), on_behalf=st.booleans(), decided=st.sampled_from([True, True, False]))
    def file(self, hours, on_behalf, decided):
        account = make_account(mode=Mode.WRITE)
        roles = {"rita": (Role.APPROVER,), "noor": (Role.APPROVER,), "adam": (Role.ADMIN,), "helen": (Role.HELPDESK,)}
        links = {"alice": ((account, ALICE_ARN),)}
        self.people = {
            name: make_person(name, *roles.get(name, ()), account=account, links=links.get(name, ())) for name in PEOPLE
        }
        self.request = services.submit(
            requester=self.people["helen" if on_behalf else "alice"],
            account=account,
            call=make_call(),
            change=make_change(account, hours=hours),
            justification="I need it.",
            idempotency_key="one",
        )
        if decided:  # most of what can go wrong comes after the approval
            self.decide("rita", services.approve, "")

    def attempt(self, service, **values):
        with suppress(Told):
            service(request=AccessRequest.objects.get(pk=self.request.pk), **values)

    @rule(who=st.sampled_from(PEOPLE), decide=st.sampled_from(DECISIONS), reason=st.sampled_from(["", "Because."]))
    def decide(self, who, decide, reason):
        digest = self.request.change_digest
        self.attempt(decide, approver=self.people[who], change_digest=digest, reason=reason)

    @rule(who=st.sampled_from(PEOPLE), really=st.integers(0, 3))
    def withdraw(self, who, really):
        if really == 0:
            self.attempt(services.withdraw, person=self.people[who])

    @precondition(lambda self: self.state() != State.ACTIVE)
    @rule(who=st.sampled_from(PEOPLE))
    def resubmit(self, who):
        self.attempt(services.resubmit, person=self.people[who], justification="I really need it.")

    @rule(who=st.sampled_from(PEOPLE), reason=st.sampled_from(["", "Because."]))
    def end_early(self, who, reason):
        self.attempt(services.end_early, person=self.people[who], reason=reason)

    @rule(who=st.sampled_from(PEOPLE))
    def check_now(self, who):
        self.attempt(services.check_now, person=self.people[who])

    @rule(point=st.sampled_from(POINTS), kind=st.sampled_from(FAULTS))
    def aws_has_a_fault(self, point, kind):
        self.fault = (point, kind) if kind else None

    @rule(times=st.integers(1, 4))
    def work(self, times):
        """Time passes until the worker's next look, so often; what waits for people goes on waiting."""
        for _ in range(times):
            waits = [State.SUBMITTED, State.NEEDS_CHANGES, State.AWAITING_MANUAL_APPLY, State.ACTIVE]
            soon = AccessRequest.objects.filter(due_at__isnull=False)
            soon.exclude(state__in=waits).update(due_at=timezone.now())
            reconcile.run_one("test")

    @precondition(lambda self: self.state() in (State.APPROVED, State.APPLYING, State.VERIFYING, State.FAILED))
    @rule(times=st.integers(1, 8))
    def work_while_it_matters(self, times):
        self.work(times)

    @precondition(lambda self: self.state() in (State.ACTIVE, State.EXPIRED, State.FAILED))
    @rule()
    def the_end_comes(self):
        past = timezone.now() - timedelta(seconds=1)
        Grant.objects.filter(verified_at__isnull=False, expires_at__isnull=False).update(expires_at=past)
        AccessRequest.objects.filter(state=State.ACTIVE).update(due_at=past)
        reconcile.run_one("test")

    @precondition(lambda self: self.state() in (State.SUBMITTED, State.NEEDS_CHANGES))
    @rule(really=st.integers(0, 9))
    def nobody_acts_for_a_month(self, really):
        if really == 0:
            AccessRequest.objects.update(due_at=timezone.now())
            reconcile.run_one("test")

    @rule(may=st.booleans())
    def the_writer_comes_and_goes(self, may):
        self.may_write = may

    def state(self):
        return AccessRequest.objects.get(pk=self.request.pk).state

    @invariant()
    def only_steps_of_the_table_happened(self):
        entries = [entry for entry in AuditEntry.objects.filter(subject=self.request.code) if "from" in entry.data]
        taken = [(entry.data["from"], entry.event.removeprefix("request."), entry.data["to"]) for entry in entries]
        assert set(taken) <= STEPS
        states = [State.SUBMITTED, *(to for _, _, to in taken)]
        assert [source for source, _, _ in taken] == states[:-1]
        assert states[-1] == self.state()

    @invariant()
    def every_step_was_told(self):
        for entry in AuditEntry.objects.filter(event__in=TOLD):
            sent = OutboxMessage.objects.filter(key__startswith=f"step-{entry.sequence}.")
            assert {message.template for message in sent} >= TOLD[entry.event]

    @invariant()
    def nobody_decided_their_own(self):
        concerned = {self.request.requester_id, self.request.beneficiary_id}
        assert not Approval.objects.filter(approver__in=concerned).exists()
        begun = AuditEntry.objects.filter(event__in=("request.begin", "request.hand_over")).exists()
        assert not begun or Approval.objects.filter(verdict="approve").exists()

    @invariant()
    def nothing_is_active_unverified(self):
        if self.state() == State.ACTIVE:
            grant = Grant.objects.get()
            assert grant.verified_at
            assert grant.verification["stopped_by"] == []
            is_being_ended = grant.steps.filter(operation="detach").exists()
            if not grant.manual and not is_being_ended:
                assert grant.policy_arn in self.iam.attached()

    @invariant()
    def iam_holds_nothing_that_the_record_does_not_know(self):
        arn = OWN + self.request.policy_name
        grant = Grant.objects.filter(request=self.request, ended_at__isnull=True).first()
        if grant is None:
            assert arn not in self.iam.attached()
            assert arn not in self.iam.policies
        elif self.state() in FINAL:
            assert AccessRequest.objects.get().due_at or grant.manual

    def teardown(self):
        assert audit.verify().fault is None
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        accounts.reader, accounts.writer = self.kept
        self.folder.cleanup()


@pytest.mark.django_db
@pytest.mark.timeout(3600 if DEEP else 300)
def test_any_order_of_events_keeps_the_promises():
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=1000 if DEEP else 10,
            stateful_step_count=50 if DEEP else 25,
            deadline=None,
            derandomize=not DEEP,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
