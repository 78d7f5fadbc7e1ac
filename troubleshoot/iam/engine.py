"""The decision: every layer's answer brought together, and nothing but the answer.

Why it is so tells `evaluate`, which asks the same layers and brings them together with the same `combine`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from troubleshoot.iam.compiled import Dialect, compile_policy
from troubleshoot.iam.decision import Outcome
from troubleshoot.iam.document import Policy
from troubleshoot.iam.index import LayerIndex, StatementIndex
from troubleshoot.iam.layers import PolicySet, Unknown
from troubleshoot.iam.principal import CallerKind
from troubleshoot.iam.principals import Grant
from troubleshoot.iam.query import Query
from troubleshoot.iam.request import Request
from troubleshoot.iam.standing import (
    is_always_allowed,
    is_cross_account,
    is_on_kms_key,
    is_other_partition,
    is_under_rcps,
    needs_resource_grant,
)
from troubleshoot.iam.ternary import MAY, NO, YES


@dataclass(frozen=True, slots=True)
class Grants:
    """How far the resource's own policy allows the caller, by what such an Allow is worth."""

    full: int = NO
    limited: int = NO
    account: int = NO

    @property
    def any(self) -> int:
        return max(self.full, self.limited, self.account)


_NO_GRANTS = Grants()
_UNKNOWN_GRANTS = Grants(MAY, MAY, MAY)


def combine(query: Query, grants: Grants, *, identity: int, limits: int) -> int:
    """Tell whether resource policy, identity-based policies and their limits together allow the request.

    `limits` is the answer of permissions boundary and session policy. Control policies and the VPC endpoint policy
    are not looked at.
    """
    if not query.caller.has_identity_policies:
        return grants.any
    if is_cross_account(query):
        return NO if is_other_partition(query) else min(grants.any, identity, limits)
    delegated = min(identity, grants.account) if needs_resource_grant(query) else identity
    return max(grants.full, min(max(grants.limited, delegated), limits))


def outcome(*, allowed: int, denied: int, is_unread: bool) -> Outcome:
    """Return the decision. A layer that could not be read may still refuse, but never lets "allowed" through."""
    if denied == YES:
        return Outcome.EXPLICIT_DENY
    if denied == NO and allowed == NO:
        return Outcome.IMPLICIT_DENY
    if denied == NO and allowed == YES and not is_unread:
        return Outcome.ALLOWED
    return Outcome.DEPENDS


class CompiledPolicies:
    """The policies of one principal, ready for many requests. Statements are shared by all who hold them."""

    __slots__ = (
        "_boundary",
        "_denying",
        "_endpoint",
        "_has_boundary",
        "_identity",
        "_is_plain",
        "_rcps",
        "_resource",
        "_scps",
        "_session",
        "policies",
    )

    def __init__(self, policies: PolicySet) -> None:
        self.policies = policies
        self._identity = _index(policies.identity, Dialect.IDENTITY)
        self._resource = _index(_one(policies.resource), Dialect.RESOURCE)
        self._boundary = _index(policies.boundary, Dialect.IDENTITY)
        self._session = _index(_one(policies.session), Dialect.IDENTITY)
        self._scps = _levels(policies.scps, Dialect.IDENTITY)
        self._rcps = _levels(policies.rcps, Dialect.GATE)
        self._endpoint = _index(policies.vpc_endpoint, Dialect.GATE)
        self._has_boundary = boundary_answer(policies)
        self._is_plain = not self._scps and not (self._resource or self._boundary or self._session or self._endpoint)
        self._denying: dict[tuple[bool, bool, bool], _Denying] = {}

    def decide(self, request: Request) -> Outcome:
        """Return what becomes of the request, without reasons."""
        query = Query(request, self._has_boundary)
        if is_always_allowed(query):
            return Outcome.ALLOWED
        denying, is_unread = self._denying_for(query)
        denied = NO
        for statements in denying:
            answer = statements.answer(query)
            if answer == YES:
                return Outcome.EXPLICIT_DENY
            denied = max(denied, answer)
        return outcome(allowed=self._allowed(query), denied=denied, is_unread=is_unread)

    def _denying_for(self, query: Query) -> "_Denying":
        """Return the Deny statements that bear on a request, and whether a layer that does could not be read."""
        caller = query.caller
        standing = (
            caller.needs_identity_policies,
            caller.is_under_scps,
            bool(self._rcps) and is_under_rcps(query),
        )
        found = self._denying.get(standing)
        if found is None:
            layers = tuple(self._bearing(*standing))
            read = [layer.denies for layer in layers if not isinstance(layer, Unknown)]
            found = tuple(index for index in read if index is not None), len(read) < len(layers)
            self._denying[standing] = found
        return found

    def _bearing(
        self, needs_identity: bool, is_under_scps: bool, is_under_rcps: bool
    ) -> Iterator[LayerIndex | Unknown]:
        if needs_identity:
            yield from _present(self._identity, self._boundary, self._session)
        yield from _present(self._resource, self._endpoint)
        if is_under_scps:
            yield from self._scps
        if is_under_rcps:
            yield from self._rcps

    def _allowed(self, query: Query) -> int:
        caller = query.caller
        if self._is_plain and caller.needs_identity_policies and caller.kind is not CallerKind.FEDERATED_USER:
            return self._allowed_by_identity(query)
        gates = _answer(self._endpoint, query)
        if caller.is_under_scps:
            gates = min(gates, *(_answer(level, query) for level in self._scps), YES)
        return min(gates, self._allowed_behind_gates(query)) if gates else NO

    def _allowed_by_identity(self, query: Query) -> int:
        """The same as the long way, for the many principals that have identity-based policies and nothing else."""
        grants = _grants_without_policy(query)
        identity = _answer(self._identity, query)
        if identity == NO and grants is _NO_GRANTS:
            return NO
        return combine(query, grants, identity=identity, limits=YES)

    def _allowed_behind_gates(self, query: Query) -> int:
        grants = self._grants(query)
        if not query.caller.needs_identity_policies:
            return combine(query, grants, identity=YES, limits=YES)
        limits = min(_answer(self._boundary, query), self._session_answer(query))
        return combine(query, grants, identity=_answer(self._identity, query), limits=limits)

    def _session_answer(self, query: Query) -> int:
        """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getfederationtoken.html"""
        if self._session is None and query.caller.kind is CallerKind.FEDERATED_USER:
            return NO
        return _answer(self._session, query)

    def _grants(self, query: Query) -> Grants:
        if self._resource is None:
            return _grants_without_policy(query)
        if isinstance(self._resource, Unknown):
            return _UNKNOWN_GRANTS
        found = [NO, NO, NO, NO]
        for statement in self._resource.allows.candidates(query):
            answer = statement.judge(query)
            if answer:
                grant = statement.judge_principal(query)[2]
                found[grant] = max(found[grant], answer)
        return Grants(found[Grant.FULL], found[Grant.LIMITED], found[Grant.ACCOUNT])


_Denying = tuple[tuple[StatementIndex, ...], bool]


def _grants_without_policy(query: Query) -> Grants:
    """Every KMS key has a key policy: one that was not given is unknown."""
    return _UNKNOWN_GRANTS if is_on_kms_key(query) else _NO_GRANTS


def boundary_answer(policies: PolicySet) -> int:
    """Tell whether the principal has a permissions boundary."""
    if policies.boundary is None:
        return NO
    return MAY if isinstance(policies.boundary, Unknown) else YES


def _one(policy: Policy | Unknown | None) -> tuple[Policy, ...] | Unknown | None:
    return policy if policy is None or isinstance(policy, Unknown) else (policy,)


def _index(policies: tuple[Policy, ...] | Unknown | None, dialect: Dialect) -> LayerIndex | Unknown | None:
    if policies is None or isinstance(policies, Unknown):
        return policies
    return LayerIndex([statement for policy in policies for statement in compile_policy(policy, dialect)])


def _levels(
    levels: tuple[tuple[Policy, ...], ...] | Unknown | None, dialect: Dialect
) -> tuple[LayerIndex | Unknown, ...]:
    if isinstance(levels, Unknown):
        return (levels,)
    return tuple(_present(*(_index(level, dialect) for level in levels or ())))


def _present(*layers: LayerIndex | Unknown | None) -> Iterator[LayerIndex | Unknown]:
    return (layer for layer in layers if layer is not None)


def _answer(layer: LayerIndex | Unknown | None, query: Query) -> int:
    """Tell whether a layer lets the request through; one without a policy does."""
    if layer is None:
        return YES
    return MAY if isinstance(layer, Unknown) else layer.allows.answer(query)
