"""Who may open or send a page: the rules that the table of pages names, and the one check of them.

A rule speaks of the person's role only. Whether *this* diagnosis or request is theirs is the doors' question
(`troubleshoot.access.doors`), and "not yours" looks exactly like "not there".
"""

from collections.abc import Callable
from enum import StrEnum

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from troubleshoot.access.permissions import Roles, roles_of
from troubleshoot.models import Person


class Rule(StrEnum):
    """A rule of the table. The values are stable: the matrix of tests names them."""

    ANYONE = "anyone"
    READER = "reader"  # anyone while READ_SIGNED_OUT is set, else whoever is signed in
    SIGNED_IN = "signed-in"
    STAFF = "staff"  # helpdesk, approvers, administrators and auditors: the state of every case
    REVIEWERS = "reviewers"  # approvers, administrators and auditors: what a request would change
    APPROVERS = "approvers"
    KEEPERS = "keepers"  # approvers and administrators: what becomes of a grant
    RECORDS = "records"  # administrators and auditors: the audit trail
    ADMINS = "admins"


_BY_ROLE: dict[Rule, Callable[[Roles], bool]] = {
    Rule.STAFF: lambda roles: roles.is_helpdesk or roles.is_approver or roles.is_admin or roles.is_auditor,
    Rule.REVIEWERS: lambda roles: roles.is_approver or roles.is_admin or roles.is_auditor,
    Rule.KEEPERS: lambda roles: roles.is_approver or roles.is_admin,
    Rule.APPROVERS: lambda roles: roles.is_approver,
    Rule.RECORDS: lambda roles: roles.is_admin or roles.is_auditor,
    Rule.ADMINS: lambda roles: roles.is_admin,
}


def permits(rule: Rule, person: Person | AnonymousUser) -> bool:
    """Tell whether the rule lets the person through. Nobody who is disabled passes as signed in."""
    if rule is Rule.ANYONE or (rule is Rule.READER and settings.READ_SIGNED_OUT):
        return True
    if not isinstance(person, Person) or not person.is_active:
        return False
    decides = _BY_ROLE.get(rule)
    return decides is None or decides(roles_of(person))
