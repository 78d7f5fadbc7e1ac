"""The decision with its reasons: what each layer does with a request, and which statements made it so.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from collections.abc import Iterable
from dataclasses import replace

from troubleshoot.iam.compiled import Dialect
from troubleshoot.iam.decision import Decision, Effect, LayerResult, Outcome, StatementReason
from troubleshoot.iam.engine import CompiledPolicies, Grants, boundary_answer, combine, outcome
from troubleshoot.iam.layers import Layer, PolicySet, Unknown
from troubleshoot.iam.principal import CallerKind
from troubleshoot.iam.principals import Grant
from troubleshoot.iam.query import Query
from troubleshoot.iam.reasons import Judged, near_misses
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
from troubleshoot.iam.views import View, idle, view_levels, view_policies


def decide(request: Request, policies: PolicySet) -> Outcome:
    """Return what becomes of the request, without reasons. For many requests compile the policies once."""
    return CompiledPolicies(policies).decide(request)


def evaluate(request: Request, policies: PolicySet) -> Decision:
    """Return what becomes of the request, what each layer does with it, and why."""
    query = Query(request, boundary_answer(policies))
    if is_always_allowed(query):
        layers = {layer: LayerResult(layer, Effect.NOT_APPLICABLE, "always_allowed") for layer in Layer}
        return Decision(Outcome.ALLOWED, layers)
    views = {view.layer: view for view in _views(query, policies)}
    grants = _grants(views[Layer.RESOURCE])
    return _decision(query, views, grants)


def _decision(query: Query, views: dict[Layer, View], grants: Grants) -> Decision:
    allowed = _allowed(query, views, grants)
    denied = max(view.denied for view in views.values())
    unread = tuple(view.layer for view in views.values() if view.unread is not None)
    result = outcome(allowed=allowed, denied=denied, is_unread=bool(unread))
    layers = {layer: _result(query, view, grants) for layer, view in views.items()}
    is_open = result is Outcome.DEPENDS
    return Decision(
        result,
        layers,
        missing_keys=_unique(key for layer in layers.values() for key in layer.missing) if is_open else (),
        missing_layers=unread if is_open else (),
        is_refused=denied == YES or allowed == NO,
    )


def _views(query: Query, policies: PolicySet) -> Iterable[View]:
    """Yield every layer's view, in the order in which AWS reports its checks."""
    caller = query.caller
    if not is_under_rcps(query):
        yield idle(Layer.RCPS, "caller_exempt" if caller.is_service_linked else "service_not_covered")
    else:
        # RCPFullAWSAccess cannot be detached, so that no level of these ever fails to allow
        yield replace(view_levels(Layer.RCPS, policies.rcps, Dialect.GATE, query), allowed=YES)
    if not caller.is_under_scps:
        yield idle(Layer.SCPS, "caller_exempt")
    else:
        yield view_levels(Layer.SCPS, policies.scps, Dialect.IDENTITY, query)
    yield view_policies(Layer.VPC_ENDPOINT, policies.vpc_endpoint, Dialect.GATE, query)
    yield _resource_view(query, policies)
    if caller.needs_identity_policies:
        yield view_policies(Layer.IDENTITY, policies.identity, Dialect.IDENTITY, query)
        yield view_policies(Layer.BOUNDARY, policies.boundary, Dialect.IDENTITY, query)
        yield _session_view(query, policies)
    else:
        why = "root_user" if caller.kind is CallerKind.ROOT else "caller_has_no_identity_policies"
        yield from (idle(layer, why) for layer in (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION))


def _resource_view(query: Query, policies: PolicySet) -> View:
    resource = policies.resource
    if resource is None and is_on_kms_key(query):
        return View(Layer.RESOURCE, unread="every key has a key policy, and this one was not given", allowed=MAY)
    listed = resource if resource is None or isinstance(resource, Unknown) else (resource,)
    return view_policies(Layer.RESOURCE, listed, Dialect.RESOURCE, query)


def _session_view(query: Query, policies: PolicySet) -> View:
    session = policies.session
    if session is None and query.caller.kind is CallerKind.FEDERATED_USER:
        return View(Layer.SESSION, allowed=NO, silent="no_session_policy")
    listed = session if session is None or isinstance(session, Unknown) else (session,)
    return view_policies(Layer.SESSION, listed, Dialect.IDENTITY, query)


def _grants(resource: View) -> Grants:
    if resource.unread is not None:
        return Grants(MAY, MAY, MAY)
    return Grants(resource.grant(Grant.FULL), resource.grant(Grant.LIMITED), resource.grant(Grant.ACCOUNT))


def _allowed(query: Query, views: dict[Layer, View], grants: Grants) -> int:
    gates = min(views[Layer.SCPS].allowed, views[Layer.VPC_ENDPOINT].allowed)
    limits = min(views[Layer.BOUNDARY].allowed, views[Layer.SESSION].allowed)
    return min(gates, combine(query, grants, identity=views[Layer.IDENTITY].allowed, limits=limits))


def _result(query: Query, view: View, grants: Grants) -> LayerResult:
    """Return what a layer does, seen together with what the resource's own policy grants."""
    if not view.bears and view.layer is not Layer.RESOURCE:
        return LayerResult(view.layer, Effect.NOT_APPLICABLE, view.idle or "")
    if view.denied == YES:
        deciding = view.applying(denies=True, answer=YES)
        return LayerResult(view.layer, Effect.EXPLICIT, "denies", _reasons(deciding), level=view.level)
    if view.unread is not None:
        return LayerResult(view.layer, Effect.UNKNOWN, "unread")
    if view.layer is Layer.RESOURCE:
        effect, code = _resource_effect(query, view, grants)
    else:
        effect, code = _effect(view, _replaced(query, view.layer, grants))
    return _explained(view, effect, code)


def _effect(view: View, replaced: int) -> tuple[Effect, str]:
    """`replaced` tells whether a grant of the resource's policy stands in for what this layer does not allow."""
    if view.denied == MAY:
        return Effect.UNKNOWN, "may_deny"
    if view.allowed == YES:
        return Effect.PASSES, "allows"
    if replaced == YES:
        return Effect.NOT_APPLICABLE, "resource_policy_suffices"
    if view.allowed == MAY:
        return Effect.UNKNOWN, "may_allow"
    if replaced == MAY:
        return Effect.UNKNOWN, "resource_policy_may_suffice"
    return Effect.IMPLICIT, view.silent


def _replaced(query: Query, layer: Layer, grants: Grants) -> int:
    if is_cross_account(query) or layer in (Layer.RCPS, Layer.SCPS, Layer.VPC_ENDPOINT):
        return NO
    return max(grants.full, grants.limited) if layer is Layer.IDENTITY else grants.full


def _resource_effect(query: Query, view: View, grants: Grants) -> tuple[Effect, str]:
    if view.denied == MAY:
        return Effect.UNKNOWN, "may_deny"
    is_cross = is_cross_account(query)
    if is_cross and is_other_partition(query):
        return Effect.IMPLICIT, "other_partition"
    if grants.any == YES:
        return Effect.PASSES, "allows" if max(grants.full, grants.limited) == YES else "leaves_it_to_the_account"
    if grants.any == MAY:
        return Effect.UNKNOWN, "may_allow"
    if is_cross or needs_resource_grant(query) or not query.caller.has_identity_policies:
        return Effect.IMPLICIT, "nothing_allows" if view.bears else "no_resource_policy"
    return Effect.NOT_APPLICABLE, "not_needed" if view.bears else "no_policy"


def _explained(view: View, effect: Effect, code: str) -> LayerResult:
    deciding: tuple[Judged, ...] = ()
    missing: tuple[str, ...] = ()
    if effect is Effect.PASSES:
        deciding = view.applying(denies=False, answer=YES)
    elif effect is Effect.UNKNOWN:
        deciding = (*view.applying(denies=True, answer=MAY), *view.applying(denies=False, answer=MAY))
        missing = _unique(key for one in deciding for key in one.missing)
    is_near = effect is Effect.IMPLICIT or code == "not_needed"
    return LayerResult(
        view.layer,
        effect,
        code,
        _reasons(deciding),
        near_misses(view.judged) if is_near else (),
        view.level if effect.stops else None,
        missing,
    )


def _reasons(judged: Iterable[Judged]) -> tuple[StatementReason, ...]:
    return tuple(one.reason() for one in judged)


def _unique(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(keys))
