"""What else the same operation must be allowed, beside the check that failed, and whether it would be."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from troubleshoot.access.answer import NextCheck, Standing
from troubleshoot.access.calls import as_of
from troubleshoot.access.judging import Judged, base_context
from troubleshoot.access.permissions import Sight
from troubleshoot.access.shown import missing_keys, stopping_statements
from troubleshoot.denial import Denial
from troubleshoot.iam import evaluate
from troubleshoot.iam.arn import Arn, parse_arn
from troubleshoot.iam.catalog import (
    PLACEHOLDER,
    Check,
    ResourceType,
    checks_for_operation,
    resource_type_of,
    resource_types,
)
from troubleshoot.iam.catalog import action as catalog_action
from troubleshoot.iam.decision import Decision, Effect
from troubleshoot.iam.explain import first_stop
from troubleshoot.iam.layers import Layer, PolicySet
from troubleshoot.iam.request import Request
from troubleshoot.iam.snapshot import Snapshot
from troubleshoot.iam.witnesses import witness_requests
from troubleshoot.remedy import Proposal, with_change

_DATASET, _DATASET_GROUP = "dataset", "datasetGroup"


def next_checks(
    facts: Denial, judged: Judged, snapshot: Snapshot | None, sight: Sight, proposal: Proposal | None
) -> tuple[NextCheck, ...]:
    """Return the further checks of the operation, judged as they would be once the proposed change is made.

    Without live state they are named and not judged.
    """
    further = tuple(_further(facts))
    if judged.policies is None or snapshot is None:
        return further
    foresight = _Foresight(facts, judged.policies, snapshot, sight, proposal)
    return tuple(foresight.judged(check) for check in further)


def _further(facts: Denial) -> Iterator[NextCheck]:
    if facts.action is None:
        return
    kind = resource_type_of(facts.action, facts.resource) if facts.resource else None
    failed = (facts.action.lower(), kind.name if kind else None)
    for check in checks_for_operation(facts.operation or facts.action):
        if check.when != "one_of" and not _is_the_one(check, failed):
            yield NextCheck(check.action, check.resource_type, check.when, context=check.context)


def _is_the_one(check: Check, failed: tuple[str, str | None]) -> bool:
    """Whether this is the check that failed. While its resource is not known, any of the same action may be."""
    action, kind = failed
    return check.action.lower() == action and kind in (None, check.resource_type)


class _Foresight:
    """One principal's policies, now and with the proposed change, ready to judge further checks on."""

    def __init__(
        self, facts: Denial, policies: PolicySet, snapshot: Snapshot, sight: Sight, proposal: Proposal | None
    ) -> None:
        self._facts = facts
        self._snapshot = snapshot
        self._sight = sight
        self._at = datetime.fromisoformat(snapshot.read_at)
        self._now = policies
        self._then = policies if proposal is None else with_change(policies, proposal.change)

    def judged(self, check: NextCheck) -> NextCheck:
        """Return the check with what would become of it on every resource that may be meant."""
        requests = tuple(self._requests(check))
        decisions = [self._decision(request, self._then) for request in requests]
        standing = _together([standing_of(decision) for decision in decisions])
        stopped = self._stopped(requests, decisions) if standing is Standing.STOPS else None
        stop = first_stop(stopped) if stopped else None
        shown = stopping_statements(stopped, self._snapshot, self._sight) if stopped else ()
        return replace(
            check,
            standing=standing,
            resource=next(filter(None, (_exact(kind, self._facts) for kind in _types(check))), None),
            layer=stop.layer if stop else None,
            statement=next((one for one in shown if stop and one.layer is stop.layer), None),
            missing=_unique(key for one in decisions for key in missing_keys(one, self._sight)),
            is_given_too=standing is Standing.PASSES and self._is_stopped_now(requests),
        )

    def _stopped(self, requests: Sequence[Request], decisions: Sequence[Decision]) -> Decision:
        """Return the first stop, with today's statements: one of a change that nobody made yet is closest to nobody."""
        stopped = next(at for at, decision in enumerate(decisions) if decision.stopping)
        return self._decision(requests[stopped], self._now)

    def _is_stopped_now(self, requests: Sequence[Request]) -> bool:
        return self._then is not self._now and any(self._decision(one, self._now).stopping for one in requests)

    def _decision(self, request: Request, policies: PolicySet) -> Decision:
        return evaluate(as_of(request, policies, self._at), policies)

    def _requests(self, check: NextCheck) -> Iterator[Request]:
        """Yield the check on its resource where that is known, else on resources that stand for all of its type."""
        info = catalog_action(check.action)
        context: dict[str, Any] = {**base_context(self._facts, self._snapshot), **dict(check.context)}
        request = Request(self._facts.principal or "", check.action, context=context)
        if info is not None and info.wildcard_only:
            yield replace(request, wildcard_only=True)
            return
        for kind in _types(check):
            exact = _exact(kind, self._facts)
            if exact:
                yield replace(request, resource=exact)
            else:
                yield from witness_requests(request, _form(kind, self._facts), self._then)


def standing_of(decision: Decision) -> Standing:
    """Return what a decision comes to, as far as the portal can read. A silent layer never counts as a yes."""
    if decision.stopping:
        return Standing.STOPS
    if Layer.IDENTITY in decision.missing_layers:
        return Standing.NOT_JUDGED
    is_open = any(one.effect is Effect.UNKNOWN and one.code != "unread" for one in decision.layers.values())
    return Standing.DEPENDS if is_open else Standing.PASSES


def _together(standings: Sequence[Standing]) -> Standing:
    found = set(standings)
    if len(found) == 1:
        return found.pop()
    return Standing.SOME if {Standing.STOPS, Standing.PASSES} <= found else Standing.DEPENDS


def _types(check: NextCheck) -> tuple[ResourceType, ...]:
    """Return the type that the check is about, or where that is not told all that its action takes."""
    info = catalog_action(check.action)
    if check.resource_type is None:
        return tuple(one.type for one in info.resource_types) if info else ()
    service = check.action.partition(":")[0]
    return tuple(kind for kind in resource_types(service) if kind.name == check.resource_type)


def _exact(kind: ResourceType, facts: Denial) -> str | None:
    """Return the one resource that can be meant, where the denied one tells it."""
    known = parse_arn(facts.resource or "")
    if known is None or facts.resource is None:
        return None
    if kind.fits(facts.resource):
        return facts.resource
    if kind.name == _DATASET_GROUP and known.resource_type == _DATASET:
        # a dataset's ARN holds its group's name: dataset/GROUP/TYPE
        return str(replace(known, resource=f"dataset-group/{known.resource_id.partition('/')[0]}"))
    return None


def _form(kind: ResourceType, facts: Denial) -> str:
    """Return the pattern of the type's ARNs, in the caller's account and the denied call's Region."""
    caller = parse_arn(facts.principal or "") or Arn("*", "", "", "*", "")
    denied = parse_arn(facts.resource or "")
    places = {
        "Partition": caller.partition,
        "Account": caller.account,
        "Region": facts.region or (denied.region if denied else "") or "*",
    }
    return PLACEHOLDER.sub(lambda place: places.get(place.group(1), "*"), kind.arn)


def _unique(keys: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(keys))
