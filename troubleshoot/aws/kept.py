"""AWS's answers as plain JSON data, to be kept with a diagnosis, and the way back."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from troubleshoot.aws.answers import (
    AuthorizationDetails,
    DecodedMessage,
    DeniedEvents,
    NewAccess,
    NotAnswered,
    PolicyFinding,
    Simulation,
)

Kept = AuthorizationDetails | DecodedMessage | DeniedEvents | NewAccess | NotAnswered | PolicyFinding | Simulation
_KINDS: Mapping[str, type] = {
    kind.__name__: kind
    for kind in (AuthorizationDetails, DecodedMessage, DeniedEvents, NewAccess, NotAnswered, PolicyFinding, Simulation)
}


def answer_data(answer: Kept) -> dict[str, Any]:
    """Return an answer as JSON data; its type is named under `is`."""
    return {"is": type(answer).__name__, **asdict(answer)}


def answer_from_data(data: Mapping[str, Any]) -> Kept:
    """Return the answer that `answer_data` was taken from. `KeyError`, `TypeError` or `ValueError` on foreign data."""
    values = dict(data)
    made: Kept = _made(_KINDS[values.pop("is")], values)
    return made


def _made(kind: type, values: Mapping[str, Any]) -> Any:
    hints = _hints(kind)
    unknown = values.keys() - {one.name for one in fields(kind)}
    if unknown:
        raise ValueError(f"`{kind.__name__}` has no {sorted(unknown)}")
    return kind(**{name: _value(hints[name], value) for name, value in values.items()})


def _value(hint: Any, value: Any) -> Any:
    """Return a value of JSON as what a field is annotated with."""
    if value is None:
        return None
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _value(next(one for one in arguments if one is not type(None)), value)
    if origin is tuple:
        return tuple(_value(arguments[0], item) for item in value)
    if origin is not None and origin is not Literal:  # a mapping, from texts
        return {str(key): _value(arguments[1], item) for key, item in value.items()}
    if isinstance(hint, type) and hint.__module__ == __name__.replace("kept", "answers"):
        return _made(hint, value)
    return hint(value) if isinstance(hint, type) else value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
