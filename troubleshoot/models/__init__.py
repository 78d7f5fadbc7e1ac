"""The database's tables, one module for each aggregate."""

from troubleshoot.models.access_request import UNSETTLED, AccessRequest, Approval, State
from troubleshoot.models.account import Account, Mode
from troubleshoot.models.audit import AuditEntry, AuditHead, ErasableText
from troubleshoot.models.diagnosis import Diagnosis
from troubleshoot.models.grant import Grant, GrantStep
from troubleshoot.models.guide import GuideAnswer, GuideVerdict
from troubleshoot.models.identity import AdminChange, Person, PrincipalLink, Role, RoleAssignment
from troubleshoot.models.outbox import OutboxMessage

__all__ = [
    "UNSETTLED",
    "AccessRequest",
    "Account",
    "AdminChange",
    "Approval",
    "AuditEntry",
    "AuditHead",
    "Diagnosis",
    "ErasableText",
    "Grant",
    "GrantStep",
    "GuideAnswer",
    "GuideVerdict",
    "Mode",
    "OutboxMessage",
    "Person",
    "PrincipalLink",
    "Role",
    "RoleAssignment",
    "State",
]
