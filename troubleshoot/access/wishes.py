"""From rights that a guide built to a request: for whom, what is new about them, and whether they would work.

Live state is read for the person who asks, and only where `sight_of` lets that person see it.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from troubleshoot.access import accounts, routing
from troubleshoot.access.aws_side import Deadline, NotAnswered, within
from troubleshoot.access.calls import as_of
from troubleshoot.access.errors import Refused
from troubleshoot.access.live import RECENT
from troubleshoot.access.permissions import owns, sight_of
from troubleshoot.access.words import LAYER_NAMES
from troubleshoot.aws.gateway import one_turn
from troubleshoot.guide.wish import Wish
from troubleshoot.iam import evaluate
from troubleshoot.iam.arn import account_of
from troubleshoot.iam.context import request_context
from troubleshoot.iam.decision import Decision
from troubleshoot.iam.document import Policy
from troubleshoot.iam.layers import PolicySet, Unknown
from troubleshoot.iam.request import Request
from troubleshoot.iam.snapshot import Missing, Snapshot
from troubleshoot.models import Account, Person
from troubleshoot.remedy import Change, newly
from troubleshoot.remedy.proof import WITHOUT_RESOURCE_POLICIES, Proven, Result, not_read, prove

_MOST_FOREIGN = 3
"""Own policies of so many buckets and keys are read for a page."""
_NOW = "aws:CurrentTime"
_RESERVED = "AWSReservedSSO_"


@dataclass(frozen=True, slots=True)
class Proof:
    """What the engine says of each action of a wish, in every service that it speaks of, on live state."""

    found: tuple[Proven, ...]
    read_at: str

    def of(self, *results: Result) -> tuple[Proven, ...]:
        """Return the actions of which one of these comes."""
        return tuple(one for one in self.found if one.result in results)

    @property
    def helps(self) -> frozenset[str]:
        """The actions for which the wish may make a difference."""
        return frozenset(one.action for one in self.of(Result.NEW, Result.SOME, Result.OPEN))


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
    calls = tuple(_first_calls(change))
    read, unproven = _read(account, person, change, calls[0])
    proof = _proof(change, read) if read else None
    if proof and not proof.helps:
        raise Refused("nothing_new", _nothing_new(proof))
    call = min((one for one in calls if proof is None or one.action in proof.helps), key=_is_worse_to_judge)
    return Asking(
        account=account,
        change=change,
        call=_known(call, read.snapshot if read else None),
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


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read: the principal's live state, and the own policies of the foreign resources, by where they stand."""

    snapshot: Snapshot
    policies: Mapping[str, Policy | Unknown | None]

    def own_policy(self, resource: str) -> Policy | Unknown | None:
        """Return the policy of a resource; unknown where it was not read."""
        return self.policies.get(_holder(resource), not_read(resource))


def _first_calls(change: Change) -> Iterator[Request]:
    """Yield one call of each action that the change allows, as the engine finds them."""
    seen: set[str] = set()
    for one in newly(change, None).entries:
        if one.action not in seen:
            seen.add(one.action)
            yield one.witness


def _is_worse_to_judge(call: Request) -> tuple[bool, bool]:
    """The worker judges one call again afterwards: of Personalize, and on a resource, as that says most."""
    return not call.action.startswith("personalize:"), call.resource == "*"


def _read(account: Account, person: Person, change: Change, call: Request) -> tuple[_Read | None, str]:
    """Return the principal's live state, or in words why nothing was read. `Refused` where it does not exist."""
    if not account.may_read:
        return None, "The portal answers from texts alone in this account, so nothing was checked."
    if not sight_of(person, account, change.principal).live:
        return None, "This is not an identity of yours, so the portal does not look at it for you."
    foreign = _foreign(change)
    snapshot, *others = _snapshots(account, change.principal, (call, *foreign.values()))
    if isinstance(snapshot, NotAnswered):
        return None, snapshot.why
    if isinstance(snapshot.exists, Missing):
        return None, snapshot.exists.why
    if not snapshot.exists:
        raise Refused("no_such_principal", "There is no such user or role in the account. Check the name and the path.")
    if isinstance(snapshot.identity, Missing):
        return None, snapshot.identity.why
    read = {holder: one.policy_set().resource for holder, one in zip(foreign, others, strict=True) if _is_read(one)}
    return _Read(snapshot, read), ""


def _snapshots(account: Account, principal: str, calls: tuple[Request, ...]) -> list[Any]:
    """Read for each call what decides on it, side by side, within the time of a page."""
    reader = accounts.reader(account, max_age=RECENT)

    def reading(call: Request) -> Callable[[], Snapshot]:
        return lambda: reader.snapshot(principal, action=call.action, resource=call.resource)

    with one_turn():
        return within(Deadline(), *map(reading, calls))


def _is_read(found: Any) -> bool:
    return isinstance(found, Snapshot) and not isinstance(found.resource, Missing)


def _foreign(change: Change) -> dict[str, Request]:
    """Return a call on each of the first few named resources whose own policies decide too, by where that stands."""
    found: dict[str, Request] = {}
    for entry in newly(change, None).entries:
        holder = _holder(entry.resource)
        has_none = entry.action.partition(":")[0] in WITHOUT_RESOURCE_POLICIES
        if not has_none and "*" not in holder and len(found) < _MOST_FOREIGN:
            found.setdefault(holder, replace(entry.witness, resource=holder))
    return found


def _holder(resource: str) -> str:
    """Return what holds the policy of a resource: the bucket of an object, else the resource itself."""
    return resource.partition("/")[0] if resource.split(":")[2:3] == ["s3"] else resource


def _proof(change: Change, read: _Read) -> Proof:
    now = timezone.now()

    def judged(call: Request, policies: PolicySet) -> Decision:
        return evaluate(as_of(_known(call, read.snapshot), policies, now), policies)

    found = prove(change, read.snapshot.policy_set(), judge=judged, own_policy=read.own_policy)
    return Proof(found, read.snapshot.read_at)


def _known(call: Request, snapshot: Snapshot | None) -> Request:
    """Return the call with what follows from its principal, and what the asked statements want of a call."""
    path, tags = (snapshot.path, snapshot.tags) if snapshot else (None, {})
    context = {**call.context, **request_context(call.principal, path=path, tags=tags)}
    context.pop(_NOW, None)
    return replace(call, context=context)


def _nothing_new(proof: Proof) -> str:
    layers = dict.fromkeys(LAYER_NAMES[one.layer] for one in proof.of(Result.STOPPED) if one.layer)
    if layers:
        return f"These rights would change nothing, because the {' and the '.join(layers)} would stop them."
    return "The policies that the portal read allow all of this already. Try it again."
