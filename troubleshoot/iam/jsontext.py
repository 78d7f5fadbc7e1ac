"""A strict JSON reader that keeps the place of everything it reads.

The standard library's reader forgets positions, takes the last of two equal keys and accepts NaN. A policy read
that way can lose a Deny without a word, so policies are read with this one.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["object", "array", "string", "number", "boolean", "null"]

_SPACE = re.compile(r"[ \t\n\r]*+")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?(?![0-9A-Za-z.])")
_WORDS: dict[str, tuple[str, Kind]] = {
    "t": ("true", "boolean"),
    "f": ("false", "boolean"),
    "n": ("null", "null"),
}


class JSONTextError(ValueError):
    """The text is not the JSON that we accept. `offset` is the 0-based place where it goes wrong."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Node:
    """One JSON value and its place: the text between the offsets `start` and `end`.

    `text` holds a string's value, or a number's, boolean's or null's own spelling; `items` an array's values;
    `members` an object's names and values, in the order of the text.
    """

    kind: Kind
    start: int
    end: int
    text: str = ""
    items: tuple["Node", ...] = ()
    members: tuple[tuple["Node", "Node"], ...] = ()

    def member(self, name: str) -> "Node | None":
        """Return the value that the object holds under `name`, or None."""
        return next((value for key, value in self.members if key.text == name), None)


def read_json(text: str, *, max_depth: int, max_characters: int) -> Node:
    """Return the root of `text`. `JSONTextError` names the place of the first thing that is wrong."""
    if len(text) > max_characters:
        raise JSONTextError(f"the text is longer than {max_characters:,} characters", max_characters)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise JSONTextError("half of a surrogate pair stands alone", error.start) from None
    reader = _Reader(text, max_depth)
    node = reader.value(reader.skip(0), 0)
    end = reader.skip(node.end)
    if end != len(text):
        raise JSONTextError("the document ends here, but more text follows", end)
    return node


class _Reader:
    def __init__(self, text: str, max_depth: int) -> None:
        self._text = text
        self._max_depth = max_depth
        self._readers: dict[str, Callable[[int, int], Node]] = {
            "{": self._object,
            "[": self._array,
            '"': self._string,
        }

    def skip(self, at: int) -> int:
        match = _SPACE.match(self._text, at)
        return match.end() if match else at

    def value(self, at: int, depth: int) -> Node:
        first = self._text[at : at + 1]
        reader = self._readers.get(first)
        if reader is not None:
            return reader(at, depth)
        if first in _WORDS:
            return self._word(at, *_WORDS[first])
        return self._number(at)

    def _word(self, at: int, word: str, kind: Kind) -> Node:
        if not self._text.startswith(word, at):
            raise JSONTextError(f"expected `{word}`", at)
        return Node(kind, at, at + len(word), word)

    def _number(self, at: int) -> Node:
        match = _NUMBER.match(self._text, at)
        if match is None:
            raise JSONTextError("expected a value" if at < len(self._text) else "the text ends too early", at)
        return Node("number", at, match.end(), match[0])

    def _string(self, at: int, _depth: int = 0) -> Node:
        match = _STRING.match(self._text, at)
        if match is None:
            raise JSONTextError("a string is not closed, or holds a character that must be escaped", at)
        raw = match[0]
        if "\\" not in raw:
            return Node("string", at, match.end(), raw[1:-1])
        value = str(json.loads(raw))
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise JSONTextError("half of a surrogate pair stands alone", at)
        return Node("string", at, match.end(), value)

    def _array(self, at: int, depth: int) -> Node:
        self._check_depth(at, depth)
        items: list[Node] = []
        here = self.skip(at + 1)
        while self._text[here : here + 1] != "]":
            if items:
                here = self._comma(here, "]")
            items.append(self.value(here, depth + 1))
            here = self.skip(items[-1].end)
        return Node("array", at, here + 1, items=tuple(items))

    def _object(self, at: int, depth: int) -> Node:
        self._check_depth(at, depth)
        members: dict[str, tuple[Node, Node]] = {}
        here = self.skip(at + 1)
        while self._text[here : here + 1] != "}":
            if members:
                here = self._comma(here, "}")
            key = self._key(here)
            if key.text in members:
                raise JSONTextError(f"`{key.text}` stands here for the second time", key.start)
            value = self.value(self._colon(key), depth + 1)
            members[key.text] = (key, value)
            here = self.skip(value.end)
        return Node("object", at, here + 1, members=tuple(members.values()))

    def _check_depth(self, at: int, depth: int) -> None:
        if depth >= self._max_depth:
            raise JSONTextError(f"the document is nested more than {self._max_depth} levels deep", at)

    def _key(self, at: int) -> Node:
        if self._text[at : at + 1] != '"':
            raise JSONTextError("expected a name in double quotes", at)
        return self._string(at)

    def _colon(self, key: Node) -> int:
        at = self.skip(key.end)
        if self._text[at : at + 1] != ":":
            raise JSONTextError(f"expected `:` after `{key.text}`", at)
        return self.skip(at + 1)

    def _comma(self, at: int, end: str) -> int:
        if self._text[at : at + 1] != ",":
            raise JSONTextError(f"expected `,` or `{end}`", at)
        return self.skip(at + 1)
