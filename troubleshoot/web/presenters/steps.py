"""One thing to do, as the pages show it."""

from dataclasses import dataclass
from typing import Literal

from troubleshoot.web.presenters.policies import PolicyView


@dataclass(frozen=True, slots=True)
class Link:
    """One of several things to pick from."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Step:
    """One row. `url` and `button` are empty where there is nothing to press; `quote` is text to send on.

    `choices` are things to pick from instead of one button. `document` is a policy to hand to somebody.
    """

    title: str
    words: str
    url: str = ""
    button: str = ""
    kind: Literal["primary", "secondary"] = "secondary"
    quote: str = ""
    choices: tuple[Link, ...] = ()
    document: PolicyView | None = None
