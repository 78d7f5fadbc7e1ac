"""Who may fetch what. What is not yours is missing: the same `Http404` as for what does not exist."""

from typing import Any

from django.http import Http404

from troubleshoot.access.permissions import roles_of
from troubleshoot.access.selectors import people
from troubleshoot.models import AccessRequest, Account, AdminChange, Diagnosis, Person, RoutingRule


def diagnosis_for(person: Any, token: str) -> Diagnosis:
    """Return the diagnosis behind a permalink: its owner's, or for staff who may look into its account."""
    return _readable_diagnosis(person, Diagnosis.objects.filter(token=token))


def diagnosis_by_code(person: Any, code: str) -> Diagnosis:
    """Return the diagnosis that people name by its code on the phone. The same people may see it."""
    return _readable_diagnosis(person, Diagnosis.objects.filter(code=code))


def own_diagnosis(person: Any, token: str) -> Diagnosis:
    """Return a diagnosis that `person` may change, recheck or file a request from: their own, or a helpdesk case."""
    diagnosis = diagnosis_for(person, token)
    if diagnosis.person_id == person.pk or roles_of(person).is_helpdesk:
        return diagnosis
    raise Http404


def request_for(person: Any, code: str) -> AccessRequest:
    """Return a request for reading: to both people it concerns, helpdesk, its approvers, admins and auditors."""
    request = _request(code)
    if may_see(person, request):
        return request
    raise Http404


def may_see(person: Any, request: AccessRequest) -> bool:
    """Tell whether `request_for` would show this request to `person`."""
    roles = roles_of(person)
    if roles.is_active and person.pk in (request.requester_id, request.beneficiary_id):
        return True
    return roles.is_helpdesk or _may_review(person, request.account)


def own_request(person: Any, code: str) -> AccessRequest:
    """Return a request that `person` may withdraw or give back: filed by them, or for their principal."""
    request = _request(code)
    if roles_of(person).is_active and person.pk in (request.requester_id, request.beneficiary_id):
        return request
    raise Http404


def request_to_review(person: Any, code: str) -> AccessRequest:
    """Return a request with its evidence: to approvers of its account, admins and auditors.

    Seeing the review is not deciding: `services.approve` and `services.reject` ask `routing` again.
    """
    request = _request(code)
    if _may_review(person, request.account):
        return request
    raise Http404


def account_for(person: Any, account_id: str) -> Account:
    """Return an account for reading its settings: to its approvers, admins and auditors."""
    account = Account.objects.filter(account_id=account_id).first()
    if account is None or not _may_review(person, account):
        raise Http404
    return account


def change_to_decide(person: Any, pk: int) -> AdminChange:
    """Return a proposed change of people. Only administrators see one."""
    change = AdminChange.objects.select_related("person", "account", "proposed_by").filter(pk=pk).first()
    if change is None or not roles_of(person).is_admin:
        raise Http404
    return change


def person_to_look_after(person: Any, public_id: Any) -> Person:
    """Return somebody with their roles and links: to administrators, who may change that, and to auditors."""
    roles = roles_of(person)
    found = people().filter(public_id=public_id).first() if roles.is_admin or roles.is_auditor else None
    if found is None:
        raise Http404
    return found


def rule_to_end(person: Any, pk: int) -> RoutingRule:
    """Return a routing rule whose end may be proposed. Only administrators do that."""
    rule = RoutingRule.objects.select_related("account").filter(pk=pk).first()
    if rule is None or not roles_of(person).is_admin:
        raise Http404
    return rule


def _readable_diagnosis(person: Any, rows: Any) -> Diagnosis:
    diagnosis: Diagnosis | None = rows.select_related("account", "person").first()
    if diagnosis is None:
        raise Http404
    roles = roles_of(person)
    owner = roles.is_active and diagnosis.person_id == person.pk
    if owner or roles.is_helpdesk or _may_review(person, diagnosis.account):
        return diagnosis
    raise Http404


def _request(code: str) -> AccessRequest:
    beside = ("account", "requester", "beneficiary", "diagnosis", "extends__grant", "follows")
    request = AccessRequest.objects.select_related(*beside).filter(code=code).first()
    if request is None:
        raise Http404
    return request


def _may_review(person: Any, account: Account | None) -> bool:
    roles = roles_of(person)
    return roles.is_admin or roles.is_auditor or roles.approver_of(account)
