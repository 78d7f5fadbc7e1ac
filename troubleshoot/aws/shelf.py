"""What was read of whole accounts, kept in the process for some minutes, and read by one thread at a time.

Reading a big account takes longer than a person waits for a page: it goes on in the background, and whoever asks
next finds it.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic

from troubleshoot.aws.errors import AwsProblem
from troubleshoot.aws.turns import BUSY, TURNS
from troubleshoot.iam.account import AccountSnapshot
from troubleshoot.iam.snapshot import Missing

KEPT_SECONDS = 300.0
"""So old a kept account may be."""

STILL_READING = "The portal is still reading this account. Check again in a moment."
_PATIENCE = 5.0
# Whoever presses "check again" many times gets what was just read: AWS allows few such readings.
_JUST_NOW = 10.0
_MOST_ACCOUNTS = 4
_AT_ONCE = 2

Read = Callable[[], AccountSnapshot]


class Shelf:
    """Accounts by whom they are read as. Thread-safe; no method raises."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="aws-account")
        self._kept: OrderedDict[Hashable, tuple[float, AccountSnapshot]] = OrderedDict()
        self._begun: dict[Hashable, Future[AccountSnapshot]] = {}

    def get(self, key: Hashable, read: Read, *, fresh: bool) -> AccountSnapshot | Missing:
        """Return the kept account, or what `read` returns if that is soon; `fresh`: read it anew."""
        begun = self._kept_or_begun(key, read, _JUST_NOW if fresh else KEPT_SECONDS)
        if isinstance(begun, AccountSnapshot):
            return begun
        with TURNS.taken() as has_turn:
            if not has_turn and not begun.done():
                return Missing(BUSY)
            try:
                return begun.result(_PATIENCE)
            except TimeoutError:
                return Missing(STILL_READING)
            except AwsProblem as found:
                return found.missing()

    def clear(self) -> None:
        """Forget every account. What is being read now is kept by nobody."""
        with self._lock:
            self._kept.clear()
            self._begun.clear()

    def _kept_or_begun(self, key: Hashable, read: Read, seconds: float) -> AccountSnapshot | Future[AccountSnapshot]:
        with self._lock:
            at, account = self._kept.get(key, (0.0, None))
            if account is not None and monotonic() - at < seconds:
                self._kept.move_to_end(key)
                return account
            if key not in self._begun:
                self._begun[key] = self._pool.submit(read)
                self._begun[key].add_done_callback(lambda future: self._keep(key, future))
            return self._begun[key]

    def _keep(self, key: Hashable, future: Future[AccountSnapshot]) -> None:
        with self._lock:
            if self._begun.get(key) is not future:
                return
            del self._begun[key]
            if future.exception() is None:
                self._kept[key] = (monotonic(), future.result())
                self._kept.move_to_end(key)
            while len(self._kept) > _MOST_ACCOUNTS:
                self._kept.popitem(last=False)


SHELF = Shelf()
"""The one shelf of the process."""
