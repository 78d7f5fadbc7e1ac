"""The condition operators: how one value of a policy compares with one value of a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import base64
import binascii
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from troubleshoot.iam.ternary import MALFORMED, MAY, NO, YES
from troubleshoot.iam.wildcard import Token, compile_glob

Comparison = Callable[[str], int]
"""Compares a request's value: NO, MAY, YES, or MALFORMED where a side has not the form that the operator needs."""


class Quantifier(StrEnum):
    """How many of a request's values must match. `NONE` is for keys with a single value."""

    NONE = ""
    ALL = "ForAllValues"
    ANY = "ForAnyValue"


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator. `compare` makes the comparison with a policy's value, given as literals and wildcards."""

    name: str
    compare: Callable[[Sequence[Token]], Comparison]
    negated: bool = False
    variables: bool = False
    wildcards: bool = False


@dataclass(frozen=True, slots=True)
class OperatorUse:
    """An operator as a policy writes it: `ForAnyValue:StringLikeIfExists`."""

    operator: Operator
    quantifier: Quantifier
    if_exists: bool


def operator_use(text: str) -> OperatorUse | None:
    """Return what an operator's name in a policy means, or None where IAM knows no such operator."""
    prefix, colon, name = text.rpartition(":")
    quantifier = _QUANTIFIERS.get(prefix.lower() + colon)
    key = name.lower()
    if_exists = key.endswith("ifexists")
    found = OPERATORS.get(key.removesuffix("ifexists"))
    if quantifier is None or found is None:
        return None
    if found is NULL and (if_exists or quantifier is not Quantifier.NONE):
        return None
    return OperatorUse(found, quantifier, if_exists)


def _text(tokens: Sequence[Token]) -> str:
    return "".join(token for token in tokens if isinstance(token, str))


def _string_equals(tokens: Sequence[Token]) -> Comparison:
    wanted = _text(tokens)
    return lambda given: YES if given == wanted else NO


def _string_equals_ignore_case(tokens: Sequence[Token]) -> Comparison:
    wanted = _text(tokens).lower()
    return lambda given: YES if given.lower() == wanted else NO


def _string_like(tokens: Sequence[Token]) -> Comparison:
    matches = compile_glob(tokens)
    return lambda given: YES if matches(given) else NO


def _arn_like(tokens: Sequence[Token]) -> Comparison:
    """The six parts of the ARN are compared one by one, so that a wildcard never crosses the colon between two."""
    parts = tuple(_arn_parts(tokens))
    if len(parts) != 6:
        return _short_arn(tokens)
    matchers = tuple(compile_glob(part) for part in parts)

    def compare(given: str) -> int:
        values = given.split(":", 5)
        if len(values) != 6 or values[0] != "arn":
            return MALFORMED
        return YES if all(matches(value) for matches, value in zip(matchers, values, strict=True)) else NO

    return compare


def _arn_parts(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    colons = 5
    for token in tokens:
        if not isinstance(token, str):
            part.append(token)
            continue
        first, *others = token.split(":", colons)
        part.append(first)
        colons -= len(others)
        for other in others:
            yield part
            part = [other]
    yield part


def _short_arn(tokens: Sequence[Token]) -> Comparison:
    """AWS does not say how it reads an ARN with fewer than six parts; it could match at most as plain text."""
    matches = compile_glob(tokens)
    return lambda given: MAY if matches(given) else MALFORMED


def _bool(tokens: Sequence[Token]) -> Comparison:
    wanted = _text(tokens).lower()

    def compare(given: str) -> int:
        value = given.lower()
        if value in ("true", "false"):
            return YES if value == wanted else NO
        return MAY if wanted == "false" else NO  # AWS does not say whether other text counts as false

    return compare


class _Doubtful:
    """A value that AWS may or may not read: MAY, whatever it is compared with."""


_DOUBTFUL = _Doubtful()
_Ordered = Decimal | _Doubtful | None


def _ordering(
    read: Callable[[str], _Ordered], holds: Callable[[Any, Any], bool]
) -> Callable[[Sequence[Token]], Comparison]:
    def compile_value(tokens: Sequence[Token]) -> Comparison:
        wanted = read(_text(tokens))

        def compare(given: str) -> int:
            value = read(given)
            if value is None or wanted is None:
                return MALFORMED
            if value is _DOUBTFUL or wanted is _DOUBTFUL:
                return MAY
            return YES if holds(value, wanted) else NO

        return compare

    return compile_value


_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_EXPONENT = re.compile(_NUMBER.pattern + r"[eE][+-]?[0-9]+")
_EPOCH = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_YEAR = re.compile(r"[0-9]{4}")
_DATE = re.compile(
    r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?",
    re.IGNORECASE,
)


def _number(text: str) -> _Ordered:
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    return _DOUBTFUL if _EXPONENT.fullmatch(text) else None


def _date(text: str) -> _Ordered:
    """Seconds since 1970. A bare year, and a time without its zone, are doubtful: AWS does not speak of them."""
    if _YEAR.fullmatch(text):
        return _DOUBTFUL
    if _EPOCH.fullmatch(text):
        return Decimal(text)
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
        )
    except ValueError:
        return None
    if hour is not None and zone is None:
        return _DOUBTFUL
    seconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1) - _zone_seconds(zone)
    return Decimal(seconds) + Decimal(f"0{fraction or ''}")


def _zone_seconds(zone: str | None) -> int:
    if zone is None or zone in "Zz":
        return 0
    seconds = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
    return -seconds if zone[0] == "-" else seconds


def _ip(tokens: Sequence[Token]) -> Comparison:
    text = _text(tokens)
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return lambda _given: MALFORMED
    if "/" in text and not text.partition("/")[2].isdigit():
        return lambda _given: MALFORMED  # a netmask: the standard library would take it

    def compare(given: str) -> int:
        try:
            address = ip_address(given)
        except ValueError:
            return MALFORMED
        if address.version == network.version:
            return YES if address in network else NO
        other = _other_form(address)
        return MAY if other is not None and other in network else NO  # AWS is silent on IPv4 in IPv6 clothes

    return compare


def _other_form(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address | None:
    """An IPv4 address mapped into IPv6, or the IPv4 address that an IPv6 address maps."""
    return address.ipv4_mapped if isinstance(address, IPv6Address) else IPv6Address(f"::ffff:{address}")


def _binary(tokens: Sequence[Token]) -> Comparison:
    """Both sides are Base64; the bytes are compared. A request's value that is no Base64 is taken as it is."""
    wanted = _decoded(_text(tokens))
    if wanted is None:
        return lambda _given: MALFORMED

    def compare(given: str) -> int:
        value = _decoded(given)
        return YES if wanted == (given.encode() if value is None else value) else NO

    return compare


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _null(tokens: Sequence[Token]) -> Comparison:
    """`given` is "true" where the key is absent or empty, as `Condition` tells it."""
    wanted = _text(tokens).lower()
    return lambda given: YES if given == wanted else NO


_QUANTIFIERS = {"": Quantifier.NONE, "forallvalues:": Quantifier.ALL, "foranyvalue:": Quantifier.ANY}
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}

NULL = Operator("Null", _null)
_ALL_OPERATORS = (
    Operator("StringEquals", _string_equals, variables=True),
    Operator("StringNotEquals", _string_equals, negated=True, variables=True),
    Operator("StringEqualsIgnoreCase", _string_equals_ignore_case, variables=True),
    Operator("StringNotEqualsIgnoreCase", _string_equals_ignore_case, negated=True, variables=True),
    Operator("StringLike", _string_like, variables=True, wildcards=True),
    Operator("StringNotLike", _string_like, negated=True, variables=True, wildcards=True),
    Operator("ArnEquals", _arn_like, variables=True, wildcards=True),
    Operator("ArnLike", _arn_like, variables=True, wildcards=True),
    Operator("ArnNotEquals", _arn_like, negated=True, variables=True, wildcards=True),
    Operator("ArnNotLike", _arn_like, negated=True, variables=True, wildcards=True),
    Operator("Bool", _bool, variables=True),
    Operator("BinaryEquals", _binary),
    Operator("IpAddress", _ip),
    Operator("NotIpAddress", _ip, negated=True),
    *(Operator(f"Numeric{name}", _ordering(_number, holds)) for name, holds in _ORDERS.items()),
    Operator("NumericNotEquals", _ordering(_number, operator.eq), negated=True),
    *(Operator(f"Date{name}", _ordering(_date, holds)) for name, holds in _ORDERS.items()),
    Operator("DateNotEquals", _ordering(_date, operator.eq), negated=True),
    NULL,
)

OPERATORS = {found.name.lower(): found for found in _ALL_OPERATORS}
