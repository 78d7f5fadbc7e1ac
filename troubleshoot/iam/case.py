"""One evaluation case as a line of JSON: the format of `manage.py evaluate --jsonl`."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from troubleshoot.iam.arn import is_account_id
from troubleshoot.iam.document import MAX_CHARACTERS, MAX_DEPTH, Policy, PolicyError, parse_policy
from troubleshoot.iam.jsontext import JSONTextError, Node, read_json
from troubleshoot.iam.layers import Layer, Level, PolicySet, Unknown
from troubleshoot.iam.request import ContextValue, Request

_DEPTH_AROUND_DOCUMENT = 5
_UNREAD = Unknown("named in `unknown_layers`")
_LAYERS = tuple(str(layer) for layer in Layer)
_T = TypeVar("_T")


class CaseError(ValueError):
    """A line that is no case. `id` is the case's id where that much could be read."""

    def __init__(self, message: str, case_id: str | None = None) -> None:
        super().__init__(message)
        self.id = case_id


@dataclass(frozen=True, slots=True)
class Case:
    """A request and the policies that it is to be judged by."""

    id: str
    request: Request
    policies: PolicySet


def read_case(line: str) -> Case:
    """Return the case that a line holds. `CaseError` tells what is wrong with it."""
    case_id = None
    try:
        root = _object(
            read_json(line, max_depth=MAX_DEPTH + _DEPTH_AROUND_DOCUMENT, max_characters=4 * MAX_CHARACTERS), "a case"
        )
        case_id = _required(root, "id")
        return Case(case_id, _request(root), _policies(line, root))
    except JSONTextError as error:
        raise CaseError(f"column {error.offset + 1}: {error.message}", case_id or _id_of_broken(line)) from None
    except ValueError as error:
        raise CaseError(str(error), case_id) from None


class _Members(list[tuple[str, Any]]):
    """An object's names and values, a name as often as it stands there."""


def _id_of_broken(line: str) -> str | None:
    """Return the id of a line that only our stricter reader refuses, so that its asker knows which case it was."""
    try:
        root = json.loads(line, object_pairs_hook=_Members)
    except (ValueError, RecursionError):
        return None
    ids = [value for name, value in root if name == "id"] if isinstance(root, _Members) else []
    return ids[0] if len(ids) == 1 and isinstance(ids[0], str) else None


def _request(root: Node) -> Request:
    return Request(
        principal=_required(root, "principal"),
        action=_required(root, "action"),
        resource=_optional(root, "resource") or "*",
        resource_account=_account(root),
        context=dict(_context(root.member("context"))),
        unknown_keys=frozenset(_texts(root.member("unknown_keys"))),
        wildcard_only=_flag(root, "wildcard_only"),
    )


def _account(root: Node) -> str | None:
    text = _optional(root, "resource_account")
    if text and not is_account_id(text):
        raise JSONTextError("`resource_account` must be 12 digits", root.start)
    return text


def _flag(root: Node, name: str) -> bool:
    text = _optional(root, name)
    if text not in (None, "true", "false"):
        raise JSONTextError(f"`{name}` must be true or false", root.start)
    return text == "true"


def _required(root: Node, name: str) -> str:
    text = _optional(root, name)
    if text is None:
        raise JSONTextError(f"the case has no `{name}`", root.start)
    return text


def _optional(root: Node, name: str) -> str | None:
    node = root.member(name)
    return None if node is None or node.kind == "null" else _scalar(node)


def _scalar(node: Node) -> str:
    if node.kind in ("object", "array", "null"):
        raise JSONTextError("expected a string", node.start)
    return node.text


def _texts(node: Node | None) -> tuple[str, ...]:
    return () if node is None or node.kind == "null" else tuple(_scalar(item) for item in _items(node))


def _context(node: Node | None) -> Iterator[tuple[str, ContextValue]]:
    if node is None or node.kind == "null":
        return
    for key, value in _object(node, "`context`").members:
        if value.kind != "null":
            yield key.text, tuple(map(_scalar, value.items)) if value.kind == "array" else _scalar(value)


def _object(node: Node, what: str) -> Node:
    if node.kind != "object":
        raise JSONTextError(f"{what} must be an object", node.start)
    return node


def _items(node: Node) -> tuple[Node, ...]:
    if node.kind != "array":
        raise JSONTextError("expected a list", node.start)
    return node.items


def _layers_given(node: Node | None) -> dict[str, Node]:
    """Return the layers by name. A misspelt one is an error: its Deny would be lost without a word."""
    if node is None or node.kind == "null":
        return {}
    for name, _ in _object(node, "`policies`").members:
        if name.text not in _LAYERS:
            raise JSONTextError(f"`{name.text}` is no layer; the layers are {', '.join(_LAYERS)}", name.start)
    return {name.text: value for name, value in node.members}


def _policies(line: str, root: Node) -> PolicySet:
    given = _layers_given(root.member("policies"))
    unread = frozenset(Layer(name) for name in _texts(root.member("unknown_layers")))

    def layer(which: Layer, read: Callable[[Node, str], _T]) -> _T | Unknown | None:
        if which in unread:
            return _UNREAD
        node = given.get(which)
        return None if node is None or node.kind == "null" else read(node, which)

    def one(node: Node, name: str) -> Policy:
        try:
            return parse_policy(line[node.start : node.end], name=name)
        except PolicyError as error:
            raise ValueError(f"{name}: {error}") from None

    def several(node: Node, name: str) -> Level:
        return tuple(one(item, f"{name}[{at}]") for at, item in enumerate(_items(node)))

    def levels(node: Node, name: str) -> tuple[Level, ...]:
        return tuple(several(item, f"{name}[{at}]") for at, item in enumerate(_items(node)))

    return PolicySet(
        identity=layer(Layer.IDENTITY, several) or (),
        resource=layer(Layer.RESOURCE, one),
        boundary=layer(Layer.BOUNDARY, several),
        session=layer(Layer.SESSION, one),
        scps=layer(Layer.SCPS, levels),
        rcps=layer(Layer.RCPS, levels),
        vpc_endpoint=layer(Layer.VPC_ENDPOINT, several),
    )
