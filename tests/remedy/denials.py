"""Generated denials: a call, the policies around it, and what stops it. The same seed makes the same denial."""

import json
import random
from dataclasses import dataclass

from tests.iam.build import ACCOUNT, allow, deny, doc
from troubleshoot.denial.reading import Denial, DenyKind, PrincipalKind
from troubleshoot.iam import PolicySet, Request, catalog, evaluate, parse_policy, request_context
from troubleshoot.iam.document import Policy
from troubleshoot.iam.layers import Layer
from troubleshoot.remedy import Situation

USER = f"arn:aws:iam::{ACCOUNT}:user/people/mateo"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/people/Builder"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Builder/mateo"
GROUP = f"arn:aws:iam::{ACCOUNT}:group/people"
PASSED = {"iam:PassedToService": "personalize.amazonaws.com"}
OTHERS = ("s3:GetObject", "s3:PutObject", "s3:ListBucket", "iam:PassRole", "logs:GetLogEvents", "sqs:SendMessage")
HARD = (Layer.SCPS, Layer.RCPS, Layer.BOUNDARY, Layer.SESSION, Layer.VPC_ENDPOINT)
_PLACES = {"Partition": "aws", "Region": "us-east-1", "Account": ACCOUNT}


@dataclass(frozen=True)
class Made:
    """One denial. `planted` is the layer that no request can open and whether it denies; None where there is none."""

    situation: Situation
    planted: tuple[Layer, bool] | None


def policy(*statements: dict, name: str = "p", attached_to: str = USER) -> Policy:
    return parse_policy(json.dumps(doc(*statements)), name=name, attached_to=attached_to)


def denial(seed: int, planted: tuple[Layer, bool] | None = None) -> Made:
    """Return the denial of this seed, stopped by its identity-based policies and by what is planted."""
    pick = random.Random(seed)  # noqa: S311 - a repeatable choice, no secret
    principal = pick.choice((USER, ROLE, SESSION))
    request = call(pick, principal)
    policies = surroundings(pick, request, principal, planted)
    decision = evaluate(request, policies)
    facts = Denial(
        principal=principal,
        principal_kind=PrincipalKind.ROLE_SESSION if principal is SESSION else PrincipalKind.USER,
        action=request.action,
        deny_kind=DenyKind.UNKNOWN,
    )
    return Made(Situation(facts, request, policies, decision, "/people/" if principal is SESSION else None), planted)


def call(pick: random.Random, principal: str) -> Request:
    """Return a call of a real action on a resource that fits it."""
    action = pick.choice((pick.choice(catalog.actions_of("personalize")), pick.choice(OTHERS)))
    info = catalog.action(action)
    assert info is not None
    context = {**request_context(principal, path="/people/"), **(PASSED if action == "iam:PassRole" else {})}
    if info.wildcard_only:
        return Request(principal, action, context=context, wildcard_only=True)
    kind = pick.choice(info.required_types or tuple(one.type for one in info.resource_types))
    name = pick.choice(("retail-prod", "retail", "x*y", "a?b", "a${b}c"))
    resource = catalog.PLACEHOLDER.sub(lambda place: _PLACES.get(place.group(1), name), kind.arn)
    return Request(principal, action, resource, context=context)


def surroundings(
    pick: random.Random, request: Request, principal: str, planted: tuple[Layer, bool] | None
) -> PolicySet:
    holder = ROLE if principal is SESSION else principal
    own = [
        policy(*near(pick, request), name=f"own{number}", attached_to=holder) for number in range(pick.randint(0, 2))
    ]
    if principal is USER and pick.random() < 0.5:
        own.append(policy(*near(pick, request), name="team", attached_to=GROUP))
    everything, gate = policy(allow()), policy(allow(Principal="*"))
    layers = {
        "boundary": pick.choice((None, (everything,))),
        "session": pick.choice((None, everything)) if principal is SESSION else None,
        "scps": pick.choice((None, ((everything,), (everything, policy(deny("organizations:*")))))),
        "vpc_endpoint": pick.choice((None, (gate,))),
    }
    if planted is not None:
        plant(layers, own, request, *planted)
    return PolicySet(identity=tuple(own), **layers)


def near(pick: random.Random, request: Request) -> list[dict]:
    """Return statements that do not allow the call, some of which nearly do."""
    service = request.action.partition(":")[0]
    elsewhere = f"arn:aws:{service}:us-east-1:{ACCOUNT}:nothing/there"
    candidates = [
        allow("ec2:Describe*"),
        allow(f"{service}:Unheard*"),
        allow(["ec2:RunInstances", "ec2:StopInstances"], f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-1"),
        allow("dynamodb:*", request.resource if request.resource != "*" else "*"),
        deny("organizations:*"),
        allow(request.action, Condition={"StringEquals": {"aws:PrincipalTag/team": "nobody"}}),
    ]
    if not request.wildcard_only:
        candidates.append(allow(request.action, elsewhere))
    return pick.sample(candidates, pick.randint(1, 3))


def plant(layers: dict, own: list[Policy], request: Request, layer: Layer, explicit: bool) -> None:
    """Let a layer stop the call: by a Deny, or by allowing only something else."""
    who = {"Principal": "*"} if layer in (Layer.RCPS, Layer.VPC_ENDPOINT, Layer.RESOURCE) else {}
    stop = (allow(**who), deny(request.action, **who)) if explicit else (allow("ec2:*", **who),)
    made = policy(*stop, name="planted")
    if layer is Layer.IDENTITY:
        own.append(policy(deny(request.action), name="planted"))
    elif layer in (Layer.SCPS, Layer.RCPS):
        layers[str(layer)] = ((policy(allow(**who)),), (made,))
    else:
        layers[str(layer)] = made if layer in (Layer.SESSION, Layer.RESOURCE) else (made,)
