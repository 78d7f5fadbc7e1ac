"""The grammar of a policy: JSON read with its positions becomes statements, or is refused at the place of the mistake.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from troubleshoot.iam.jsontext import JSONTextError, Node
from troubleshoot.iam.operators import OPERATORS, operator_use
from troubleshoot.iam.parts import VERSIONS, Condition, Element, NamedPrincipal, PrincipalElement, Statement, Text

PRINCIPAL_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")

_DOCUMENT_ELEMENTS = ("Version", "Id", "Statement")
_STATEMENT_ELEMENTS = (
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PolicyElements:
    """What stands at the top of a document."""

    version: Text | None
    id: Text | None
    statements: tuple[Statement, ...]


def policy_elements(root: Node) -> PolicyElements:
    """Return the elements of a whole document, or raise `JSONTextError` at the first that the grammar forbids."""
    members = _members(root, _DOCUMENT_ELEMENTS, "a policy")
    return PolicyElements(
        version=_version(members.get("Version")),
        id=_optional_string(members.get("Id"), "Id"),
        statements=_statements(root, members),
    )


def _members(node: Node, known: tuple[str, ...], what: str) -> dict[str, Node]:
    if node.kind != "object":
        raise JSONTextError(f"{what} must be an object", node.start)
    for key, _ in node.members:
        if key.text not in known:
            raise JSONTextError(f"`{key.text}` is no element of {what}{_meant(key.text, known)}", key.start)
    return {key.text: value for key, value in node.members}


def _meant(word: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word[:64].capitalize(), known, n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _version(node: Node | None) -> Text | None:
    version = _optional_string(node, "Version")
    if version is not None and version.value not in VERSIONS:
        raise JSONTextError(f"`Version` must be `{VERSIONS[0]}` or `{VERSIONS[1]}`", version.start)
    return version


def _optional_string(node: Node | None, name: str) -> Text | None:
    return None if node is None else _string(node, name)


def _string(node: Node, name: str) -> Text:
    if node.kind != "string":
        raise JSONTextError(f"`{name}` must be a string", node.start)
    return Text(node.text, node.start, node.end)


def _strings(node: Node, name: str) -> tuple[Text, ...]:
    nodes = node.items if node.kind == "array" else (node,)
    return tuple(_string(item, name) for item in nodes)


def _statements(root: Node, members: dict[str, Node]) -> tuple[Statement, ...]:
    node = members.get("Statement")
    if node is None:
        raise JSONTextError("the policy has no `Statement`", root.start)
    nodes = node.items if node.kind == "array" else (node,)
    return tuple(_statement(item, index) for index, item in enumerate(nodes))


def _statement(node: Node, index: int) -> Statement:
    members = _members(node, _STATEMENT_ELEMENTS, "a statement")
    action = _element(node, members, "Action")
    if action is None:
        raise JSONTextError("the statement has neither `Action` nor `NotAction`", node.start)
    return Statement(
        index=index,
        sid=_optional_string(members.get("Sid"), "Sid"),
        effect=_effect(node, members.get("Effect")),
        principal=_principal_element(node, members),
        action=action,
        resource=_element(node, members, "Resource"),
        conditions=_conditions(members.get("Condition")),
        start=node.start,
        end=node.end,
    )


def _effect(statement: Node, node: Node | None) -> Literal["Allow", "Deny"]:
    if node is None:
        raise JSONTextError("the statement has no `Effect`", statement.start)
    if node.text == "Allow" and node.kind == "string":
        return "Allow"
    if node.text == "Deny" and node.kind == "string":
        return "Deny"
    raise JSONTextError("`Effect` must be `Allow` or `Deny`, spelled so", node.start)


def _pick(statement: Node, members: dict[str, Node], name: str) -> tuple[bool, Node] | None:
    plain, negated = members.get(name), members.get(f"Not{name}")
    if plain is not None and negated is not None:
        raise JSONTextError(f"the statement has both `{name}` and `Not{name}`", statement.start)
    if plain is not None:
        return False, plain
    return None if negated is None else (True, negated)


def _element(statement: Node, members: dict[str, Node], name: str) -> Element | None:
    picked = _pick(statement, members, name)
    if picked is None:
        return None
    negated, node = picked
    values = _strings(node, f"Not{name}" if negated else name)
    if negated and not values:
        raise JSONTextError(f"`Not{name}` is empty", node.start)
    return Element(negated, values, node.start, node.end)


def _principal_element(statement: Node, members: dict[str, Node]) -> PrincipalElement | None:
    picked = _pick(statement, members, "Principal")
    if picked is None:
        return None
    negated, node = picked
    principals = tuple(_principals(node))
    if negated and not principals:
        raise JSONTextError("`NotPrincipal` is empty", node.start)
    return PrincipalElement(negated, principals, node.start, node.end)


def _principals(node: Node) -> Iterable[NamedPrincipal]:
    if node.kind == "string":
        if node.text != "*":
            raise JSONTextError('a principal that is a plain string can only be `"*"`', node.start)
        yield NamedPrincipal("*", Text("*", node.start, node.end))
        return
    for kind, value in _members(node, PRINCIPAL_KINDS, "a principal").items():
        for text in _strings(value, kind):
            yield NamedPrincipal(kind, text)


def _conditions(node: Node | None) -> tuple[Condition, ...]:
    if node is None:
        return ()
    found: list[Condition] = []
    for operator, keys in _object(node, "Condition").members:
        if operator_use(operator.text) is None:
            raise JSONTextError(
                f"`{operator.text}` is no condition operator{_meant_operator(operator.text)}", operator.start
            )
        for key, values in _object(keys, operator.text).members:
            found.append(Condition(_text(operator), _text(key), _condition_values(values), values.kind == "array"))
    return tuple(found)


def _meant_operator(text: str) -> str:
    prefix, colon, name = text[:64].rpartition(":")
    close = difflib.get_close_matches(name.lower(), OPERATORS, n=1)
    return f"; did you mean `{prefix}{colon}{OPERATORS[close[0]].name}`?" if close else ""


def _object(node: Node, name: str) -> Node:
    if node.kind != "object":
        raise JSONTextError(f"`{name}` must be an object", node.start)
    return node


def _text(node: Node) -> Text:
    return Text(node.text, node.start, node.end)


def _condition_values(node: Node) -> tuple[Text, ...]:
    nodes = node.items if node.kind == "array" else (node,)
    for item in nodes:
        if item.kind not in ("string", "number", "boolean"):
            raise JSONTextError("a condition's value must be a string, a number or a boolean", item.start)
    return tuple(_text(item) for item in nodes)
