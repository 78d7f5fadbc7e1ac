"""The sandbox's own process: moto in server mode on a free port of the loopback interface.

`python -m troubleshoot.aws.sandbox.server` prints its address on one line and serves until SIGTERM.
"""

import re
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from troubleshoot.aws.sandbox import mends, own_answers
from troubleshoot.aws.sandbox.world import ACCOUNT, ACCOUNT_NAME

# Services that moto does not know at all: by the name that a request is signed for, or by their path.
_UNKNOWN = re.compile(r"/access-analyzer/aws4_request")
_UNKNOWN_PATHS = ("/authorization-details/",)

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class _Quiet(MotoRequestHandler):
    """No line for each request: the launcher's terminal is for people."""

    def log_request(self, *_: Any) -> None:
        return


def refusing_unknown_services(application: Application) -> Application:
    """Return the application behind a door that says in AWS's form what the sandbox does not offer."""

    def door(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        signed = _UNKNOWN.search(environ.get("HTTP_AUTHORIZATION", ""))
        if signed is None and not environ.get("PATH_INFO", "").startswith(_UNKNOWN_PATHS):
            return application(environ, start_response)
        headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", "UnknownOperationException")]
        start_response("404 Not Found", headers)
        return [own_answers.not_offered_as_json()]

    return door


def main() -> None:
    """Serve until SIGTERM."""
    mends.apply(member_name=ACCOUNT_NAME, member_account=ACCOUNT)
    own_answers.apply()
    application = refusing_unknown_services(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Quiet)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"http://127.0.0.1:{server.port}", flush=True)  # noqa: T201 - the launcher reads it
    server.serve_forever()


if __name__ == "__main__":
    main()
