"""Finds the texts that look like a denial and are none."""

from typing import Final

from troubleshoot.denial.near_miss_kind import Kind
from troubleshoot.denial.near_miss_kinds import KINDS
from troubleshoot.denial.reading import NearMiss
from troubleshoot.denial.word_search import WordSearch


def find_near_misses(low: str, denials: list[tuple[int, int]]) -> list[tuple[Kind, int]]:
    """Return each kind of near miss in the text, once, with the place where it stands.

    The surroundings of the denials that are already read are no place for one.
    """
    if _is_all_surroundings(len(low), denials):
        return []
    words = _WORDS.found_in(low)
    kinds = [kind for kind in KINDS if not words.isdisjoint(kind.words)] if words else []
    return [(kind, match.start()) for kind in kinds if (match := kind.pattern.search(low))]


_WORDS: Final = WordSearch(word for kind in KINDS for word in kind.words)


def _is_all_surroundings(length: int, denials: list[tuple[int, int]]) -> bool:
    done = 0
    for start, end in denials:
        if start - _SURROUNDINGS > done:
            return False
        done = max(done, end + _SURROUNDINGS)
    return done >= length


def belongs_to_one(at: int, near_misses: list[tuple[Kind, int]]) -> bool:
    """Say whether a mere "access denied" at this place is part of a near miss."""
    return any(place - kind.before <= at <= place + kind.behind for kind, place in near_misses if kind.before)


def told(near_misses: list[tuple[Kind, int]], denials: list[tuple[int, int]]) -> tuple[NearMiss, ...]:
    """Return the near misses to tell: those that are not the surroundings of a denial."""
    return tuple(
        kind.near_miss
        for kind, place in near_misses
        if not any(start - _SURROUNDINGS <= place <= end + _SURROUNDINGS for start, end in denials)
    )


_SURROUNDINGS: Final = 400
