"""A policy document as data, each part with its place in the text.

The grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
What the grammar forbids is an error here. What it allows and is unwise is `lint`'s subject.
"""

import json
from collections.abc import Mapping
from typing import Any

from troubleshoot.iam.grammar import policy_elements
from troubleshoot.iam.jsontext import JSONTextError, read_json
from troubleshoot.iam.parts import (
    VERSIONS,
    Condition,
    Element,
    NamedPrincipal,
    Policy,
    PolicyError,
    Position,
    PrincipalElement,
    Statement,
    Text,
    position_in,
)

__all__ = [
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "VERSIONS",
    "Condition",
    "Element",
    "NamedPrincipal",
    "Policy",
    "PolicyError",
    "Position",
    "PrincipalElement",
    "Statement",
    "Text",
    "parse_policy",
    "policy_from_data",
]

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 20


def parse_policy(text: str, *, name: str, arn: str | None = None, attached_to: str | None = None) -> Policy:
    """Return the policy that `text` spells, or raise `PolicyError` with the place of the first mistake."""
    try:
        found = policy_elements(read_json(text, max_depth=MAX_DEPTH, max_characters=MAX_CHARACTERS))
    except JSONTextError as error:
        position = position_in(text, error.offset)
        raise PolicyError(error.message, position.line, position.column) from None
    return Policy(name, arn, attached_to, text, found.version, found.id, found.statements)


def policy_from_data(
    data: Mapping[str, Any], *, name: str, arn: str | None = None, attached_to: str | None = None
) -> Policy:
    """Return the policy of a document given as JSON data. `PolicyError` as `parse_policy`."""
    return parse_policy(json.dumps(data, indent=2), name=name, arn=arn, attached_to=attached_to)
