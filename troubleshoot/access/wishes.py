"""From rights that a guide built to a request: for whom, what is new about them, and whether they would work.

Live state is read for the person who asks, and only where `sight_of` lets that person see it.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils import timezone

from troubleshoot.access import accounts, routing
from troubleshoot.access.calls import as_of
from troubleshoot.access.errors import Refused
from troubleshoot.access.permissions import owns, sight_of
from troubleshoot.access.words import LAYER_NAMES
from troubleshoot.guide.wish import Wish
from troubleshoot.iam import evaluate, parse_policy
from troubleshoot.iam.access import allowed_access
from troubleshoot.iam.arn import account_of
from troubleshoot.iam.context import request_context
from troubleshoot.iam.decision import Decision, Effect
from troubleshoot.iam.layers import Layer, PolicySet
from troubleshoot.iam.request import Request
from troubleshoot.iam.snapshot import Missing, Snapshot
from troubleshoot.models import Account, Person
from troubleshoot.remedy import Change, grant_document, with_change

_NOW = "aws:CurrentTime"
_RESERVED = "AWSReservedSSO_"


@dataclass(frozen=True, slots=True)
class Proof:
    """What the engine says of each action of a wish on live state: new, allowed already, or stopped by a layer."""

    new: tuple[str, ...]
    already: tuple[str, ...]
    stopped: tuple[tuple[str, Layer], ...]
    read_at: str


@dataclass(frozen=True, slots=True)
class Asking:
    """A wish for one principal, ready to be filed. `proof` is None where nothing live was read; `unproven` says why."""

    account: Account
    change: Change
    call: Request
    is_own: bool
    proof: Proof | None
    unproven: str
    deciders: tuple[Person, ...]


def account_for_wish(wish: Wish) -> Account | None:
    """Return the portal's account of a wish, or None where the portal does not know it."""
    return Account.objects.filter(account_id=wish.account).first()


def own_principals(person: Person, account: Account) -> tuple[str, ...]:
    """Return the users and roles of the account that are linked to the person."""
    links = person.links.filter(account=account).order_by("principal_arn")
    return tuple(links.values_list("principal_arn", flat=True))


def asking(wish: Wish, *, person: Person, account: Account, principal: str, hours: int | None) -> Asking:
    """Return the wish for this user or role. `Refused` where it cannot be given to it, or would change nothing."""
    _refuse_unfit(wish, principal)
    change = Change(account.account_id, principal, wish.statements, hours)
    calls = tuple(_calls(change))
    snapshot, unproven = _snapshot(account, person, calls[0])
    proof = _proof(change, calls, snapshot) if snapshot else None
    if proof and not proof.new:
        raise Refused("nothing_new", _nothing_new(proof))
    # The call that the worker judges again afterwards: on a resource where there is one, as that says more.
    call = min((one for one in calls if proof is None or one.action in proof.new), key=lambda one: one.resource == "*")
    return Asking(
        account=account,
        change=change,
        call=_known(call, snapshot),
        is_own=owns(person, account, principal),
        proof=proof,
        unproven=unproven,
        deciders=tuple(routing.approvers_for(account=account, requester=person, principal_arn=principal)),
    )


def longest_hours(last_day: dt.date | None) -> int | None:
    """Return how many whole hours there are until the end of the day, at least 0. None where no day was chosen."""
    if last_day is None:
        return None
    end = dt.datetime.combine(last_day + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)
    return max(0, int((end - timezone.now()).total_seconds() // 3600))


def _refuse_unfit(wish: Wish, principal: str) -> None:
    if account_of(principal) != wish.account:
        raise Refused(
            "other_account", f"The documents are for account {wish.account}. Name a user or role of that account."
        )
    if principal.rpartition("/")[2].startswith(_RESERVED):
        raise Refused(
            "permission_set",
            "AWS lets nobody change the role of a permission set. Ask whoever manages Identity Center.",
        )


def _calls(change: Change) -> Iterator[Request]:
    """Yield a call of each action that the change allows in Personalize, as the engine finds them."""
    policy = parse_policy(grant_document(change, ends_at=None), name="the asked rights", attached_to=change.principal)
    seen: set[str] = set()
    for one in allowed_access(PolicySet(identity=(policy,)), change.principal, "personalize"):
        if one.action not in seen:
            seen.add(one.action)
            yield one.witness


def _snapshot(account: Account, person: Person, call: Request) -> tuple[Snapshot | None, str]:
    """Return the principal's live state, or in words why nothing was read. `Refused` where it does not exist."""
    if not account.may_read:
        return None, "The portal answers from texts alone in this account, so nothing was checked."
    if not sight_of(person, account, call.principal).live:
        return None, "This is not an identity of yours, so the portal does not look at it for you."
    read = accounts.reader(account).snapshot(call.principal, action=call.action, resource=call.resource)
    if isinstance(read.exists, Missing):
        return None, read.exists.why
    if not read.exists:
        raise Refused("no_such_principal", "There is no such user or role in the account. Check the name and the path.")
    if isinstance(read.identity, Missing):
        return None, read.identity.why
    return read, ""


def _proof(change: Change, calls: tuple[Request, ...], snapshot: Snapshot) -> Proof:
    before, now = snapshot.policy_set(), timezone.now()
    after = with_change(before, change)
    new: list[str] = []
    already: list[str] = []
    stopped: list[tuple[str, Layer]] = []
    for one in calls:
        call = _known(one, snapshot)
        decision = evaluate(as_of(call, before, now), before)
        if not decision.stopping and decision.layers[Layer.IDENTITY].effect is Effect.PASSES:
            already.append(one.action)
        elif layer := _stops(evaluate(as_of(call, after, now), after)):
            stopped.append((one.action, layer))
        else:
            new.append(one.action)
    return Proof(tuple(new), tuple(already), tuple(stopped), snapshot.read_at)


def _stops(decision: Decision) -> Layer | None:
    return decision.stopping[0].layer if decision.stopping else None


def _known(call: Request, snapshot: Snapshot | None) -> Request:
    """Return the call with what follows from its principal, and what the asked statements want of a call."""
    path, tags = (snapshot.path, snapshot.tags) if snapshot else (None, {})
    context = {**call.context, **request_context(call.principal, path=path, tags=tags)}
    context.pop(_NOW, None)
    return replace(call, context=context)


def _nothing_new(proof: Proof) -> str:
    if proof.stopped:
        layers = dict.fromkeys(LAYER_NAMES[layer] for _, layer in proof.stopped)
        return f"These rights would change nothing, because the {' and the '.join(layers)} would stop them."
    return "The policies that the portal read allow all of this already. Try it again."
