"""Settings from the environment, through three small readers.

A value that cannot be read does not raise here: it is kept in `problems`, and the system check
`portal.E001` reports every one of them at once, with the name of the variable and what it should hold.
"""

import os

problems: list[str] = []

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    """Return the variable's text, or `default` where it is not set."""
    return os.environ.get(name, default)


def flag(name: str, *, default: bool = False) -> bool:
    """Return the variable as a yes or no."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in _TRUE:
        return True
    if value.lower() not in _FALSE:
        problems.append(f"{name} is `{value}`; write 1 or 0.")
    return False


def number(name: str, default: int) -> int:
    """Return the variable as a whole number."""
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        return int(value)
    except ValueError:
        problems.append(f"{name} is `{value}`; write a whole number.")
        return default


def words(name: str) -> list[str]:
    """Return the variable's comma-separated words, without empty ones."""
    return [word.strip() for word in text(name).split(",") if word.strip()]
