"""What a request asks for beside the call that was refused: a whole job, or a wish, allows much more than that."""

from collections.abc import Iterator
from typing import Final

from troubleshoot.models import AccessRequest

_NAMED: Final = 2
"""So many actions are named in a line; of more, how many they are."""


def beside(request: AccessRequest) -> tuple[str, ...]:
    """Return the actions that the change names, as its statements write them, without the refused one."""
    found = dict.fromkeys(_named(request))
    return tuple(action for action in found if action.lower() != request.action.lower())


def beside_words(request: AccessRequest) -> str:
    """Return `personalize:Describe*, personalize:List* and 5 more`; empty where only the refused call is asked for."""
    actions = beside(request)
    if len(actions) <= _NAMED:
        return " and ".join(actions)
    return f"{', '.join(actions[:_NAMED])} and {len(actions) - _NAMED} more"


def _named(request: AccessRequest) -> Iterator[str]:
    for statement in request.change["statements"]:
        actions = statement.get("Action", ())
        yield from (actions,) if isinstance(actions, str) else actions
