"""The sandbox's own process: moto in server mode on a free port of the loopback interface.

`python -m troubleshoot.aws.sandbox.server` prints its address on one line and serves until SIGTERM.
"""

import signal
import sys
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from troubleshoot.aws.sandbox import mends
from troubleshoot.aws.sandbox.world import ACCOUNT, ACCOUNT_NAME


class _Quiet(MotoRequestHandler):
    """No line for each request: the launcher's terminal is for people."""

    def log_request(self, *_: Any) -> None:
        return


def main() -> None:
    """Serve until SIGTERM."""
    mends.apply(member_name=ACCOUNT_NAME, member_account=ACCOUNT)
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Quiet)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"http://127.0.0.1:{server.port}", flush=True)  # noqa: T201 - the launcher reads it
    server.serve_forever()


if __name__ == "__main__":
    main()
