"""The links at the data: the role's own rights, the bucket's policy, the key's policy.

Facts: https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html and
https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
"""

from collections.abc import Iterable, Iterator

from troubleshoot.access.doctor.legs import PERSONALIZE, Chain, Finding, Health, Leg, unread
from troubleshoot.access.doctor.looking import decide, look, may
from troubleshoot.iam import PolicyError, PolicySet, Request, evaluate, parse_policy, request_context
from troubleshoot.iam.arn import account_of, parse_arn
from troubleshoot.iam.decision import Effect
from troubleshoot.iam.document import Policy
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.snapshot import Missing, Snapshot
from troubleshoot.models import Person
from troubleshoot.remedy.documents.service_role import KEY_ACTIONS, KEY_ACTIONS_OF_EXPORTS

_UNNAMED = Missing("No bucket was named.")
_NO_BUCKET_POLICY = "The bucket has no policy, so it does not let Personalize in."
_SOURCE_ARN = frozenset({"aws:SourceArn"})


def data_legs(chain: Chain, viewer: Person | None) -> tuple[Leg, Leg]:
    """Return the link of the role's own rights at the bucket, and the link of the bucket's policy."""
    title = "The role may read and write the bucket" if chain.writes else "The role may read the bucket"
    wanted = tuple(_wanted(chain))
    read = look(chain.role, *wanted[0], viewer) if chain.bucket else _UNNAMED
    own = _first_not_fine(may(read, action, resource) for action, resource in wanted)
    return (
        Leg("data", title, *(own or (Health.FINE, "Its policies allow it.")), "service-permissions"),
        Leg("bucket", "The bucket lets Personalize in", *_bucket(read, wanted), "bucket-policy"),
    )


def key_leg(chain: Chain, viewer: Person | None) -> Leg:
    """Return the link of the key: its policy must let both Personalize and the role use it."""
    title = "The key’s policy lets Personalize and the role use it"
    if chain.bucket and not chain.key:
        words = "You named no key of your own, so no key policy is asked."
        return Leg("key", title, Health.FINE, words, "key-policy")
    if not chain.key:
        return Leg("key", title, *unread("No key was named."), "key-policy")
    return Leg("key", title, *_key(chain, look(chain.role, "kms:Decrypt", chain.key, viewer)), "key-policy")


def _wanted(chain: Chain) -> Iterator[tuple[str, str]]:
    role = parse_arn(chain.role)
    bucket = f"arn:{role.partition if role else 'aws'}:s3:::{chain.bucket}"
    yield "s3:GetObject", f"{bucket}/data.csv"
    yield "s3:ListBucket", bucket
    if chain.writes:
        yield "s3:PutObject", f"{bucket}/data.csv"


def _bucket(read: Snapshot | Missing, wanted: Iterable[tuple[str, str]]) -> Finding:
    if isinstance(read, Missing):
        return unread(read.why)
    policy = _policy_of(read, "the bucket’s policy")
    if isinstance(policy, Missing):
        return unread(policy.why)
    if policy is None:
        return Health.BROKEN, _NO_BUCKET_POLICY
    fault = _first_not_fine(_let_in(policy, read, action, resource, "bucket") for action, resource in wanted)
    return fault or (Health.FINE, f"Its policy lets {PERSONALIZE} in, and does not keep the role out.")


def _key(chain: Chain, read: Snapshot | Missing) -> Finding:
    if isinstance(read, Missing):
        return unread(read.why)
    policy = _policy_of(read, "the key’s policy")
    if policy is None or isinstance(policy, Missing):
        return unread(policy.why if policy else "The portal did not get the key’s policy.")
    actions = (*KEY_ACTIONS, *(KEY_ACTIONS_OF_EXPORTS if chain.writes else ()))
    fault = _first_not_fine(_let_in(policy, read, action, chain.key, "key") for action in actions)
    return fault or (Health.FINE, f"Its policy lets {PERSONALIZE} and the role use it.")


def _policy_of(read: Snapshot, name: str) -> Policy | Missing | None:
    """Return the policy of the resource that was read along; None where the resource has none."""
    if read.resource is None or isinstance(read.resource, Missing):
        return read.resource
    try:
        return parse_policy(read.resource.document, name=name)
    except PolicyError as error:
        return Missing(str(error))


def _let_in(policy: Policy, read: Snapshot, action: str, resource: str, kind: str) -> Finding:
    """Judge whether the resource's policy lets Personalize do this, and does not keep the role from it."""
    return _role_finding(read, action, resource, kind) or _service_finding(policy, read, action, resource, kind)


def _service_finding(policy: Policy, read: Snapshot, action: str, resource: str, kind: str) -> Finding:
    context = {**request_context(PERSONALIZE), "aws:SourceAccount": account_of(read.principal) or ""}
    request = Request(PERSONALIZE, action, resource, read.account, context, _SOURCE_ARN)
    effect = evaluate(request, PolicySet(resource=policy)).layers[Layer.RESOURCE].effect
    if effect.stops:
        return Health.BROKEN, f"The {kind}’s policy does not let {PERSONALIZE} do {action}."
    if effect is Effect.UNKNOWN:
        return unread(f"Whether the {kind}’s policy allows {action} depends on what the portal cannot tell.")
    return Health.FINE, ""


def _role_finding(read: Snapshot, action: str, resource: str, kind: str) -> Finding | None:
    """Return what keeps the role out at the resource; None where nothing does. A bucket need not name the role."""
    layers = decide(read, action, resource, {}).layers
    effect = layers[Layer.RESOURCE].effect
    if effect is Effect.EXPLICIT:
        return Health.BROKEN, f"A statement of the {kind}’s policy denies {action} to the role."
    if kind == "bucket":
        return None
    if effect is Effect.IMPLICIT:
        return Health.BROKEN, f"The key’s policy does not let the role do {action}."
    if layers[Layer.IDENTITY].effect.stops:
        return Health.BROKEN, f"The key’s policy leaves {action} to the role’s own policies, which do not allow it."
    return None


def _first_not_fine(findings: Iterable[Finding]) -> Finding | None:
    return next((one for one in findings if one[0] is not Health.FINE), None)
