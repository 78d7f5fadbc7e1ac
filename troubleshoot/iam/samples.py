"""Values for the keys of a request that meet a set of conditions, and others that fail them."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product

from troubleshoot.iam.compiled import CompiledStatement
from troubleshoot.iam.conditions import CompiledCondition
from troubleshoot.iam.operators import Quantifier
from troubleshoot.iam.request import ContextValue
from troubleshoot.iam.variables import Variable, parse_template
from troubleshoot.iam.wildcard import Wild

_MOST_CONTEXTS = 256
_OTHER = "some-other-value"
_KINDS: Mapping[str, tuple[str, ...]] = {
    "Bool": ("true", "false"),
    "IpAddress": ("192.0.2.1", "2001:db8::1"),
    "NotIpAddress": ("192.0.2.1", "2001:db8::1"),
}


def contexts(
    base: Mapping[str, ContextValue], statements: Iterable[CompiledStatement]
) -> tuple[tuple[Mapping[str, ContextValue], ...], bool]:
    """Return contexts that try out what the statements' conditions ask, and whether they are all there are.

    Every key that a condition names is absent, has a value that meets it, or has one that does not. The keys of
    `base` keep their values.
    """
    fixed = {key.lower() for key in base}
    choices: dict[str, dict[ContextValue | None, None]] = {}
    for statement in statements:
        for condition in statement.conditions:
            if condition.key not in fixed:
                choices.setdefault(condition.key, {None: None}).update(dict.fromkeys(_values(condition, base)))
    made = list(islice(product(*(tuple(values) for values in choices.values())), _MOST_CONTEXTS + 1))
    found = [
        {**base, **{key: value for key, value in zip(choices, values, strict=True) if value is not None}}
        for values in made[:_MOST_CONTEXTS]
    ]
    return tuple(found), len(made) <= _MOST_CONTEXTS


def _values(condition: CompiledCondition, base: Mapping[str, ContextValue]) -> Iterator[ContextValue]:
    for value in _plain_values(condition, base):
        yield value if condition.use.quantifier is Quantifier.NONE else (value,)


def _plain_values(condition: CompiledCondition, base: Mapping[str, ContextValue]) -> Iterator[str]:
    operator = condition.use.operator
    yield from _KINDS.get(operator.name, ())
    for text in (value.value for value in condition.source.values):
        if operator.name.startswith(("Numeric", "Date")):
            yield from _around(operator.name, text)
        elif operator.name in ("IpAddress", "NotIpAddress"):
            yield text.partition("/")[0]
        else:
            yield _spelled_out(condition, text, base)
    if not operator.name.startswith(("Numeric", "Date")):
        yield _OTHER


def _spelled_out(condition: CompiledCondition, text: str, base: Mapping[str, ContextValue]) -> str:
    """A text that fits the policy's: wildcards stand for an x, variables for their values."""
    parts = parse_template(text, variables=condition.variables, wildcards=condition.use.operator.wildcards)
    return "".join(part if isinstance(part, str) else _value_of(part, base) for part in parts)


def _value_of(part: Wild | Variable, base: Mapping[str, ContextValue]) -> str:
    if not isinstance(part, Variable):
        return "x"
    value = next((value for key, value in base.items() if key.lower() == part.key), part.default)
    return value if isinstance(value, str) else "x"


def _around(operator: str, text: str) -> Iterator[str]:
    yield text
    yield from (
        ("-1", "999999999999") if operator.startswith("Numeric") else ("1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z")
    )
