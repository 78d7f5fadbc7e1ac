"""Sending what the outbox holds: at least once, with an id that stays the same, later where it fails."""

import logging
import re
import smtplib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone

from troubleshoot.access import slack, webhooks
from troubleshoot.access.claims import Target, claim_message, pause_after
from troubleshoot.access.outgoing import Undelivered, post
from troubleshoot.access.wording import context_of
from troubleshoot.models import Channel, OutboxMessage

log = logging.getLogger(__name__)

LONGEST_PAUSE: Final = timedelta(hours=1)
MOST_ATTEMPTS: Final = 60
"""With pauses of up to an hour more than two days; then it stays in the outbox, and an administrator may send it."""

_BLANK_LINES: Final = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one message: a line for the worker's output, whether it was taken, and who should take it."""

    line: str
    delivered: bool
    target: Target = (Channel.MAIL, "")


def send_one(owner: str, *, held: Collection[Target] = ()) -> Sent | None:
    """Send the message that has been due the longest, or return None where none is due. It never raises for one.

    `held` are targets (a channel with its receiver) that are left alone, because they did not answer a moment ago.
    """
    message = claim_message(owner, held=held)
    if message is None:
        return None
    target = (message.channel, message.receiver)
    name = " ".join(filter(None, (message.channel, message.receiver, message.template, str(message.pk))))
    try:
        _SEND[Channel(message.channel)](message)
    except _Nobody as nobody:
        _close(message, sent_at=None, error=str(nobody))
        return Sent(f"{name}: {nobody}", delivered=True, target=target)
    except (OSError, smtplib.SMTPException, Undelivered) as error:
        _later(message, _told(error))
        return Sent(f"{name}: later ({_told(error)})", delivered=False, target=target)
    except Exception:
        log.exception("message %s could not be written", message.pk)
        _later(message, "it could not be written")
        return Sent(f"{name}: later (it could not be written)", delivered=False, target=target)
    _close(message, sent_at=timezone.now(), error="")
    return Sent(f"{name}: sent", delivered=True, target=target)


def written(message: OutboxMessage) -> EmailMultiAlternatives:
    """Return the message as an e-mail in text and HTML. Its links lead to pages and decide nothing."""
    context = context_of(message)
    subject, text, html = (
        render_to_string(f"email/{message.template}_{part}", context)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    # Received twice, a mail client shows it once: the key never changes.
    headers = {
        "Message-ID": f"<{message.key}@{urlsplit(settings.SITE_URL).hostname}>",
        "Auto-Submitted": "auto-generated",
    }
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=_BLANK_LINES.sub("\n\n", text),
        to=[message.person.email] if message.person else [],
        headers=headers,
    )
    mail.attach_alternative(html, "text/html")
    return mail


def _mail(message: OutboxMessage) -> None:
    if not (message.person and message.person.email and message.person.is_active):
        raise _Nobody("nobody to send it to")
    written(message).send()


def _post(message: OutboxMessage) -> None:
    receiver = settings.RECEIVERS.get(message.receiver)
    if receiver is None or receiver.channel != message.channel:
        raise Undelivered("the settings name no such receiver")
    body, headers = (slack if message.channel == Channel.SLACK else webhooks).letter(message, receiver)
    post(receiver, body=body, headers=headers)


class _Nobody(Exception):  # noqa: N818 - the reason why there is nothing to send
    """There is nobody whom the message could go to, and there will be nobody later."""


_SEND: Final[Mapping[Channel, Callable[[OutboxMessage], None]]] = {
    Channel.MAIL: _mail,
    Channel.SLACK: _post,
    Channel.WEBHOOK: _post,
}


def _told(error: Exception) -> str:
    """Name the error without its text, which can hold addresses. Our own words hold none."""
    if isinstance(error, Undelivered):
        return str(error)
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()


def _later(message: OutboxMessage, error: str) -> None:
    if message.attempts + 1 >= MOST_ATTEMPTS:
        _update(message, due_at=None, dead_at=timezone.now(), error=error)
    else:
        _update(message, due_at=timezone.now() + pause_after(message.attempts, longest=LONGEST_PAUSE), error=error)


def _close(message: OutboxMessage, *, sent_at: datetime | None, error: str) -> None:
    _update(message, due_at=None, error=error, sent_at=sent_at)


def _update(message: OutboxMessage, *, error: str, **columns: Any) -> None:
    OutboxMessage.objects.filter(pk=message.pk, fence=message.fence).update(
        **columns, last_error=error, attempts=message.attempts + 1, lease_owner="", lease_until=None
    )
