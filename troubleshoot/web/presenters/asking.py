"""What somebody should know before a request is filed, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from troubleshoot.access.asking import Likeness, Similar, WhoDecides
from troubleshoot.web.presenters.names import list_in_words

_MOST_NAMED = 3
_LIKENESS = {
    Likeness.SAME: "It is for the same call. It would not be filed twice.",
    Likeness.COVERS: "It is active, and allows all of this already.",
    Likeness.OVERLAPS: "It is active, and allows a part of this.",
}


@dataclass(frozen=True, slots=True)
class SimilarView:
    """Another request that has to do with the one about to be filed."""

    code: str
    words: str


def similar_views(similar: Sequence[Similar]) -> tuple[SimilarView, ...]:
    """Return the open and active requests to look at first."""
    return tuple(SimilarView(one.request.code, _LIKENESS[one.likeness]) for one in similar)


def deciders_words(who: WhoDecides) -> str:
    """Return who will decide and how many of them have to approve, or that nobody can."""
    if not who.people:
        return "Nobody can approve it yet; an administrator will be told."
    names = [_named(str(person), is_substitute=person in who.substitutes) for person in who.people]
    rest = len(names) - _MOST_NAMED
    shown = [*names[:_MOST_NAMED], *([f"{rest} more"] if rest > 0 else [])]
    if who.needed <= 1:
        return f"{list_in_words(shown, last='or')} decides."
    words = f"{who.needed} different people must approve it: {list_in_words(shown, last='or')}."
    return words if who.enough else f"{words} These are too few, so an administrator has to be told first."


def _named(name: str, *, is_substitute: bool) -> str:
    return f"{name} (standing in)" if is_substitute else name
