"""Sealing a short text with a key that stands in an address, so that the database alone does not show it.

The key comes from the id in the address and the portal's secret key, so that neither alone opens a row.
"""

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_SALT = "troubleshoot.guide.answers"


def lookup_of(token: str) -> str:
    """Return under which digest the row of an id is found."""
    return salted_hmac(f"{_SALT}.lookup", token, algorithm="sha256").hexdigest()


def seal(token: str, text: str) -> bytes:
    """Return `text` sealed under the id `token`."""
    return _box(token).encrypt(text.encode())


def unseal(token: str, sealed: bytes) -> str | None:
    """Return the text that was sealed under this id, or None where it was changed or is another id's."""
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - loaded by the first guide that keeps an answer

    try:
        return _box(token).decrypt(sealed).decode()
    except InvalidToken:
        return None


def _box(token: str) -> "Fernet":
    from cryptography.fernet import Fernet  # noqa: PLC0415 - as above

    return Fernet(urlsafe_b64encode(salted_hmac(f"{_SALT}.key", token, algorithm="sha256").digest()))
