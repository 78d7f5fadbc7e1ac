"""`make run`'s launcher: it serves, it keeps what was there, and nothing that it started outlives it."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

from tests.ports import free_port

pytestmark = pytest.mark.timeout(240)
ROOT = Path(__file__).resolve().parents[2]

# What a machine may hold from other work. None of it may reach the embedded default.
FOREIGN = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/production",
    "AWS_ACCESS_KEY_ID": "AKIAFOREIGNFOREIGN00",
    "ACCESS_DESK_WRITER_ROLES": "111122223333=arn:aws:iam::111122223333:role/Real",
    "ACCESS_DESK_EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
}


class Launch:
    """A running launcher. What it says is collected; `pids` are its own and its children's."""

    def __init__(self, var: Path, port: int) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ACCESS_DESK_", "AWS_"))}
        self.port = port
        self.said = ""
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "portal.launch"],
            cwd=ROOT,
            env={**kept, **FOREIGN, "ACCESS_DESK_VAR_DIR": str(var), "PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_for(self, words: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if words in line:
                return
        pytest.fail(f"the launcher ended without saying {words!r}; it said:\n{self.said}")

    def all_pids(self) -> list[int]:
        """Return the launcher, the sandbox, the web server with its two workers, and the worker: six processes."""
        end = time.monotonic() + 30
        while len(self.pids()) < 6:
            assert time.monotonic() < end, "a process is missing"
            time.sleep(0.1)
        return self.pids()

    def pids(self) -> list[int]:
        return descendants(self.process.pid)

    def end(self, number: int) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        self.said += rest
        return self.process.returncode


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[[], Launch]]:
    started: list[Launch] = []

    def start(port: int | None = None) -> Launch:
        started.append(Launch(tmp_path / "var", port or free_port()))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.end(signal.SIGKILL)
        assert one.process.stdout is not None
        one.process.stdout.close()


def test_it_serves_and_stops_with_everything_it_started(launch: Callable[[], Launch], tmp_path: Path) -> None:
    running = launch()
    running.wait_for("Ctrl-C stops everything")
    assert page(running.port) == 200
    assert all(name in running.said for name in ("mateo", "rita", "otto", f"http://127.0.0.1:{running.port}"))
    pids = running.all_pids()
    environments = {pid: Path(f"/proc/{pid}/environ").read_bytes().decode() for pid in pids[1:]}
    assert not any(value in environment for environment in environments.values() for value in FOREIGN.values())
    writers = [pid for pid, environment in environments.items() if "ACCESS_DESK_WRITER_ROLES" in environment]
    assert [b"run_worker" in Path(f"/proc/{pid}/cmdline").read_bytes() for pid in writers] == [True]
    for secret in ("secret-key", "audit-key", "demo-password", "sandbox/credentials", "sandbox/worker-credentials"):
        assert (tmp_path / "var" / secret).stat().st_mode & 0o777 == 0o600
    assert running.end(signal.SIGINT) == 0
    assert still_there(pids) == []


def test_killed_it_takes_everything_with_it_and_a_second_run_keeps_the_data(
    launch: Callable[[], Launch], tmp_path: Path
) -> None:
    first = launch()
    first.wait_for("Ctrl-C stops everything")
    pids = first.all_pids()
    first.end(signal.SIGKILL)
    assert still_there(pids) == []
    people = rows(tmp_path, "SELECT id, username, password FROM troubleshoot_person ORDER BY id")
    assert len(people) == 9
    second = launch()
    second.wait_for("Ctrl-C stops everything")
    assert rows(tmp_path, "SELECT id, username, password FROM troubleshoot_person ORDER BY id") == people
    assert password(second.said) == password(first.said)
    check_that_a_child_that_dies_stops_the_whole(second)


def check_that_a_child_that_dies_stops_the_whole(running: Launch) -> None:
    pids = running.all_pids()
    worker = next(pid for pid in pids if b"run_worker" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(worker, signal.SIGKILL)
    running.wait_for("The worker ended unexpectedly")
    assert running.process.wait(60) == 1
    assert still_there(pids) == []


def test_a_port_in_use_is_told_with_what_to_do(launch: Callable[..., Launch]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = launch(port)
        refused.wait_for(f"make run PORT={port + 1}")
        assert refused.process.wait(30) == 1


def test_two_launchers_do_not_share_a_folder(launch: Callable[[], Launch]) -> None:
    first = launch()
    first.wait_for("Starting the sandbox AWS")
    second = launch()
    second.wait_for("runs already")
    assert second.process.wait(30) == 1


def page(port: int) -> int:
    with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{port}/", timeout=30) as answer:
        return int(answer.status)


def descendants(pid: int) -> list[int]:
    found = [pid]
    try:
        children = [task.joinpath("children").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:  # it ended while it was looked at
        return []
    for child in " ".join(children).split():
        found += descendants(int(child))
    return found


def still_there(pids: list[int], within: float = 30) -> list[int]:
    """Return which of the processes are left after some seconds; zombies count as gone."""
    deadline = time.monotonic() + within
    while (left := [pid for pid in pids if alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def rows(tmp_path: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(tmp_path / "var" / "access-desk.sqlite3")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def password(said: str) -> str:
    found = re.search(r"the password (\S+)", said)
    assert found
    return found[1]
