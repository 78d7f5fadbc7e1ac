"""Statements that AWS accepts and that allow more than most people mean.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

import re
from collections.abc import Iterator

from troubleshoot.iam.arn import is_account_id, parse_arn
from troubleshoot.iam.document import Statement
from troubleshoot.iam.lint.findings import Finding, Kind, Rule, Severity, Subject, is_wild
from troubleshoot.iam.wildcard import compile_glob, tokens_of

_DELETED = re.compile(r"A(?:IDA|ROA)[A-Z0-9]{12,}")
_CONTROL = (Kind.SCP, Kind.RCP, Kind.BOUNDARY, Kind.VPC_ENDPOINT)


def _everything(subject: Subject) -> Iterator[Finding]:
    for statement in subject.allowing() if subject.kind not in _CONTROL else ():
        if _is_star(statement) and any(value.value in ("*", "*:*") for value in statement.action.values):
            yield subject.finding(
                "allows_everything",
                Severity.SECURITY,
                "The statement allows every action on every resource.",
                "Name the actions and resources that are needed.",
                statement.start,
                statement,
            )


def _allowing_not(subject: Subject) -> Iterator[Finding]:
    for statement in subject.allowing() if subject.kind not in _CONTROL else ():
        elements = (("NotAction", statement.action), ("NotResource", statement.resource))
        for name, element in elements:
            if element is not None and element.negated:
                yield subject.finding(
                    "allows_all_but",
                    Severity.SECURITY,
                    f"Allow with `{name}` allows all that is not listed, also what AWS adds later.",
                    "List what is allowed instead.",
                    element.start,
                    statement,
                )


def _pass_role(subject: Subject) -> Iterator[Finding]:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"""
    for statement in subject.allowing() if subject.kind not in _CONTROL else ():
        if statement.action.negated or not any(_includes_pass_role(value.value) for value in statement.action.values):
            continue
        if _is_star(statement):
            yield subject.finding(
                "passes_any_role",
                Severity.SECURITY,
                "The statement lets its holder pass every role of the account.",
                "Name the one role, path included.",
                statement.start,
                statement,
            )
        if not any(one.key.value.lower() == "iam:passedtoservice" for one in statement.conditions):
            yield subject.finding(
                "passes_to_any_service",
                Severity.SECURITY,
                "The statement does not say to which service a role may be passed.",
                'Add "StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}.',
                statement.start,
                statement,
            )


def _includes_pass_role(name: str) -> bool:
    return name.strip("*:") != "" and compile_glob(tokens_of(name.lower()))("iam:passrole")


def _is_star(statement: Statement) -> bool:
    resource = statement.resource
    return (
        resource is not None and not resource.negated and any(not value.value.strip("*") for value in resource.values)
    )


def _principals(subject: Subject) -> Iterator[Finding]:
    for statement in subject.policy.statements:
        for one in statement.principal.principals if statement.principal else ():
            problem = _principal_problem(one.kind, one.value.value)
            if problem is not None:
                code, message, fix = problem
                yield subject.finding(code, Severity.ERROR, message, fix, one.value.start, statement)


def _principal_problem(kind: str, text: str) -> tuple[str, str, str] | None:
    if kind != "AWS" or text == "*" or is_account_id(text):
        return None
    if _DELETED.fullmatch(text):
        return "principal_deleted", "This is the id of a principal that was deleted.", "Name the new principal's ARN."
    if is_wild(text):
        message = "A principal's ARN cannot hold wildcards."
        return "principal_wildcard", message, "Name the account, with the condition ArnLike aws:PrincipalArn."
    if parse_arn(text) is None:
        return "principal_malformed", f"`{text}` is neither an ARN nor an account.", "Write the principal's ARN."
    return None


def _anyone(subject: Subject) -> Iterator[Finding]:
    for statement in subject.allowing() if subject.kind in (Kind.TRUST, Kind.RESOURCE) else ():
        element = statement.principal
        if element is None or element.negated or statement.conditions:
            continue
        if any(one.value.value == "*" and one.kind in ("*", "AWS") for one in element.principals):
            yield subject.finding(
                "allows_anyone",
                Severity.SECURITY,
                "The statement allows anyone in the world.",
                "Name accounts or roles, or add a condition on aws:PrincipalOrgID.",
                element.start,
                statement,
            )


RULES: tuple[Rule, ...] = (_everything, _allowing_not, _pass_role, _principals, _anyone)
