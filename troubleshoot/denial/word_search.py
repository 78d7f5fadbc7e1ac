"""Finds which of many words stand in a text, in one look over it instead of one for each word."""

import re
from collections.abc import Iterable
from typing import Final

_Tree = dict[str, "_Tree"]
_END: Final = ""


class WordSearch:
    """A set of words to look for. Words are compared letter by letter: give them in the text's case."""

    __slots__ = ("_longer", "_pattern")

    def __init__(self, words: Iterable[str]) -> None:
        words = frozenset(words)
        self._pattern = re.compile(_alternatives(_tree(words)))
        self._longer = {word: [other for other in words if other.startswith(word)] for word in words}

    def found_in(self, text: str) -> set[str]:
        """Return the words that stand in the text, those inside one another and across one another too."""
        found: set[str] = set()
        match = self._pattern.search(text)
        while match is not None:
            start = match.start()
            found.update(word for word in self._longer[match[0]] if text.startswith(word, start))
            match = self._pattern.search(text, start + 1)
        return found


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
