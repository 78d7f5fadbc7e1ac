"""What nobody took of the outbox, and sending it again. Addresses are never shown: the settings alone hold them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from troubleshoot import audit
from troubleshoot.access import routing
from troubleshoot.access.errors import Refused, Stale
from troubleshoot.models import Channel, OutboxMessage, Person

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Way:
    """A way that messages go out: e-mail, or one receiver. How many wait, how many gave up, and the last one sent."""

    channel: str
    receiver: str
    waiting: int
    dead: int
    last_sent: datetime | None


def ways() -> list[Way]:
    """Return e-mail and every receiver that the settings name or that messages wait for, in one query."""
    counted = OutboxMessage.objects.order_by().values("channel", "receiver")
    rows = counted.annotate(
        waiting=Count("pk", filter=Q(due_at__isnull=False)),
        dead=Count("pk", filter=Q(dead_at__isnull=False)),
        last_sent=Max("sent_at"),
    )
    found = {(row["channel"], row["receiver"]): Way(**row) for row in rows}
    named = [(str(Channel.MAIL), ""), *((one.channel, one.name) for one in settings.RECEIVERS.values())]
    for channel, receiver in named:
        found.setdefault((channel, receiver), Way(channel, receiver, 0, 0, None))
    kept = [way for key, way in found.items() if key in named or way.waiting or way.dead]
    return sorted(kept, key=lambda way: (way.channel, way.receiver))


def dead_letters() -> QuerySet[OutboxMessage]:
    """Return the messages that wait for an administrator, the latest first."""
    rows = OutboxMessage.objects.filter(dead_at__isnull=False).select_related("person", "request")
    return rows.order_by("-dead_at", "-pk")


def tried_in_vain() -> Sequence[OutboxMessage]:
    """Return the first messages that failed at least once and are tried again by themselves."""
    rows = OutboxMessage.objects.filter(due_at__isnull=False, attempts__gt=0).select_related("person", "request")
    return list(rows.order_by("due_at", "pk")[:SHOWN])


def dead_letter(pk: int) -> OutboxMessage:
    """Return one message of the outbox, or raise Django's 404."""
    message = OutboxMessage.objects.filter(pk=pk).first()
    if message is None:
        raise Http404
    return message


def send_again(*, message: OutboxMessage, by: Person) -> None:
    """Let the worker try it anew. `Refused` for anybody but an administrator, `Stale` where it does not wait."""
    if not routing.admins().filter(pk=by.pk).exists():
        raise Refused("not_admin", "Only an administrator may do this.")
    with transaction.atomic():
        waiting = OutboxMessage.objects.filter(pk=message.pk, dead_at__isnull=False)
        if waiting.update(dead_at=None, due_at=timezone.now(), attempts=0) != 1:
            raise Stale("stale", "This message is on its way already. Nothing was changed.")
        data = {"template": message.template, "channel": message.channel, "receiver": message.receiver}
        audit.append(event="delivery.again", actor=by, subject=f"message-{message.pk}", data=data)
