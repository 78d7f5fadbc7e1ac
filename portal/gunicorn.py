"""How gunicorn serves the portal: the same file for `make run` and for the container.

https://docs.gunicorn.org/en/stable/settings.html
"""

import os

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
