"""A reader that remembers: one principal's reading serves again for a minute or some, with its time.

Only pages use it. Whoever writes, or tells that something took effect, reads anew.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from time import monotonic

from troubleshoot.aws.facts import AccessKey, Finding, Reader, RoleFacts
from troubleshoot.aws.reader import LASTING
from troubleshoot.iam.snapshot import Missing, Snapshot

LONGEST = 300
"""Seconds after which no reading serves any more, whatever was asked for."""

_MOST = 256
_PIECES = ("exists", "groups", "identity", "boundary", "scps", "rcps", "resource")


class Readings:
    """Snapshots by what they were read of, with when. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[float, Snapshot]] = OrderedDict()

    def get(self, key: Hashable, max_age: float) -> Snapshot | None:
        """Return the kept snapshot if it is no older than `max_age` seconds."""
        with self._lock:
            at, snapshot = self._kept.get(key, (0.0, None))
        return snapshot if monotonic() - at <= min(max_age, LONGEST) else None

    def put(self, key: Hashable, snapshot: Snapshot) -> None:
        """Keep a snapshot in the place of the one before; drop that one if the new one is not whole."""
        with self._lock:
            self._kept.pop(key, None)
            if is_whole(snapshot):
                self._kept[key] = (monotonic(), snapshot)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget every reading."""
        with self._lock:
            self._kept.clear()


READINGS = Readings()
"""The readings of the process."""


class RememberingReader:
    """A `Reader` whose snapshots may be up to `max_age` seconds old. Everything else is read now."""

    def __init__(self, reader: Reader, account: Hashable, *, max_age: float) -> None:
        """`account` stands for the account and the role that it is read as."""
        self._reader = reader
        self._account = account
        self._max_age = max_age

    def snapshot(self, principal_arn: str, *, action: str, resource: str) -> Snapshot:
        """Return a snapshot that says by `read_at` when it was read."""
        key = (self._account, principal_arn, action.lower(), resource)
        kept = READINGS.get(key, self._max_age) if self._max_age > 0 else None
        if kept is not None:
            return kept
        read = self._reader.snapshot(principal_arn, action=action, resource=resource)
        READINGS.put(key, read)
        return read

    def access_keys(self, user_arn: str) -> tuple[AccessKey, ...] | Missing:
        """Return the access keys as they are now."""
        return self._reader.access_keys(user_arn)

    def role(self, role_arn: str) -> RoleFacts | Missing | None:
        """Return the role as it is now."""
        return self._reader.role(role_arn)

    def check(self) -> tuple[Finding, ...]:
        """Try each kind of read now."""
        return self._reader.check()


def is_whole(snapshot: Snapshot) -> bool:
    """Tell whether reading again soon would find no more: nothing is missing for a passing reason.

    A refused permission stays refused, and so does what the portal reads of nobody.
    """
    pieces = (getattr(snapshot, name) for name in _PIECES)
    return not any(isinstance(piece, Missing) and not piece.permission and piece.why not in LASTING for piece in pieces)
