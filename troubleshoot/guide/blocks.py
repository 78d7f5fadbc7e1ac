"""The parts that a topic page is made of, as data. How they look is the templates' business.

Words may hold `code` in backticks, **strong** words, and [links](/own-page/) to pages of this site.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    words: str
    kind = "text"

    def sentences(self) -> Iterator[str]:
        """Return the block's words, for search and for the test of plain language."""
        yield self.words


@dataclass(frozen=True, slots=True)
class Term:
    """A word of IAM's, explained where it first stands."""

    name: str
    words: str
    kind = "term"

    def sentences(self) -> Iterator[str]:
        """Return the block's words."""
        yield f"{self.name}: {self.words}"


@dataclass(frozen=True, slots=True)
class Steps:
    """Things to do, in order."""

    items: tuple[str, ...]
    kind = "steps"

    def sentences(self) -> Iterator[str]:
        """Return the block's words."""
        yield from self.items


@dataclass(frozen=True, slots=True)
class Points:
    """Things to know, in no order."""

    items: tuple[str, ...]
    kind = "points"

    def sentences(self) -> Iterator[str]:
        """Return the block's words."""
        yield from self.items


@dataclass(frozen=True, slots=True)
class Sample:
    """A text to copy: an error message or a command."""

    text: str
    kind = "sample"

    def sentences(self) -> Iterator[str]:
        """Return nothing: a sample is quoted, not said."""
        yield from ()


@dataclass(frozen=True)
class Document:
    """A policy document. `marked` names the lines (from 1) that matter; `caption` says where it belongs."""

    title: str
    policy: Mapping[str, Any]
    caption: str = ""
    marked: tuple[int, ...] = ()
    kind = "document"

    @cached_property
    def lines(self) -> tuple[tuple[int, str, bool], ...]:
        """The document's lines: number, text, whether it is marked."""
        text = json.dumps(self.policy, indent=2).splitlines()
        return tuple((number, line, number in self.marked) for number, line in enumerate(text, start=1))

    def sentences(self) -> Iterator[str]:
        """Return the title and the caption."""
        yield self.title
        yield self.caption


@dataclass(frozen=True, slots=True)
class Table:
    """A small table: `columns` are the headings, each row has as many cells."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kind = "table"

    @property
    def labelled(self) -> Iterator[tuple[tuple[str, str], ...]]:
        """The rows, each cell with its heading."""
        for row in self.rows:
            yield tuple(zip(self.columns, row, strict=True))

    def sentences(self) -> Iterator[str]:
        """Return every cell."""
        for row in self.rows:
            yield from row


@dataclass(frozen=True, slots=True)
class Special:
    """A place that the page fills with live data; `name` says which."""

    name: str
    kind = "special"

    def sentences(self) -> Iterator[str]:
        """Return nothing: the words are the page's."""
        yield from ()


Block = Text | Term | Steps | Points | Sample | Document | Table | Special


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a topic with an address of its own: `/topic/#id`. The ids are stable; helpdesks link to them."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A page of AWS's documentation to read on."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Topic:
    """One of the five topics. `slug` is its address and its route's name; `example` AWS's own example error."""

    slug: str
    title: str
    short: str
    summary: str
    icon: str
    sections: tuple[Section, ...]
    links: tuple[Link, ...]
    causes: tuple[str, ...] = ()
    example: str = ""

    @property
    def explained(self) -> tuple[str, ...]:
        """The terms that the text itself explains."""
        blocks = (block for section in self.sections for block in section.blocks)
        return tuple(block.name for block in blocks if isinstance(block, Term))

    def sentences(self) -> Iterator[str]:
        """Return everything that the topic says in words."""
        yield from (self.title, self.short, self.summary)
        for section in self.sections:
            yield section.title
            for block in section.blocks:
                yield from block.sentences()
