"""The doctor of a passed role: each link of the chain from a person to their data, looked at in the live state.

Live state is read for the person who asks, and only where `sight_of` lets that person see it. What was not read is
unknown, never fine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from troubleshoot.access import accounts
from troubleshoot.access.permissions import sight_of
from troubleshoot.iam import PolicyError, PolicySet, Request, evaluate, parse_policy, request_context
from troubleshoot.iam.arn import account_of
from troubleshoot.iam.decision import Decision, Effect, Outcome
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.snapshot import Missing, Snapshot
from troubleshoot.models import Account, Person
from troubleshoot.remedy.trust_lint import TrustFacts, lint_trust

PERSONALIZE = "personalize.amazonaws.com"


class Health(StrEnum):
    """What is known of a link."""

    FINE = "fine"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Leg:
    """One link. `code` is stable; `why` is in words what was found, `fix` the name of the document that mends it."""

    code: str
    title: str
    health: Health
    why: str
    fix: str


@dataclass(frozen=True, slots=True)
class Chain:
    """What is to be checked. Empty texts are not known. `writes`: the job writes to the bucket."""

    caller: str = ""
    role: str = ""
    bucket: str = ""
    key: str = ""
    writes: bool = False


def examine(chain: Chain, *, viewer: Person | None) -> tuple[Leg, ...]:
    """Return every link of the chain, in the order in which a call needs them."""
    return (
        _passing(chain, viewer),
        *_trusting(chain, viewer),
        _reaching(chain, viewer),
        Leg(
            "bucket",
            "The bucket lets Personalize in",
            *_unread("The portal does not read bucket policies."),
            "bucket-policy",
        ),
        _key(chain),
    )


def _passing(chain: Chain, viewer: Person | None) -> Leg:
    title = "You may pass exactly this role to Personalize"
    if chain.caller and account_of(chain.caller) != account_of(chain.role):
        words = "The role is in another account than you, and a role is passed inside its own account only."
        return Leg("pass", title, Health.BROKEN, words, "may-pass")
    context = {"iam:PassedToService": PERSONALIZE}
    return Leg("pass", title, *_may(chain.caller, "iam:PassRole", chain.role, context, viewer), "may-pass")


def _trusting(chain: Chain, viewer: Person | None) -> tuple[Leg, Leg]:
    trusts, guarded = "The role trusts Personalize", "The trust has its guard against other accounts"
    text = _trust_policy(chain.role, viewer)
    if isinstance(text, Missing):
        unread = _unread(text.why)
        return Leg("trust", trusts, *unread, "service-trust"), Leg("guard", guarded, *unread, "service-trust")
    try:
        policy = parse_policy(text, name="the trust policy")
    except PolicyError as error:
        unread = _unread(str(error))
        return Leg("trust", trusts, *unread, "service-trust"), Leg("guard", guarded, *unread, "service-trust")
    account = account_of(chain.role) or ""
    context = {"aws:SourceAccount": account}
    request = Request(PERSONALIZE, "sts:AssumeRole", chain.role, account, context, frozenset({"aws:SourceArn"}))
    decision = evaluate(request, PolicySet(resource=policy))
    rules = {one.id: one for one in lint_trust(policy, TrustFacts(frozenset({account})))}
    fault = rules.get("T14") or rules.get("T13")
    return (
        Leg("trust", trusts, *_trust_words(decision), "service-trust"),
        Leg("guard", guarded, *_guard_words(fault.title if fault else "", "T14" in rules), "service-trust"),
    )


def _trust_words(decision: Decision) -> tuple[Health, str]:
    effect = decision.layers[Layer.RESOURCE].effect
    if effect is Effect.PASSES:
        return Health.FINE, f"Its trust policy lets {PERSONALIZE} use it."
    if effect.stops:
        return Health.BROKEN, f"Its trust policy does not let {PERSONALIZE} use it in this account."
    return Health.FINE, f"Its trust policy lets {PERSONALIZE} use it, for the ARNs that its guard names."


def _guard_words(fault: str, never: bool) -> tuple[Health, str]:
    if not fault:
        return Health.FINE, "Its trust policy names your account in aws:SourceAccount and aws:SourceArn."
    return Health.BROKEN, f"{fault}." if never else "Its trust policy has no guard, so it is wider than it should be."


def _trust_policy(role: str, viewer: Person | None) -> str | Missing:
    account, why = _readable(role, viewer)
    if account is None:
        return Missing(why)
    found = accounts.reader(account).role(role)
    if found is None:
        return Missing("There is no role of this name in the account.")
    if isinstance(found, Missing):
        return found
    if found.arn != role:
        return Missing(f"The role’s real ARN is {found.arn}: the path differs. Use that one.")
    return found.trust_policy


def _reaching(chain: Chain, viewer: Person | None) -> Leg:
    title = "The role may read and write the bucket" if chain.writes else "The role may read the bucket"
    if not chain.bucket:
        return Leg("data", title, *_unread("No bucket was named."), "service-permissions")
    bucket = f"arn:aws:s3:::{chain.bucket}"
    wanted = [("s3:ListBucket", bucket), ("s3:GetObject", f"{bucket}/data.csv")]
    wanted += [("s3:PutObject", f"{bucket}/data.csv")] if chain.writes else []
    for action, resource in wanted:
        health, why = _may(chain.role, action, resource, {}, viewer)
        if health is not Health.FINE:
            return Leg("data", title, health, why, "service-permissions")
    return Leg("data", title, Health.FINE, "Its policies allow it.", "service-permissions")


def _key(chain: Chain) -> Leg:
    title = "The key’s policy lets Personalize and the role use it"
    if chain.bucket and not chain.key:
        return Leg("key", title, Health.FINE, "You named no key of your own, so no key policy is asked.", "key-policy")
    return Leg("key", title, *_unread("The portal does not read key policies."), "key-policy")


def _may(
    principal: str, action: str, resource: str, context: Mapping[str, str], viewer: Person | None
) -> tuple[Health, str]:
    """Judge one call by the principal's own policies. What the resource's owner says is another link."""
    account, why = _readable(principal, viewer)
    if account is None:
        return _unread(why)
    read = accounts.reader(account).snapshot(principal, action=action, resource=resource)
    if isinstance(read.exists, Missing):
        return _unread(read.exists.why)
    if not read.exists:
        return Health.BROKEN, "There is no such principal in the account."
    return _judged(read, action, resource, context)


def _judged(read: Snapshot, action: str, resource: str, context: Mapping[str, str]) -> tuple[Health, str]:
    full = {**request_context(read.principal, read.path, read.tags), **context}
    request = Request(read.principal, action, resource, read.account, full)
    decision = evaluate(request, read.policy_set())
    for layer in (Layer.SCPS, Layer.RCPS, Layer.IDENTITY, Layer.BOUNDARY):
        if decision.layers[layer].effect.stops:
            return Health.BROKEN, f"{action} is stopped: {_STOPS[layer]}."
    if decision.outcome is Outcome.ALLOWED:
        return Health.FINE, f"{action} is allowed by the policies that the portal reads."
    open_layers = [_NAMES[layer] for layer in _NAMES if decision.layers[layer].effect is Effect.UNKNOWN]
    if open_layers:
        return _unread(f"{action} depends on what the portal cannot tell: {', '.join(open_layers)}.")
    return Health.FINE, f"{action} is allowed by the principal’s own policies."


_NAMES = {
    Layer.SCPS: "service control policies",
    Layer.IDENTITY: "identity policies",
    Layer.BOUNDARY: "the permissions boundary",
}
_STOPS = {
    Layer.SCPS: "a service control policy does not allow it",
    Layer.RCPS: "a resource control policy denies it",
    Layer.IDENTITY: "no policy of the principal allows it, or one denies it",
    Layer.BOUNDARY: "the permissions boundary does not allow it",
}


def _readable(principal: str, viewer: Person | None) -> tuple[Account | None, str]:
    if not principal:
        return None, "It was not named."
    if viewer is None:
        return None, "Sign in, and the portal looks at what you may see."
    account = Account.objects.filter(account_id=account_of(principal) or "").first()
    if account is None:
        return None, "The portal does not know this account."
    if not account.may_read:
        return None, "The portal answers from texts alone in this account."
    if not sight_of(viewer, account, principal).live:
        return None, "The portal shows you live state of your own identities only."
    return account, ""


def _unread(why: str) -> tuple[Health, str]:
    return Health.UNKNOWN, why
