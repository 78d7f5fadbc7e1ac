"""A receiver of webhooks on this machine: it keeps what it was sent, and answers as it is told to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from portal.receivers import Receiver

SECRET = b"only-for-tests-0123456789-0123456789"


class Listening(ThreadingHTTPServer):
    """`status` is what it answers; `letters` are the headers and the body of each request, in order."""

    status = 200
    location = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.letters: list[tuple[dict[str, str], bytes]] = []

    def receiver(self, name: str = "ops", channel: str = "webhook") -> Receiver:
        """Return this server as the settings would name it."""
        return Receiver(name, channel, f"http://127.0.0.1:{self.server_address[1]}/in?x=1", SECRET)


class _Handler(BaseHTTPRequestHandler):
    server: Listening

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.letters.append(({**dict(self.headers), "path": self.path}, body))
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def listening() -> Iterator[Listening]:
    """Serve on a free port until the end."""
    with Listening() as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
