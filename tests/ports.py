"""A port for a server that a test starts as a process of its own, and so cannot bind itself."""

import random
import socket

# Below the ports that the system gives to outgoing connections (32768 and up on Linux): between this test's look and
# the server's start, no connection of another test can take the port.
_OWN = range(20_000, 32_000)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody has."""
    while True:
        port = random.SystemRandom().choice(_OWN)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
