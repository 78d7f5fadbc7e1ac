"""How many threads of one process may wait for AWS at once: when AWS stalls, the portal must not stall with it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

MOST_AT_ONCE = 2
"""Half of the threads of a web process (`portal.gunicorn`): the others go on serving pages."""

BUSY = "The portal is busy reading IAM. Check again in a moment."
# Seconds to wait for a turn. Long enough for a healthy reading to end, too short for a person to notice.
_SOON = 0.25
# Whether whoever runs has a turn already: a page puts several questions side by side, and waits for them as one.
_HAS_TURN: ContextVar[bool] = ContextVar("has_turn", default=False)


class Turns:
    """A number of turns that threads share. Whoever gets none is told so at once, instead of queueing."""

    def __init__(self, most: int) -> None:
        self._free = threading.BoundedSemaphore(most)

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """Take a turn until the block ends. Yields False where none is free.

        Inside the block, and in threads that run in its context, further turns are the same one.
        """
        if _HAS_TURN.get():
            yield True
            return
        has_turn = self._free.acquire(timeout=_SOON)
        outside = _HAS_TURN.set(has_turn)
        try:
            yield has_turn
        finally:
            _HAS_TURN.reset(outside)
            if has_turn:
                self._free.release()


TURNS = Turns(MOST_AT_ONCE)
