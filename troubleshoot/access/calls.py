"""The original call, as it is kept with a request, to be evaluated again after the change."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from troubleshoot.iam import condition_keys
from troubleshoot.iam.layers import PolicySet
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


def denial_of(data: Mapping[str, Any]) -> str:
    """Return a kept call as a denial, in the words in which AWS writes one. It says no reason."""
    return f"User: {data['principal']} is not authorized to perform: {data['action']} on resource: {data['resource']}"


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


def as_of(call: Request, policies: PolicySet, at: datetime) -> Request:
    """Return the call as of `at`, ready to be judged on `policies`.

    Only what follows from the principal and the time is known of the call. Whatever else the policies ask for is
    unknown, so that no answer rests on a value that nobody has seen.
    """
    context = {**call.context, "aws:CurrentTime": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
    known = {key.lower() for key in context}
    asked = frozenset(key for key in condition_keys(policies) if key.lower() not in known)
    return replace(call, context=context, unknown_keys=call.unknown_keys | asked)


def call_digest(principal: str, action: str, resource: str) -> str:
    """Return what makes two requests ask for the same: IAM reads an action's name in any case."""
    canonical = json.dumps([principal, action.lower(), resource], separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(value: str | tuple[str, ...]) -> str | list[str]:
    return value if isinstance(value, str) else list(value)
