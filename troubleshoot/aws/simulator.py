"""IAM's policy simulator, as it works since its rewrite of 2026.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from troubleshoot.aws.answers import BlindSpot, NotAnswered, Position, Simulation, SimulatorDecision, SimulatorStatement
from troubleshoot.aws.asking import asked
from troubleshoot.aws.connect import Answer, Connection, field
from troubleshoot.aws.errors import ProblemKind, problem
from troubleshoot.aws.principal import Entity, EntityKind, entity_of
from troubleshoot.aws.textonly import now
from troubleshoot.iam.request import ContextValue, Request

BLIND_SPOTS = (
    BlindSpot("rcps", "It does not look at resource control policies."),
    BlindSpot("vpc_endpoint", "It does not look at the policy of a VPC endpoint."),
    BlindSpot("session", "It does not know a session policy, nor the way over which a role was assumed."),
    BlindSpot("resource_policies", "It knows a resource's own policy only if the portal passes it, and only one."),
    BlindSpot("scp_text", "It applies service control policies, but does not say which one or which statement."),
    BlindSpot("context", "It knows only the context keys that the portal passes, and what follows from the principal."),
)
"""What the simulator does not look at, for the page to list: its answer may differ from a real call's."""

_NO_POLICIES = "The simulator knows the policies of IAM users and roles only, and this principal is neither."
_NO_ROLE_PATH = "The simulator needs the ARN of the role behind this session, and its path is not known."
_RESOURCE_POLICY_OF_ROLE = "The resource's own policy: the simulator takes one for IAM users only."
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html: the simulator fills these in.
_FILLED_IN = frozenset(
    {
        "aws:principalaccount",
        "aws:principalid",
        "aws:principalorgid",
        "aws:principalorgmasteraccountid",
        "aws:principalorgpaths",
        "aws:principaltype",
        "aws:type",
        "aws:userid",
        "aws:username",
    }
)
_TYPE_OF_KEY = {
    "aws:currenttime": "date",
    "aws:tokenissuetime": "date",
    "aws:epochtime": "numeric",
    "aws:multifactorauthage": "numeric",
    "aws:multifactorauthpresent": "boolean",
    "aws:principalisawsservice": "boolean",
    "aws:securetransport": "boolean",
    "aws:viaawsservice": "boolean",
    "aws:sourceip": "ip",
    "aws:vpcsourceip": "ip",
}
_KINDS = frozenset({"inline", "aws-managed", "user-managed", "permission-boundary", "scp", "rcp"})
_WORST_FIRST: tuple[SimulatorDecision, ...] = ("explicitDeny", "implicitDeny", "allowed")


class Simulator:
    """Asks the simulator through one connection. No method raises."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_principal(
        self, call: Request, *, adding: Sequence[str] = (), without: Sequence[str] = (), resource_policy: str = ""
    ) -> Simulation | NotAnswered:
        """Ask about a principal's own policies, groups, boundary and SCPs; see `Answers.simulate`."""
        source = _source_of(call)
        if isinstance(source, NotAnswered):
            return source
        takes_policy = bool(resource_policy) and source.is_user
        parameters = {
            "PolicySourceArn": source.arn,
            **_call(call),
            **({"PolicyInputList": list(adding)} if adding else {}),
            **({"PolicyExclusionList": [_excluded(policy) for policy in without]} if without else {}),
            **({"ResourcePolicy": resource_policy} if takes_policy else {}),
        }
        left_out = (_RESOURCE_POLICY_OF_ROLE,) if resource_policy and not takes_policy else ()
        return self._asked("SimulatePrincipalPolicy", parameters, call, left_out)

    def of_documents(self, call: Request, documents: Sequence[str], *, boundary: str = "") -> Simulation | NotAnswered:
        """Ask what these documents alone do with the call; see `Answers.simulate_documents`."""
        parameters = {"PolicyInputList": list(documents), **_call(call)}
        if boundary:
            parameters["PermissionsBoundaryPolicyInputList"] = [boundary]
        return self._asked("SimulateCustomPolicy", parameters, call, ())

    def _asked(
        self, operation: str, parameters: Mapping[str, Any], call: Request, left_out: tuple[str, ...]
    ) -> Simulation | NotAnswered:
        def read() -> Simulation:
            answer = self._connection.call("iam", operation, **parameters)
            return _simulation(answer, f"iam:{operation}", call, left_out)

        return asked(self._connection, "iam", read)


def _source_of(call: Request) -> Entity | NotAnswered:
    """Return the user or role whose policies decide. A session's own ARN leaves out the path of its role."""
    entity = entity_of(call.principal)
    if not entity.has_own_policies:
        return NotAnswered(_NO_POLICIES, ProblemKind.NOT_SUPPORTED)
    if entity.kind is not EntityKind.ROLE_SESSION:
        return entity
    role = entity_of(str(call.context.get("aws:PrincipalArn", "")))
    if role.kind is not EntityKind.ROLE or role.name != entity.name:
        return NotAnswered(_NO_ROLE_PATH, ProblemKind.NOT_SUPPORTED)
    return role


def _call(call: Request) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "ActionNames": [call.action],
        "ResourceArns": ["*" if call.wildcard_only else call.resource],
        "ContextEntries": [
            _entry(key, value) for key, value in sorted(call.context.items()) if key.lower() not in _FILLED_IN
        ],
    }
    if call.resource_account:
        parameters["ResourceOwner"] = call.resource_account
    return parameters


def _entry(key: str, value: ContextValue) -> dict[str, Any]:
    kind = _TYPE_OF_KEY.get(key.lower(), "string")
    if isinstance(value, str):
        return {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": kind}
    return {"ContextKeyName": key, "ContextKeyValues": list(value), "ContextKeyType": f"{kind}List"}


def _excluded(policy: str) -> dict[str, str]:
    return {"PolicyType": policy} if policy in _KINDS else {"PolicyArn": policy}


def _simulation(answer: Answer, permission: str, call: Request, left_out: tuple[str, ...]) -> Simulation:
    results = field(answer, "EvaluationResults", permission=permission, kind=list)
    if len(results) != 1:
        raise problem(ProblemKind.BAD_ANSWER, permission)
    whole = results[0]
    part, decision = _decisive(whole, permission)
    return Simulation(
        principal=call.principal,
        action=call.action,
        resource=call.resource,
        decision=decision,
        matched=tuple(_statement(item, permission) for item in part.get("MatchedStatements") or ()),
        missing_keys=tuple(map(str, part.get("MissingContextValues") or ())),
        by_organizations=_flag(whole, "OrganizationsDecisionDetail", "AllowedByOrganizations"),
        by_boundary=_flag(part, "PermissionsBoundaryDecisionDetail", "AllowedByPermissionsBoundary"),
        by_source={str(name): str(value) for name, value in (part.get("EvalDecisionDetails") or {}).items()},
        left_out=left_out,
        asked_at=now(),
    )


def _decisive(whole: Answer, permission: str) -> tuple[Answer, SimulatorDecision]:
    """Return the result that holds for the resource: the worst of the resource's own, where there are any.

    `EvalResourceName` of the whole is a template since 2026, and its decision one over all resource types.
    """
    parts = whole.get("ResourceSpecificResults") or []
    decided = [(part, _decision(part, "EvalResourceDecision", permission)) for part in parts]
    if not decided:
        return whole, _decision(whole, "EvalDecision", permission)
    part, decision = min(decided, key=lambda item: _WORST_FIRST.index(item[1]))
    boundary = "PermissionsBoundaryDecisionDetail"
    return ({boundary: whole[boundary], **part} if boundary in whole else part), decision


def _decision(part: Answer, name: str, permission: str) -> SimulatorDecision:
    said = field(part, name, permission=permission)
    found = next((decision for decision in _WORST_FIRST if decision == said), None)
    if found is None:
        raise problem(ProblemKind.BAD_ANSWER, permission)
    return found


def _statement(item: Answer, permission: str) -> SimulatorStatement:
    return SimulatorStatement(
        policy=field(item, "SourcePolicyId", permission=permission),
        kind=str(item.get("SourcePolicyType", "")),
        start=_position(item.get("StartPosition")),
        end=_position(item.get("EndPosition")),
    )


def _position(found: object) -> Position | None:
    if not isinstance(found, dict) or not {"Line", "Column"} <= found.keys():
        return None
    return Position(int(found["Line"]), int(found["Column"]))


def _flag(part: Answer, *names: str) -> bool | None:
    value: Any = part
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, bool) else None
