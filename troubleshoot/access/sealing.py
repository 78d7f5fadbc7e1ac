"""Sealing a short text with a key that stands in an address, so that the database alone does not show it.

The key stream is HMAC-SHA256 in counter mode, and a second HMAC tells whether anything was changed. Both keys come
from the id in the address and the portal's secret key, so that neither alone opens a row.
"""

import hashlib
import hmac
import secrets

from django.utils.crypto import salted_hmac

_SALT = "troubleshoot.guide.answers"
_NONCE, _TAG, _BLOCK = 16, 32, 32


def lookup_of(token: str) -> str:
    """Return under which digest the row of an id is found."""
    return salted_hmac(f"{_SALT}.lookup", token, algorithm="sha256").hexdigest()


def seal(token: str, text: str) -> bytes:
    """Return `text` sealed under the id `token`."""
    nonce = secrets.token_bytes(_NONCE)
    body = _mixed(token, nonce, text.encode())
    return nonce + _tag(token, nonce + body) + body


def unseal(token: str, sealed: bytes) -> str | None:
    """Return the text that was sealed under this id, or None where it was changed or is another id's."""
    nonce, tag, body = sealed[:_NONCE], sealed[_NONCE : _NONCE + _TAG], sealed[_NONCE + _TAG :]
    if not hmac.compare_digest(tag, _tag(token, nonce + body)):
        return None
    return _mixed(token, nonce, body).decode()


def _key(token: str, purpose: str) -> bytes:
    return salted_hmac(f"{_SALT}.{purpose}", token, algorithm="sha256").digest()


def _tag(token: str, data: bytes) -> bytes:
    return hmac.digest(_key(token, "tag"), data, hashlib.sha256)


def _mixed(token: str, nonce: bytes, data: bytes) -> bytes:
    key = _key(token, "stream")
    blocks = range(0, len(data), _BLOCK)
    stream = b"".join(hmac.digest(key, nonce + at.to_bytes(8, "big"), hashlib.sha256) for at in blocks)
    return bytes(one ^ other for one, other in zip(data, stream, strict=False))
