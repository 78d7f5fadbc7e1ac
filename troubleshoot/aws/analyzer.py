"""IAM Access Analyzer on documents: its checks of one, and whether one allows more than another.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-validation.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-custom-policy-checks.html
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from troubleshoot.aws.answers import (
    FindingKind,
    NewAccess,
    NewAccessReason,
    NotAnswered,
    PolicyFinding,
    PolicyUse,
    Position,
)
from troubleshoot.aws.asking import asked
from troubleshoot.aws.connect import Answer, Connection, field
from troubleshoot.aws.errors import ProblemKind, problem

SERVICE = "accessanalyzer"
_VALIDATE = "access-analyzer:ValidatePolicy"
_COMPARE = "access-analyzer:CheckNoNewAccess"
_WORST_FIRST: tuple[FindingKind, ...] = ("ERROR", "SECURITY_WARNING", "WARNING", "SUGGESTION")
_USES: Mapping[PolicyUse, dict[str, str]] = {
    "identity": {"policyType": "IDENTITY_POLICY"},
    "resource": {"policyType": "RESOURCE_POLICY"},
    "trust": {
        "policyType": "RESOURCE_POLICY",
        "validatePolicyResourceType": "AWS::IAM::AssumeRolePolicyDocument",
    },
    "scp": {"policyType": "SERVICE_CONTROL_POLICY"},
    "rcp": {"policyType": "RESOURCE_CONTROL_POLICY"},
}


class Analyzer:
    """Asks Access Analyzer through one connection. No method raises."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def findings(self, document: str, use: PolicyUse) -> tuple[PolicyFinding, ...] | NotAnswered:
        """Return the findings about a document, the worst first."""

        def read() -> tuple[PolicyFinding, ...]:
            pages = self._connection.pages(
                SERVICE, "ValidatePolicy", "findings", policyDocument=document, locale="EN", **_USES[use]
            )
            return tuple(sorted((_finding(item) for item in pages), key=lambda item: _WORST_FIRST.index(item.kind)))

        return asked(self._connection, SERVICE, read)

    def new_access(
        self, existing: str, new: str, use: Literal["identity", "resource", "trust"]
    ) -> NewAccess | NotAnswered:
        """Tell whether `new` allows more than `existing`."""

        def read() -> NewAccess:
            answer = self._connection.call(
                SERVICE,
                "CheckNoNewAccess",
                existingPolicyDocument=existing,
                newPolicyDocument=new,
                policyType=_USES[use]["policyType"],
            )
            return _compared(answer)

        return asked(self._connection, SERVICE, read)


def _finding(item: Answer) -> PolicyFinding:
    said = field(item, "findingType", permission=_VALIDATE)
    kind = next((kind for kind in _WORST_FIRST if kind == said), None)
    if kind is None:
        raise problem(ProblemKind.BAD_ANSWER, _VALIDATE)
    start, end = next(_spans(item), (None, None))
    return PolicyFinding(
        kind=kind,
        code=field(item, "issueCode", permission=_VALIDATE),
        words=field(item, "findingDetails", permission=_VALIDATE),
        link=field(item, "learnMoreLink", permission=_VALIDATE),
        start=start,
        end=end,
    )


def _spans(item: Answer) -> Iterator[tuple[Position, Position]]:
    for location in item.get("locations") or ():
        span = field(location, "span", permission=_VALIDATE, kind=dict)
        yield _position(span, "start"), _position(span, "end")


def _position(span: Mapping[str, Any], name: str) -> Position:
    # Access Analyzer counts lines from 1 and columns from 0.
    line = field(span, name, "line", permission=_VALIDATE, kind=int)
    return Position(line, field(span, name, "column", permission=_VALIDATE, kind=int) + 1)


def _compared(answer: Answer) -> NewAccess:
    result = field(answer, "result", permission=_COMPARE)
    if result not in ("PASS", "FAIL"):
        raise problem(ProblemKind.BAD_ANSWER, _COMPARE)
    reasons = tuple(
        NewAccessReason(str(reason.get("description", "")), reason.get("statementIndex"), reason.get("statementId"))
        for reason in answer.get("reasons") or ()
    )
    return NewAccess(result == "FAIL", str(answer.get("message", "")), reasons)
