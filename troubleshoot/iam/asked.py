"""Which keys of the request context a set of policies asks for."""

from collections.abc import Iterator

from troubleshoot.iam.document import Policy, Statement
from troubleshoot.iam.layers import PolicySet, Unknown
from troubleshoot.iam.variables import keys_of, parse_template


def condition_keys(policies: PolicySet) -> frozenset[str]:
    """Return the keys, in lower case, of every condition and every policy variable. Unknown layers ask for none."""
    return frozenset(key for policy in _every(policies) for statement in policy.statements for key in _keys(statement))


def _every(policies: PolicySet) -> Iterator[Policy]:
    for layer in (policies.identity, policies.boundary, policies.vpc_endpoint):
        yield from () if layer is None or isinstance(layer, Unknown) else layer
    for levels in (policies.scps, policies.rcps):
        for level in () if levels is None or isinstance(levels, Unknown) else levels:
            yield from level
    for policy in (policies.resource, policies.session):
        if isinstance(policy, Policy):
            yield policy


def _keys(statement: Statement) -> Iterator[str]:
    for condition in statement.conditions:
        yield condition.key.value.lower()
    texts = [value.value for condition in statement.conditions for value in condition.values]
    texts += [value.value for value in statement.resource.values] if statement.resource else []
    for text in texts:
        yield from keys_of(parse_template(text, variables=True, wildcards=False))
