"""The links at the role: whether it may be passed, whether it trusts Personalize, and its guard.

Facts: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html and
https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html
"""

from troubleshoot.access import accounts
from troubleshoot.access.doctor.legs import PERSONALIZE, Chain, Finding, Health, Leg, unread
from troubleshoot.access.doctor.looking import look, may, readable
from troubleshoot.iam import PolicyError, PolicySet, Request, evaluate, parse_policy
from troubleshoot.iam.arn import account_of
from troubleshoot.iam.decision import Decision, Effect
from troubleshoot.iam.document import Policy
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.snapshot import Missing
from troubleshoot.models import Person
from troubleshoot.remedy.trust_lint import TrustFacts, lint_trust

_ACTION = "iam:PassRole"
_SOURCE_ARN = frozenset({"aws:SourceArn"})


def passing_leg(chain: Chain, viewer: Person | None) -> Leg:
    """Return the link of the person: they may pass exactly this role, to Personalize."""
    title = "You may pass exactly this role to Personalize"
    if chain.caller and account_of(chain.caller) != account_of(chain.role):
        words = "The role is in another account than you, and a role is passed inside its own account only."
        return Leg("pass", title, Health.BROKEN, words, "may-pass")
    read = look(chain.caller, _ACTION, chain.role, viewer)
    return Leg("pass", title, *may(read, _ACTION, chain.role, {"iam:PassedToService": PERSONALIZE}), "may-pass")


def trust_legs(chain: Chain, viewer: Person | None) -> tuple[Leg, Leg]:
    """Return the link of the role's trust in Personalize, and the link of its guard against other accounts."""
    policy = _trust_policy(chain.role, viewer)
    trust, guard = _judged(policy, chain.role) if isinstance(policy, Policy) else (policy, unread(policy[1]))
    return (
        Leg("trust", "The role trusts Personalize", *trust, "service-trust"),
        Leg("guard", "The trust has its guard against other accounts", *guard, "service-trust"),
    )


def _judged(policy: Policy, role: str) -> tuple[Finding, Finding]:
    account = account_of(role) or ""
    request = Request(PERSONALIZE, "sts:AssumeRole", role, account, {"aws:SourceAccount": account}, _SOURCE_ARN)
    rules = {one.id: one for one in lint_trust(policy, TrustFacts(frozenset({account})))}
    fault = rules.get("T14") or rules.get("T13")
    decision = evaluate(request, PolicySet(resource=policy))
    return _trust_words(decision), _guard_words(fault.title if fault else "", "T14" in rules)


def _trust_words(decision: Decision) -> Finding:
    effect = decision.layers[Layer.RESOURCE].effect
    if effect is Effect.PASSES:
        return Health.FINE, f"Its trust policy lets {PERSONALIZE} use it."
    if effect.stops:
        return Health.BROKEN, f"Its trust policy does not let {PERSONALIZE} use it in this account."
    return Health.FINE, f"Its trust policy lets {PERSONALIZE} use it, for the ARNs that its guard names."


def _guard_words(fault: str, never: bool) -> Finding:
    if not fault:
        return Health.FINE, "Its trust policy names your account in aws:SourceAccount and aws:SourceArn."
    return Health.BROKEN, f"{fault}." if never else "Its trust policy has no guard, so it is wider than it should be."


def _trust_policy(role: str, viewer: Person | None) -> Policy | Finding:
    """Return the role's trust policy; or that there is no such role, or why it was not read."""
    account = readable(role, viewer)
    if isinstance(account, Missing):
        return unread(account.why)
    found = accounts.reader(account).role(role)
    if found is None:
        return Health.BROKEN, "There is no role of this name in the account."
    if isinstance(found, Missing):
        return unread(found.why)
    if found.arn != role:
        return Health.BROKEN, f"The role’s real ARN is {found.arn}: the path differs. Use that one."
    try:
        return parse_policy(found.trust_policy, name="the trust policy")
    except PolicyError as error:
        return unread(str(error))
