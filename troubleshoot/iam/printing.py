"""A parsed document back as JSON data: printed and parsed again it is the same document."""

from collections.abc import Iterable
from typing import Any

from troubleshoot.iam.document import Condition, Policy, PrincipalElement, Statement, Text


def policy_data(policy: Policy) -> dict[str, Any]:
    """Return the document as JSON data. Printed and parsed again it is the same document."""
    data: dict[str, Any] = {}
    if policy.version is not None:
        data["Version"] = policy.version.value
    if policy.id is not None:
        data["Id"] = policy.id.value
    data["Statement"] = [statement_data(statement) for statement in policy.statements]
    return data


def statement_data(statement: Statement) -> dict[str, Any]:
    """Return one statement as JSON data, each element's values as a list unless there is just one."""
    data: dict[str, Any] = {} if statement.sid is None else {"Sid": statement.sid.value}
    data["Effect"] = statement.effect
    if statement.principal is not None:
        data["NotPrincipal" if statement.principal.negated else "Principal"] = _principal_data(statement.principal)
    data["NotAction" if statement.action.negated else "Action"] = _plain(statement.action.values)
    if statement.resource is not None:
        data["NotResource" if statement.resource.negated else "Resource"] = _plain(statement.resource.values)
    if statement.conditions:
        data["Condition"] = _condition_data(statement.conditions)
    return data


def _principal_data(element: PrincipalElement) -> Any:
    if any(principal.kind == "*" for principal in element.principals):
        return "*"
    kinds = dict.fromkeys(principal.kind for principal in element.principals)
    return {kind: _plain(p.value for p in element.principals if p.kind == kind) for kind in kinds}


def _condition_data(conditions: tuple[Condition, ...]) -> dict[str, dict[str, Any]]:
    data: dict[str, dict[str, Any]] = {}
    for condition in conditions:
        values = [value.value for value in condition.values]
        data.setdefault(condition.operator.value, {})[condition.key.value] = values if condition.is_list else values[0]
    return data


def _plain(values: Iterable[Text]) -> str | list[str]:
    plain = [value.value for value in values]
    return plain[0] if len(plain) == 1 else plain
