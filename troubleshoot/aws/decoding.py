"""Encoded authorization failure messages, opened by STS.

https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
https://docs.aws.amazon.com/cli/latest/reference/sts/decode-authorization-message.html
"""

import json
from typing import Any

from troubleshoot.aws.answers import DecodedMessage, DecodedStatement, NotAnswered
from troubleshoot.aws.asking import asked
from troubleshoot.aws.connect import Connection, field
from troubleshoot.aws.errors import ProblemKind, problem
from troubleshoot.aws.textonly import now

LONGEST = 10_240
"""Characters of an encoded message, by the API's own limit."""

_PERMISSION = "sts:DecodeAuthorizationMessage"
_TOO_LONG = "An encoded message has at most 10,240 characters. Please check that nothing else was pasted with it."
_NOT_ITS_OWN = (
    "AWS could not open this encoded message. It may be incomplete, or come from another account than this one."
)


def decode(connection: Connection, message: str) -> DecodedMessage | NotAnswered:
    """Return what an encoded message says, or why it could not be opened. Whose it is, it says itself."""
    if not 0 < len(message) <= LONGEST:
        return NotAnswered(_TOO_LONG, ProblemKind.BAD_REQUEST)
    found = asked(connection, "sts", lambda: _decoded(connection, message))
    if isinstance(found, NotAnswered) and found.kind is ProblemKind.BAD_REQUEST:
        return NotAnswered(_NOT_ITS_OWN, found.kind)
    return found


def _decoded(connection: Connection, message: str) -> DecodedMessage:
    answer = connection.call("sts", "DecodeAuthorizationMessage", EncodedMessage=message)
    return parse_decoded(field(answer, "DecodedMessage", permission=_PERMISSION))


def parse_decoded(text: str) -> DecodedMessage:
    """Return the facts of a decoded message. `AwsProblem` where it is no JSON object.

    AWS documents what it tells but no field's name, so that whatever has another form than expected is left out.
    """
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise problem(ProblemKind.BAD_ANSWER, _PERMISSION)
    context = _object(data.get("context"))
    principal = context.get("principal")
    return DecodedMessage(
        text=text,
        principal=_text(principal.get("arn") if isinstance(principal, dict) else principal),
        action=_text(context.get("action")),
        resource=_text(context.get("resource")),
        allowed=_flag(data.get("allowed")),
        explicit_deny=_flag(data.get("explicitDeny")),
        context=_conditions(context.get("conditions")),
        matched=_statements(data.get("matchedStatements")),
        failures=_statements(data.get("failures")),
        asked_at=now(),
    )


def _conditions(found: object) -> dict[str, tuple[str, ...]]:
    return {
        str(item["key"]): tuple(_value(value) for value in _items(item.get("values")))
        for item in _objects(found)
        if isinstance(item.get("key"), str)
    }


def _statements(found: object) -> tuple[DecodedStatement, ...]:
    return tuple(
        DecodedStatement(
            sid=_text(item.get("statementId")),
            effect=_text(item.get("effect")),
            policy=_text(item.get("sourcePolicyId")),
            policy_kind=_text(item.get("sourcePolicyType")),
        )
        for item in _objects(found)
    )


def _objects(found: object) -> list[dict[str, Any]]:
    return [item for item in _items(found) if isinstance(item, dict)]


def _items(found: object) -> list[Any]:
    """Return a list of AWS's, which stands there bare or as `{"items": […]}`."""
    listed = found.get("items") if isinstance(found, dict) else found
    return listed if isinstance(listed, list) else []


def _value(item: object) -> str:
    found = item.get("value") if isinstance(item, dict) else item
    return found if isinstance(found, str) else json.dumps(found)


def _object(found: object) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}


def _text(found: object) -> str | None:
    return found if isinstance(found, str) and found else None


def _flag(found: object) -> bool | None:
    return found if isinstance(found, bool) else None
