"""A door in front of the sandbox that misbehaves on request: it answers some calls wrongly, late, or not at all."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

Wire = tuple[int, str, bytes]
"""A whole answer: status, content type, body."""

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
    """The door's address; `faults` says what happens to which operation, `calls` what came through.

    `answers` hold what is answered in the sandbox's stead, in turn; the last one stays.
    """

    url: str
    faults: dict[str, Fault] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    remaining: dict[str, int] = field(default_factory=dict)
    answers: dict[str, list[Wire]] = field(default_factory=dict)
    bodies: list[tuple[str, str, bytes]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def scripted(self, operation: str) -> Wire | None:
        """Return what is to be answered in the sandbox's stead."""
        answers = self.answers.get(operation)
        if not answers:
            return None
        return answers.pop(0) if len(answers) > 1 else answers[0]

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
        operation = _operation(self.headers, self.path, body)
        self.door.bodies.append((operation, self.path, body))
        fault = self.door.fault_of(operation)
        if fault in _CODES:
            status, code = _CODES[fault]
            self._answer(status, *_error(self.headers, self.path, code))
        elif fault == "dropped":
            self.close_connection = True
        elif fault == "slow":
            self.door.closing.wait(self.slow_seconds)
        else:
            self._pass_on(fault, operation, body)

    def do_GET(self) -> None:
        self.do_POST()

    def _pass_on(self, fault: Fault | None, operation: str, body: bytes) -> None:
        status, kind, answer = self.door.scripted(operation) or _forward(
            self.target, self.command, self.path, dict(self.headers), body
        )
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
        door.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


# The operations of services that are told by their path: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
_BY_PATH = {
    "?policy": "GetBucketPolicy",
    "/policy/validation": "ValidatePolicy",
    "/policy/check-no-new-access": "CheckNoNewAccess",
}


def _operation(headers: Any, path: str, body: bytes) -> str:
    if path.startswith("/authorization-details/"):
        is_policy = urlsplit(path).path.endswith("/policy")
        return "GetRequestAuthorizationPolicy" if is_policy else "GetRequestAuthorizationDetails"
    by_path = next((name for end, name in _BY_PATH.items() if path.endswith(end)), None)
    if by_path:
        return by_path
    target = headers.get("X-Amz-Target")
    if target:
        return str(target).rsplit(".", 1)[-1]
    return parse_qs(body.decode()).get("Action", [""])[0]


def _error(headers: Any, path: str, code: str) -> tuple[str, bytes]:
    if headers.get("X-Amz-Target") or path.startswith(("/policy/", "/authorization-details/")):
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
