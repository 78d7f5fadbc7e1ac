"""Giving the chain's head away every hour: to a file, to a receiver, out of the database's reach.

Whoever cuts the chain's tail off, and sets its head back, is found out by any head that was given away since.
"""

import json
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from troubleshoot.models import AuditEntry, AuditExport, AuditHead, Channel, OutboxMessage

log = logging.getLogger(__name__)

EVERY: Final = timedelta(hours=1)
FILE: Final = "file"
TEMPLATE: Final = "audit_head"
_LOOK: Final = timedelta(minutes=1)

_looked = {"at": timezone.now() - EVERY}


def export_if_due() -> list[str]:
    """Give the head to each place whose last one is an hour old, and return a line for each, for the worker's output.

    It is called between the worker's steps, looks once a minute, and costs nothing in between.
    """
    now = timezone.now()
    if now - _looked["at"] < _LOOK:
        return []
    _looked["at"] = now
    return export_due()


def export_due() -> list[str]:
    """Do the same without waiting for the minute to be over."""
    return [line for target in targets() if (line := _export(target))]


def targets() -> list[str]:
    """Return where heads go: `file`, and the name of the webhook receiver, as far as the settings name them."""
    named = {FILE: settings.AUDIT_HEAD_FILE, settings.AUDIT_HEAD_RECEIVER: settings.AUDIT_HEAD_RECEIVER}
    return [target for target, setting in named.items() if setting]


def _export(target: str) -> str:
    with transaction.atomic():
        # The chain's own lock: of two workers, one exports, and the other sees that it was done.
        head = AuditHead.objects.select_for_update().filter(pk=1).first()
        last = AuditExport.objects.filter(target=target).order_by("-exported_at").first()
        now = timezone.now()
        if head is None or (last and now - last.exported_at < EVERY):
            return ""
        content = _content(head)
        try:
            _give(target, content)
        except OSError as error:
            log.warning("the audit head could not be written to its file: %s", type(error).__name__)
            return f"audit head {head.sequence}: could not be written ({type(error).__name__})"
        AuditExport.objects.create(sequence=head.sequence, digest=head.digest, exported_at=now, target=target)
    return f"audit head {head.sequence}: given to {target}"


def _content(head: AuditHead) -> dict[str, Any]:
    key = AuditEntry.objects.filter(pk=head.sequence).values_list("key_id", flat=True).first()
    return {
        "sequence": head.sequence,
        "digest": head.digest,
        "key": key or "",
        "at": timezone.now().isoformat(timespec="seconds"),
    }


def _give(target: str, content: dict[str, Any]) -> None:
    """Append a line to the file, or let the outbox deliver it: there it is tried until it is taken."""
    if target == FILE:
        with Path(settings.AUDIT_HEAD_FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(content) + "\n")
        return
    now = timezone.now()
    OutboxMessage.objects.create(
        key=f"audit-head-{content['sequence']}-{int(now.timestamp())}-{target}",
        channel=Channel.WEBHOOK,
        receiver=target,
        template=TEMPLATE,
        context=content,
        created_at=now,
        due_at=now,
    )
