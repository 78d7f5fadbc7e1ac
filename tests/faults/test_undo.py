"""Undo gives back the state before, and never writes over what somebody else changed."""

import json
import os
import tempfile
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import make_approval, make_request
from tests.cast import ALICE_ARN, MATEO_ARN, make_account, make_person
from tests.faults.fake_iam import ALLOW_ALL, OWN, FakeIam, FakeReader, FakeWriter, Script, install
from tests.faults.steps import drain, settle
from troubleshoot import audit
from troubleshoot.access import accounts, undo
from troubleshoot.access.errors import Refused, Stale
from troubleshoot.aws.errors import problem
from troubleshoot.aws.gateway import ProblemKind
from troubleshoot.models import AccessRequest, AuditEntry, Grant, Mode, OutboxMessage, Role, State

pytestmark = pytest.mark.django_db
DEEP = bool(os.environ.get("ACCESS_DESK_DEEP"))
OTHER = json.dumps({"Version": "2012-10-17", "Statement": []})
THEIRS = [f"arn:aws:iam::123456789012:policy/theirs-{number}" for number in range(4)]


@pytest.fixture
def active(approved, iam):
    drain()
    approved.refresh_from_db()
    return approved


def undone(request, person):
    undo.ask(request=request, person=person, reason="It was too much.")
    settle(request)


def test_the_policy_is_taken_away_and_it_is_told(active, rita, iam):
    undone(active, rita)
    assert active.state == State.REVOKED
    assert (iam.attached(), iam.policies) == ([], {})
    assert active.grant.ended_at
    assert AuditEntry.objects.filter(subject=active.code).latest("sequence").event == "request.undo"
    assert OutboxMessage.objects.filter(template="undone").count() == 1


def deleted(state, arn):
    state["policies"].pop(arn)
    state["attached"][ALICE_ARN].remove(arn)


FOREIGN = {
    "document_changed": lambda state, arn: state["policies"].update({arn: OTHER}),
    "detached": lambda state, arn: state["attached"][ALICE_ARN].remove(arn),
    "attached_elsewhere": lambda state, arn: state["attached"].update({MATEO_ARN: [arn]}),
    "policy_missing": deleted,
    "principal_recreated": lambda state, _arn: state["ids"].update({ALICE_ARN: "AIDA-ANEW"}),
    "principal_gone": lambda state, _arn: state["gone"].append(ALICE_ARN),
}


def frozen(iam):
    state = iam.state
    return {name: state[name] for name in ("policies", "attached", "tags")}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_change_since_is_never_written_over(active, rita, adam, iam, kind):
    with iam.changing() as state:
        FOREIGN[kind](state, active.grant.policy_arn)
    there, done = frozen(iam), iam.effects()
    undone(active, rita)
    assert (frozen(iam), iam.effects()) == (there, done)
    assert active.state == State.ACTIVE
    kept = Grant.objects.get().undo
    assert (kept["state"], kept["codes"]) == ("refused", [kind])
    assert kept["before"]["attached"] is False
    assert kept["wrote"]["document"] == active.grant.document
    assert kept["now"]["document"] == (
        None if kind == "principal_gone" else there["policies"].get(active.grant.policy_arn)
    )
    assert set(OutboxMessage.objects.filter(template="undo_refused").values_list("person__username", flat=True)) == {
        "rita",
        "adam",
    }
    assert AuditEntry.objects.get(event="request.undo_refused").data["found"] == [kind]


def test_a_change_between_the_comparison_and_the_first_write_is_not_written_over(active, rita, iam, monkeypatch):
    def changed_just_now(point):
        if point == "holders:after":
            with iam.changing() as state:
                state["policies"][active.grant.policy_arn] = OTHER

    install(monkeypatch, iam, changed_just_now)
    undo.ask(request=active, person=rita, reason="It was too much.")
    drain()
    AccessRequest.objects.update(due_at=timezone.now())
    drain()
    assert iam.policies == {active.grant.policy_arn: OTHER}
    assert iam.attached() == [active.grant.policy_arn]
    assert Grant.objects.get().undo["codes"] == ["document_changed"]


def test_once_the_foreign_change_is_gone_it_can_be_undone(active, rita, iam):
    with iam.changing() as state:
        state["policies"][active.grant.policy_arn] = OTHER
    undone(active, rita)
    with iam.changing() as state:
        state["policies"][active.grant.policy_arn] = active.grant.document
    undone(active, rita)
    assert active.state == State.REVOKED
    assert iam.policies == {}


def test_it_needs_a_reason_and_somebody_who_may_review(active, alice, rita, charlie, otto):
    with pytest.raises(Refused, match="reason"):
        undo.ask(request=active, person=rita, reason=" ")
    for person in (alice, charlie, otto):
        with pytest.raises(Refused):
            undo.ask(request=active, person=person, reason="I want it.")


def test_it_comes_too_late_where_nothing_is_active(active, rita):
    undone(active, rita)
    with pytest.raises(Stale):
        undo.ask(request=active, person=rita, reason="Again.")


@pytest.mark.parametrize("kind", [ProblemKind.THROTTLED, ProblemKind.TIMED_OUT, ProblemKind.AWS_FAILED])
@pytest.mark.parametrize("point", [f"{call}:{moment}" for call in ("holders", "detach", "delete_policy", "snapshot")
                                   for moment in ("before", "after")])  # fmt: skip
def test_a_fault_on_the_way_ends_in_undone_all_the_same(active, rita, iam, monkeypatch, point, kind):
    install(monkeypatch, iam, Script({point: [problem(kind, "iam:Something")]}))
    undo.ask(request=active, person=rita, reason="It was too much.")
    for _ in range(4):
        drain()
        AccessRequest.objects.filter(state=State.ACTIVE).update(due_at=timezone.now())
    active.refresh_from_db()
    assert active.state == State.REVOKED
    assert (iam.attached(), iam.policies) == ([], {})
    assert set(iam.effects().values()) == {1}


def test_what_cannot_be_compared_is_not_undone(active, rita, iam, monkeypatch):
    faults = {"holders:before": [problem(ProblemKind.ACCESS_DENIED, "iam:ListEntitiesForPolicy")]}
    install(monkeypatch, iam, Script(faults))
    undone(active, rita)
    assert active.state == State.ACTIVE
    assert Grant.objects.get().undo["codes"] == ["unread"]
    assert iam.attached() == [active.grant.policy_arn]


attachments = st.lists(st.sampled_from(THEIRS), unique=True)


@settings(
    max_examples=500 if DEEP else 15,
    deadline=None,
    derandomize=not DEEP,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(before=attachments, added=attachments, removed=attachments, others=attachments)
def test_apply_then_undo_gives_back_the_state_before(before, added, removed, others):
    """Over random prior states; what others attached or detached beside it in between stays as they left it."""
    kept = accounts.reader, accounts.writer
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        iam = FakeIam(Path(folder) / "iam.json")
        accounts.reader = lambda _account, **_case: FakeReader(iam)
        accounts.writer = lambda _account, **_case: FakeWriter(iam)
        try:
            _apply_and_undo(iam, before, added, removed, others)
        finally:
            accounts.reader, accounts.writer = kept
            transaction.set_rollback(True)


def _apply_and_undo(iam, before, added, removed, others):
    with iam.changing() as state:
        state["policies"] = dict.fromkeys(THEIRS, ALLOW_ALL)
        state["attached"] = {ALICE_ARN: list(before), MATEO_ARN: list(others)}
    account = make_account(mode=Mode.WRITE)
    alice = make_person("alice", links=((account, ALICE_ARN),))
    rita = make_person("rita", Role.APPROVER, account=account)
    request = make_request(requester=alice, account=account, state=State.APPROVED, due_at=timezone.now())
    make_approval(request, rita)
    settle(request)
    assert request.state == State.ACTIVE
    assert request.grant.before == sorted(before)
    with iam.changing() as state:
        attached = state["attached"][ALICE_ARN]
        attached += [arn for arn in added if arn not in attached]
        state["attached"][ALICE_ARN] = [arn for arn in attached if arn not in removed]
    undone(request, rita)
    assert request.state == State.REVOKED
    assert sorted(iam.attached()) == sorted((set(before) | set(added)) - set(removed))
    assert iam.attached(MATEO_ARN) == others
    assert iam.policies == dict.fromkeys(THEIRS, ALLOW_ALL)
    assert not [arn for arn in iam.policies if arn.startswith(OWN)]
    assert audit.verify().fault is None
