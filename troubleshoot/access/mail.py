"""Sending what the outbox holds: at least once, with a Message-ID that stays the same, later where it fails."""

import logging
import re
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone

from troubleshoot.access import routing
from troubleshoot.access.claims import claim_message, pause_after
from troubleshoot.access.words import LAYER_NAMES
from troubleshoot.iam.layers import Layer
from troubleshoot.models import AccessRequest, AdminChange, Approval, Grant, OutboxMessage

log = logging.getLogger(__name__)

LONGEST_PAUSE: Final = timedelta(hours=1)
MOST_ATTEMPTS: Final = 60
"""With pauses of up to an hour more than two days; then the message stays in the outbox, unsent, with its error."""

_NAMED: Final = 3
"""So many approvers are named in a mail; of more, how many they are."""

_BLANK_LINES: Final = re.compile(r"\n{3,}")
_PAGES: Final = {
    "to_decide": "/queue/{code}/",
    "left_behind": "/queue/{code}/",
    "apply_by_hand": "/queue/{code}/",
    "change_to_confirm": "/people/",
    "nobody_can_approve": "/people/",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one message: a line for the worker's output, and whether the receiver took it."""

    line: str
    delivered: bool


def send_one(owner: str) -> Sent | None:
    """Send the message that has been due the longest, or return None where none is due. It never raises for mail."""
    message = claim_message(owner)
    if message is None:
        return None
    name = f"mail {message.template} {message.pk}"
    if not (message.person and message.person.email and message.person.is_active):
        _close(message, sent_at=None, error="nobody to send it to")
        return Sent(f"{name}: nobody to send it to", delivered=True)
    try:
        written(message).send()
    except (OSError, smtplib.SMTPException) as error:
        _later(message, _told(error))
        return Sent(f"{name}: later ({_told(error)})", delivered=False)
    except Exception:
        log.exception("mail %s could not be written", message.pk)
        _later(message, "it could not be written")
        return Sent(f"{name}: later (it could not be written)", delivered=False)
    _close(message, sent_at=timezone.now(), error="")
    return Sent(f"{name}: sent", delivered=True)


def written(message: OutboxMessage) -> EmailMultiAlternatives:
    """Return the message as an e-mail in text and HTML. Its links lead to pages and decide nothing."""
    context = _context(message)
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


def _context(message: OutboxMessage) -> dict[str, Any]:
    request = message.request
    grant = Grant.objects.filter(request=request).first() if request else None
    unchecked = (grant.verification or {}).get("unchecked", []) if grant else []
    context = dict(message.context)
    if "change" in context:
        context["change"] = AdminChange.objects.select_related("person", "account", "proposed_by").get(
            pk=context["change"]
        )
    return {
        **context,
        "person": message.person,
        "request": request,
        "grant": grant,
        "duration": _duration(request) if request else "",
        "unchecked": ", ".join(LAYER_NAMES[layer] for layer in Layer if layer in unchecked),
        "decides": _who_decides(request) if request and message.template == "submitted" else "",
        "rejected_by": _who_rejected(request) if request and message.template == "rejected" else "",
        "site": settings.SITE_URL,
        "link": settings.SITE_URL + _page(message),
    }


def _who_decides(request: AccessRequest) -> str:
    names = [str(person) for person in routing.deciders(request)]
    if len(names) < 2:
        return f"{names[0]} decides." if names else "An approver decides."
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return f"One of {len(names)} people decides: {', '.join([*names[:_NAMED], *more])}."


def _who_rejected(request: AccessRequest) -> str:
    last = request.approvals.filter(verdict=Approval.Verdict.REJECT).select_related("approver").last()
    return str(last.approver) if last else "an approver"


def _page(message: OutboxMessage) -> str:
    code = message.request.code if message.request else ""
    return _PAGES.get(message.template, "/requests/{code}/").format(code=code)


def _duration(request: AccessRequest) -> str:
    hours = request.change["hours"]
    if hours is None:
        return "until it is revoked"
    count, unit = (hours // 24, "day") if hours % 24 == 0 else (hours, "hour")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _told(error: Exception) -> str:
    """Name the error without its text, which can hold addresses."""
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()


def _later(message: OutboxMessage, error: str) -> None:
    if message.attempts + 1 >= MOST_ATTEMPTS:
        _close(message, sent_at=None, error=error)
    else:
        _update(message, due_at=timezone.now() + pause_after(message.attempts, longest=LONGEST_PAUSE), error=error)


def _close(message: OutboxMessage, *, sent_at: datetime | None, error: str) -> None:
    _update(message, due_at=None, error=error, sent_at=sent_at)


def _update(message: OutboxMessage, *, error: str, **columns: Any) -> None:
    OutboxMessage.objects.filter(pk=message.pk, fence=message.fence).update(
        **columns, last_error=error, attempts=message.attempts + 1, lease_owner="", lease_until=None
    )
