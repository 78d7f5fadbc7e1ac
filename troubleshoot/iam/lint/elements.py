"""Form and size: what a document of its kind may and must hold.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from troubleshoot.iam.document import VERSIONS
from troubleshoot.iam.lint.findings import Finding, Kind, Rule, Severity, Subject

_QUOTAS = Path(__file__).with_name("quotas.json")
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\xff]")
_SID = re.compile(r"[A-Za-z0-9]*")
_WITHOUT_ID = (Kind.MANAGED, Kind.INLINE_USER, Kind.INLINE_GROUP, Kind.INLINE_ROLE, Kind.BOUNDARY, Kind.SESSION)
_WITHOUT_NOT_PRINCIPAL = (Kind.TRUST, Kind.RCP)


def _characters(subject: Subject) -> Iterator[Finding]:
    match = _FORBIDDEN.search(subject.policy.text)
    if match is not None:
        yield subject.finding(
            "character_not_allowed",
            Severity.ERROR,
            f"IAM does not take the character U+{ord(match[0]):04X}.",
            "Use plain Latin characters only.",
            match.start(),
        )


@cache
def _quotas() -> dict[str, dict[str, int]]:
    quotas: dict[str, dict[str, int]] = json.loads(_QUOTAS.read_text(encoding="utf-8"))
    return quotas


def _size(subject: Subject) -> Iterator[Finding]:
    text = subject.policy.text
    compact, whole = _quotas()["without_white_space"], _quotas()["with_white_space"]
    size = len(text) if subject.kind in whole else len("".join(text.split()))
    most = whole.get(subject.kind) or compact.get(subject.kind)
    if most is not None and size > most:
        yield subject.finding(
            "too_large",
            Severity.ERROR,
            f"The document has {size:,} characters that count; AWS takes {most:,}.",
            "Split it, or use wildcards for actions that belong together.",
            0,
        )


def _version(subject: Subject) -> Iterator[Finding]:
    version = subject.policy.version
    if version is not None and version.value == VERSIONS[0]:
        return
    text = subject.policy.text
    if "${" in text:
        yield subject.finding(
            "variables_without_version",
            Severity.ERROR,
            "Without this version, `${...}` is plain text and no variable.",
            f'Begin the document with "Version": "{VERSIONS[0]}".',
            text.index("${"),
        )
    else:
        yield subject.finding(
            "old_version",
            Severity.WARNING,
            "The document does not name the current version of the language.",
            f'Begin the document with "Version": "{VERSIONS[0]}".',
            0 if version is None else version.start,
        )


def _id(subject: Subject) -> Iterator[Finding]:
    if subject.policy.id is not None and subject.kind in _WITHOUT_ID:
        yield subject.finding(
            "id_not_allowed",
            Severity.ERROR,
            "A policy of this kind has no `Id`.",
            "Remove it.",
            subject.policy.id.start,
        )


def _sids(subject: Subject) -> Iterator[Finding]:
    seen: set[str] = set()
    for statement in subject.policy.statements:
        sid = statement.sid
        if sid is None:
            continue
        if subject.kind is not Kind.RESOURCE and not _SID.fullmatch(sid.value):
            yield subject.finding(
                "sid_characters",
                Severity.ERROR,
                "A `Sid` holds letters and digits only.",
                "Rename it.",
                sid.start,
                statement,
            )
        if sid.value in seen:
            yield subject.finding(
                "sid_repeated",
                Severity.ERROR,
                "Two statements have the same `Sid`.",
                "Rename one.",
                sid.start,
                statement,
            )
        seen.add(sid.value)


def _principals(subject: Subject) -> Iterator[Finding]:
    for statement in subject.policy.statements:
        element = statement.principal
        if element is None:
            if subject.kind in (Kind.TRUST, Kind.RESOURCE):
                yield subject.finding(
                    "principal_missing",
                    Severity.ERROR,
                    "The statement does not say whom it is about.",
                    "Add `Principal`.",
                    statement.start,
                    statement,
                )
        elif not subject.kind.names_principals:
            yield subject.finding(
                "principal_not_allowed",
                Severity.ERROR,
                "This policy is attached to its principal and cannot name one.",
                "Remove `Principal`, or attach the document to the resource instead.",
                element.start,
                statement,
            )
        elif element.negated and (subject.kind in _WITHOUT_NOT_PRINCIPAL or not statement.denies):
            yield subject.finding(
                "not_principal_not_allowed",
                Severity.ERROR,
                "`NotPrincipal` works with Deny only, and not in policies of every kind.",
                "Deny `*` with the condition ArnNotEquals aws:PrincipalArn instead.",
                element.start,
                statement,
            )


def _resources(subject: Subject) -> Iterator[Finding]:
    for statement in subject.policy.statements:
        if statement.resource is not None and subject.kind is Kind.TRUST:
            yield subject.finding(
                "resource_not_allowed",
                Severity.ERROR,
                "A trust policy is about its own role and names no resource.",
                "Remove `Resource`.",
                statement.resource.start,
                statement,
            )
        if statement.resource is None and not subject.kind.names_principals:
            yield subject.finding(
                "resource_missing",
                Severity.ERROR,
                "The statement does not say which resources it is about.",
                "Add `Resource`.",
                statement.start,
                statement,
            )


def _rcp_effects(subject: Subject) -> Iterator[Finding]:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html"""
    for statement in subject.allowing() if subject.kind is Kind.RCP else ():
        yield subject.finding(
            "rcp_allows",
            Severity.ERROR,
            "A resource control policy of your own can only deny.",
            "Use Deny; AWS's own policy RCPFullAWSAccess allows the rest.",
            statement.start,
            statement,
        )


def _empty_lists(subject: Subject) -> Iterator[Finding]:
    for statement in subject.policy.statements:
        empty: list[tuple[str, int]] = []
        for name, element in (("Action", statement.action), ("Resource", statement.resource)):
            if element is not None and not element.values:
                empty.append((name, element.start))
        empty += [(one.key.value, one.key.start) for one in statement.conditions if not one.values]
        for name, start in empty:
            yield subject.finding(
                "list_empty",
                Severity.WARNING,
                f"`{name}` lists nothing.",
                "Name something, or remove it.",
                start,
                statement,
            )


RULES: tuple[Rule, ...] = (
    _characters,
    _size,
    _version,
    _id,
    _sids,
    _principals,
    _resources,
    _rcp_effects,
    _empty_lists,
)
