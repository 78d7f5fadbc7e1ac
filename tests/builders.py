"""Rows for tests, made directly: for tests of pages, selectors and doors. Services have their own tests."""

import secrets
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.cast import ALICE_ARN
from troubleshoot.access import searching
from troubleshoot.access.calls import call_data, call_digest
from troubleshoot.access.codes import new_code
from troubleshoot.denial import Denial, DenyKind, PolicyType, PrincipalKind
from troubleshoot.iam.request import Request
from troubleshoot.models import (
    AccessRequest,
    Account,
    Approval,
    Diagnosis,
    Person,
    RoutingRule,
    RuleApprover,
    State,
)
from troubleshoot.remedy import Change

ACTION = "personalize:ListSchemas"


def denial_text(principal: str = ALICE_ARN, action: str = ACTION) -> str:
    """Return an error as AWS writes it, in a form that the documentation shows."""
    return (
        f"An error occurred (AccessDeniedException) when calling the {action.partition(':')[2]} operation: "
        f"User: {principal} is not authorized to perform: {action} on resource: * "
        f"because no identity-based policy allows the {action} action"
    )


def make_call(principal: str = ALICE_ARN, action: str = ACTION, resource: str = "*", **values: Any) -> Request:
    """Return the call that was denied."""
    values.setdefault("context", {"aws:PrincipalArn": principal})
    return Request(principal=principal, action=action, resource=resource, **values)


def make_change(
    account: Account,
    principal: str = ALICE_ARN,
    action: str = ACTION,
    resource: str = "*",
    hours: int | None = 24,
) -> Change:
    """Return a change that allows one action on one resource."""
    statement = {"Sid": "AccessDesk", "Effect": "Allow", "Action": action, "Resource": resource}
    return Change(account=account.account_id, principal=principal, statements=(statement,), hours=hours)


def make_diagnosis(
    *,
    person: Person,
    account: Account | None = None,
    principal: str = ALICE_ARN,
    action: str = ACTION,
    resource: str = "*",
    **values: Any,
) -> Diagnosis:
    """Return a kept diagnosis of one denial, judged from the text alone."""
    denial = Denial(
        principal=principal,
        principal_kind=PrincipalKind.USER,
        account=principal.split(":")[4],
        action=action,
        resource=resource,
        deny_kind=DenyKind.IMPLICIT,
        policy_type=PolicyType.IDENTITY,
    )
    defaults = {
        "token": secrets.token_urlsafe(16),
        "code": f"AD-{new_code()}",
        "text": denial_text(principal, action),
        "reading": {"denials": [denial.as_data()], "near_misses": [], "removed": []},
        "facts": denial.as_data(),
        "engine_version": "test",
        "outcome": "implicit_deny",
        "created_at": timezone.now(),
    }
    return Diagnosis.objects.create(person=person, account=account, **(defaults | values))


def make_request(
    *,
    requester: Person,
    account: Account,
    beneficiary: Person | None = None,
    state: State = State.SUBMITTED,
    principal: str = ALICE_ARN,
    action: str = ACTION,
    resource: str = "*",
    hours: int | None = 24,
    age: timedelta = timedelta(),
    **values: Any,
) -> AccessRequest:
    """Return a request in any state, without the steps that lead there. `beneficiary` defaults to the requester."""
    change = make_change(account, principal, action, resource, hours)
    call = make_call(principal, action, resource)
    at = timezone.now() - age
    defaults = {
        "code": new_code(),
        "state": state,
        "beneficiary": beneficiary or requester,
        "principal_arn": principal,
        "action": action,
        "resource": resource,
        "call": call_data(call),
        "call_digest": call_digest(principal, action, resource),
        "change": change.as_data(),
        "change_digest": change.digest(),
        "justification": "The weekly import needs it.",
        "idempotency_key": secrets.token_hex(16),
        "submitted_at": at,
        "changed_at": at,
    }
    made = AccessRequest.objects.create(requester=requester, account=account, **(defaults | values))
    searching.keep(made)
    return made


def make_approval(
    request: AccessRequest, approver: Person, verdict: Approval.Verdict = Approval.Verdict.APPROVE
) -> Approval:
    """Return an approver's decision on the request as it stands."""
    return Approval.objects.create(
        request=request,
        approver=approver,
        requester=request.requester,
        beneficiary=request.beneficiary,
        verdict=verdict,
        change_digest=request.change_digest,
        decided_at=timezone.now(),
    )


def make_rule(*people: Person, position: int = 10, **values: Any) -> RoutingRule:
    """Return an active rule that names these people. It fits everything unless `values` says otherwise."""
    defaults = {"name": f"rule {position}", "created_at": timezone.now()}
    rule = RoutingRule.objects.create(position=position, **(defaults | values))
    for person in people:
        RuleApprover.objects.create(rule=rule, person=person)
    return rule
