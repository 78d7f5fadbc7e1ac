"""What the components in `templates/components` take, as data. Presenters make these; templates only draw them."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class GateState(StrEnum):
    """What a gate does with the call."""

    PASSES = "passes"
    STOPS = "stops"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Gate:
    """One kind of policy on the way of a call: its name, what it does, why in a few words, and how that is known."""

    name: str
    state: GateState
    words: str
    evidence: str = ""
    explanation: str = ""


class PolicyLine(NamedTuple):
    """A line of a policy document. `sign` is `+` or `-` in a diff, else empty."""

    number: int | None
    text: str
    marked: bool = False
    sign: str = ""


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A policy document with its deciding lines marked."""

    title: str
    lines: tuple[PolicyLine, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """The administrator to ask. All empty where nobody is set."""

    name: str = ""
    email: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A named fact. An empty `value` is shown as not known; `code` sets it in the monospaced face."""

    name: str
    value: str
    code: bool = False
    note: str = ""


class Tone(StrEnum):
    """The colour and icon of a status or a notice."""

    GOOD = "good"
    BAD = "bad"
    WAIT = "wait"
    BUSY = "busy"
    CALM = "calm"


@dataclass(frozen=True, slots=True)
class Status:
    """A state in one or a few words, with its tone."""

    words: str
    tone: Tone


class StepState(StrEnum):
    """Where a step of a timeline stands."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the life of a request."""

    title: str
    state: StepState
    words: str = ""
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ActionRow:
    """Something a person can do: a title, why, and one button. With `post` the button is a form's."""

    title: str
    words: str
    label: str
    url: str
    primary: bool = False
    post: bool = False


@dataclass(frozen=True, slots=True)
class PageTurn:
    """The ways to the newer and the older page of a list, as query strings (`?before=…`), empty where there is none."""

    newer: str = ""
    older: str = ""
    words: str = ""
