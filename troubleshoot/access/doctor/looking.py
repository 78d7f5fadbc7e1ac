"""Looking at the live state for the doctor: only what `sight_of` lets the viewer see, each thing once."""

from collections.abc import Mapping

from troubleshoot.access import accounts
from troubleshoot.access.doctor.legs import Finding, Health, unread
from troubleshoot.access.permissions import sight_of
from troubleshoot.iam import Request, evaluate, request_context
from troubleshoot.iam.arn import account_of
from troubleshoot.iam.decision import Decision, Effect, Outcome
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.snapshot import Missing, Snapshot
from troubleshoot.models import Account, Person

_NOBODY = Missing("There is no such principal in the account.")
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


def readable(principal: str, viewer: Person | None) -> Account | Missing:
    """Return the account in which the portal may look at this principal for the viewer, or why it may not."""
    if not principal:
        return Missing("It was not named.")
    if viewer is None:
        return Missing("Sign in, and the portal looks at what you may see.")
    account = Account.objects.filter(account_id=account_of(principal) or "").first()
    if account is None:
        return Missing("The portal does not know this account.")
    if not account.may_read:
        return Missing("The portal answers from texts alone in this account.")
    if not sight_of(viewer, account, principal).live:
        return Missing("The portal shows you live state of your own identities only.")
    return account


def look(principal: str, action: str, resource: str, viewer: Person | None) -> Snapshot | Missing:
    """Return what decides whether the principal may do this, the resource's policy among it, or why it is unread."""
    account = readable(principal, viewer)
    if isinstance(account, Missing):
        return account
    read = accounts.reader(account).snapshot(principal, action=action, resource=resource)
    if isinstance(read.exists, Missing):
        return read.exists
    return read if read.exists else _NOBODY


def may(read: Snapshot | Missing, action: str, resource: str, context: Mapping[str, str] | None = None) -> Finding:
    """Judge one call by the principal's own policies. What the resource's owner says is another link."""
    if isinstance(read, Missing):
        return (Health.BROKEN, read.why) if read is _NOBODY else unread(read.why)
    decision = decide(read, action, resource, context or {})
    for layer, words in _STOPS.items():
        if decision.layers[layer].effect.stops:
            return Health.BROKEN, f"{action} is stopped: {words}."
    if decision.outcome is Outcome.ALLOWED:
        return Health.FINE, f"{action} is allowed by the policies that the portal reads."
    open_layers = [name for layer, name in _NAMES.items() if decision.layers[layer].effect is Effect.UNKNOWN]
    if open_layers:
        return unread(f"{action} depends on what the portal cannot tell: {', '.join(open_layers)}.")
    return Health.FINE, f"{action} is allowed by the principal’s own policies."


def decide(read: Snapshot, action: str, resource: str, context: Mapping[str, str]) -> Decision:
    """Return the engine's decision on a call of the principal that was read."""
    full = {**request_context(read.principal, read.path, read.tags), **context}
    return evaluate(Request(read.principal, action, resource, read.account, full), read.policy_set())
