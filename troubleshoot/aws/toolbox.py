"""What AWS recorded about a denied call, by the authorization ID that its message names.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from troubleshoot.aws.answers import (
    AuthorizationCheck,
    AuthorizationDetails,
    AuthorizationEvaluation,
    AuthorizationMatch,
    AuthorizationPolicy,
    AuthorizationStatement,
    CheckEffect,
    NotAnswered,
)
from troubleshoot.aws.asking import asked
from troubleshoot.aws.connect import Answer, Connection, field
from troubleshoot.aws.errors import AwsProblem, ProblemKind, problem
from troubleshoot.aws.textonly import now

SERVICE = "iam-toolbox"
_DETAILS = "iam:GetRequestAuthorizationDetails"
_EFFECTS: tuple[CheckEffect, ...] = ("ALLOW", "NO_IMPACT", "IMPLICIT_DENY", "EXPLICIT_DENY")
# The service's own pattern; AWS's documentation also shows upper case.
_ID = re.compile(r"[0-9A-Za-z]{1,256}", re.ASCII)
_NO_ID = "This is not an authorization ID: those are letters and digits only."
_NOT_YET = "AWS knows no such authorization ID here. It records them some seconds late, and keeps them for about a day."
# More pages or policies than this are not waited for: a person is.
_MOST_PAGES = 5
_MOST_DOCUMENTS = 6


class Toolbox:
    """Asks the IAM toolbox of one Region through one connection. No method raises."""

    def __init__(self, connection: Connection, region: str) -> None:
        self._connection = connection
        self._region = region

    def details(self, authorization_id: str, *, documents: bool) -> AuthorizationDetails | NotAnswered:
        """Return what was recorded under an ID, and with `documents` the policies that stopped the call."""
        if _ID.fullmatch(authorization_id) is None:
            return NotAnswered(_NO_ID, ProblemKind.BAD_REQUEST)
        found = asked(self._connection, SERVICE, lambda: self._details(authorization_id, documents=documents))
        if isinstance(found, NotAnswered) and found.kind is ProblemKind.NOT_FOUND:
            return NotAnswered(_NOT_YET, found.kind)
        return found

    def _details(self, authorization_id: str, *, documents: bool) -> AuthorizationDetails:
        pages = list(self._pages(authorization_id))
        context = _context(field(pages[0], "requestContext", permission=_DETAILS, kind=dict))
        evaluations = tuple(_evaluation(item) for page in pages for item in _listed(page, "evaluations"))
        policies = tuple(_policy(item) for page in pages for item in _listed(page, "policies"))
        if documents:
            policies = tuple(self._with_documents(authorization_id, policies, set(_stopping(evaluations))))
        return AuthorizationDetails(
            id=authorization_id,
            region=self._region,
            principal=_principal(context, evaluations),
            context=context,
            evaluations=evaluations,
            policies=policies,
            asked_at=now(),
        )

    def _pages(self, authorization_id: str) -> Iterator[Answer]:
        token: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            page = self._connection.call(
                SERVICE, "GetRequestAuthorizationDetails", authorizationId=authorization_id, **token
            )
            yield page
            if not page.get("nextToken"):
                return
            token = {"nextToken": str(page["nextToken"])}

    def _with_documents(
        self, authorization_id: str, policies: Iterable[AuthorizationPolicy], wanted: set[str]
    ) -> Iterator[AuthorizationPolicy]:
        left = _MOST_DOCUMENTS
        for policy in policies:
            if policy.uri is None or policy.uri not in wanted or left == 0:
                yield policy
                continue
            left -= 1
            yield self._with_document(authorization_id, policy, policy.uri)

    def _with_document(self, authorization_id: str, policy: AuthorizationPolicy, uri: str) -> AuthorizationPolicy:
        operation = "GetRequestAuthorizationPolicy"
        try:
            answer = self._connection.call(SERVICE, operation, authorizationId=authorization_id, policyUri=uri)
            document = field(answer, "policyDocument", permission=f"iam:{operation}", kind=dict)
        except AwsProblem as found:
            return _replaced(policy, None, found.words)
        return _replaced(policy, json.dumps(document, indent=2, ensure_ascii=False), "")


def _replaced(policy: AuthorizationPolicy, document: str | None, why_not: str) -> AuthorizationPolicy:
    return AuthorizationPolicy(policy.kind, policy.uri, policy.inline, policy.attached_to, document, why_not)


def _listed(page: Answer, name: str) -> list[Any]:
    found: list[Any] = field(page, name, permission=_DETAILS, kind=list)
    return found


def _evaluation(item: Answer) -> AuthorizationEvaluation:
    checks = tuple(_check(check) for check in item.get("checks") or ())
    return AuthorizationEvaluation(
        action=field(item, "action", permission=_DETAILS),
        resource=field(item, "resource", permission=_DETAILS),
        effect=item.get("evaluatedEffect"),
        context=_context(item.get("context") or {}),
        checks=checks,
        # The older form of the same, without the kind of policy: only where AWS does not fill in the checks.
        matched=() if checks else _matches(item),
    )


def _check(item: Answer) -> AuthorizationCheck:
    said = field(item, "evaluatedEffect", permission=_DETAILS)
    effect = next((effect for effect in _EFFECTS if effect == said), None)
    if effect is None:
        raise problem(ProblemKind.BAD_ANSWER, _DETAILS)
    kind = field(item, "checkType", permission=_DETAILS)
    return AuthorizationCheck(kind, effect, item.get("targetArn"), _matches(item))


def _matches(item: Answer) -> tuple[AuthorizationMatch, ...]:
    return tuple(
        AuthorizationMatch(
            field(match, "uri", permission=_DETAILS),
            tuple(
                AuthorizationStatement(str(statement.get("evaluatedEffect", "")), statement.get("sid"))
                for statement in match.get("matchedStatements") or ()
            ),
        )
        for match in item.get("matchedPolicies") or ()
    )


def _policy(item: Answer) -> AuthorizationPolicy:
    return AuthorizationPolicy(
        kind=field(item, "type", permission=_DETAILS),
        uri=item.get("uri"),
        inline=bool(item.get("inline")),
        attached_to=tuple(str(holder["arn"]) for holder in item.get("attachedTo") or () if "arn" in holder),
    )


def _context(found: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {str(key): _values(value) for key, value in found.items()}


def _values(value: object) -> tuple[str, ...]:
    """Return a value of the context: AWS's model leaves open whether it is a text, a number, a list or more."""
    if isinstance(value, list):
        return tuple(text for item in value for text in _values(item))
    if isinstance(value, str):
        return (value,)
    return (json.dumps(value, ensure_ascii=False),)


def _principal(context: Mapping[str, tuple[str, ...]], evaluations: Iterable[AuthorizationEvaluation]) -> str | None:
    """Return whom the record is about: the one ARN that it names everywhere."""
    contexts = (context, *(evaluation.context for evaluation in evaluations))
    named = {
        value
        for found in contexts
        for key, values in found.items()
        if key.lower() == "aws:principalarn"
        for value in values
    }
    return named.pop() if len(named) == 1 else None


def _stopping(evaluations: Iterable[AuthorizationEvaluation]) -> Iterator[str]:
    for evaluation in evaluations:
        for match in evaluation.matched:
            yield match.uri
        for check in evaluation.checks:
            yield from (match.uri for match in check.matched if check.stops)
