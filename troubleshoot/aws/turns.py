"""How many threads of one process may wait for AWS at once: when AWS stalls, the portal must not stall with it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

MOST_AT_ONCE = 2
"""Half of the threads of a web process (`portal.gunicorn`): the others go on serving pages."""

BUSY = "The portal is busy reading IAM. Check again in a moment."
# Seconds to wait for a turn. Long enough for a healthy reading to end, too short for a person to notice.
_SOON = 0.25


class Turns:
    """A number of turns that threads share. Whoever gets none is told so at once, instead of queueing."""

    def __init__(self, most: int) -> None:
        self._free = threading.BoundedSemaphore(most)

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """Take a turn until the block ends. Yields False where none is free."""
        has_turn = self._free.acquire(timeout=_SOON)
        try:
            yield has_turn
        finally:
            if has_turn:
                self._free.release()


TURNS = Turns(MOST_AT_ONCE)
