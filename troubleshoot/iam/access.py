"""What policies allow, what a change newly allows, and whether one document allows no more than another.

Everything found is shown by a witness: a request that the engine itself decides.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from troubleshoot.iam import catalog
from troubleshoot.iam.compiled import CompiledStatement, Dialect, compile_policy
from troubleshoot.iam.context import request_context
from troubleshoot.iam.decision import Outcome
from troubleshoot.iam.document import Condition, Policy
from troubleshoot.iam.engine import CompiledPolicies
from troubleshoot.iam.inclusion import covers, covers_statement, no_deny_lost
from troubleshoot.iam.layers import PolicySet, Unknown
from troubleshoot.iam.listing import all_statements, granting_statements, identity_statements, patterns_of
from troubleshoot.iam.patterns import common_text, includes
from troubleshoot.iam.request import ContextValue, Request
from troubleshoot.iam.resources import ResourcePattern
from troubleshoot.iam.samples import contexts
from troubleshoot.iam.variables import Variable
from troubleshoot.iam.wildcard import Wild
from troubleshoot.iam.witnesses import MOST_OVERLAPS, witness_arns

_DENIED = (Outcome.IMPLICIT_DENY, Outcome.EXPLICIT_DENY)
_ANYTHING = ResourcePattern("*", variables=False)


@dataclass(frozen=True, slots=True)
class Access:
    """One action on the resources of one pattern, under the conditions of the statement that allows it.

    `resource` is `*` where the action takes no resource. `witness` is a request that is allowed; with `certain`
    False it is one that may be, because AWS leaves something open or there is too much to try.
    """

    action: str
    resource: str
    resource_type: str | None
    conditions: tuple[Condition, ...]
    policy: str
    statement: int
    witness: Request
    certain: bool


class Comparison(StrEnum):
    """Whether one document allows no more than another."""

    NO_MORE = "no_more"
    MORE = "more"
    NOT_DECIDED = "not_decided"


@dataclass(frozen=True, slots=True)
class Compared:
    """The answer, with a request that shows the difference, or the reason why it could not be decided."""

    comparison: Comparison
    witness: Request | None = None
    why: str | None = None


def who_can(
    principals: Mapping[str, CompiledPolicies],
    action: str,
    resource: str,
    context: Mapping[str, ContextValue] | None = None,
) -> dict[str, Outcome]:
    """Return what becomes of one request if each of the principals makes it, by the principal's ARN."""
    return {
        arn: policies.decide(Request(arn, action, resource, context={**request_context(arn), **(context or {})}))
        for arn, policies in principals.items()
    }


def allowed_access(policies: PolicySet, principal: str, service: str) -> tuple[Access, ...]:
    """Return what the policies allow the principal in one service, wildcards expanded to real actions."""
    nothing = replace(policies, identity=(), resource=None)
    return newly_allowed(nothing, policies, principal, services={service})


def newly_allowed(
    before: PolicySet,
    after: PolicySet,
    principal: str,
    *,
    services: Collection[str] | None = None,
    only: Collection[str] | None = None,
) -> tuple[Access, ...]:
    """Return what the principal may do `after` a change and not `before`.

    Complete for the actions of the catalog and those that the policies spell out: for each Allow statement, each
    action, each pattern. `services` limits it to some services' actions, `only` to some actions, in lower case.
    """
    return tuple(_Difference(before, after, principal).entries(services, only))


class _Difference:
    def __init__(self, before: PolicySet, after: PolicySet, principal: str) -> None:
        self._principal = principal
        self._before = CompiledPolicies(before)
        self._after = CompiledPolicies(after)
        self._all = (*all_statements(before), *all_statements(after))
        old = set(_policies_of(before)) if _is_only_more(before, after) else set()
        self._granting = [
            (policy, one) for policy, one in granting_statements(after) if not one.denies and policy not in old
        ]
        self._base = request_context(principal)

    def entries(self, services: Collection[str] | None, only: Collection[str] | None = None) -> Iterator[Access]:
        for policy, statement in self._granting:
            for name in _actions(statement, services):
                if only is not None and name.lower() not in only:
                    continue
                for pattern, kind in _patterns(statement, name):
                    found = self._found(name, pattern, statement)
                    if found is not None:
                        witness, certain = found
                        source = statement.source
                        yield Access(
                            name, pattern.text, kind, source.conditions, policy.name, source.index, witness, certain
                        )

    def _found(self, name: str, pattern: ResourcePattern, statement: CompiledStatement) -> tuple[Request, bool] | None:
        """Return a request that is newly allowed, and whether that is certain; None where there is none."""
        possible: Request | None = None
        rivals = [one for _, one in self._all if one.actions.includes(name.lower())]
        tried, is_complete = contexts(self._base, [statement, *rivals])
        others = patterns_of(rivals)
        has_variables = any(one.keys for one in (pattern, *others))
        arns = self._arns(pattern, others, {})
        for context in tried:
            for arn in self._arns(pattern, others, context) if has_variables else arns:
                request = Request(self._principal, name, arn, context=context, wildcard_only=arn == "*")
                after = self._after.decide(request)
                if after is Outcome.ALLOWED and self._before.decide(request) is not Outcome.ALLOWED:
                    return request, True
                if after is Outcome.DEPENDS and self._before.decide(request) in _DENIED:
                    possible = possible or request
        is_complete = is_complete and len(others) <= MOST_OVERLAPS
        if not is_complete and not self._is_covered(name, pattern, statement):
            possible = possible or Request(self._principal, name, pattern.text)
        return None if possible is None else (possible, False)

    def _arns(
        self, pattern: ResourcePattern, others: Sequence[ResourcePattern], context: Mapping[str, ContextValue]
    ) -> tuple[str, ...]:
        return witness_arns(pattern, others, Request(self._principal, "", context=context))

    def _is_covered(self, name: str, pattern: ResourcePattern, statement: CompiledStatement) -> bool:
        """Tell whether it is proved that all this was allowed before, and that nothing that refused it went away."""
        before = self._before.policies
        return _is_only_more(before, self._after.policies) and any(
            covers(one, statement, name, pattern) for _, one in identity_statements(before) if not one.denies
        )


def _is_only_more(before: PolicySet, after: PolicySet) -> bool:
    """Tell whether only identity-based policies differ and no Deny went away: then what stayed allows nothing new."""
    return (
        isinstance(before.identity, Unknown) is isinstance(after.identity, Unknown)
        and replace(before, identity=()) == replace(after, identity=())
        and no_deny_lost(tuple(identity_statements(before)), tuple(identity_statements(after)))
    )


def _policies_of(policies: PolicySet) -> Iterator[Policy]:
    yield from () if isinstance(policies.identity, Unknown) else policies.identity
    if isinstance(policies.resource, Policy):
        yield policies.resource


def _actions(statement: CompiledStatement, services: Collection[str] | None) -> Iterator[str]:
    """Yield every action that a statement covers: of the catalog, and those that it spells out itself."""
    own = (
        {}
        if statement.actions.negated
        else {value.value.lower(): value.value for value in statement.source.action.values}
    )
    asked = services if services is not None else _services(statement)
    for service in sorted(asked):
        for name in catalog.actions_of(service):
            own.pop(name.lower(), None)
            if statement.actions.includes(name.lower()):
                yield name
    for name in own.values():
        if name.lower() in statement.actions.literals and (
            services is None or name.partition(":")[0].lower() in services
        ):
            yield name


def _services(statement: CompiledStatement) -> Collection[str]:
    prefixes = {
        name.partition(":")[0] for name in (*statement.actions.literals, *(n for n, _ in statement.actions.wild))
    }
    if statement.actions.negated or any("*" in prefix for prefix in prefixes):
        return catalog.services()
    return prefixes & catalog.services()


def _patterns(statement: CompiledStatement, name: str) -> Iterator[tuple[ResourcePattern, str | None]]:
    """Yield the statement's patterns for one action, each narrowed to the types of resource that the action takes."""
    info = catalog.action(name)
    if info is not None and info.wildcard_only:
        yield _ANYTHING, None
        return
    own = _own_patterns(statement)
    if info is None:
        yield from ((pattern, None) for pattern in own)
        return
    for resource in info.resource_types:
        for pattern in own:
            narrowed = _narrowed(pattern, resource.type)
            if narrowed is not None:
                yield narrowed, resource.type.name


def _own_patterns(statement: CompiledStatement) -> tuple[ResourcePattern, ...]:
    """NotResource and a missing Resource may mean anything: what they leave out is found by trying."""
    resources = statement.resources
    return (_ANYTHING,) if resources is None or resources.negated else resources.patterns


def _narrowed(pattern: ResourcePattern, kind: catalog.ResourceType) -> ResourcePattern | None:
    """Return the narrower of the two, the pattern itself where they only overlap, None where they do not."""
    if pattern.is_anything or includes(pattern.parts, kind.tokens):
        return _type_pattern(kind.pattern)
    plain = [part if not isinstance(part, Variable) else Wild.STAR for part in pattern.parts]
    return pattern if common_text([plain, kind.tokens]) is not None else None


@cache
def _type_pattern(text: str) -> ResourcePattern:
    return ResourcePattern(text, variables=False)


def allows_no_more(new: Policy, old: Policy, principal: str) -> Compared:
    """Tell whether the identity-based policy `new` allows the principal nothing that `old` does not.

    `NO_MORE` is proved for every request, `MORE` is shown by one.
    """
    ours, theirs = _each(new), _each(old)
    if any(one.source.principal is not None for _, one in (*ours, *theirs)):
        return Compared(Comparison.NOT_DECIDED, why="a document names principals")
    if no_deny_lost(theirs, ours) and all(
        one.denies or covers_statement([wide for _, wide in theirs if not wide.denies], one) for _, one in ours
    ):
        return Compared(Comparison.NO_MORE)
    found = _Difference(PolicySet(identity=(old,)), PolicySet(identity=(new,)), principal).entries(None)
    shown = next((one for one in found if one.certain), None)
    if shown is not None:
        return Compared(Comparison.MORE, witness=shown.witness)
    return Compared(Comparison.NOT_DECIDED, why="no difference was found, but that there is none could not be proved")


def _each(policy: Policy) -> tuple[tuple[Policy, CompiledStatement], ...]:
    return tuple((policy, one) for one in compile_policy(policy, Dialect.IDENTITY))
