"""Conditions: keys that do not exist, operators that cannot work with their values, sets that are not closed.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from collections.abc import Iterator

from troubleshoot.iam import catalog
from troubleshoot.iam.document import Statement, Text
from troubleshoot.iam.lint.findings import Finding, Rule, Severity, Subject, is_wild
from troubleshoot.iam.operators import NULL, OperatorUse, Quantifier, operator_use
from troubleshoot.iam.ternary import MALFORMED
from troubleshoot.iam.variables import keys_of, parse_template
from troubleshoot.iam.wildcard import tokens_of

_SAMPLES = {
    "Numeric": "1",
    "Date": "2024-01-01T00:00:00Z",
    "IpAddress": "192.0.2.1",
    "NotIpAddress": "192.0.2.1",
    "Arn": "arn:aws:iam::123456789012:root",
    "Binary": "QQ==",
}
_FIXES = {
    "Numeric": "Write a number.",
    "Date": "Write a date such as 2026-01-31T12:00:00Z.",
    "IpAddress": "Write an address or a range such as 203.0.113.0/24.",
    "NotIpAddress": "Write an address or a range such as 203.0.113.0/24.",
    "Arn": "Write all six parts of the ARN; each may hold wildcards.",
    "Binary": "Write the bytes in Base64.",
}


def _uses(subject: Subject) -> Iterator[tuple[Statement, OperatorUse, Text, Text, tuple[Text, ...]]]:
    """Yield every condition with what its operator means; the parser has refused operators without a meaning."""
    return (
        (statement, use, operator, key, values)
        for statement, operator, key, values in subject.conditions()
        if (use := operator_use(operator.value)) is not None
    )


def _operator_spelling(subject: Subject) -> Iterator[Finding]:
    for statement, use, operator, _, _ in _uses(subject):
        colon = ":" if use.quantifier else ""
        spelled = f"{use.quantifier}{colon}{use.operator.name}{'IfExists' if use.if_exists else ''}"
        if operator.value != spelled:
            yield subject.finding(
                "operator_spelling",
                Severity.WARNING,
                f"The operator is documented as `{spelled}`.",
                "Write it so.",
                operator.start,
                statement,
            )


def _keys(subject: Subject) -> Iterator[Finding]:
    for statement, _, key, _ in subject.conditions():
        if not catalog.is_condition_key(key.value):
            close = catalog.closest_condition_key(key.value)
            yield subject.finding(
                "key_unknown",
                Severity.WARNING,
                f"AWS documents no condition key `{key.value}`.",
                f"Did you mean `{close}`?" if close else "Check the spelling.",
                key.start,
                statement,
            )


def _sets(subject: Subject) -> Iterator[Finding]:
    for statement, use, operator, key, _ in _uses(subject):
        has_several = catalog.is_multivalued(key.value)
        if use.quantifier is Quantifier.NONE and has_several and use.operator is not NULL:
            yield subject.finding(
                "set_operator_missing",
                Severity.ERROR,
                f"`{key.value}` can have several values; without a set operator this never matches.",
                f"Write ForAnyValue:{operator.value} or ForAllValues:{operator.value}.",
                operator.start,
                statement,
            )
        if use.quantifier is not Quantifier.NONE and has_several is False:
            yield subject.finding(
                "set_operator_on_single_value",
                Severity.SECURITY,
                f"`{key.value}` has one value; a set operator can allow more than is meant.",
                f"Write {use.operator.name}.",
                operator.start,
                statement,
            )


def _open_sets(subject: Subject) -> Iterator[Finding]:
    """ForAllValues holds for a request without the key at all."""
    for statement in subject.allowing():
        closed = {
            condition.key.value.lower()
            for condition in statement.conditions
            if condition.operator.value == NULL.name and [one.value.lower() for one in condition.values] == ["false"]
        }
        for condition in statement.conditions:
            use = operator_use(condition.operator.value)
            if use and use.quantifier is Quantifier.ALL and condition.key.value.lower() not in closed:
                yield subject.finding(
                    "for_all_values_without_null",
                    Severity.SECURITY,
                    f"This also holds for requests that have no `{condition.key.value}` at all.",
                    f'Add "Null": {{"{condition.key.value}": "false"}}.',
                    condition.operator.start,
                    statement,
                )


def _values(subject: Subject) -> Iterator[Finding]:
    for statement, use, _, _, values in _uses(subject):
        for value in values:
            problem = _value_problem(use, value.value, subject.policy.has_variables)
            if problem is not None:
                code, message, fix = problem
                yield subject.finding(code, Severity.WARNING, message, fix, value.start, statement)


def _value_problem(use: OperatorUse, text: str, variables: bool) -> tuple[str, str, str] | None:
    operator = use.operator
    keys = keys_of(parse_template(text, variables=variables, wildcards=False))
    if keys and not operator.variables:
        return "variable_not_replaced", f"{operator.name} does not replace variables.", "Write the value itself."
    several = next((key for key in keys if catalog.is_multivalued(key)), None)
    if several is not None:
        return "variable_with_several_values", f"`{several}` can have several values.", "Use a key with one value."
    if keys:
        return None
    if operator.name in ("Bool", "Null") and text.lower() not in ("true", "false"):
        return "value_malformed", f"`{text}` is neither true nor false.", "Write true or false."
    if operator.name.startswith("String") and not operator.wildcards and is_wild(text.replace("${*}", "")):
        return (
            "wildcard_is_literal",
            f"{operator.name} takes `*` and `?` literally.",
            "Use StringLike or StringNotLike.",
        )
    family = next((name for name in _SAMPLES if operator.name.startswith(name)), None)
    if (
        family is not None
        and operator.compare(tokens_of(text) if operator.wildcards else [text])(_SAMPLES[family]) == MALFORMED
    ):
        return "value_malformed", f"{operator.name} cannot read `{text}`.", _FIXES[family]
    return None


RULES: tuple[Rule, ...] = (_operator_spelling, _keys, _sets, _open_sets, _values)
