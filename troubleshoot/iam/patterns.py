"""Comparing patterns with each other: does one include another, what text fits several at once."""

from collections import deque
from collections.abc import Iterator, Sequence
from functools import lru_cache

from troubleshoot.iam.variables import Part, Variable
from troubleshoot.iam.wildcard import Token, Wild

_STARS = (Wild.STAR, Wild.SEGMENT_STAR)
_MOST_STATES = 20_000
_REMEMBERED = 8192  # the same few patterns of a policy meet each other once for every action

Place = str | Wild | Variable
"""One character, one wildcard, or one variable of a pattern."""


def includes(wide: Sequence[Part], narrow: Sequence[Part]) -> bool:
    """Tell whether every text that fits `narrow` surely fits `wide` too.

    False may also mean that it cannot be told. A variable fits itself and what stands for any text.
    """
    return _includes(tuple(wide), tuple(narrow))


@lru_cache(maxsize=_REMEMBERED)
def _includes(wide: tuple[Part, ...], narrow: tuple[Part, ...]) -> bool:
    wanted, places = _places(wide), _places(narrow)
    alive = _past_stars({0}, wanted)
    for place in places:
        after = set()
        for at in alive:
            if at < len(wanted) and _absorbs(wanted[at], place):
                after.add(at if wanted[at] in _STARS else at + 1)
        alive = _past_stars(after, wanted)
    return len(wanted) in alive


def _absorbs(wanted: Place, place: Place) -> bool:
    if wanted is Wild.STAR:
        return True
    if wanted is Wild.SEGMENT_STAR:
        return place in (Wild.SEGMENT_STAR, Wild.SEGMENT_ONE) or (isinstance(place, str) and place != ":")
    if wanted is Wild.ONE:
        return place in (Wild.ONE, Wild.SEGMENT_ONE) or isinstance(place, str)
    if wanted is Wild.SEGMENT_ONE:
        return place is Wild.SEGMENT_ONE or (isinstance(place, str) and place != ":")
    return wanted == place


def common_text(patterns: Sequence[Sequence[Token]]) -> str | None:
    """Return a shortest text that fits all the patterns, or None where there is none (or the search gets too long)."""
    return _common_text(tuple(tuple(pattern) for pattern in patterns))


@lru_cache(maxsize=_REMEMBERED)
def _common_text(patterns: tuple[tuple[Token, ...], ...]) -> str | None:
    rows = [_places(pattern) for pattern in patterns]
    start = (0,) * len(rows)
    goal = tuple(len(row) for row in rows)
    queue, seen = deque([(start, "")]), {start}
    while queue and len(seen) < _MOST_STATES:
        state, text = queue.popleft()
        if state == goal:
            return text
        for after, character in _steps(rows, state):
            if after not in seen:
                seen.add(after)
                (queue.append if character else queue.appendleft)((after, text + character))
    return None


def _steps(rows: Sequence[Sequence[Place]], state: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], str]]:
    """Yield what can follow: a star left behind, or one character that all the patterns take."""
    for row, at in enumerate(state):
        if at < len(rows[row]) and rows[row][at] in _STARS:
            yield (*state[:row], at + 1, *state[row + 1 :]), ""
    places = [row[at] if at < len(row) else None for row, at in zip(rows, state, strict=True)]
    if None in places:
        return
    literals = {place for place in places if isinstance(place, str)}
    character = literals.pop() if literals else "x"
    if not literals and all(place is not None and _absorbs(place, character) for place in places):
        moved = (at + (place not in _STARS) for at, place in zip(state, places, strict=True))
        yield tuple(moved), character


def sample_arn(pattern: Sequence[Token], account: str) -> str:
    """Return a likely ARN of a pattern's form: its wildcards become a partition, a Region, `account`, a name."""
    text, colons = "", 0
    for place in _places(pattern):
        if isinstance(place, Wild):
            text += _filling(colons, account) if place in _STARS else "x"
        else:
            text += str(place)
            colons += place == ":"
    return text


def _filling(colons: int, account: str) -> str:
    return {1: "aws", 3: "us-east-1", 4: account}.get(colons, "example")


def _places(parts: Sequence[Part]) -> list[Place]:
    return [place for part in parts for place in (part if isinstance(part, str) else [part])]


def _past_stars(alive: set[int], wanted: Sequence[Place]) -> set[int]:
    reached = set(alive)
    for at, place in enumerate(wanted):
        if at in reached and place in _STARS:
            reached.add(at + 1)
    return reached
