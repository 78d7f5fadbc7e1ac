"""The parts of a policy as data, each with its place in the document's text."""

import hashlib
from dataclasses import dataclass, field
from typing import Literal

VERSIONS = ("2012-10-17", "2008-10-17")


class PolicyError(ValueError):
    """A document that IAM would refuse. `line` and `column` are 1-based; `message` says what is wrong there."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: {message}")
        self.message = message
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Text:
    """A string of the document between the offsets `start` and `end`. Numbers and booleans keep their spelling."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Element:
    """Action or Resource, or with `negated` NotAction or NotResource."""

    negated: bool
    values: tuple[Text, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NamedPrincipal:
    """One principal. `kind` is `AWS`, `Service`, `Federated` or `CanonicalUser`, or `*` where the element is `"*"`."""

    kind: str
    value: Text


@dataclass(frozen=True, slots=True)
class PrincipalElement:
    """Principal, or with `negated` NotPrincipal."""

    negated: bool
    principals: tuple[NamedPrincipal, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator, one key, its values: all of a statement's conditions must hold."""

    operator: Text
    key: Text
    values: tuple[Text, ...]
    is_list: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `index` is 0-based; `resource` is None in a trust policy."""

    index: int
    sid: Text | None
    effect: Literal["Allow", "Deny"]
    principal: PrincipalElement | None
    action: Element
    resource: Element | None
    conditions: tuple[Condition, ...]
    start: int
    end: int

    @property
    def denies(self) -> bool:
        return self.effect == "Deny"


@dataclass(frozen=True, slots=True)
class Position:
    """A 1-based place in the text of a document."""

    line: int
    column: int


def position_in(text: str, offset: int) -> Position:
    """Return the line and column of an offset in a text."""
    return Position(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


@dataclass(frozen=True, slots=True)
class Policy:
    """A parsed policy: where it comes from, its own `text`, and its statements.

    Two policies are equal when name, ARN, holder and text are.
    """

    name: str
    arn: str | None
    attached_to: str | None
    text: str
    version: Text | None = field(compare=False)
    id: Text | None = field(compare=False)
    statements: tuple[Statement, ...] = field(compare=False)

    @property
    def has_variables(self) -> bool:
        """Whether `${...}` is a variable here; without Version 2012-10-17 it is plain text."""
        return self.version is not None and self.version.value == VERSIONS[0]

    def digest(self) -> str:
        """Return the SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def position(self, offset: int) -> Position:
        """Return the line and column of an offset that a part of this policy carries."""
        return position_in(self.text, offset)
