"""What the engine says of a document before it is shown, and what the document allows, as data."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from troubleshoot.iam import catalog
from troubleshoot.iam.arn import parse_arn
from troubleshoot.iam.document import Policy, PolicyError, Statement, parse_policy
from troubleshoot.iam.lint import Kind as LintKind
from troubleshoot.iam.lint import Severity, lint
from troubleshoot.remedy.documents.jobs import expand, types_of
from troubleshoot.remedy.documents.plan import Kind, Paper, as_list
from troubleshoot.remedy.trust_lint import TrustFacts, lint_trust

_LAST_CHARACTER = 0xFF
_KINDS = {
    Kind.PERMISSIONS: LintKind.MANAGED,
    Kind.TRUST: LintKind.TRUST,
    Kind.BUCKET: LintKind.RESOURCE,
    Kind.KEY: LintKind.RESOURCE,
    Kind.ENDPOINT: LintKind.VPC_ENDPOINT,
}


@dataclass(frozen=True, slots=True)
class Allowed:
    """One thing that a document allows: concrete actions of one access level, on these resources, on a condition."""

    level: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: tuple[str, ...]


def problems(paper: Paper, facts: TrustFacts | None = None) -> tuple[str, ...]:
    """Return what is wrong with a document, in words; nothing for one that may be shown.

    It must parse, name real actions and kinds of resource, have a principal where there has to be one, fit its
    quota, and as a trust policy have no finding of a high or critical severity.
    """
    try:
        policy = parse_policy(paper.text, name=paper.name)
    except PolicyError as error:
        return (str(error),)
    found = [*_statement_problems(paper, policy), *_size_problems(paper)]
    found += _errors(policy, paper.kind)
    if paper.kind is Kind.TRUST:
        grave = [one for one in lint_trust(policy, facts or TrustFacts()) if one.severity in ("critical", "high")]
        found += [f"{one.id}: {one.title}" for one in grave]
    return tuple(found)


@lru_cache(maxsize=512)
def _errors(policy: Policy, kind: Kind) -> tuple[str, ...]:
    return tuple(one.message for one in lint(policy, _KINDS[kind]) if one.severity is Severity.ERROR)


def allows(paper: Paper) -> tuple[Allowed, ...]:
    """Return what a document allows: each statement's actions by access level, without what it denies everywhere."""
    statements = as_list(paper.policy["Statement"])
    denied = {name for one in statements if one["Effect"] == "Deny" for name in expand(as_list(one["Action"]))}
    found: list[Allowed] = []
    for statement in statements:
        if statement["Effect"] == "Allow":
            resources = as_list(statement.get("Resource", []))
            every = expand(as_list(statement["Action"]))
            names = [name for name in every if name not in denied and _reaches(name, resources)]
            found.extend(_by_level(names, statement))
    return tuple(found)


def _reaches(action: str, resources: list[str]) -> bool:
    """Tell whether a statement's resources hold one that the action is about. A pattern of actions may name more."""
    if "*" in resources or not action.startswith("personalize:"):
        return True
    kinds = {resource.split(":", 5)[-1].partition("/")[0] for resource in resources}
    return bool(kinds & set(types_of(action)[1]))


def _by_level(names: list[str], statement: dict[str, Any]) -> Iterator[Allowed]:
    levels: dict[str, list[str]] = {}
    for name in names:
        info = catalog.action(name)
        levels.setdefault(", ".join(sorted(info.access_levels)) if info else "", []).append(name)
    resources = tuple(as_list(statement.get("Resource", [])))
    condition = tuple(
        f"{key} is {' or '.join(as_list(value))}"
        for keys in statement.get("Condition", {}).values()
        for key, value in keys.items()
    )
    for level, actions in sorted(levels.items()):
        yield Allowed(level, tuple(actions), resources, condition)


def _statement_problems(paper: Paper, policy: Policy) -> Iterator[str]:
    for statement in policy.statements:
        if (statement.principal is None) != (paper.kind is Kind.PERMISSIONS):
            yield "a principal is missing, or stands where none may be"
        if (statement.resource is None) != (paper.kind is Kind.TRUST):
            yield "a resource is missing, or stands where none may be"
        yield from (f"`{one.value}` is no action" for one in statement.action.values if not expand([one.value]))
        yield from _resource_problems(statement)
    if any(ord(character) > _LAST_CHARACTER for character in policy.text):
        yield "a character that IAM does not take"


def _resource_problems(statement: Statement) -> Iterator[str]:
    for one in statement.resource.values if statement.resource else ():
        arn = parse_arn(one.value)
        if one.value != "*" and (arn is None or ("*" in arn.resource_type and arn.service == "personalize")):
            yield f"`{one.value}` is no resource that a policy may name"


def _size_problems(paper: Paper) -> Iterator[str]:
    if paper.limit is not None and paper.size > paper.limit[0]:
        yield f"{paper.size} characters are more than {paper.limit[1]} may have"
