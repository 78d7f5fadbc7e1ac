"""Messages of the outbox, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from troubleshoot.access.deliveries import Way
from troubleshoot.models import Channel, OutboxMessage
from troubleshoot.web.components import Status, Tone


@dataclass(frozen=True, slots=True)
class WayRow:
    """One way out. `last_sent` is None where nothing went out on it yet."""

    name: str
    status: Status
    last_sent: datetime | None


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One message: what it is about, whom it is for, and why it was not taken. `next_try` is None for a dead one."""

    id: int
    what: str
    about: str
    url: str
    to: str
    attempts: int
    error: str
    made_at: datetime
    next_try: datetime | None

    @property
    def is_due(self) -> bool:
        """Whether it waits for its turn alone: what goes to a receiver that just refused is held for a while."""
        return self.next_try is not None and self.next_try <= timezone.now()


def way_row(way: Way) -> WayRow:
    """Return a line of the list of ways."""
    return WayRow(_to(way.channel, way.receiver, ""), _status(way), way.last_sent)


def letter_row(message: OutboxMessage) -> LetterRow:
    """Return a line of a list of messages. Its person and request must have been read with it."""
    request = message.request
    return LetterRow(
        id=message.pk,
        what=message.template.replace("_", " "),
        about=request.code if request else "",
        url=reverse("review", args=[request.code]) if request else "",
        to=_to(message.channel, message.receiver, str(message.person or "")),
        attempts=message.attempts,
        error=message.last_error,
        made_at=message.created_at,
        next_try=message.due_at,
    )


def _to(channel: str, receiver: str, person: str) -> str:
    label = Channel(channel).label
    return ", ".join(part for part in (label[0].upper() + label[1:], receiver or person) if part)


def _status(way: Way) -> Status:
    if way.dead:
        return Status(f"{way.dead} given up, {way.waiting} waiting", Tone.BAD)
    if way.waiting:
        return Status(f"{way.waiting} waiting", Tone.WAIT)
    return Status("nothing waits", Tone.GOOD)
