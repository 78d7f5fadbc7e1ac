"""Names: actions, services and resources that do not exist or do not belong together.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
"""

from collections.abc import Iterator

from troubleshoot.iam import catalog
from troubleshoot.iam.document import Statement, Text
from troubleshoot.iam.lint.findings import Finding, Kind, Rule, Severity, Subject, is_wild
from troubleshoot.iam.patterns import common_text
from troubleshoot.iam.resources import ResourcePattern
from troubleshoot.iam.variables import Variable
from troubleshoot.iam.wildcard import Wild, compile_glob, tokens_of


def _actions(subject: Subject) -> Iterator[Finding]:
    for statement in subject.policy.statements:
        for value in statement.action.values:
            problem = _action_problem(value.value)
            if problem is not None:
                code, message, fix = problem
                yield subject.finding(code, Severity.ERROR, message, fix, value.start, statement)


def _action_problem(name: str) -> tuple[str, str, str] | None:
    prefix, colon, short = name.partition(":")
    if not name.strip("*") or (prefix == "*" and not short.strip("*")):
        return None
    if not colon or is_wild(prefix):
        return (
            "action_prefix",
            f"`{name}` does not begin with the prefix of one service.",
            "Write service:action, or `*`.",
        )
    if catalog.service_of(name) is None:
        return _unknown_service(prefix)
    if is_wild(short):
        matches = compile_glob(tokens_of(name.lower()))
        if any(matches(one.lower()) for one in catalog.actions_of(prefix.lower())):
            return None
        return "action_matches_nothing", f"No action of {prefix} fits `{name}`.", "Check the spelling."
    return None if catalog.action(name) else _unknown_action(name)


def _unknown_service(prefix: str) -> tuple[str, str, str]:
    close = catalog.closest_service(prefix)
    fix = f"Did you mean `{close}`?" if close else "Look the prefix up in AWS's Service Authorization Reference."
    if prefix.lower() in ("personalize-runtime", "personalize-events"):
        fix = "Use `personalize`: it is the prefix of all three Personalize endpoints."
    return "service_unknown", f"`{prefix}` is no service's prefix.", fix


def _unknown_action(name: str) -> tuple[str, str, str]:
    if catalog.is_fictional(name):
        return "action_fictional", f"`{name}` is an example in AWS's help and does not exist.", "Name the real action."
    close = catalog.closest_actions(name)
    fix = f"Did you mean {' or '.join(f'`{one}`' for one in close)}?" if close else "Check the spelling."
    return "action_unknown", f"AWS knows no action `{name}`.", fix


def _resource_forms(subject: Subject) -> Iterator[Finding]:
    for statement in subject.policy.statements:
        for value in statement.resource.values if statement.resource else ():
            problem = _resource_problem(value.value, subject.policy.has_variables)
            if problem is not None:
                code, severity, message, fix = problem
                yield subject.finding(code, severity, message, fix, value.start, statement)


def _resource_problem(text: str, variables: bool) -> tuple[str, Severity, str, str] | None:
    pattern = ResourcePattern(text, variables=variables)
    fields = text.split(":", 5)
    if pattern.is_anything:
        return None
    if pattern.doubt == "short_arn":
        return "resource_no_arn", Severity.ERROR, f"`{text}` is no complete ARN.", "Write all six parts, or `*`."
    if "${" in ":".join(fields[:5]):
        message = "A variable can only stand after the fifth colon of an ARN."
        return "variable_too_early", Severity.ERROR, message, "Spell out Region and account, or use `*` there."
    if pattern.is_never:
        message = "The service part of an ARN cannot hold a wildcard."
        return "wildcard_in_service", Severity.ERROR, message, "Write one ARN for each service."
    if pattern.doubt is not None:
        message = "AWS documents no wildcard in the part of an ARN that names the type."
        return "wildcard_in_type", Severity.WARNING, message, "Write one ARN for each type of resource."
    return None


def _resources_that_fit(subject: Subject) -> Iterator[Finding]:
    """An action is checked on each of its required types: a policy that names only one of two allows nothing."""
    if subject.kind in (Kind.TRUST, Kind.RESOURCE):
        return
    for statement in subject.allowing():
        resources = statement.resource
        if resources is None or resources.negated or any(not value.value.strip("*") for value in resources.values):
            continue
        for value in statement.action.values:
            info = catalog.action(value.value)
            if info is not None and not statement.action.negated:
                yield from _unfit(subject, statement, value, info)


def _unfit(subject: Subject, statement: Statement, value: Text, info: catalog.ActionInfo) -> Iterator[Finding]:
    if info.wildcard_only:
        yield subject.finding(
            "action_needs_star",
            Severity.ERROR,
            f"`{info.name}` takes no resource, so that this statement never allows it.",
            'Allow it in a statement of its own with "Resource": "*".',
            value.start,
            statement,
        )
        return
    allowed = _allowed_on(subject, info.name)
    for kind in info.required_types:
        if not any(_overlaps(pattern, kind) for pattern in allowed):
            yield subject.finding(
                "resource_type_missing",
                Severity.ERROR,
                f"`{info.name}` is also checked on a resource of type {kind.name}, which no statement allows.",
                f"Add {kind.pattern}, or the one that is meant.",
                value.start,
                statement,
            )


def _allowed_on(subject: Subject, name: str) -> list[ResourcePattern]:
    """Return the patterns of all statements that allow an action; NotResource counts as anything."""
    found: list[ResourcePattern] = []
    for statement in subject.allowing():
        named = any(compile_glob(tokens_of(one.value.lower()))(name.lower()) for one in statement.action.values)
        if named != statement.action.negated and statement.resource is not None:
            texts = ["*"] if statement.resource.negated else [one.value for one in statement.resource.values]
            found += [ResourcePattern(text, variables=subject.policy.has_variables) for text in texts]
    return found


def _overlaps(pattern: ResourcePattern, kind: catalog.ResourceType) -> bool:
    plain = [Wild.STAR if isinstance(part, Variable) else part for part in pattern.parts]
    return pattern.is_anything or common_text([plain, kind.tokens]) is not None


RULES: tuple[Rule, ...] = (_actions, _resource_forms, _resources_that_fit)
