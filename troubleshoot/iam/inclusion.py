"""Proofs that one statement covers another, for every request there could be. False only means: not proved."""

from collections.abc import Sequence

from troubleshoot.iam.compiled import CompiledStatement
from troubleshoot.iam.conditions import CompiledCondition
from troubleshoot.iam.document import Policy
from troubleshoot.iam.patterns import includes
from troubleshoot.iam.resources import ResourcePattern
from troubleshoot.iam.wildcard import tokens_of

Statements = Sequence[tuple[Policy, CompiledStatement]]


def covers(wide: CompiledStatement, narrow: CompiledStatement, name: str, pattern: ResourcePattern) -> bool:
    """Tell whether `wide` applies wherever `narrow` does, as far as one action and one pattern go."""
    return wide.actions.includes(name.lower()) and _covers_pattern(wide, pattern) and _covers_conditions(wide, narrow)


def covers_statement(wide: Sequence[CompiledStatement], narrow: CompiledStatement) -> bool:
    """Tell whether for each action and pattern of `narrow` one of the statements `wide` applies wherever it does."""
    if narrow.actions.negated or narrow.resources is None or narrow.resources.negated:
        return any(_same_reach(one, narrow) and _covers_conditions(one, narrow) for one in wide)
    return all(
        any(
            _covers_name(one, value.value) and _covers_pattern(one, pattern) and _covers_conditions(one, narrow)
            for one in wide
        )
        for value in narrow.source.action.values
        for pattern in narrow.resources.patterns
    )


def no_deny_lost(before: Statements, after: Statements) -> bool:
    """Tell whether each Deny of `before` is still there in `after`, or one that covers it."""
    denying = [one for _, one in after if one.denies]
    return all(not old.denies or covers_statement(denying, old) for _, old in before)


def _same_reach(one: CompiledStatement, other: CompiledStatement) -> bool:
    return _reach(one) == _reach(other)


def _reach(statement: CompiledStatement) -> tuple[bool, frozenset[str], bool | None, frozenset[str]]:
    source = statement.source
    return (
        source.action.negated,
        frozenset(value.value.lower() for value in source.action.values),
        None if source.resource is None else source.resource.negated,
        frozenset() if source.resource is None else frozenset(value.value for value in source.resource.values),
    )


def _covers_name(wide: CompiledStatement, name: str) -> bool:
    """A plain name, or a pattern of names that a pattern of `wide` includes."""
    if "*" not in name and "?" not in name:
        return wide.actions.includes(name.lower())
    narrow = tokens_of(name.lower())
    return not wide.actions.negated and any(includes(tokens_of(one), narrow) for one, _ in wide.actions.wild)


def _covers_pattern(wide: CompiledStatement, pattern: ResourcePattern) -> bool:
    resources = wide.resources
    if resources is None or resources.negated:
        return False
    return resources.is_anything or any(
        one.doubt is None and not one.is_never and includes(one.parts, pattern.parts) for one in resources.patterns
    )


def _covers_conditions(wide: CompiledStatement, narrow: CompiledStatement) -> bool:
    """Each condition of `wide` must follow from one of `narrow`: the same test, with no value that is not asked."""
    return all(any(_follows(one, from_) for from_ in narrow.conditions) for one in wide.conditions)


def _follows(one: CompiledCondition, from_: CompiledCondition) -> bool:
    if (one.use, one.key, one.variables) != (from_.use, from_.key, from_.variables):
        return False
    ours, theirs = _texts(one), _texts(from_)
    return ours == theirs or (not one.use.operator.negated and ours >= theirs)


def _texts(condition: CompiledCondition) -> frozenset[str]:
    return frozenset(value.value for value in condition.source.values)
