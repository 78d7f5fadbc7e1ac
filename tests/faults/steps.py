"""Driving the worker's core from a test, and what record and IAM must agree on afterwards."""

import json
from datetime import timedelta

from django.utils import timezone

from tests.faults.fake_iam import OWN, FakeIam
from troubleshoot import audit
from troubleshoot.access import reconcile
from troubleshoot.models import AccessRequest, AuditEntry, Grant, OutboxMessage, State

MOST_STEPS = 60


def drain(owner: str = "test") -> list[str]:
    """Take every step that is due now."""
    lines = []
    while line := reconcile.run_one(owner):
        lines.append(line)
        assert len(lines) < MOST_STEPS
    return lines


def settle(request: AccessRequest) -> None:
    """Let the time pass that the worker waits for, until nothing is left to do but to wait for the grant's end."""
    for _ in range(MOST_STEPS):
        drain()
        request.refresh_from_db()
        waits = AccessRequest.objects.filter(pk=request.pk, due_at__isnull=False)
        if request.state in (State.ACTIVE, State.AWAITING_MANUAL_APPLY) or not waits.exists():
            return
        waits.update(due_at=timezone.now(), lease_until=None)
    raise AssertionError(f"{request.code} does not settle: {request.state}, {request.failure}")


def let_it_expire(request: AccessRequest) -> None:
    """Make the grant's end lie in the past, as if the time had gone by."""
    Grant.objects.filter(request=request).update(expires_at=timezone.now() - timedelta(seconds=1))
    AccessRequest.objects.filter(pk=request.pk).update(due_at=timezone.now(), lease_until=None)


def release_leases() -> None:
    """Let the leases of a killed worker run out."""
    AccessRequest.objects.update(lease_until=None)
    OutboxMessage.objects.update(lease_until=None)


def agree(request: AccessRequest, iam: FakeIam) -> None:
    """Hold the record against IAM: what is active is there exactly, what has ended is not."""
    request.refresh_from_db()
    arn = OWN + request.policy_name
    if request.state == State.ACTIVE:
        grant = request.grant
        assert json.loads(iam.policies[arn]) == json.loads(grant.document)
        assert iam.attached(request.principal_arn) == [arn]
        assert grant.verified_at
        assert grant.verification["stopped_by"] == []
    else:
        assert arn not in iam.policies
        assert arn not in iam.attached(request.principal_arn)
    states = [entry.data["to"] for entry in AuditEntry.objects.filter(subject=request.code) if "to" in entry.data]
    assert not states or states[-1] == request.state
    assert audit.verify().fault is None
