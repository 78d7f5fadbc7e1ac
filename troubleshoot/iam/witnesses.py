"""Resources that stand for all of a form: one that nothing singles out, and one for each line that policies draw."""

from collections.abc import Sequence
from dataclasses import replace

from troubleshoot.iam.layers import PolicySet
from troubleshoot.iam.listing import all_statements, patterns_of
from troubleshoot.iam.patterns import common_text, includes, sample_arn
from troubleshoot.iam.principal import caller_of
from troubleshoot.iam.query import Query
from troubleshoot.iam.request import Request
from troubleshoot.iam.resources import ResourcePattern
from troubleshoot.iam.variables import Unresolved, resolve
from troubleshoot.iam.wildcard import Token

MOST_OVERLAPS = 24
_SOME_ACCOUNT = "123456789012"


def witness_requests(request: Request, form: str, policies: PolicySet) -> tuple[Request, ...]:
    """Return the request on resources that stand for all of `form`, an ARN with wildcards.

    The first is on one that the policies do not single out. At most 24 lines that the policies draw are followed.
    """
    action = request.action.lower()
    rivals = (one for _, one in all_statements(policies) if one.actions.includes(action))
    arns = witness_arns(ResourcePattern(form, variables=False), patterns_of(rivals), request)
    return tuple(replace(request, resource=arn) for arn in arns)


def witness_arns(pattern: ResourcePattern, others: Sequence[ResourcePattern], request: Request) -> tuple[str, ...]:
    """Return an ARN of the pattern, and one for each other pattern that cuts a piece out of it.

    Variables take the request's values; none where the pattern's own have no value.
    """
    if pattern.is_anything:
        return ("*",)
    query = Query(request)
    own = _resolved(pattern, query)
    if own is None:
        return ()
    account = caller_of(request.principal).account or _SOME_ACCOUNT
    found = {sample_arn(own, account): None}
    for other in others[:MOST_OVERLAPS]:
        tokens = _resolved(other, query)
        if tokens is None or includes(tokens, own):
            continue
        text = sample_arn(tokens, account) if includes(own, tokens) else common_text([own, tokens])
        if text:
            found[text] = None
    return tuple(found)


def _resolved(pattern: ResourcePattern, query: Query) -> list[Token] | None:
    tokens = resolve(pattern.parts, query)
    return None if isinstance(tokens, Unresolved) else tokens
