"""Matching `*` and `?`, in time that no pattern can blow up.

A star that ends a colon-separated segment of a resource may run across colons; any other star, and `?`, may not:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
In text that is no ARN (StringLike, an action) every wildcard may stand for any character.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from functools import lru_cache
from itertools import groupby


class Wild(Enum):
    """A wildcard. The `SEGMENT_` ones stop at a colon; a pattern that has `SEGMENT_STAR` has no plain `ONE`."""

    STAR = ".*"
    SEGMENT_STAR = "[^:]*"
    ONE = "."
    SEGMENT_ONE = "[^:]"


Token = str | Wild
Matcher = Callable[[str], bool]

_STARS = (Wild.STAR, Wild.SEGMENT_STAR)
_MANY = 64  # above this number of wildcards the regular expression would take too long to build
_PLAIN = re.compile(r"([*?])")
_WILDS: dict[str, Token] = {"*": Wild.STAR, "?": Wild.ONE}


def tokens_of(text: str) -> list[Token]:
    """Return the literals and wildcards of `text`, each of which may stand for any character."""
    return [_WILDS.get(part, part) for part in _PLAIN.split(text) if part]


def compile_glob(tokens: Iterable[Token]) -> Matcher:
    """Return a function that tells whether a text is of the form that `tokens` describe."""
    merged = _merged(tokens)
    wild = {token for token in merged if isinstance(token, Wild)}
    if not wild:
        return "".join(token for token in merged if isinstance(token, str)).__eq__
    if wild == {Wild.STAR}:
        return _compile_pieces(merged)
    return _compile_mixed(tuple(merged))


def _merged(tokens: Iterable[Token]) -> list[Token]:
    """Join neighbouring literals, and neighbouring stars into the one that reaches further."""
    merged: list[Token] = []
    for is_star, group in groupby(tokens, key=lambda token: token in _STARS):
        if is_star:
            merged.append(Wild.STAR if Wild.STAR in group else Wild.SEGMENT_STAR)
        else:
            merged.extend(_joined(group))
    return merged


def _joined(tokens: Iterable[Token]) -> Iterable[Token]:
    for is_literal, group in groupby(tokens, key=lambda token: isinstance(token, str)):
        if is_literal:
            yield "".join(str(token) for token in group)
        else:
            yield from group


def _compile_pieces(tokens: Sequence[Token]) -> Matcher:
    """Stars and literals only: look for the literals one after the other. The first place is always the best."""
    first = tokens[0] if isinstance(tokens[0], str) else ""
    last = tokens[-1] if isinstance(tokens[-1], str) else ""
    middle = [token for token in tokens[bool(first) : len(tokens) - bool(last)] if isinstance(token, str)]
    if not middle and not last:
        return lambda text: text.startswith(first)
    shortest = len(first) + len(last)

    def matches(text: str) -> bool:
        if len(text) < shortest or not text.startswith(first) or not text.endswith(last):
            return False
        at, end = len(first), len(text) - len(last)
        for piece in middle:
            at = text.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return True

    return matches


@lru_cache(maxsize=4096)
def _compile_mixed(tokens: tuple[Token, ...]) -> Matcher:
    if sum(isinstance(token, Wild) for token in tokens) > _MANY:
        return lambda text: _simulate(tokens, text)
    expression = re.compile(_expression(tokens), re.DOTALL)
    return lambda text: expression.fullmatch(text) is not None


def _expression(tokens: Sequence[Token]) -> str:
    """Return a regular expression without costly backtracking.

    What follows a star is taken at its first place and kept (an atomic group): a later place could never help,
    because the next star can make up for it. Only the last part is free, because it must meet the end.
    """
    chunks: list[list[Token]] = [[]]
    for token in tokens:
        if token is Wild.STAR:
            chunks.append([])
        else:
            chunks[-1].append(token)
    first, rest = chunks[0], chunks[1:]
    if not rest:
        return _segment_expression(first, is_last=True)
    middle = "".join(f"(?>.*?{_segment_expression(chunk, is_last=False)})" for chunk in rest[:-1])
    return _segment_expression(first, is_last=False) + middle + ".*" + _segment_expression(rest[-1], is_last=True)


def _segment_expression(tokens: Sequence[Token], *, is_last: bool) -> str:
    pieces = [""]
    for token in tokens:
        if token is Wild.SEGMENT_STAR:
            pieces.append("")
        else:
            pieces[-1] += token.value if isinstance(token, Wild) else re.escape(token)
    if len(pieces) == 1:
        return pieces[0]
    free = "[^:]*" + pieces.pop() if is_last else ""
    return pieces[0] + "".join(f"(?>[^:]*?{piece})" for piece in pieces[1:]) + free


def _simulate(tokens: Sequence[Token], text: str) -> bool:
    """Follow every way through the pattern at once, one bit of a number for each place in it."""
    at_place: dict[Token, list[int]] = defaultdict(list)
    end = 0
    for token in tokens:
        for place in (token,) if isinstance(token, Wild) else token:
            at_place[place].append(end)
            end += 1
    masks = {place: sum(1 << at for at in found) for place, found in at_place.items()}
    stars = masks.get(Wild.STAR, 0) | masks.get(Wild.SEGMENT_STAR, 0)
    anything = masks.get(Wild.STAR, 0) | masks.get(Wild.ONE, 0)
    no_colon = masks.get(Wild.SEGMENT_STAR, 0) | masks.get(Wild.SEGMENT_ONE, 0)
    if end - stars.bit_count() > len(text):
        return False
    alive = _past_stars(1, stars)
    for character in text:
        accepting = alive & (masks.get(character, 0) | anything | (0 if character == ":" else no_colon))
        alive = _past_stars((accepting & ~stars) << 1 | (accepting & stars), stars)
    return bool(alive >> end & 1)


def _past_stars(alive: int, stars: int) -> int:
    """A star may stand for nothing. No two stars are neighbours, so one step is enough."""
    return alive | (alive & stars) << 1
