"""The original call, as it is kept with a request, to be evaluated again after the change."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from troubleshoot.iam.request import Request


def call_data(request: Request) -> dict[str, Any]:
    """Return the call as plain JSON data; `call_from_data` is the way back."""
    return {
        "principal": request.principal,
        "action": request.action,
        "resource": request.resource,
        "resource_account": request.resource_account,
        "context": {key: _plain(value) for key, value in request.context.items()},
        "unknown_keys": sorted(request.unknown_keys),
        "wildcard_only": request.wildcard_only,
    }


def call_from_data(data: Mapping[str, Any]) -> Request:
    """Return the call that `call_data` was taken from. `KeyError` on foreign data."""
    return Request(
        principal=data["principal"],
        action=data["action"],
        resource=data["resource"],
        resource_account=data["resource_account"],
        context={key: tuple(value) if isinstance(value, list) else value for key, value in data["context"].items()},
        unknown_keys=frozenset(data["unknown_keys"]),
        wildcard_only=data["wildcard_only"],
    )


def call_digest(principal: str, action: str, resource: str) -> str:
    """Return what makes two requests ask for the same: IAM reads an action's name in any case."""
    canonical = json.dumps([principal, action.lower(), resource], separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(value: str | tuple[str, ...]) -> str | list[str]:
    return value if isinstance(value, str) else list(value)
