"""The keys that entries are chained with. They come from the environment and are never in the database.

Whoever can write every table, but has no key, cannot make the chain anew: the digests would not fit. A key has a
name, its digest's beginning, which each entry keeps, so that a new key can follow an old one.
"""

import hashlib
from dataclasses import dataclass, field

from django.conf import settings

SHORTEST = 32
"""So many characters a key needs at least: as many bytes as the digest has, RFC 2104, section 3."""


@dataclass(frozen=True, slots=True)
class Key:
    """A secret, and the name that entries keep of it."""

    name: str
    secret: bytes = field(repr=False)


def current() -> Key | None:
    """Return the key for new entries, or None where the portal has none: then they are chained without one."""
    return _key(settings.AUDIT_KEY) if settings.AUDIT_KEY else None


def by_name() -> dict[str, Key]:
    """Return every key that entries may have been made with: the current one and those before it."""
    keys = [_key(text) for text in (settings.AUDIT_KEY, *settings.AUDIT_OLD_KEYS) if text]
    return {key.name: key for key in keys}


def _key(text: str) -> Key:
    secret = text.encode()
    return Key(hashlib.sha256(b"access-desk audit key\0" + secret).hexdigest()[:16], secret)
