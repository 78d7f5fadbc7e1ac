"""Finds which of many words stand in a text, in one look over it instead of one for each word."""

import re
from collections.abc import Iterable
from typing import Final

_Tree = dict[str, "_Tree"]
_END: Final = ""
_COMMON: Final = " eorsatin:cldupm456hw\"-b/.fzyg01x32v,kq7'>()<\\8j9{}@*_[`]=;"
"""The characters of messages, the commonest first. It decides how fast a word is found, never whether."""
_LOOKS: Final = 200
"""So many places are looked at. In a text with more of them, a look for each word takes less time."""


class WordSearch:
    """A set of words to look for, each from its rarest character on: few places in a text have to be looked at.

    Words are compared letter by letter: give them in the text's case.
    """

    __slots__ = ("_pattern", "_words")

    def __init__(self, words: Iterable[str]) -> None:
        places = {word: _rarest(word) for word in words}
        self._pattern = re.compile(_alternatives(_tree(word[at:] for word, at in places.items())))
        self._words: dict[str, list[tuple[str, int]]] = {}
        for tail in {word[at:] for word, at in places.items()}:
            self._words[tail] = [(word, at) for word, at in places.items() if word.startswith(tail, at)]

    def found_in(self, text: str) -> set[str]:
        """Return the words that stand in the text, those inside one another and across one another too."""
        found: set[str] = set()
        start = -1
        for _ in range(_LOOKS):
            match = self._pattern.search(text, start + 1)
            if match is None:
                return found
            start = match.start()
            for word, at in self._words[match[0]]:
                if start >= at and text.startswith(word, start - at):
                    found.add(word)
        return {word for words in self._words.values() for word, _ in words if word in text}


def _rarest(word: str) -> int:
    """Return where the rarest character of the word stands, rather not at its end: alone it is found too often."""
    return max(range(max(1, len(word) - 1)), key=lambda at: _rarity(word[at]) + _ENOUGH * (len(word) - at > _PAIR))


def _rarity(char: str) -> int:
    return _COMMON.find(char) % (len(_COMMON) + 1)


_PAIR: Final = 2
_ENOUGH: Final = 12


def _tree(words: Iterable[str]) -> _Tree:
    tree: _Tree = {}
    for word in words:
        branch = tree
        for char in word:
            branch = branch.setdefault(char, {})
        branch[_END] = {}
    return tree


def _alternatives(tree: _Tree) -> str:
    """Return a pattern for the shortest word at a place: what words have in common is looked at once."""
    if _END in tree:
        return ""
    rests = [re.escape(char) + _alternatives(branch) for char, branch in sorted(tree.items())]
    return rests[0] if len(rests) == 1 else f"(?:{'|'.join(rests)})"
