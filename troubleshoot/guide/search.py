"""Search over what the portal explains: topics and their sections, known causes, actions of Amazon Personalize.

A few hundred short texts, so each query looks at all of them; nothing is stored and nothing is guessed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from troubleshoot.guide.causes import CAUSES
from troubleshoot.guide.topics import TOPICS
from troubleshoot.iam import catalog

LONGEST_QUERY = 100
MOST_HITS = 20
_WORDS = re.compile(r"[a-z0-9]+")
_MARKS = re.compile(r"`|\*\*|\[([^\]]*)\]\([^)]*\)")
_WHOLE, _BEGINNING, _INSIDE = 6, 4, 2
_IN_TITLE = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A text that can be found. `kind` is topic, cause or action; `path` leads to it, empty where it has no page."""

    kind: str
    title: str
    words: str
    path: str
    title_text: str
    text: str


def search(query: str) -> dict[str, list[Entry]]:
    """Return the best entries of each kind that hold every word of `query`, best first; empty for an empty query."""
    wanted = _WORDS.findall(query[:LONGEST_QUERY].lower())
    if not wanted:
        return {}
    scored = [(score, entry) for entry in _entries() if (score := _score(entry, wanted))]
    scored.sort(key=lambda pair: -pair[0])
    found: dict[str, list[Entry]] = {}
    for _, entry in scored:
        hits = found.setdefault(entry.kind, [])
        if len(hits) < MOST_HITS:
            hits.append(entry)
    return found


def _score(entry: Entry, wanted: Iterable[str]) -> int:
    total = 0
    for word in wanted:
        best = max(_IN_TITLE * _fits(word, entry.title_text), _fits(word, entry.text))
        if not best:
            return 0
        total += best
    return total


def _fits(word: str, text: str) -> int:
    place = text.find(word)
    if place < 0:
        return 0
    if f" {word} " in text:
        return _WHOLE
    return _BEGINNING if f" {word}" in text else _INSIDE


@cache
def _entries() -> tuple[Entry, ...]:
    return (*_topics(), *_causes(), *_actions())


def _entry(kind: str, title: str, words: str, path: str, text: str) -> Entry:
    return Entry(kind, title, words, path, _plain(title), _plain(f"{title} {text}"))


def _plain(text: str) -> str:
    # Actions are found by their parts too: "CreateCampaign" by "campaign", "iam:PassRole" by "role".
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return f" {' '.join(_WORDS.findall(f'{text} {parts}'.lower()))} "


def _topics() -> Iterator[Entry]:
    for topic in TOPICS:
        path = f"/{topic.slug}/"
        yield _entry("topic", topic.title, topic.summary, path, f"{topic.short} {topic.summary}")
        for section in topic.sections:
            said = [words for block in section.blocks for words in block.sentences()]
            yield _entry(
                "topic", f"{section.title} – {topic.short}", _shorter(said), f"{path}#{section.id}", " ".join(said)
            )


def _causes() -> Iterator[Entry]:
    for cause in CAUSES.values():
        yield _entry(
            "cause", cause.title, cause.symptom, f"/causes/{cause.id}/", " ".join((cause.id, *cause.sentences()))
        )


def _actions() -> Iterator[Entry]:
    for name in catalog.actions_of("personalize"):
        info = catalog.action(name)
        if info is not None:
            yield _entry("action", f"`{name}`", _about(info), "", info.description)


def _about(info: catalog.ActionInfo) -> str:
    types = [f"`{resource.type.name}`" for resource in info.resource_types]
    works_on = f"Works on: {', '.join(types)}." if types else "Takes no single resource: policies must say `*`."
    passes = any(check.action == "iam:PassRole" for check in catalog.checks_for_operation(info.name))
    role = " Passes a role, so it needs [iam:PassRole](/pass-role/) too." if passes else ""
    does = info.description.removeprefix("Grants permission to ").rstrip(".")
    return f"{does[:1].upper()}{does[1:]}. {works_on}{role}"


def _shorter(said: list[str]) -> str:
    return _MARKS.sub(lambda found: found.group(1) or "", said[0]) if said else ""
