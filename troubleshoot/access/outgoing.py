"""One HTTP request to a receiver outside: to where its name leads now, without following it anywhere else.

The address comes from the settings, but a name can be made to lead into the portal's own network later. So the name
is looked up here, judged, and exactly the address that was judged is connected to.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from portal.receivers import Receiver, is_public

TIMEOUT: Final = 10.0
"""Seconds for one connection, one write or one read, and for the whole exchange."""

_MOST_READ: Final = 1024


class Undelivered(Exception):  # noqa: N818 - what happened, told as a reason
    """The receiver did not take it. The words name no address and hold nothing of what it answered."""


def post(receiver: Receiver, *, body: bytes, headers: Mapping[str, str]) -> None:
    """Send `body` and return when the receiver has said that it took it (a status of 2xx). `Undelivered` otherwise."""
    try:
        status = _exchange(receiver, body, headers)
    except (OSError, http.client.HTTPException) as error:
        raise Undelivered(type(error).__name__) from None
    if not 200 <= status < 300:
        raise Undelivered(f"status {status}")


def _exchange(receiver: Receiver, body: bytes, headers: Mapping[str, str]) -> int:
    parts = urlsplit(receiver.address)
    host, tls = parts.hostname or "", parts.scheme == "https"
    connection = _Pinned(host, parts.port or (443 if tls else 80), tls=tls)
    guard = threading.Timer(TIMEOUT, connection.cut)
    guard.daemon = True
    guard.start()
    try:
        connection.connect()
        path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        connection.request("POST", path, body, {"User-Agent": "Access-Desk", **headers})
        response = connection.getresponse()
        response.read(_MOST_READ)
        return response.status
    finally:
        guard.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was judged, whatever the name leads to a moment later."""

    def __init__(self, host: str, port: int, *, tls: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self._tls = tls

    def connect(self) -> None:
        """Connect to the first address that answers."""
        self.sock = self._socket()
        if self._tls:
            context = ssl.create_default_context()
            # The handshake comes after: `cut` must find the socket that is in use.
            wrapped = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = wrapped
            wrapped.do_handshake()

    def cut(self) -> None:
        """End an exchange that takes too long: each byte of a slow answer would start a timeout of its own anew."""
        with suppress(OSError, AttributeError):  # not connected yet, or not any more
            self.sock.shutdown(socket.SHUT_RDWR)

    def _socket(self) -> socket.socket:
        refused: OSError = OSError("no address")
        for address in _addresses(self.host, self.port):
            try:
                return socket.create_connection((address, self.port), TIMEOUT)
            except OSError as error:
                refused = error
        raise refused


def _addresses(host: str, port: int) -> list[str]:
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    private_is_fine = settings.PRIVATE_RECEIVERS or settings.EMBEDDED
    if not private_is_fine and not all(is_public(address) for address in found):
        raise Undelivered("its name leads into a private network")
    return list(dict.fromkeys(found))
