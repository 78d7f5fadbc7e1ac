"""A door in front of the sandbox that misbehaves on request: it answers some calls wrongly, late, or not at all."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

Fault = Literal[
    "throttled",
    "denied",
    "expired",
    "bad_key",
    "failed",
    "garbage",
    "empty",
    "half",
    "dropped",
    "dropped_after",
    "slow",
]

_CODES: dict[Fault, tuple[int, str]] = {
    "throttled": (400, "Throttling"),
    "denied": (403, "AccessDenied"),
    "expired": (403, "ExpiredToken"),
    "bad_key": (403, "InvalidClientTokenId"),
    "failed": (500, "ServiceFailure"),
}


@dataclass
class Door:
    """The door's address; `faults` says what happens to which operation, `calls` what came through."""

    url: str
    faults: dict[str, Fault] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    remaining: dict[str, int] = field(default_factory=dict)

    def fault_of(self, operation: str) -> Fault | None:
        """Return what is to happen to this call. `remaining` limits how often it happens."""
        self.calls.append(operation)
        fault = self.faults.get(operation)
        if fault is None or operation not in self.remaining:
            return fault
        self.remaining[operation] -= 1
        return fault if self.remaining[operation] >= 0 else None


class _Handler(BaseHTTPRequestHandler):
    """Answers each call as the door says, or passes it on to the sandbox."""

    door: Door
    target: str
    slow_seconds: float

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.door.fault_of(_operation(self.headers, self.path, body))
        if fault in _CODES:
            status, code = _CODES[fault]
            self._answer(status, *_error(self.headers, code))
        elif fault == "dropped":
            self.close_connection = True
        elif fault == "slow":
            time.sleep(self.slow_seconds)
        else:
            self._pass_on(fault, body)

    def do_GET(self) -> None:
        self.do_POST()

    def _pass_on(self, fault: Fault | None, body: bytes) -> None:
        status, kind, answer = _forward(self.target, self.command, self.path, dict(self.headers), body)
        if fault == "garbage":
            answer = b"<html>proxy says hello"
        elif fault == "half":
            answer = answer[: len(answer) // 2]
        if fault == "dropped_after":
            self.close_connection = True
        else:
            self._answer(status, kind, answer)

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, *_: Any) -> None:
        return


@contextmanager
def faulty_door(target: str, *, slow_seconds: float = 5.0) -> Iterator[Door]:
    """Serve a door in front of `target`, the sandbox's address."""
    door = Door("")
    values = {"door": door, "target": target, "slow_seconds": slow_seconds}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), values))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    door.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield door
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _operation(headers: Any, path: str, body: bytes) -> str:
    if path.endswith("?policy"):
        return "GetBucketPolicy"
    target = headers.get("X-Amz-Target")
    if target:
        return str(target).rsplit(".", 1)[-1]
    return parse_qs(body.decode()).get("Action", [""])[0]


def _error(headers: Any, code: str) -> tuple[str, bytes]:
    if headers.get("X-Amz-Target"):
        return "application/x-amz-json-1.1", json.dumps({"__type": code, "message": "as asked"}).encode()
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>as asked</Message></Error>"
    return "text/xml", f"<ErrorResponse>{error}</ErrorResponse>".encode()


def _forward(target: str, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
    address = urlsplit(target)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=30)
    try:
        connection.request(method, path, body, headers)  # with the signed Host header
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Content-Type", "text/xml"), answer.read()
    finally:
        connection.close()
