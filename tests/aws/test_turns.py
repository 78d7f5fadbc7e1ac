"""AWS stalls: it takes a few seconds and a few threads, never the whole portal."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextvars import copy_context
from itertools import islice
from time import monotonic

import pytest
from botocore.config import Config

from portal import gunicorn
from troubleshoot.aws import connect, reading, sessions, turns
from troubleshoot.aws.gateway import AccountSettings, Reader, forget, one_turn, reader_for
from troubleshoot.iam.snapshot import Missing, Snapshot

ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/mateojackson"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Import"
LONG = 60.0
"""Seconds. What comes within a quarter of it did not wait for the server, on the slowest machine, too."""


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A server that takes the connection and never answers, as a stopped process does. Closed, it drops them all."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        yield server


@pytest.fixture
def stalled(monkeypatch: pytest.MonkeyPatch, listening: socket.socket) -> Iterator[Reader]:
    """A reader of an AWS that does not answer. A connection would be waited for for minutes."""
    monkeypatch.setattr(sessions, "_CONFIG", Config(read_timeout=LONG, retries={"total_max_attempts": 1}))
    monkeypatch.setattr(connect, "_REST", LONG)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    forget()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    yield reader_for(AccountSettings(ACCOUNT, reader_role_arn=f"{ROLE}Reader", endpoint_url=address))
    listening.close()
    for left in [thread for thread in threading.enumerate() if thread.name.startswith("aws-read")]:
        left.join(LONG / 4)  # what was begun ends while its credentials are still there
    forget()


READS: dict[str, Callable[[Reader], object]] = {
    "snapshot": lambda reader: reader.snapshot(USER, action="personalize:ListSchemas", resource="*"),
    "access_keys": lambda reader: reader.access_keys(USER),
    "role": lambda reader: reader.role(ROLE),
}


def test_a_person_waits_at_most_eight_seconds() -> None:
    assert reading.PATIENCE <= 8


def test_half_of_a_web_processs_threads_never_wait_for_aws() -> None:
    assert gunicorn.threads // 2 >= turns.MOST_AT_ONCE


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_each_read_ends_with_the_patience(
    stalled: Reader, read: Callable[[Reader], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PATIENCE", 0.5)
    begun = monotonic()
    answer = read(stalled)
    assert monotonic() - begun < LONG / 4
    assert "in time" in why(answer)


def test_after_a_reading_in_vain_the_next_does_not_wait_again(stalled: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PATIENCE", 0.5)
    stalled.access_keys(USER)
    monkeypatch.setattr(reading, "PATIENCE", LONG)
    begun = monotonic()
    assert "in time" in why(stalled.access_keys(USER))
    assert monotonic() - begun < LONG / 4


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_few_wait_and_all_others_are_told_at_once(
    listening: socket.socket, stalled: Reader, read: Callable[[Reader], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PATIENCE", LONG)
    with ThreadPoolExecutor(9) as people:
        asked = [people.submit(read, stalled) for _ in range(9)]
        told = list(islice(as_completed(asked, timeout=LONG / 4), 9 - turns.MOST_AT_ONCE))
        waiting = [question for question in asked if not question.done()]
        listening.close()  # the server is gone: whoever waits for it is told, too
    assert [why(answer.result()) for answer in told] == [turns.BUSY] * (9 - turns.MOST_AT_ONCE)
    assert len(waiting) == turns.MOST_AT_ONCE
    assert not any(why(question.result()) == turns.BUSY for question in waiting)


def test_a_turn_is_given_back_for_the_next_reading(stalled: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PATIENCE", 0.1)
    for _ in range(turns.MOST_AT_ONCE + 1):
        assert why(stalled.role(ROLE)) != turns.BUSY


def test_a_page_with_several_questions_is_one_that_waits(stalled: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PATIENCE", 1.0)
    with one_turn() as has_turn, ThreadPoolExecutor(4) as pool:
        assert has_turn
        questions = [pool.submit(copy_context().run, stalled.role, ROLE) for _ in range(4)]
        elsewhere = pool.submit(stalled.role, ROLE)  # another page takes the other turn
        assert [why(question.result()) != turns.BUSY for question in questions] == [True] * 4
        assert why(elsewhere.result()) != turns.BUSY


def why(answer: object) -> str:
    """Return why nothing could be read."""
    missing = answer.identity if isinstance(answer, Snapshot) else answer
    assert isinstance(missing, Missing)
    return missing.why
