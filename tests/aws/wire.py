"""Answers on the wire, written from botocore's own service models: a name that the model lacks is an error."""

import json
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from tests.aws.faulty import Wire
from troubleshoot.aws.sessions import new_session


def wire(service: str, operation: str, values: dict[str, Any]) -> Wire:
    """Return the answer of an operation with these values, as botocore would read them."""
    model = new_session().get_service_model(service)
    shape = model.operation_model(operation).output_shape
    checked = _checked(shape, values)
    if model.metadata["protocol"] == "query":
        body = f"<{operation}Result>{_xml(shape, checked)}</{operation}Result>"
        return 200, "text/xml", f"<{operation}Response>{body}</{operation}Response>".encode()
    return 200, "application/json", json.dumps(checked).encode()


def refusal(code: str, status: int, *, is_json: bool = True) -> Wire:
    """Return an error in AWS's form."""
    if is_json:
        return status, "application/json", json.dumps({"__type": code, "message": "as asked"}).encode()
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>as asked</Message></Error>"
    return status, "text/xml", f"<ErrorResponse>{error}</ErrorResponse>".encode()


def _checked(shape: Any, value: Any) -> Any:
    """Return the value as JSON; `KeyError` where the model has no such member."""
    if shape.type_name == "structure" and not getattr(shape, "is_document_type", False):
        return {name: _checked(shape.members[name], item) for name, item in value.items()}
    if shape.type_name == "list":
        return [_checked(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {name: _checked(shape.value, item) for name, item in value.items()}
    return value.timestamp() if isinstance(value, datetime) else value


def _xml(shape: Any, value: Any) -> str:
    if shape.type_name == "structure":
        return "".join(f"<{name}>{_xml(shape.members[name], item)}</{name}>" for name, item in value.items())
    if shape.type_name == "list":
        return "".join(f"<member>{_xml(shape.member, item)}</member>" for item in value)
    if shape.type_name == "map":
        entries = (f"<key>{escape(key)}</key><value>{escape(item)}</value>" for key, item in value.items())
        return "".join(f"<entry>{entry}</entry>" for entry in entries)
    if isinstance(value, bool):
        return str(value).lower()
    return escape(datetime.fromtimestamp(value, UTC).isoformat() if shape.type_name == "timestamp" else str(value))
