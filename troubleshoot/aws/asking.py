"""Putting one question to AWS in bounded time: a value, or in words why there is none."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from troubleshoot.aws.answers import NotAnswered
from troubleshoot.aws.connect import Connection
from troubleshoot.aws.errors import AwsProblem, ProblemKind, problem
from troubleshoot.aws.turns import BUSY, TURNS

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds for one question. What AWS itself says stands beside the portal's own answer, which waits longer."""


def asked(
    connection: Connection, service: str, read: Callable[[], T], *, patience: float = PATIENCE
) -> T | NotAnswered:
    """Return what `read` returns within `patience` seconds, or why it did not. It never raises `AwsProblem`.

    `service` is the one that `read` calls: after a time-out it is left alone for a moment.
    """
    with TURNS.taken() as has_turn:
        if not has_turn:
            return NotAnswered(BUSY, ProblemKind.THROTTLED)
        pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="aws-ask")
        try:
            return pool.submit(read).result(patience)
        except TimeoutError:
            connection.rest(service)
            return not_answered(problem(ProblemKind.TIMED_OUT, None))
        except AwsProblem as found:
            return not_answered(found)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def not_answered(found: AwsProblem) -> NotAnswered:
    """Return a problem as the answer that there is none."""
    missing = found.missing()
    return NotAnswered(missing.why, found.kind, missing.permission)
