"""A first look at a policy's text, much cheaper than to read it: could it allow anything in a service at all?"""

import json
from typing import Any


def may_allow_in(document: str, service: str) -> bool:
    """Tell whether some Allow statement of a document could cover an action of a service (`personalize`).

    False is certain. True means nothing: also a text that is no policy is left to whoever reads it in full.
    """
    try:
        statements = json.loads(document)["Statement"]
        listed = statements if isinstance(statements, list) else [statements]
        return any(_may_allow(statement, service) for statement in listed)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return True


def _may_allow(statement: dict[str, Any], service: str) -> bool:
    if statement["Effect"] != "Allow":
        return False
    if "Action" not in statement:
        return True
    actions = statement["Action"]
    return any(_may_cover(action, service) for action in (actions if isinstance(actions, list) else [actions]))


def _may_cover(pattern: str, service: str) -> bool:
    prefix = pattern.partition(":")[0].lower()
    return prefix == service or "*" in prefix or "?" in prefix
