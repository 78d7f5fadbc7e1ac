"""Appending to the chain: each entry holds the digest of the one before, so that none can change unseen."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from troubleshoot.audit import keys
from troubleshoot.models import AuditEntry, AuditHead, ErasableText, Person

SYSTEM: Final = "system"
"""The actor of a step that the worker took by itself."""

START: Final = "0" * 64
"""What the first entry holds as the digest of the one before."""


def append(
    *,
    event: str,
    actor: Person | None,
    subject: str,
    data: Mapping[str, Any],
    texts: Mapping[str, str] | None = None,
) -> AuditEntry:
    """Append one step in the caller's transaction, and return it.

    `event` is `noun.verb`, `subject` the code of what it speaks of, `data` opaque ids, digests and numbers only.
    What people wrote goes into `texts`: it is kept beside the chain, erasable, and the chain holds its salted
    digest. `actor` None is the portal itself. `TypeError` for data that JSON does not keep exactly.

    One row serialises all appends until the caller's transaction ends: append last, and keep it short.
    """
    salted = {name: (secrets.token_hex(16), text) for name, text in (texts or {}).items() if text}
    kept = {**data, "texts": {name: text_digest(salt, text) for name, (salt, text) in salted.items()}}
    _refuse_floats(kept)
    opaque = str(actor.public_id) if actor else SYSTEM
    with transaction.atomic():
        entry = _next_entry(event=event, actor=opaque, subject=subject, data=kept)
        ErasableText.objects.bulk_create(
            ErasableText(sequence=entry.sequence, name=name, person=opaque, salt=salt, text=text)
            for name, (salt, text) in salted.items()
        )
    return entry


def erase_texts(*, person: Person, by: Person) -> int:
    """Erase what `person` wrote, and return how many texts it was. The chain still verifies."""
    with transaction.atomic():
        count, _ = ErasableText.objects.filter(person=str(person.public_id)).delete()
        append(event="texts.erased", actor=by, subject=str(person.public_id), data={"count": count})
    return count


def entry_digest(entry: AuditEntry, key: keys.Key | None = None) -> str:
    """Return the digest over the entry's canonical JSON, the digest of the one before included.

    With `key` it is an HMAC-SHA256 (RFC 2104), which nobody makes without the key; without, a plain SHA-256.
    """
    content = {
        "sequence": entry.sequence,
        "at": canonical_time(entry.at),
        "event": entry.event,
        "actor": entry.actor,
        "subject": entry.subject,
        "data": entry.data,
        "previous": entry.previous,
    }
    if key:
        content["key"] = key.name
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
    return hmac.new(key.secret, canonical, hashlib.sha256).hexdigest() if key else hashlib.sha256(canonical).hexdigest()


def text_digest(salt: str, text: str) -> str:
    """Return what the chain holds instead of a text. The salt keeps short texts from being guessed."""
    return hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()


def canonical_time(at: datetime) -> str:
    """Return a time as the digest holds it, the same from every database."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _next_entry(*, event: str, actor: str, subject: str, data: dict[str, Any]) -> AuditEntry:
    head, _ = AuditHead.objects.select_for_update().get_or_create(pk=1)
    key = keys.current()
    entry = AuditEntry(
        sequence=head.sequence + 1,
        at=timezone.now(),
        event=event,
        actor=actor,
        subject=subject,
        data=data,
        previous=head.digest,
        key_id=key.name if key else None,
    )
    entry.digest = entry_digest(entry, key)
    entry.save(force_insert=True)
    AuditHead.objects.filter(pk=1).update(sequence=entry.sequence, digest=entry.digest)
    return entry


def _refuse_floats(value: Any) -> None:
    """A number with a point would come back from a database in another spelling, and break the chain."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"audit data has the key {key!r}, which is no text")
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
    elif not isinstance(value, str | int | None):
        raise TypeError(f"audit data holds a {type(value).__name__}; keep texts, whole numbers, yes and no")
