"""From a denial to the one statement that would let the call through, or to the reason why none can.

An Allow helps only where the identity policies are what is missing. Nothing is proposed against an explicit
deny, a control policy, a boundary, a session policy, an endpoint policy or a resource's own policy.
"""

from collections.abc import Iterator
from dataclasses import replace

from troubleshoot.denial.reading import DenyKind, PolicyType, PrincipalKind
from troubleshoot.iam import evaluate
from troubleshoot.iam.arn import account_of, parse_arn
from troubleshoot.iam.catalog import action as catalog_action
from troubleshoot.iam.decision import Decision, Effect
from troubleshoot.iam.layers import Layer, Unknown
from troubleshoot.remedy.documents.endpoint import endpoint_paper
from troubleshoot.remedy.edits import assumes_own_role, changes
from troubleshoot.remedy.grant import with_change
from troubleshoot.remedy.owners import OWNERS, question
from troubleshoot.remedy.proposal import Blocker, NoProposal, Proposal
from troubleshoot.remedy.situation import Situation, attachable_principal, reserved_role
from troubleshoot.remedy.statements import PASSED_TO

LAYER_OF = {
    PolicyType.IDENTITY: Layer.IDENTITY,
    PolicyType.RESOURCE: Layer.RESOURCE,
    PolicyType.TRUST: Layer.RESOURCE,
    PolicyType.BOUNDARY: Layer.BOUNDARY,
    PolicyType.SESSION: Layer.SESSION,
    PolicyType.SCP: Layer.SCPS,
    PolicyType.RCP: Layer.RCPS,
    PolicyType.VPC_ENDPOINT: Layer.VPC_ENDPOINT,
}
"""The layer that a policy type named in a message belongs to. A trust policy is its role's resource policy."""

WITHOUT_RESOURCE_POLICIES = frozenset({"personalize", "iam"})
"""Services that know no policy on their resources; a role's trust policy speaks of assuming the role alone.

https://docs.aws.amazon.com/personalize/latest/dg/security_iam_service-with-iam.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
"""


def propose(situation: Situation) -> Proposal | NoProposal:
    """Return the smallest change that lets the call through, or why a grant cannot help."""
    refusal = (
        _no_such_action(situation)
        or _in_many_places(situation)
        or _in_another_account(situation)
        or _not_such_a_resource(situation)
        or _not_a_principal_to_grant(situation)
        or _stopped_elsewhere(situation)
        or _nothing_to_change(situation)
    )
    return refusal or _proposal(situation)


def _no_such_action(situation: Situation) -> NoProposal | None:
    action = situation.request.action
    if catalog_action(action) is not None:
        return None
    return NoProposal(
        "unknown_action",
        None,
        OWNERS[Layer.IDENTITY],
        f"AWS's lists name no action {action}, so allowing it would change nothing. "
        "Please look for the error text of the call that really failed.",
    )


def _in_many_places(situation: Situation) -> NoProposal | None:
    """Refuse a resource in any account or Region: the grant of one call would open it in all of them."""
    request = situation.request
    arn = parse_arn(request.resource)
    if arn is None or arn.is_in_one_place:
        return None
    return NoProposal(
        "many_places",
        None,
        OWNERS[Layer.IDENTITY],
        f"{request.resource} stands for many accounts or Regions, and a call is about one resource. "
        "Please look again which resource the error names.",
    )


def _in_another_account(situation: Situation) -> NoProposal | None:
    """Refuse a resource of another account where no policy on it could let anybody in: only a role there can.

    A role is passed within its account only:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    request = situation.request
    own, arn = account_of(request.principal), parse_arn(request.resource)
    service = request.action.partition(":")[0].lower()
    if arn is None or not own or arn.account in ("", own) or service not in WITHOUT_RESOURCE_POLICIES:
        return None
    if arn.partition != account_partition(request.principal):
        return None
    if request.action.lower() == "iam:passrole":
        ask = (
            f"{request.principal} cannot pass {request.resource}: AWS passes only roles of the same account. "
            f"Could you tell me which role of account {own} to use instead?"
        )
        return NoProposal("other_account", Layer.RESOURCE, OWNERS[Layer.IDENTITY], ask)
    ask = (
        f"{request.principal} needs {request.action} on {request.resource}, which is in account {arn.account}. "
        "No policy on it can let another account in. Could you give us a role in that account, and its ARN?"
    )
    return NoProposal("other_account", Layer.RESOURCE, f"the administrator of account {arn.account}", ask)


def _not_such_a_resource(situation: Situation) -> NoProposal | None:
    """Refuse a resource that the action can never have, and a role passed to a service that nobody named."""
    request = situation.request
    if request.action.lower() == "iam:passrole" and PASSED_TO not in request.context:
        ask = (
            f"Please allow iam:PassRole on {request.resource} to {request.principal}, for the service that "
            f"{situation.denial.operation} uses."
        )
        return NoProposal("other_service", Layer.IDENTITY, OWNERS[Layer.IDENTITY], ask)
    known, arn = catalog_action(request.action), parse_arn(request.resource)
    if known is None or known.wildcard_only or arn is None:
        return None
    services = {pattern.service for kind in known.resource_types if (pattern := parse_arn(kind.type.arn))}
    if arn.service in services and arn.partition == account_partition(request.principal):
        return None
    kinds = " or ".join(kind.type.name for kind in known.resource_types)
    return NoProposal(
        "other_resource",
        None,
        OWNERS[Layer.IDENTITY],
        f"{request.action} is about a {kinds}, and {request.resource} is none of this AWS. "
        "Please look again which resource the error names.",
    )


def account_partition(principal: str) -> str | None:
    """Return the partition (`aws`, `aws-cn`, `aws-us-gov`) that the principal's ARN names."""
    arn = parse_arn(principal)
    return arn.partition if arn else None


def _not_a_principal_to_grant(situation: Situation) -> NoProposal | None:
    principal = situation.request.principal
    target = attachable_principal(principal, situation.principal_path)
    if target is None or situation.denial.principal_kind is PrincipalKind.ROOT:
        code = "root" if situation.denial.principal_kind is PrincipalKind.ROOT else "no_principal"
        return NoProposal(code, None, OWNERS[Layer.IDENTITY], f"No policy can be attached to {principal}.")
    if reserved_role(target) and not _identity_is_known(situation):
        return NoProposal(
            "permission_set",
            Layer.IDENTITY,
            "whoever manages your permission sets in IAM Identity Center",
            f"Please allow {situation.request.action} on {situation.request.resource} in the permission set "
            f"behind {target}. AWS does not let anybody change this role itself.",
        )
    return None


def _identity_is_known(situation: Situation) -> bool:
    return situation.policies is not None and not isinstance(situation.policies.identity, Unknown)


def _stopped_elsewhere(situation: Situation) -> NoProposal | None:
    """Refuse where a layer stops the call that no change here can open. The first in AWS's order is named first."""
    decision, denial = situation.decision, situation.denial
    blockers = tuple(_blockers(situation))
    if hard := next((one for one in blockers if not _can_be_opened(situation, one)), None):
        return _no(hard, blockers)
    named = LAYER_OF.get(denial.policy_type) if denial.policy_type else None
    explicit = denial.deny_kind is DenyKind.EXPLICIT
    if not explicit and named in (None, Layer.IDENTITY):
        named = _hanging_layer(decision) or named
    if explicit or (named is not None and named is not Layer.IDENTITY and not _is_own_trust(situation, named)):
        return _no(_blocker(situation, named or Layer.IDENTITY, explicit=explicit), blockers)
    return None


def _blockers(situation: Situation) -> Iterator[Blocker]:
    """Yield every layer that stops the call, in AWS's order, each with what to ask its owner."""
    for result in situation.decision.stopping if situation.decision else ():
        found = _blocker(situation, result.layer, explicit=result.effect is Effect.EXPLICIT)
        yield replace(found, statements=result.deciding or result.near_misses)


def _can_be_opened(situation: Situation, blocker: Blocker) -> bool:
    return not blocker.explicit and (blocker.layer is Layer.IDENTITY or _is_own_trust(situation, blocker.layer))


def _is_own_trust(situation: Situation, layer: Layer) -> bool:
    return layer is Layer.RESOURCE and assumes_own_role(situation)


def _hanging_layer(decision: Decision | None) -> Layer | None:
    """Return the layer that allows nothing, and that a grant for the principal would leave so: a boundary, a session.

    Only a policy of the resource that nobody read could make up for it.
    """
    for result in decision.layers.values() if decision else ():
        if result.code == "resource_policy_may_suffice" and result.layer is not Layer.IDENTITY:
            return result.layer
    return None


def _blocker(situation: Situation, layer: Layer, *, explicit: bool) -> Blocker:
    request = situation.request
    ask = question(
        layer, principal=request.principal, action=request.action, resource=request.resource, explicit=explicit
    )
    is_endpoint = layer is Layer.VPC_ENDPOINT and not explicit
    paper = endpoint_paper(request, path=situation.principal_path) if is_endpoint else None
    return Blocker(layer, explicit, OWNERS[layer], ask, paper=paper)


def _no(first: Blocker, blockers: tuple[Blocker, ...]) -> NoProposal:
    code = "explicit_deny" if first.explicit else "other_layer"
    return NoProposal(code, first.layer, first.owner, first.ask, blockers or (first,))


def _nothing_to_change(situation: Situation) -> NoProposal | None:
    decision = situation.decision
    if decision is None or decision.stopping or decision.layers[Layer.IDENTITY].effect is Effect.UNKNOWN:
        return None
    return NoProposal(
        "already_allowed",
        None,
        OWNERS[Layer.IDENTITY],
        "The policies that the portal can read allow this call already. Please try again.",
    )


def _proposal(situation: Situation) -> Proposal | NoProposal:
    """Return the first change that lets the call through, or that none of them does."""
    request, stopping = situation.request, Layer.IDENTITY
    for change in changes(situation):
        if situation.policies is None:
            return Proposal(change, proven=False, unchecked=tuple(Layer))
        after = evaluate(request, with_change(situation.policies, change))
        if not after.stopping:
            return Proposal(change, proven=True, unchecked=after.missing_layers)
        stopping = after.stopping[0].layer
    ask = f"A grant of exactly {request.action} on {request.resource} would not let this call through."
    return NoProposal("not_enough", stopping, OWNERS[stopping], ask)
