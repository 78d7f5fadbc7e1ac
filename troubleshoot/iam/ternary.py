"""Yes, no, or not known: how every part of the evaluation answers.

The three are ordered, so that "all of these" is `min` and "any of these" is `max`.
"""

from typing import Final

NO: Final = 0
MAY: Final = 1
YES: Final = 2

MALFORMED: Final = -1
"""A comparison that could not be made because one side has the wrong form. It is never yes."""


def inverse(answer: int) -> int:
    """Return the answer to the opposite question: yes for no, and not known for not known."""
    return YES - answer
