"""Pages as people get them: gunicorn over PostgreSQL, each figure beside its reference in the same run.

Requests a second are those of one core: requests divided by the processor's time that the server's processes took, so
that neither the load generator nor other work on the machine counts. `python -m bench pages`.
"""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bench import _database

_database.start()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402 - needs Django
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from tests.builders import make_diagnosis  # noqa: E402
from tests.cast import MATEO_ARN, make_account, make_person  # noqa: E402
from tests.web.living import SNAPSHOT, control_policies, document, identity_policy  # noqa: E402
from troubleshoot.models import Mode  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
TOPICS = ("/not-authorized/", "/pass-role/", "/access-keys/", "/let-others-in/", "/outside-my-account/")
REQUESTS, ROUNDS, DIAGNOSES = 1500, 3, 200
TICKS = os.sysconf("SC_CLK_TCK")
MEGABYTE = 1024 * 1024


class Server:
    """A gunicorn with two workers, the address it serves, and what its processes cost."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process, self.port = process, port

    @property
    def workers(self) -> list[int]:
        """The ids of the workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    @property
    def seconds(self) -> float:
        """The processor's time that the workers took so far."""
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.workers]
        return sum(int(one[11]) + int(one[12]) for one in fields) / TICKS

    @property
    def largest(self) -> float:
        """The resident memory of the largest worker, in megabytes."""
        sizes = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.workers]
        return max(sizes) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


@contextmanager
def serving(application: str, environment: dict[str, str]) -> Iterator[Server]:
    """Serve an application as in production, until the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "portal/gunicorn.py", application]
    process = subprocess.Popen(command, cwd=ROOT, env={**environment, "PORT": str(port), "HOST": "127.0.0.1"})
    try:
        wait_for(port)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if get(http.client.HTTPConnection("127.0.0.1", port, timeout=10), "/health/") == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not answer in time")


def get(connection: http.client.HTTPConnection, path: str, cookie: str = "") -> int:
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    response = connection.getresponse()
    response.read()
    return response.status


def load(server: Server, paths: tuple[str, ...], count: int) -> None:
    """Ask for the paths in turn, over four connections that stay open."""

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        for number in range(count // 4):
            assert get(connection, paths[number % len(paths)]) == 200
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def per_second(*served: tuple[Server, tuple[str, ...]]) -> list[float]:
    """Return the requests a second of one core for each server: the best of some rounds, in which they take turns."""
    for server, paths in served:
        load(server, paths, 200)
    best = [0.0] * len(served)
    for _ in range(ROUNDS):
        for number, (server, paths) in enumerate(served):
            begun = server.seconds
            load(server, paths, REQUESTS)
            best[number] = max(best[number], REQUESTS / max(server.seconds - begun, 1 / TICKS))
    return best


def seed() -> tuple[str, str]:
    """Keep a diagnosis with live state of usual size, and return its path and its owner's cookie."""
    account = make_account(mode=Mode.READ)
    mateo = make_person("mateo", links=((account, MATEO_ARN),))
    texts = [document("Allow", f"s3:Get{number}", f"arn:aws:s3:::bucket{number}/*") for number in range(12)]
    identity = tuple(identity_policy(text, f"policy{number}") for number, text in enumerate(texts))
    snapshot = replace(SNAPSHOT, identity=identity, scps=control_policies(document("Deny", "s3:DeleteBucket")))
    kept = make_diagnosis(
        person=mateo,
        account=account,
        principal=MATEO_ARN,
        snapshot=snapshot.as_data(),
        snapshot_digest=snapshot.digest(),
    )
    session = SessionStore()
    session[SESSION_KEY] = str(mateo.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = mateo.get_session_auth_hash()
    session.save()
    return f"/d/{kept.token}/", f"sessionid={session.session_key}"


def p95(server: Server, path: str, cookie: str = "") -> tuple[float, float]:
    """Return the 95th percentile of how long a page takes, and its processor's time on average, in seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    for _ in range(20):
        assert get(connection, path, cookie) == 200
    took, begun = [], server.seconds
    for _ in range(DIAGNOSES):
        start = time.perf_counter()
        get(connection, path, cookie)
        took.append(time.perf_counter() - start)
    return statistics.quantiles(took, n=20)[-1], (server.seconds - begun) / DIAGNOSES


def start_up(environment: dict[str, str]) -> float:
    """Return how long `django.setup()` with the addresses takes in a new process: the best of five."""
    code = (
        "import time; begun = time.process_time(); import django; django.setup(); "
        "from django.urls import get_resolver; get_resolver().url_patterns; print(time.process_time() - begun)"
    )
    run = [sys.executable, "-c", code]
    times = [subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, check=True) for _ in range(5)]
    return min(float(one.stdout) for one in times)


def main() -> None:
    """Print each figure beside its reference."""
    _database.make("bench_pages")
    path, cookie = seed()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": _database.address("bench_pages"),
    }
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput"], cwd=ROOT, env=environment, check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    bare_environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench._bare"}
    with serving("bench._bare", bare_environment) as bare, serving("portal.wsgi", environment) as portal:
        reference, topics = per_second((bare, ("/",)), (portal, TOPICS))
        at_least, _ = p95(bare, "/")
        slowest, cost = p95(portal, path, cookie)
        bare_size, size = bare.largest, portal.largest
    ratio = topics / reference
    print(f"topic page, per core       {topics:>8,.0f} /s   a bare Django view {reference:,.0f} /s   x {ratio:.2f}")
    print(f"diagnosis, p95             {slowest * 1000:>8.0f} ms   limit 150 ms   a bare view {at_least * 1000:.0f} ms")
    print(f"diagnosis, the processor's {cost * 1000:>8.0f} ms")
    print(f"django.setup() and URLs    {start_up(environment):>8.2f} s    limit 1.0 s")
    print(f"a worker's memory          {size:>8.0f} MB   limit 120 MB   the bare view's {bare_size:.0f} MB")


if __name__ == "__main__":
    main()
