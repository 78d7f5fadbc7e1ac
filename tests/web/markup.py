"""What the tests ask of a rendered page: its parts, its plain words, and that nothing in it is inline."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
NOT_PROSE = frozenset({"pre", "code", "samp", "script", "style", "svg", "textarea", "select", "title"})
BLOCKS = frozenset(
    [
        "p",
        "li",
        "td",
        "th",
        "dt",
        "dd",
        "h1",
        "h2",
        "h3",
        "h4",
        "div",
        "section",
        "summary",
        "pre",
        "figcaption",
        "caption",
        "legend",
        "label",
        "button",
        "option",
        "header",
        "footer",
        "nav",
        "aside",
        "main",
        "form",
        "ul",
        "ol",
        "dl",
        "table",
        "tr",
        "br",
        "figure",
    ]
)
LONGEST_SENTENCE = 25
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“])")


@dataclass
class Page:
    """A page taken apart."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    unclosed: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        """Return the attributes of every such element."""
        return [has for name, has in self.tags if name == tag and attributes.items() <= has.items()]

    @property
    def ids(self) -> Counter[str]:
        return Counter(has["id"] for _, has in self.tags if "id" in has)

    @property
    def text(self) -> str:
        return " ".join(self.paragraphs)

    @property
    def long_sentences(self) -> list[str]:
        """Every sentence of more than 25 words."""
        said = (sentence for paragraph in self.paragraphs for sentence in _END.split(paragraph))
        return [sentence for sentence in said if len(sentence.split()) > LONGEST_SENTENCE]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[tuple[str, bool]] = []  # each open element, and whether its text is no prose
        self.said: list[str] = []

    @property
    def silent(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        self.page.tags.append((tag, has))
        self._note_inline(tag, has)
        if tag in BLOCKS:
            self._end_paragraph()
        if tag == "code":
            self.said.append("code")
        if tag not in VOID:
            self.open.append((tag, self.silent or tag in NOT_PROSE))

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self._end_paragraph()
        if not self.open or self.open.pop()[0] != tag:
            self.page.unclosed.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] in {"script", "style"} and data.strip():
            self.page.inline.append(f"<{self.open[-1][0]}> with content")
        if not self.silent:
            self.said.append(data)

    def _note_inline(self, tag: str, has: dict[str, str]) -> None:
        for name, value in has.items():
            if name.startswith(("on", "hx-on")) or name == "style" or value.strip().lower().startswith("javascript:"):
                self.page.inline.append(f"<{tag} {name}={value!r}>")
        if tag in {"style", "base"}:
            self.page.inline.append(f"<{tag}>")

    def _end_paragraph(self) -> None:
        words = " ".join(" ".join(self.said).split())
        if words:
            self.page.paragraphs.append(words)
        self.said = []


def read(html: str | bytes) -> Page:
    """Take a page apart."""
    reader = _Reader()
    reader.feed(html.decode() if isinstance(html, bytes) else html)
    reader.close()
    reader._end_paragraph()
    reader.page.unclosed += [tag for tag, _ in reader.open]
    return reader.page
