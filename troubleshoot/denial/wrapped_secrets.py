"""Finds secrets inside what is encoded in base64: a Kubernetes Secret, user data, a registry's `auth` entry."""

import binascii
import re
from collections.abc import Iterator
from typing import Final

_BLOB: Final = re.compile(r"[A-Za-z0-9+/_-]{32,}(?:[ \t]?\n[ \t>#*|│]{0,12}[A-Za-z0-9+/_-]{4,}(?![\w ]))*={0,2}")
_FOREIGN: Final = re.compile(r"[^A-Za-z0-9+/]")
_TO_STANDARD: Final = str.maketrans("-_", "+/")
_QUANTUM: Final = 4


def decoded_blobs(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where something encoded in base64 stands, and the plain text that it holds; other data is left out."""
    for match in _BLOB.finditer(text):
        plain = _decoded(match[0])
        if plain:
            yield *match.span(), plain


def _decoded(blob: str) -> str | None:
    """Return the text of the blob, None if it is no text."""
    letters = _FOREIGN.sub("", blob.translate(_TO_STANDARD))
    if len(letters) % _QUANTUM == 1:
        letters = letters[:-1]
    try:
        data = binascii.a2b_base64(letters + "=" * (-len(letters) % _QUANTUM))
        return data.replace(b"\0", b"").decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return None
