"""Findings on how a change is written: wildcards, what is turned around, what is lost, who is trusted."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from troubleshoot.iam.document import Policy, Statement, parse_policy
from troubleshoot.iam.lint import Kind, Severity, lint
from troubleshoot.iam.printing import statement_data
from troubleshoot.remedy.grant import edited_document
from troubleshoot.remedy.newly import as_texts
from troubleshoot.remedy.proposal import ChangeKind, Edit
from troubleshoot.remedy.risk.levels import Finding, Level, risk_data
from troubleshoot.remedy.risk.subject import Subject
from troubleshoot.remedy.trust_lint import TrustFacts, lint_trust

_GRAVITY = {"critical": Level.HIGH, "high": Level.HIGH, "medium": Level.MEDIUM, "low": Level.LOW}
_SHARED = (ChangeKind.GROUP_EDIT, ChangeKind.PERMISSION_SET)


def form_findings(subject: Subject) -> Iterator[Finding]:
    """Yield what is to be said of the statements themselves."""
    allowing = [one for one in subject.written if one["Effect"] == "Allow"]
    yield from _service_wildcards(allowing)
    if subject.change.kind is ChangeKind.TRUST_EDIT:
        yield from _trust(subject)
    else:
        yield from _linted(list(subject.written))
    yield from _lost_denies(subject.change.edit)
    yield from _others_gain(subject)


def _service_wildcards(statements: list[Mapping[str, Any]]) -> Iterator[Finding]:
    whole = [name for one in statements for name in as_texts(one.get("Action")) if name.endswith(":*")]
    grave = [name for name in whole if name.partition(":")[0].lower() in risk_data("risk")["grave_services"]]
    if grave:
        yield Finding(
            "grave_wildcard",
            Level.HIGH,
            "It allows every action of a service that hands out rights.",
            "Name the actions that are needed.",
            actions=tuple(dict.fromkeys(grave)),
        )
    if others := [name for name in whole if name not in grave]:
        yield Finding(
            "service_wildcard",
            Level.MEDIUM,
            "It allows every action of a service, also those that AWS adds later.",
            "Name the actions that are needed, or a job's.",
            actions=tuple(dict.fromkeys(others)),
        )


def _linted(statements: list[Mapping[str, Any]]) -> Iterator[Finding]:
    """What the policy lint says: a risk is grave, what likely means something else is told."""
    if not statements:
        return
    policy = _policy({"Version": "2012-10-17", "Statement": statements})
    for one in lint(policy, Kind.MANAGED):
        if one.code == "sid_repeated":
            continue
        level = Level.HIGH if one.severity is Severity.SECURITY else Level.LOW
        yield Finding(one.code, level, one.message, one.fix)


def _trust(subject: Subject) -> Iterator[Finding]:
    """What is unwise in the trust policy as it would be, and was not so before."""
    edit = subject.change.edit
    if edit is None:
        return
    facts = TrustFacts(ours=frozenset({subject.change.account}))
    before = {(one.id, one.about) for one in lint_trust(_parsed(edit.before), facts)} if edit.before else set()
    for one in lint_trust(_parsed(edited_document(edit, ends_at=None)), facts):
        if (one.id, one.about) not in before and one.severity in _GRAVITY:
            yield Finding("trust", _GRAVITY[one.severity], f"{one.title}.", one.fix, sources=one.sources)


def _lost_denies(edit: Edit | None) -> Iterator[Finding]:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-custom-policy-checks.html"""
    if edit is None or not edit.before:
        return
    kept = [one for one in _parsed(edited_document(edit, ends_at=None)).statements if one.denies]
    texts = {_text(one) for one in kept}
    if any(one.denies and _text(one) not in texts for one in _parsed(edit.before).statements):
        yield Finding(
            "deny_lost",
            Level.HIGH,
            "A statement that denies goes away, or says something else.",
            "Leave every Deny as it is.",
        )


def _others_gain(subject: Subject) -> Iterator[Finding]:
    edit = subject.change.edit
    if edit is None or subject.change.kind is ChangeKind.TRUST_EDIT:
        return
    if subject.change.kind in _SHARED or edit.policy_arn is not None:
        yield Finding(
            "others_gain",
            Level.MEDIUM,
            "Everybody who has this policy gains by it, not only the one who asks.",
            "Give it to the one principal, in a policy of its own.",
        )


def _text(statement: Statement) -> str:
    data = statement_data(statement)
    data.pop("Sid", None)
    return json.dumps(data, sort_keys=True)


def _policy(data: Mapping[str, Any]) -> Policy:
    return _parsed(json.dumps(data))


def _parsed(text: str) -> Policy:
    return parse_policy(text, name="the change")
