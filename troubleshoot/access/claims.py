"""How a worker takes a row: a lease that ends by itself, and a fence that makes an old worker's write fail.

A worker that was killed holds its lease until it ends; one that was only slow finds the fence moved on.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from troubleshoot.models import AccessRequest, OutboxMessage

LEASE: Final = timedelta(minutes=2)
"""Longer than the slowest single call to AWS with its retries; it is renewed before each one."""

LONGEST_PAUSE: Final = timedelta(minutes=5)

Target = tuple[str, str]
"""Whom a message goes to: the channel, and the receiver's name where the channel has receivers."""

Row = TypeVar("Row", AccessRequest, OutboxMessage)


class Lost(Exception):  # noqa: N818 - reads as what happened
    """Another worker holds the row now, or a person moved it on. Nothing more may be written for it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A request that this worker holds. `fence` is the row's number from when it was taken."""

    request: AccessRequest
    fence: int


def claim_request(owner: str) -> Claim | None:
    """Take the request that has been due the longest and that nobody holds, or return None."""
    related = ("account", "requester", "beneficiary", "grant")
    taken = _take(AccessRequest.objects.all(), owner)
    if taken is None:
        return None
    request = AccessRequest.objects.select_related(*related).get(pk=taken.pk)
    return Claim(request, taken.fence + 1)


def claim_message(owner: str, *, held: Collection[Target] = ()) -> OutboxMessage | None:
    """Take the message that has been due the longest and that nobody holds, or return None.

    Messages to the targets in `held` are left alone for now.
    """
    left_alone = Q()
    for channel, receiver in held:
        left_alone |= Q(channel=channel, receiver=receiver)
    taken = _take(OutboxMessage.objects.exclude(left_alone) if held else OutboxMessage.objects.all(), owner)
    if taken is None:
        return None
    return OutboxMessage.objects.select_related("person", "request__account").get(pk=taken.pk)


def hold(claim: Claim) -> None:
    """Renew the lease just before a write, or raise `Lost`: the last look before a side effect."""
    until = timezone.now() + LEASE
    if _held(claim).update(lease_until=until) != 1:
        raise Lost


def put_off(claim: Claim, *, words: str, pause: timedelta | None = None) -> None:
    """Let go of the request until later, with the words that its page shows meanwhile. `Lost` as in `hold`.

    Without `pause` the time doubles with each attempt, up to `LONGEST_PAUSE`.
    """
    wait = pause or pause_after(claim.request.attempts, longest=LONGEST_PAUSE)
    columns: dict[str, Any] = {"due_at": timezone.now() + wait, "lease_until": None, "lease_owner": ""}
    if _held(claim).update(failure=words, attempts=F("attempts") + 1, **columns) != 1:
        raise Lost


def let_go(claim: Claim, *, due_at: datetime | None, words: str = "") -> None:
    """Let go of the request with nothing more to do before `due_at`. `Lost` as in `hold`."""
    columns = {"due_at": due_at, "failure": words, "attempts": 0, "lease_until": None, "lease_owner": ""}
    if _held(claim).update(**columns) != 1:
        raise Lost


def wake(rows: QuerySet[AccessRequest]) -> int:
    """Make these rows due now, and return how many they are. Whoever holds one loses it.

    A worker that is about to let go of the row would else set a later time over this one, and it would be forgotten.
    """
    now = timezone.now()
    return rows.update(due_at=now, attempts=0, fence=F("fence") + 1, lease_owner="", lease_until=None)


def pause_after(attempts: int, *, longest: timedelta) -> timedelta:
    """Return how long to wait after so many attempts: 1 s, 2 s, 4 s …, up to `longest`."""
    return min(timedelta(seconds=2 ** min(attempts, 20)), longest)


def _held(claim: Claim) -> QuerySet[AccessRequest]:
    return AccessRequest.objects.filter(pk=claim.request.pk, fence=claim.fence, state=claim.request.state)


def _take(rows: QuerySet[Row], owner: str) -> Row | None:
    """Take one due row. On PostgreSQL two workers skip each other's; on SQLite the UPDATE's condition decides."""
    skip = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        now = timezone.now()
        # A worker takes one row at a time, so a lease of its own is from a step that the database cut off.
        unheld = Q(lease_until__isnull=True) | Q(lease_until__lte=now) | Q(lease_owner=owner)
        free = rows.filter(unheld, due_at__lte=now)
        row = free.select_for_update(skip_locked=skip).order_by("due_at", "pk").first()
        if row is None:
            return None
        lease = {"lease_owner": owner, "lease_until": now + LEASE, "fence": row.fence + 1}
        return row if rows.filter(pk=row.pk, fence=row.fence).update(**lease) == 1 else None
