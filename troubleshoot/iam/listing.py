"""The statements and the patterns of a set of policies, one after the other."""

from collections.abc import Iterable, Iterator

from troubleshoot.iam.compiled import CompiledStatement, Dialect, compile_policy
from troubleshoot.iam.document import Policy
from troubleshoot.iam.layers import PolicySet, Unknown
from troubleshoot.iam.resources import ResourcePattern


def identity_statements(policies: PolicySet) -> Iterator[tuple[Policy, CompiledStatement]]:
    """Yield the statements of the identity-based policies, each with its policy."""
    yield from _compiled(policies.identity, Dialect.IDENTITY)


def granting_statements(policies: PolicySet) -> Iterator[tuple[Policy, CompiledStatement]]:
    """Yield the statements of the layers that can grant; all others only limit."""
    yield from identity_statements(policies)
    yield from _compiled(policies.resource, Dialect.RESOURCE)


def all_statements(policies: PolicySet) -> Iterator[tuple[Policy, CompiledStatement]]:
    """Yield the statements of every layer that was read."""
    yield from granting_statements(policies)
    for one in (policies.boundary, policies.session):
        yield from _compiled(one, Dialect.IDENTITY)
    for level in () if policies.scps is None or isinstance(policies.scps, Unknown) else policies.scps:
        yield from _compiled(level, Dialect.IDENTITY)
    for level in () if policies.rcps is None or isinstance(policies.rcps, Unknown) else policies.rcps:
        yield from _compiled(level, Dialect.GATE)
    yield from _compiled(policies.vpc_endpoint, Dialect.GATE)


def _compiled(
    policies: tuple[Policy, ...] | Policy | Unknown | None, dialect: Dialect
) -> Iterator[tuple[Policy, CompiledStatement]]:
    if policies is None or isinstance(policies, Unknown):
        return
    for policy in (policies,) if isinstance(policies, Policy) else policies:
        for statement in compile_policy(policy, dialect):
            yield policy, statement


def patterns_of(statements: Iterable[CompiledStatement]) -> tuple[ResourcePattern, ...]:
    """Return the patterns that the statements name, each once; a bare `*` draws no line and is left out."""
    listed = [pattern for one in statements if one.resources for pattern in one.resources.patterns]
    return tuple({pattern.text: pattern for pattern in listed if not pattern.is_anything}.values())
