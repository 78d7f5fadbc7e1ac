"""A statement's Principal or NotPrincipal against the caller, and what a match is worth.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from enum import IntEnum

from troubleshoot.iam.arn import is_account_id, parse_arn
from troubleshoot.iam.document import NamedPrincipal, PrincipalElement
from troubleshoot.iam.principal import Caller, CallerKind, caller_of
from troubleshoot.iam.query import Query
from troubleshoot.iam.ternary import MAY, NO, YES


class Grant(IntEnum):
    """What an Allow for the caller is worth inside the caller's own account.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-id-rdp.html
    """

    NONE = 0
    ACCOUNT = 1  # only hands the decision to the account's identity-based policies
    LIMITED = 2  # takes the place of an identity-based policy; boundary and session policy still limit it
    FULL = 3  # needs nothing else of the caller's side


PrincipalJudgement = tuple[int, str, Grant]

_NOT_NAMED: PrincipalJudgement = (NO, "principal_differs", Grant.NONE)
_ANYONE: PrincipalJudgement = (YES, "anyone", Grant.FULL)
_NAMED: PrincipalJudgement = (YES, "principal_named", Grant.FULL)
_ROLE_NAMED: PrincipalJudgement = (YES, "role_named", Grant.LIMITED)
_USER_BEHIND: PrincipalJudgement = (YES, "user_behind_session_named", Grant.LIMITED)
_ACCOUNT_NAMED: PrincipalJudgement = (YES, "account_named", Grant.ACCOUNT)
_CANONICAL_USER: PrincipalJudgement = (MAY, "canonical_user_unknown", Grant.FULL)
_ANY_SERVICE: PrincipalJudgement = (MAY, "undocumented", Grant.FULL)
_NOT_LISTED: PrincipalJudgement = (YES, "principal_not_excluded", Grant.FULL)
_LISTED: PrincipalJudgement = (NO, "principal_excluded", Grant.NONE)
_PARTLY_LISTED: PrincipalJudgement = (MAY, "undocumented", Grant.FULL)
_BOUNDARY: PrincipalJudgement = (YES, "not_principal_with_boundary", Grant.FULL)
_BOUNDARY_UNKNOWN: PrincipalJudgement = (MAY, "boundary_unknown", Grant.FULL)
_NOT_SUPPORTED: PrincipalJudgement = (MAY, "undocumented", Grant.FULL)


class CompiledPrincipals:
    """Principal or NotPrincipal. Nothing but a whole `*` is a wildcard."""

    __slots__ = (
        "_accounts",
        "_any_service",
        "_anyone",
        "_aws",
        "_canonical",
        "_denies",
        "_others",
        "_roles",
        "_users",
        "negated",
    )

    def __init__(self, element: PrincipalElement, *, denies: bool) -> None:
        self.negated = element.negated
        self._denies = denies
        principals = element.principals
        callers = [caller_of(p.value.value) for p in principals if p.kind == "AWS" and _is_named(p)]
        self._anyone = any(p.value.value == "*" and p.kind in ("*", "AWS") for p in principals)
        self._any_service = any(p.value.value == "*" and p.kind == "Service" for p in principals)
        self._canonical = any(p.kind == "CanonicalUser" for p in principals)
        self._aws = frozenset(p.value.value for p in principals if p.kind == "AWS")
        self._others = frozenset(p.value.value for p in principals if p.kind != "AWS")
        self._accounts = frozenset(c.account for c in callers if c.kind is CallerKind.ROOT)
        self._roles = frozenset((c.account, c.name) for c in callers if c.kind is CallerKind.ROLE)
        self._users = frozenset((c.account, c.name) for c in callers if c.kind is CallerKind.USER)

    def judge(self, query: Query) -> PrincipalJudgement:
        """Tell whether the element means the caller, why, and what an Allow for it is worth."""
        if self.negated:
            return self._judge_not(query)
        return self._judge_listed(query.caller)

    def _judge_listed(self, caller: Caller) -> PrincipalJudgement:
        if self._anyone:
            return _ANYONE
        if caller.kind is not CallerKind.ROLE and self._names(caller):
            return _NAMED
        limited = self._judge_behind(caller)
        if limited is not None:
            return limited
        if caller.has_identity_policies and caller.account in self._accounts:
            return _NAMED if caller.kind is CallerKind.ROOT else _ACCOUNT_NAMED
        if self._any_service and caller.kind is CallerKind.SERVICE:
            return _ANY_SERVICE
        return _CANONICAL_USER if self._canonical and caller.has_identity_policies else _NOT_NAMED

    def _names(self, caller: Caller) -> bool:
        return caller.text in (self._aws if caller.has_identity_policies else self._others)

    def _judge_behind(self, caller: Caller) -> PrincipalJudgement | None:
        """A session is also meant by the role, or the user, that it was made from. Role names are unique."""
        who = (caller.account, caller.name)
        if caller.is_role and who in self._roles:
            return _ROLE_NAMED
        if caller.kind is CallerKind.FEDERATED_USER and who in self._users:
            return _USER_BEHIND
        return None

    def _judge_not(self, query: Query) -> PrincipalJudgement:
        """Only a Deny may say NotPrincipal, and it must list the session, the role and the account to spare one."""
        if not self._denies:
            return _NOT_SUPPORTED
        if query.has_boundary == YES:
            return _BOUNDARY
        listed = self._listed(query.caller)
        if self._anyone or all(listed):
            return _LISTED if query.has_boundary == NO else _BOUNDARY_UNKNOWN
        return _PARTLY_LISTED if any(listed) else _NOT_LISTED

    def _listed(self, caller: Caller) -> tuple[bool, ...]:
        account = caller.account in self._accounts
        who = (caller.account, caller.name)
        if caller.kind is CallerKind.ROOT:
            return (account,)
        if caller.kind is CallerKind.ROLE:
            return (who in self._roles, account)
        named = self._names(caller)
        if caller.kind is CallerKind.ROLE_SESSION:
            return (named, who in self._roles, account)
        return (named, account) if caller.has_identity_policies else (named,)


def _is_named(principal: NamedPrincipal) -> bool:
    text = principal.value.value
    return is_account_id(text) or parse_arn(text) is not None
