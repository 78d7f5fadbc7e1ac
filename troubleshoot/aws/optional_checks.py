"""Does AWS give the portal its own answers? Each question is put about nobody; without an answer the portal goes on.

As in `checks`, IAM decides on the permission first: "no such entity" means that the role may ask.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from troubleshoot.aws.connect import Connection
from troubleshoot.aws.errors import AwsProblem, ProblemKind
from troubleshoot.aws.facts import AccountSettings, Finding

Calls = tuple[tuple[str, str, dict[str, Any]], ...]
"""Calls to make: the client, the operation, its parameters."""

NOBODY = "access-desk-nobody"
_NOTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'
# What AWS says where the role may ask, but nobody and nothing of this name is known.
_ANSWERS = (ProblemKind.NOT_FOUND, ProblemKind.BAD_REQUEST)


_ANALYZING: Calls = (
    ("accessanalyzer", "ValidatePolicy", {"policyDocument": _NOTHING, "policyType": "IDENTITY_POLICY"}),
    (
        "accessanalyzer",
        "CheckNoNewAccess",
        {"existingPolicyDocument": _NOTHING, "newPolicyDocument": _NOTHING, "policyType": "IDENTITY_POLICY"},
    ),
)


@dataclass(frozen=True, slots=True)
class Question:
    """One answer of AWS's own: what the portal does with it, and the calls that it takes."""

    purpose: str
    calls: Calls


def questions(settings: AccountSettings) -> tuple[Question, ...]:
    """Return every optional answer with calls that ask for it, none about anybody."""
    nobody = f"arn:{settings.partition}:iam::{settings.account_id}:user/{NOBODY}"
    return (
        Question("Asks AWS's policy simulator", _simulating(nobody)),
        Question("Reads AWS's record of a denied call by its authorization ID", _recorded(nobody)),
        Question(
            "Opens encoded authorization failure messages",
            (("sts", "DecodeAuthorizationMessage", {"EncodedMessage": NOBODY}),),
        ),
        Question("Has proposals checked by IAM Access Analyzer", _ANALYZING),
        Question("Looks up denied calls in CloudTrail", _looking_up(datetime.now(UTC))),
        Question(
            "Reads the whole account at once, to find roles that already allow a call",
            (("iam", "GetAccountAuthorizationDetails", {"Filter": ["LocalManagedPolicy"], "MaxItems": 1}),),
        ),
    )


def _simulating(nobody: str) -> Calls:
    action = {"ActionNames": ["personalize:ListSchemas"]}
    return (
        ("iam", "SimulatePrincipalPolicy", {"PolicySourceArn": nobody, **action}),
        ("iam", "SimulateCustomPolicy", {"PolicyInputList": [_NOTHING], **action}),
    )


def _recorded(nobody: str) -> Calls:
    recorded = {"authorizationId": "0"}
    return (
        ("iam-toolbox", "GetRequestAuthorizationDetails", recorded),
        ("iam-toolbox", "GetRequestAuthorizationPolicy", {**recorded, "policyUri": nobody}),
    )


def _looking_up(now: datetime) -> Calls:
    attribute = {"AttributeKey": "Username", "AttributeValue": NOBODY}
    times = {"StartTime": now - timedelta(minutes=1), "EndTime": now}
    return (("cloudtrail", "LookupEvents", {"LookupAttributes": [attribute], **times}),)


def optional_findings(settings: AccountSettings, connection: Connection) -> Iterator[Finding]:
    """Yield what became of each question. It never raises."""
    for question in questions(settings):
        refused = [problem for call in question.calls if (problem := _refusal(connection, *call)) is not None]
        if not refused:
            yield Finding(works=True, words=f"{question.purpose}.", optional=True)
        for problem in refused:
            words = f"{question.purpose}: not here. {problem.words}"
            helps = problem.kind is ProblemKind.ACCESS_DENIED
            yield Finding(works=False, words=words, permission=problem.permission if helps else None, optional=True)


def _refusal(connection: Connection, service: str, operation: str, parameters: dict[str, Any]) -> AwsProblem | None:
    try:
        connection.call(service, operation, **parameters)
    except AwsProblem as problem:
        return None if problem.kind in _ANSWERS else problem
    return None
