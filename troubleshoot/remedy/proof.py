"""What becomes of every action that a change gives, on all the resources that it names: judged before and after it.

Each pattern is tried on resources that stand for all of it, one for every line that the policies draw through it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from troubleshoot.iam.catalog import action as catalog_action
from troubleshoot.iam.decision import Decision, Effect, LayerResult
from troubleshoot.iam.document import Policy
from troubleshoot.iam.layers import Layer, PolicySet, Unknown
from troubleshoot.iam.request import Request
from troubleshoot.iam.witnesses import witness_requests
from troubleshoot.remedy.grant import with_change
from troubleshoot.remedy.newly import newly
from troubleshoot.remedy.proposal import Change

WITHOUT_RESOURCE_POLICIES = frozenset({"personalize", "personalize-runtime", "personalize-events", "iam", "cloudwatch"})
"""Services on whose resources no policy stands that could refuse what a grant gives.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
"""
_NOT_READ = Unknown("the resource's own policy was not read")
_NEVER_SEEN = frozenset({Layer.VPC_ENDPOINT, Layer.SESSION, Layer.RCPS, Layer.SCPS})

Judge = Callable[[Request, PolicySet], Decision]
"""Judges a call on layers, with what is known of the call besides."""
OwnPolicy = Callable[[str], Policy | Unknown | None]
"""Returns the policy of a resource by its ARN: None where it has none, unknown where it was not read."""


class Result(StrEnum):
    """What becomes of an action on all that it was tried on."""

    NEW = "new"  # allowed with the change, and not before
    ALREADY = "already"  # allowed before
    SOME = "some"  # stopped on some of the resources
    OPEN = "open"  # it hangs on what could not be read or is not known of the call
    STOPPED = "stopped"  # another layer goes on stopping it


@dataclass(frozen=True, slots=True)
class Proven:
    """One action and what becomes of it. `layer` stops it, or is what it hangs on; `missing` are keys it hangs on."""

    action: str
    result: Result
    layer: Layer | None = None
    missing: tuple[str, ...] = ()


def not_read(_resource: str) -> Unknown:
    """Say of every resource that its own policy was not read."""
    return _NOT_READ


def prove(change: Change, held: PolicySet, *, judge: Judge, own_policy: OwnPolicy = not_read) -> tuple[Proven, ...]:
    """Return what becomes of each action of the change, in the order in which its statements give them."""
    after = with_change(held, change)
    tried: dict[str, list[Proven]] = {}
    for call in calls_of(change, after):
        own = _own_policy(call, own_policy)
        pair = replace(held, resource=own), replace(after, resource=own)
        tried.setdefault(call.action, []).append(_judged(call, *pair, judge))
    return tuple(_together(found) for found in tried.values())


def calls_of(change: Change, policies: PolicySet) -> Iterator[Request]:
    """Yield calls that stand for all that the change allows by itself."""
    for entry in newly(change, None).entries:
        if entry.resource == "*":
            yield entry.witness
        else:
            yield from witness_requests(entry.witness, entry.resource, policies)


def _own_policy(call: Request, own_policy: OwnPolicy) -> Policy | Unknown | None:
    info = catalog_action(call.action)
    has_none = call.action.partition(":")[0].lower() in WITHOUT_RESOURCE_POLICIES
    return None if has_none or (info is not None and info.wildcard_only) else own_policy(call.resource)


def _judged(call: Request, before: PolicySet, after: PolicySet, judge: Judge) -> Proven:
    now = judge(call, before)
    if not now.stopping and now.layers[Layer.IDENTITY].effect is Effect.PASSES:
        return Proven(call.action, Result.ALREADY)
    then = judge(call, after)
    if then.stopping:
        return Proven(call.action, Result.STOPPED, then.stopping[0].layer)
    hanging = [one for one in then.layers.values() if _is_open(one)]
    if not hanging:
        return Proven(call.action, Result.NEW)
    first = next((one for one in hanging if one.layer is not Layer.IDENTITY), hanging[0])
    return Proven(call.action, Result.OPEN, first.layer, first.missing)


def _is_open(result: LayerResult) -> bool:
    """Whether a layer leaves it open. What no portal ever reads of a call leaves everything open alike."""
    if result.effect is not Effect.UNKNOWN:
        return False
    return result.code != "unread" or result.layer not in _NEVER_SEEN


def _together(found: Iterable[Proven]) -> Proven:
    """The worst of it: what is stopped on one resource is not simply new."""
    by_result = {one.result: one for one in found}
    if len(by_result) > 1 and Result.STOPPED in by_result:
        return replace(by_result[Result.STOPPED], result=Result.SOME)
    order = (Result.STOPPED, Result.OPEN, Result.NEW, Result.ALREADY)
    return next(by_result[one] for one in order if one in by_result)
