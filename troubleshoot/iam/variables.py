"""Policy variables: `${aws:username}`, with a default, or as the escape of a special character.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from troubleshoot.iam.query import Query, Unread
from troubleshoot.iam.wildcard import Token, Wild, tokens_of

_VARIABLE = re.compile(r"\$\{(?:([*?$])|([^}'$*?]+?)(?:\s*,\s*'([^'}]*)')?\s*)\}")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable: its key in lower case, and the text that stands in for it where the key is absent."""

    key: str
    default: str | None


class Unresolved(Enum):
    """Why a text with variables has no value."""

    ABSENT = "absent"
    UNKNOWN = "unknown"


Part = str | Wild | Variable


def parse_template(text: str, *, variables: bool, wildcards: bool) -> tuple[Part, ...]:
    """Return the literals, wildcards and variables of `text`. Without `variables`, `${...}` is plain text."""
    return tuple(_parts(text, variables, wildcards))


def _parts(text: str, variables: bool, wildcards: bool) -> Iterator[Part]:
    at = 0
    for match in _VARIABLE.finditer(text) if variables else ():
        yield from _literal(text[at : match.start()], wildcards)
        escaped, key, default = match.groups()
        yield escaped or Variable(key.strip().lower(), default)
        at = match.end()
    yield from _literal(text[at:], wildcards)


def _literal(text: str, wildcards: bool) -> list[Token]:
    if wildcards:
        return tokens_of(text)
    return [text] if text else []


def resolve(parts: tuple[Part, ...], query: Query) -> list[Token] | Unresolved:
    """Return the parts with the request's values in place of the variables, or why there are none.

    A value's own `*` or `?` is an ordinary character. A key with several values cannot be a variable.
    """
    tokens: list[Token] = []
    unknown = False
    for part in parts:
        if not isinstance(part, Variable):
            tokens.append(part)
            continue
        entry = query.entry(part.key)
        if isinstance(entry, str):
            tokens.append(entry)
        elif entry is Unread.UNKNOWN:
            unknown = True
        elif entry is None and part.default is not None:
            tokens.append(part.default)
        else:
            return Unresolved.ABSENT
    return Unresolved.UNKNOWN if unknown else tokens


def keys_of(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Return the keys, in lower case, that the variables of `parts` name."""
    return tuple(part.key for part in parts if isinstance(part, Variable))
