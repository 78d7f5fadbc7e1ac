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

NOBODY = "access-desk-nobody"
_NOTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'
# What AWS says where the role may ask, but nobody and nothing of this name is known.
_ANSWERS = (ProblemKind.NOT_FOUND, ProblemKind.BAD_REQUEST)


@dataclass(frozen=True, slots=True)
class Question:
    """One answer of AWS's own: what the portal does with it, and the calls that it takes."""

    purpose: str
    calls: tuple[tuple[str, str, dict[str, Any]], ...]


def questions(settings: AccountSettings) -> tuple[Question, ...]:
    """Return every optional answer with calls that ask for it, none about anybody."""
    nobody = f"arn:{settings.partition}:iam::{settings.account_id}:user/{NOBODY}"
    now = datetime.now(UTC)
    simulated = {"ActionNames": ["personalize:ListSchemas"]}
    attribute = {"AttributeKey": "Username", "AttributeValue": NOBODY}
    documents = {"existingPolicyDocument": _NOTHING, "newPolicyDocument": _NOTHING, "policyType": "IDENTITY_POLICY"}
    recorded = {"authorizationId": "0"}
    return (
        Question(
            "Asks AWS's policy simulator",
            (
                ("iam", "SimulatePrincipalPolicy", {"PolicySourceArn": nobody, **simulated}),
                ("iam", "SimulateCustomPolicy", {"PolicyInputList": [_NOTHING], **simulated}),
            ),
        ),
        Question(
            "Reads AWS's record of a denied call by its authorization ID",
            (
                ("iam-toolbox", "GetRequestAuthorizationDetails", recorded),
                ("iam-toolbox", "GetRequestAuthorizationPolicy", {**recorded, "policyUri": nobody}),
            ),
        ),
        Question(
            "Opens encoded authorization failure messages",
            (("sts", "DecodeAuthorizationMessage", {"EncodedMessage": NOBODY}),),
        ),
        Question(
            "Has proposals checked by IAM Access Analyzer",
            (
                ("accessanalyzer", "ValidatePolicy", {"policyDocument": _NOTHING, "policyType": "IDENTITY_POLICY"}),
                ("accessanalyzer", "CheckNoNewAccess", documents),
            ),
        ),
        Question(
            "Looks up denied calls in CloudTrail",
            (
                (
                    "cloudtrail",
                    "LookupEvents",
                    {"LookupAttributes": [attribute], "StartTime": now - timedelta(minutes=1), "EndTime": now},
                ),
            ),
        ),
        Question(
            "Reads the whole account at once, to find roles that already allow a call",
            (("iam", "GetAccountAuthorizationDetails", {"Filter": ["LocalManagedPolicy"], "MaxItems": 1}),),
        ),
    )


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
