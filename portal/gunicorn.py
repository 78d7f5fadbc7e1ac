"""How gunicorn serves the portal: the same file for `make run` and for the container.

https://docs.gunicorn.org/en/stable/settings.html
"""

import os
from typing import Any

bind = ":".join((os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")))
# Threads, because a view may wait for AWS. The application is loaded once and shared by the workers.
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
preload_app = True
timeout = 60
graceful_timeout = 10
# The control socket would lie in HOME, where a second portal would take it over.
control_socket_disable = True
loglevel = "warning"

# gunicorn reads past at most this much of a body that the portal refused unread; behind more, the connection ends.
LONGEST_UNREAD_BODY = 256 * 1024


def pre_request(_worker: object, request: Any) -> None:
    """Say `Connection: close` in the answer to a body that may stay unread, so that nobody sends a next request."""
    headers = dict(request.headers)
    length = headers.get("CONTENT-LENGTH", "0")
    if "TRANSFER-ENCODING" in headers or (length.isdecimal() and int(length) > LONGEST_UNREAD_BODY):
        request.force_close()
