"""The list of texts that were not read, or read wrongly: people send them by their own choice, administrators use them.

Only what somebody who is signed in sends is stored, without its secrets, and each text once. Who sent it stands in
the audit trail, not beside the text.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Left
from django.http import Http404
from django.utils import timezone

from troubleshoot import audit
from troubleshoot.access.permissions import roles_of
from troubleshoot.denial import redact
from troubleshoot.models import Person, UnreadMessage

LARGEST: Final = 64 * 1024
"""The longest text that is taken, in characters."""
_BEGINNING: Final = 200


def sendable(text: str) -> str:
    """Return exactly what would be stored of a text: no secrets, one kind of line break."""
    return redact(text.replace("\r\n", "\n").replace("\r", "\n")).text


def send(*, text: str, kind: str, by: Person) -> UnreadMessage:
    """Store a text, or count it once more if it is there. One that was handled is open again."""
    kept = sendable(text)
    now = timezone.now()
    with transaction.atomic():
        row, created = UnreadMessage.objects.get_or_create(
            kind=kind,
            digest=hashlib.sha256(kept.encode()).hexdigest(),
            defaults={"text": kept, "first_at": now, "last_at": now},
        )
        if not created:
            UnreadMessage.objects.filter(pk=row.pk).update(times=F("times") + 1, last_at=now, handled_at=None)
        _record("unread.send", row, by)
    return row


def mark_handled(*, message: UnreadMessage, by: Person) -> None:
    """Mark a text as dealt with. Marking it twice changes nothing and records nothing."""
    with transaction.atomic():
        open_row = UnreadMessage.objects.filter(pk=message.pk, handled_at=None)
        if open_row.update(handled_at=timezone.now()):
            _record("unread.handle", message, by)


def delete(*, message: UnreadMessage, by: Person) -> None:
    """Delete a text for good. The audit trail keeps its digest only."""
    with transaction.atomic():
        _record("unread.delete", message, by)
        message.delete()


def listed() -> QuerySet[UnreadMessage]:
    """Return every text for the list, the open ones first, then the latest; `beginning` instead of the text."""
    rows = UnreadMessage.objects.defer("text").annotate(beginning=Left("text", _BEGINNING))
    return rows.order_by(F("handled_at").desc(nulls_first=True), "-last_at", "-pk")


def message_for(person: Person, pk: int) -> UnreadMessage:
    """Return a text for reading: to administrators and auditors. `Http404` for anybody else, and if it is gone."""
    roles = roles_of(person)
    message = UnreadMessage.objects.filter(pk=pk).first()
    if message is None or not (roles.is_admin or roles.is_auditor):
        raise Http404
    return message


def _record(event: str, row: UnreadMessage, by: Person) -> None:
    data: Mapping[str, Any] = {"report": row.kind, "digest": row.digest}
    audit.append(event=event, actor=by, subject=f"unread-{row.pk}", data=data)
