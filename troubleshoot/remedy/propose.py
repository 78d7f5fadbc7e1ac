"""From a denial to the one statement that would let the call through, or to the reason why none can.

An Allow helps only where the identity policies are what is missing. Nothing is proposed against an explicit
deny, a control policy, a boundary, a session policy, an endpoint policy or a resource's own policy.
"""

from dataclasses import dataclass
from typing import Any

from troubleshoot.denial.reading import Denial, DenyKind, PolicyType, PrincipalKind
from troubleshoot.iam import evaluate
from troubleshoot.iam.arn import account_of, parse_arn
from troubleshoot.iam.catalog import action as catalog_action
from troubleshoot.iam.decision import Decision, Effect
from troubleshoot.iam.layers import Layer, PolicySet
from troubleshoot.iam.request import Request
from troubleshoot.remedy.grant import with_change
from troubleshoot.remedy.owners import OWNERS, question
from troubleshoot.remedy.proposal import Change, NoProposal, Proposal

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

PASSED_TO = "iam:PassedToService"
WITHOUT_RESOURCE_POLICIES = frozenset({"personalize", "iam"})
"""Services that know no policy on their resources; a role's trust policy speaks of assuming the role alone.

https://docs.aws.amazon.com/personalize/latest/dg/security_iam_service-with-iam.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
"""


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a denied call. `policies` and `decision` are None where nothing live was read."""

    denial: Denial
    request: Request
    policies: PolicySet | None = None
    decision: Decision | None = None
    principal_path: str | None = None


def propose(situation: Situation) -> Proposal | NoProposal:
    """Return the smallest change that lets the call through, or why a grant cannot help."""
    refusal = (
        _no_such_action(situation)
        or _in_another_account(situation)
        or _not_such_a_resource(situation)
        or _not_a_principal_to_grant(situation)
        or _stopped_elsewhere(situation)
        or _nothing_to_change(situation)
    )
    return refusal or _proposal(situation)


def attachable_principal(principal: str, path: str | None) -> str | None:
    """Return the ARN of the IAM user or role that a policy can be attached to, or None.

    A role session's ARN names its role without the path, so `path` is the role's own, where it was read.
    """
    arn = parse_arn(principal)
    if arn is None:
        return None
    kind, _, name = arn.resource.partition("/")
    if arn.service == "iam" and kind in {"user", "role"} and name:
        return principal
    if arn.service == "sts" and kind == "assumed-role" and name:
        role = name.partition("/")[0]
        return f"arn:{arn.partition}:iam::{arn.account}:role{path or '/'}{role}"
    return None


def exact_statement(request: Request) -> dict[str, Any]:
    """Return the one statement that allows exactly this action on exactly this resource."""
    statement: dict[str, Any] = {
        "Sid": "AccessDesk",
        "Effect": "Allow",
        "Action": request.action,
        "Resource": "*" if request.wildcard_only else _literal(request.resource),
    }
    if service := request.context.get(PASSED_TO):
        statement["Condition"] = {"StringEquals": {PASSED_TO: service}}
    return statement


def _literal(resource: str) -> str:
    """Escape what a policy would read as a variable or a wildcard; a bare `*` stays, the action takes no resource.

    Variables are read only after an ARN's fifth colon:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
    """
    if resource == "*":
        return resource
    special = {"$": "${$}", "*": "${*}", "?": "${?}"}
    *head, tail = resource.split(":", 5)
    return ":".join([*head, "".join(special.get(character, character) for character in tail)])


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
    if target.rpartition("/")[2].startswith("AWSReservedSSO_"):
        return NoProposal(
            "permission_set",
            Layer.IDENTITY,
            "whoever manages your permission sets in IAM Identity Center",
            f"Please allow {situation.request.action} on {situation.request.resource} in the permission set "
            f"behind {target}. AWS does not let anybody change this role itself.",
        )
    return None


def _stopped_elsewhere(situation: Situation) -> NoProposal | None:
    """The first layer, in AWS's order, that an Allow for the principal cannot open."""
    decision, denial = situation.decision, situation.denial
    for result in decision.stopping if decision else ():
        if result.layer is not Layer.IDENTITY or result.effect is Effect.EXPLICIT:
            return _ask_owner(situation, result.layer, explicit=result.effect is Effect.EXPLICIT)
    named = LAYER_OF.get(denial.policy_type) if denial.policy_type else None
    explicit = denial.deny_kind is DenyKind.EXPLICIT
    if not explicit and named in (None, Layer.IDENTITY):
        named = _hanging_layer(decision) or named
    if explicit or (named is not None and named is not Layer.IDENTITY):
        return _ask_owner(situation, named or Layer.IDENTITY, explicit=explicit)
    return None


def _hanging_layer(decision: Decision | None) -> Layer | None:
    """Return the layer that allows nothing, and that a grant for the principal would leave so: a boundary, a session.

    Only a policy of the resource that nobody read could make up for it.
    """
    for result in decision.layers.values() if decision else ():
        if result.code == "resource_policy_may_suffice" and result.layer is not Layer.IDENTITY:
            return result.layer
    return None


def _ask_owner(situation: Situation, layer: Layer, *, explicit: bool) -> NoProposal:
    request = situation.request
    ask = question(
        layer, principal=request.principal, action=request.action, resource=request.resource, explicit=explicit
    )
    return NoProposal("explicit_deny" if explicit else "other_layer", layer, OWNERS[layer], ask)


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
    request = situation.request
    principal = attachable_principal(request.principal, situation.principal_path) or request.principal
    account = account_of(principal) or ""
    change = Change(account=account, principal=principal, statements=(exact_statement(request),), hours=None)
    if situation.policies is None:
        return Proposal(change, proven=False, unchecked=tuple(Layer))
    after = evaluate(request, with_change(situation.policies, change))
    if after.stopping:
        layer = after.stopping[0].layer
        ask = f"A grant of exactly {request.action} on {request.resource} would not let this call through."
        return NoProposal("not_enough", layer, OWNERS[layer], ask)
    return Proposal(change, proven=True, unchecked=after.missing_layers)
