"""Statements made ready to judge many requests, shared by all who hold the same document."""

from enum import Enum

from troubleshoot.iam.conditions import CompiledCondition
from troubleshoot.iam.document import Policy, Statement
from troubleshoot.iam.principals import CompiledPrincipals, Grant, PrincipalJudgement
from troubleshoot.iam.query import Query
from troubleshoot.iam.resources import CompiledResources, Judgement
from troubleshoot.iam.ternary import MAY, NO, YES
from troubleshoot.iam.wildcard import Matcher, compile_glob, tokens_of

_NO_RESOURCE: Judgement = (YES, "no_resource_element")
_RESOURCE_MISSING: Judgement = (MAY, "resource_missing")
_NO_PRINCIPAL: PrincipalJudgement = (YES, "no_principal_element", Grant.FULL)
_PRINCIPAL_MISSING: PrincipalJudgement = (MAY, "principal_missing", Grant.FULL)
_PRINCIPAL_MISPLACED: PrincipalJudgement = (MAY, "principal_misplaced", Grant.FULL)


class CompiledActions:
    """Action or NotAction. Names are compared in lower case; a service's prefix holds no wildcard.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    """

    __slots__ = ("literals", "negated", "wild")

    def __init__(self, statement: Statement) -> None:
        names = [value.value.lower() for value in statement.action.values]
        self.negated = statement.action.negated
        self.literals = frozenset(name for name in names if "*" not in name and "?" not in name)
        self.wild: tuple[tuple[str, Matcher], ...] = tuple(
            (name, compile_glob(tokens_of(name))) for name in names if name not in self.literals and _is_sound(name)
        )

    def includes(self, action: str) -> bool:
        """Tell whether the element covers an action, given in lower case."""
        listed = action in self.literals or any(matches(action) for _, matches in self.wild)
        return listed != self.negated


def _is_sound(name: str) -> bool:
    prefix = name.partition(":")[0]
    return not prefix.strip("*") or ("*" not in prefix and "?" not in prefix)


class Dialect(Enum):
    """What a kind of policy says about principals. The values: may name them, must name them."""

    IDENTITY = (False, False)
    RESOURCE = (True, True)
    GATE = (True, False)  # a resource control or VPC endpoint policy

    @property
    def names_principals(self) -> bool:
        return self.value[0]

    @property
    def needs_principals(self) -> bool:
        return self.value[1]


class CompiledStatement:
    """One statement as a policy of one dialect. `source` is the parsed statement."""

    __slots__ = (
        "_without_principal",
        "_without_resource",
        "actions",
        "conditions",
        "denies",
        "principals",
        "resources",
        "source",
    )

    def __init__(self, source: Statement, dialect: Dialect, *, variables: bool) -> None:
        self.source = source
        self.denies = source.denies
        self.actions = CompiledActions(source)
        self.resources = None if source.resource is None else CompiledResources(source.resource, variables=variables)
        self.conditions = tuple(CompiledCondition(one, variables=variables) for one in source.conditions)
        self.principals: CompiledPrincipals | None = None
        self._without_resource = _NO_RESOURCE if dialect.names_principals else _RESOURCE_MISSING
        self._without_principal = _PRINCIPAL_MISSING if dialect.needs_principals else _NO_PRINCIPAL
        if source.principal is not None and dialect.names_principals:
            self.principals = CompiledPrincipals(source.principal, denies=self.denies)
        elif source.principal is not None:
            self._without_principal = _PRINCIPAL_MISPLACED

    def judge_resource(self, query: Query) -> Judgement:
        """Tell whether the statement covers the request's resource, and why."""
        return self._without_resource if self.resources is None else self.resources.judge(query)

    def judge_principal(self, query: Query) -> PrincipalJudgement:
        """Tell whether the statement means the caller, why, and what an Allow for the caller is worth."""
        return self._without_principal if self.principals is None else self.principals.judge(query)

    def judge(self, query: Query) -> int:
        """Tell whether the statement applies to a request whose action it covers."""
        answer = self._without_principal[0] if self.principals is None else self.principals.judge(query)[0]
        if answer == NO:
            return NO
        found = self._without_resource[0] if self.resources is None else self.resources.judge(query)[0]
        if found < answer:
            answer = found
        for condition in self.conditions:
            if answer == NO:
                return NO
            found = condition.judge(query)[0]
            if found < answer:
                answer = found
        return answer

    def missing(self, query: Query) -> tuple[str, ...]:
        """Return the unknown keys that the statement names."""
        found = () if self.resources is None else self.resources.missing(query)
        return (*found, *(key for condition in self.conditions for key in condition.missing(query)))


def compile_policy(policy: Policy, dialect: Dialect) -> tuple[CompiledStatement, ...]:
    """Return the statements of a policy. Policies with the same text share them."""
    key = (policy.text, dialect)
    found = _COMPILED.get(key)
    if found is None:
        variables = policy.has_variables
        found = tuple(CompiledStatement(one, dialect, variables=variables) for one in policy.statements)
        if len(_COMPILED) >= _MOST_POLICIES:
            _COMPILED.clear()
        _COMPILED[key] = found
    return found


_MOST_POLICIES = 8192
_COMPILED: dict[tuple[str, Dialect], tuple[CompiledStatement, ...]] = {}
