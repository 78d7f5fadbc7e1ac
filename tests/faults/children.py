"""Real worker processes, forked from the test so that they share its database and its small IAM."""

import os
import signal
import sys
from collections.abc import Callable

from django.core.management import call_command
from django.db import connections

from tests.faults.fake_iam import FakeIam, FakeReader, FakeWriter, Hook, nothing
from troubleshoot.access import accounts

KILLED = -signal.SIGKILL


def start(work: Callable[[], object]) -> int:
    """Run `work` in a child process of its own and return its id. No connection is shared with it."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        work()
        status = 0
    finally:
        sys.stdout.flush()
        os._exit(status)


def wait(pid: int) -> int:
    """Return how the child ended: its exit status, or the negative number of the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def start_worker(iam: FakeIam, hook: Hook = nothing, *, once: bool = True) -> int:
    """Start `manage.py run_worker` in a child, over this IAM."""

    def work() -> None:
        accounts.writer = lambda _account, **_case: FakeWriter(iam, hook)
        accounts.reader = lambda _account, **_case: FakeReader(iam, hook)
        with open(os.devnull, "w") as silence:  # noqa: PTH123
            call_command("run_worker", once=once, interval=0.05, stdout=silence)

    return start(work)


def run_worker(iam: FakeIam, hook: Hook = nothing) -> int:
    """Run a worker until nothing is due, or until the hook kills it; return how it ended."""
    return wait(start_worker(iam, hook))
