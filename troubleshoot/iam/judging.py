"""One call, judged for every principal of an account: documents are parsed once, whoever holds them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from troubleshoot.iam.account import AccountSnapshot, PrincipalState
from troubleshoot.iam.asked import condition_keys
from troubleshoot.iam.context import request_context
from troubleshoot.iam.decision import Outcome
from troubleshoot.iam.document import Policy, PolicyError, parse_policy
from troubleshoot.iam.engine import CompiledPolicies
from troubleshoot.iam.evaluate import evaluate
from troubleshoot.iam.layers import Layer, PolicySet, Unknown
from troubleshoot.iam.quicklook import may_allow_in
from troubleshoot.iam.request import ContextValue, Request
from troubleshoot.iam.snapshot import Missing, Snapshot, StoredPolicy

DENIED = (Outcome.IMPLICIT_DENY, Outcome.EXPLICIT_DENY)
_ASSUME = "sts:AssumeRole"
_NOT_READ = Unknown("this layer was not read together with the account")
_NO_SESSION_SEEN = Unknown("nobody can read whether a session policy was passed")
_ALL = parse_policy('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}', name="all")
# Keys that follow from who calls: another principal's call has values of its own. These of an account are shared.
_OF_CALLER = ("aws:principal", "aws:username", "aws:userid", "aws:via", "aws:called", "aws:multifactor", "aws:token")
_OF_ACCOUNT = ("aws:principalorgid", "aws:principalorgpaths")


class Step(NamedTuple):
    """What becomes of one request, and what that depends on."""

    outcome: Outcome
    missing_keys: tuple[str, ...] = ()
    missing_layers: tuple[Layer, ...] = ()


class AccountJudge:
    """Judges one call for the principals of one account, and who may assume which role.

    Every condition key that the policies ask for and the call does not tell is unknown.
    """

    def __init__(
        self, account: AccountSnapshot, call: Request, beside: Snapshot | None, *, in_session: str = ""
    ) -> None:
        """`beside` was read for the call: control policies, resource policy, VPC endpoint; None: they are unknown.

        `in_session` is the ARN of a role that acts in a session already, of whose session policy nobody knows.
        """
        self._account = account
        self._call = call
        self._service = call.action.partition(":")[0].lower()
        self._in_session = in_session
        self._gates = _gates(beside)
        self._shared = _shared_context(call, account.read_at)
        self._parsed: dict[str, Policy | Unknown] = {}
        self._allowing: dict[str, bool] = {}
        self._trusts: dict[str, CompiledPolicies] = {}
        self._assumed: dict[tuple[str, str], Step] = {}

    def may_call(self, states: Iterable[PrincipalState]) -> Iterator[tuple[PrincipalState, Step]]:
        """Yield those of the principals that are not refused the call for certain."""
        for state in states:
            if self._has_no_allow(state):
                continue
            step = self._judged(state, self._call, self._gates)
            if step.outcome not in DENIED:
                yield state, step

    def assume(self, state: PrincipalState, role: PrincipalState) -> Step:
        """Return whether a principal may assume a role: by its trust policy, and by the principal's own policies."""
        key = (state.arn, role.arn)
        if key not in self._assumed:
            self._assumed[key] = self._assume(state, role)
        return self._assumed[key]

    def trusted_by(self, role: PrincipalState) -> Iterator[PrincipalState]:
        """Yield the roles that a role's trust policy may let assume it, as far as that policy goes."""
        for state in self._account.roles.values():
            if self._is_trusted(state, role):
                yield state

    def _has_no_allow(self, state: PrincipalState) -> bool:
        """Tell whether none of a principal's documents allows the call, whoever holds it: most fall out here.

        A resource's own policy may allow by itself, so that with one nobody falls out.
        """
        stored = self._account.identity_of(state)
        if self._gates.resource is not None or isinstance(stored, Missing):
            return False
        return not any(self._may_allow(policy.document, state.arn) for policy in stored)

    def _may_allow(self, document: str, holder: str) -> bool:
        """Tell whether a document could allow the call to anybody; `holder` is any of the account who has it."""
        found = self._allowing.get(document)
        if found is None:
            found = may_allow_in(document, self._service) and self._may_allow_in_full(self._policy(document), holder)
            self._allowing[document] = found
        return found

    def _may_allow_in_full(self, policy: Policy | Unknown, holder: str) -> bool:
        if isinstance(policy, Unknown):
            return True
        alone = PolicySet(identity=(policy,))
        known = {key.lower() for key in self._shared}
        asked = frozenset(key for key in condition_keys(alone) if key not in known)
        request = replace(self._call, principal=holder, context=self._shared, unknown_keys=asked)
        return CompiledPolicies(alone).decide(request) is not Outcome.IMPLICIT_DENY

    def _assume(self, state: PrincipalState, role: PrincipalState) -> Step:
        if not self._is_trusted(state, role):
            return Step(Outcome.IMPLICIT_DENY)
        session = _NO_SESSION_SEEN if state.arn == self._in_session else None
        gates = replace(self._gates, resource=self._trust(role), session=session)
        return self._judged(state, Request(state.arn, _ASSUME, role.arn), gates)

    def _is_trusted(self, state: PrincipalState, role: PrincipalState) -> bool:
        compiled = self._trusts.get(role.arn)
        if compiled is None:
            compiled = CompiledPolicies(PolicySet(identity=(_ALL,), resource=self._trust(role)))
            self._trusts[role.arn] = compiled
        request = self._request(state, Request(state.arn, _ASSUME, role.arn), compiled.policies)
        return compiled.decide(request) not in DENIED

    def _judged(self, state: PrincipalState, call: Request, gates: PolicySet) -> Step:
        """Judge without the gates first: they only take away, and most principals fall out before them."""
        own = replace(gates, identity=self._identity(state), boundary=self._boundary(state), scps=None, rcps=None)
        refused = CompiledPolicies(own).decide(self._request(state, call, own))
        if refused in DENIED:
            return Step(refused)
        policies = replace(own, scps=gates.scps, rcps=gates.rcps)
        decision = evaluate(self._request(state, call, policies), policies)
        return Step(decision.outcome, decision.missing_keys, decision.missing_layers)

    def _request(self, state: PrincipalState, call: Request, policies: PolicySet) -> Request:
        context = {**self._shared, **request_context(state.arn, tags=state.tags)}
        known = {key.lower() for key in context}
        return replace(
            call,
            principal=state.arn,
            context=context,
            unknown_keys=frozenset(key for key in condition_keys(policies) if key not in known),
        )

    def _trust(self, role: PrincipalState) -> Policy | Unknown:
        return self._policy(role.trust_policy)

    def _identity(self, state: PrincipalState) -> tuple[Policy, ...] | Unknown:
        stored = self._account.identity_of(state)
        return Unknown(stored.why) if isinstance(stored, Missing) else self._policies(stored)

    def _boundary(self, state: PrincipalState) -> tuple[Policy, ...] | Unknown | None:
        stored = self._account.boundary_of(state)
        if stored is None:
            return None
        return Unknown(stored.why) if isinstance(stored, Missing) else self._policies((stored,))

    def _policies(self, stored: tuple[StoredPolicy, ...]) -> tuple[Policy, ...] | Unknown:
        parsed = [self._policy(policy.document) for policy in stored]
        unread = next((policy for policy in parsed if isinstance(policy, Unknown)), None)
        return unread or tuple(policy for policy in parsed if isinstance(policy, Policy))

    def _policy(self, document: str) -> Policy | Unknown:
        if document not in self._parsed:
            self._parsed[document] = _parse(document)
        return self._parsed[document]


def _parse(document: str) -> Policy | Unknown:
    try:
        return parse_policy(document, name="policy")
    except PolicyError as error:
        return Unknown(str(error))


def _gates(beside: Snapshot | None) -> PolicySet:
    if beside is None:
        return PolicySet(scps=_NOT_READ, rcps=_NOT_READ, resource=_NOT_READ, vpc_endpoint=_NOT_READ)
    return replace(beside, identity=(), boundary=None, session=None).policy_set()


def _shared_context(call: Request, read_at: str) -> dict[str, ContextValue]:
    """Return what the call's context says whoever calls, and the time."""
    shared = {key: value for key, value in call.context.items() if not _is_of_caller(key.lower())}
    return {**shared, "aws:CurrentTime": read_at.replace("+00:00", "Z")}


def _is_of_caller(key: str) -> bool:
    return key.startswith(_OF_CALLER) and not key.startswith(_OF_ACCOUNT)
