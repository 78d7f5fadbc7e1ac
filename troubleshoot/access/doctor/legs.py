"""The links of the chain from a person to their data, and what is known of each."""

from dataclasses import dataclass
from enum import StrEnum

PERSONALIZE = "personalize.amazonaws.com"


class Health(StrEnum):
    """What is known of a link."""

    FINE = "fine"
    BROKEN = "broken"
    UNKNOWN = "unknown"


Finding = tuple[Health, str]
"""What is known of a link, and in words why."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One link. `code` is stable; `why` is in words what was found, `fix` the name of the document that mends it."""

    code: str
    title: str
    health: Health
    why: str
    fix: str


@dataclass(frozen=True, slots=True)
class Chain:
    """What is to be checked. Empty texts are not known. `writes`: the job writes to the bucket."""

    caller: str = ""
    role: str = ""
    bucket: str = ""
    key: str = ""
    writes: bool = False


def unread(why: str) -> Finding:
    """Return what is said of a link that could not be looked at."""
    return Health.UNKNOWN, why
