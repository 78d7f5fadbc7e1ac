"""The database's tables, one module for each aggregate."""

from troubleshoot.models.access_request import UNSETTLED, AccessRequest, Approval, Comment, Risk, State
from troubleshoot.models.account import Account, Mode
from troubleshoot.models.audit import AuditEntry, AuditExport, AuditHead, ErasableText
from troubleshoot.models.diagnosis import Diagnosis, UnreadMessage
from troubleshoot.models.grant import Grant, GrantStep
from troubleshoot.models.guide import GuideAnswer, GuideVerdict
from troubleshoot.models.identity import AdminChange, Person, PrincipalLink, Role, RoleAssignment
from troubleshoot.models.outbox import Channel, NotificationChoice, OutboxMessage
from troubleshoot.models.routing import RoutingRule, RuleApprover
from troubleshoot.models.search import RequestWord

__all__ = [
    "UNSETTLED",
    "AccessRequest",
    "Account",
    "AdminChange",
    "Approval",
    "AuditEntry",
    "AuditExport",
    "AuditHead",
    "Channel",
    "Comment",
    "Diagnosis",
    "ErasableText",
    "Grant",
    "GrantStep",
    "GuideAnswer",
    "GuideVerdict",
    "Mode",
    "NotificationChoice",
    "OutboxMessage",
    "Person",
    "PrincipalLink",
    "RequestWord",
    "Risk",
    "Role",
    "RoleAssignment",
    "RoutingRule",
    "RuleApprover",
    "State",
    "UnreadMessage",
]
