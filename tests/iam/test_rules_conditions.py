"""Conditions (rules 34 to 50), each with its cases."""

import pytest

from tests.iam.build import (
    ALLOWED,
    DEPENDS,
    EXPLICIT,
    IMPLICIT,
    USER,
    allow,
    deny,
    outcome,
    when,
)

KEY = "aws:PrincipalTag/team"
YES, NO, MAY = ALLOWED, IMPLICIT, DEPENDS


def holds(operator, wanted, given=None, key=KEY):
    """What becomes of a request whose only Allow has this condition. None: the request has no such key."""
    values = wanted if isinstance(wanted, list) else [wanted]
    context = {} if given is None else {key: given}
    return outcome(identity=[allow(**when(operator, key, *values))], context=context)


def conditioned(**conditions):
    return [allow(Condition=conditions)]


def test_rule_34_operators_and_keys_all_must_hold():
    identity = conditioned(StringEquals={"a:x": "1", "a:y": "2"}, StringLike={"a:z": "3*"})
    assert outcome(identity=identity, context={"a:x": "1", "a:y": "2", "a:z": "33"}) == ALLOWED
    for missing in ("a:x", "a:y", "a:z"):
        context = {"a:x": "1", "a:y": "2", "a:z": "33", missing: "no"}
        assert outcome(identity=identity, context=context) == IMPLICIT


def test_rule_34_of_several_values_one_must_fit_and_with_not_none_may():
    assert holds("StringEquals", ["a", "b"], "b") == YES
    assert holds("StringEquals", ["a", "b"], "c") == NO
    assert holds("StringNotEquals", ["a", "b"], "b") == NO
    assert holds("StringNotEquals", ["a", "b"], "c") == YES


POSITIVE = {
    "StringEquals": "x",
    "StringEqualsIgnoreCase": "x",
    "StringLike": "x",
    "NumericEquals": "1",
    "NumericLessThan": "1",
    "NumericLessThanEquals": "1",
    "NumericGreaterThan": "1",
    "NumericGreaterThanEquals": "1",
    "DateEquals": "2024-01-01",
    "DateLessThan": "2024-01-01",
    "DateLessThanEquals": "2024-01-01",
    "DateGreaterThan": "2024-01-01",
    "DateGreaterThanEquals": "2024-01-01",
    "Bool": "true",
    "BinaryEquals": "QQ==",
    "IpAddress": "10.0.0.0/8",
    "ArnEquals": USER,
    "ArnLike": USER,
}
NEGATED = {
    "StringNotEquals": "x",
    "StringNotEqualsIgnoreCase": "x",
    "StringNotLike": "x",
    "NumericNotEquals": "1",
    "DateNotEquals": "2024-01-01",
    "NotIpAddress": "10.0.0.0/8",
    "ArnNotEquals": USER,
    "ArnNotLike": USER,
}


@pytest.mark.parametrize(("operator", "value"), POSITIVE.items())
def test_rule_35_without_the_key_a_positive_operator_fails(operator, value):
    assert holds(operator, value) == NO
    assert holds(f"{operator}IfExists", value) == YES
    assert holds(f"ForAllValues:{operator}", value) == YES
    assert holds(f"ForAnyValue:{operator}", value) == NO
    assert holds(f"ForAnyValue:{operator}IfExists", value) == YES


@pytest.mark.parametrize(("operator", "value"), NEGATED.items())
def test_rule_35_without_the_key_a_negated_operator_holds(operator, value):
    assert holds(operator, value) == YES
    assert holds(f"{operator}IfExists", value) == YES
    assert holds(f"ForAllValues:{operator}", value) == YES
    assert holds(f"ForAnyValue:{operator}", value) == NO


def test_rule_36_a_deny_with_if_exists_denies_without_the_key():
    identity = [allow(), deny(**when("StringNotEqualsIfExists", "aws:RequestedRegion", "us-east-1"))]
    assert outcome(identity=identity) == EXPLICIT
    assert outcome(identity=identity, context={"aws:RequestedRegion": "us-east-1"}) == ALLOWED


def test_rule_36_with_the_key_if_exists_changes_nothing():
    assert holds("StringEqualsIfExists", "x", "x") == YES
    assert holds("StringEqualsIfExists", "x", "y") == NO


@pytest.mark.parametrize(
    ("given", "for_all", "for_any"),
    [
        (["a"], YES, YES),
        (["a", "b"], YES, YES),
        (["a", "c"], NO, YES),
        (["c"], NO, NO),
        ([], YES, NO),
        ("", YES, NO),
        ([""], YES, NO),
        ("a", YES, YES),
        ("c", NO, NO),
    ],
)
def test_rules_37_and_38_set_operators(given, for_all, for_any):
    assert holds("ForAllValues:StringEquals", ["a", "b"], given, "aws:TagKeys") == for_all
    assert holds("ForAnyValue:StringEquals", ["a", "b"], given, "aws:TagKeys") == for_any


@pytest.mark.parametrize(
    ("given", "for_all", "for_any"),
    [(["a"], NO, NO), (["a", "c"], NO, YES), (["c", "d"], YES, YES), ([], YES, NO)],
)
def test_rule_37_set_operators_that_are_negated(given, for_all, for_any):
    assert holds("ForAllValues:StringNotEquals", ["a", "b"], given, "aws:TagKeys") == for_all
    assert holds("ForAnyValue:StringNotEquals", ["a", "b"], given, "aws:TagKeys") == for_any


@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEquals", "StringLikeIfExists"])
def test_rule_39_a_list_without_a_set_operator_never_matches(operator):
    assert holds(operator, "a", ["a"]) == NO
    assert holds(operator, "b", ["a"]) == NO


def test_rule_40_case_counts_unless_the_operator_says_otherwise():
    assert holds("StringEquals", "A", "a") == NO
    assert holds("StringLike", "A*", "ab") == NO
    assert holds("StringEqualsIgnoreCase", "A", "a") == YES
    assert holds("StringNotEqualsIgnoreCase", "A", "a") == NO
    assert holds("ArnLike", USER.upper().replace("ARN:AWS:IAM", "arn:aws:iam"), USER) == NO
    assert holds("Bool", "TRUE", "true") == YES


def test_rule_40_key_names_and_tag_keys_ignore_case():
    identity = [allow(**when("StringEquals", "AWS:principaltag/TEAM", "x"))]
    assert outcome(identity=identity, context={KEY: "x"}) == ALLOWED


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "expected"),
    [
        ("StringLike", "a*c", "abbc", YES),
        ("StringLike", "a?c", "abc", YES),
        ("StringLike", "a?c", "ac", NO),
        ("StringLike", "a*", "a:b/c", YES),
        ("StringEquals", "a*", "ab", NO),
        ("StringEquals", "a*", "a*", YES),
        ("StringLike", "abc", "a*", NO),
        ("StringNotLike", "a*", "ab", NO),
    ],
)
def test_rule_41_wildcards_count_in_the_policy_and_with_like_only(operator, wanted, given, expected):
    assert holds(operator, wanted, given) == expected


@pytest.mark.parametrize("operator", ["ArnEquals", "ArnLike"])
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (USER, YES),
        ("arn:aws:iam::*:user/*", YES),
        ("arn:*:iam::123456789012:user/mateo?ackson", YES),
        ("arn:aws:iam:*:user/mateojackson", MAY),
        ("arn:aws:*:mateojackson", NO),
        ("arn:aws:iam::123456789012:role/*", NO),
        ("*", MAY),
        ("mateojackson", NO),
    ],
)
def test_rule_42_arns_are_compared_in_six_parts(operator, wanted, expected):
    assert holds(operator, wanted, USER, "aws:PrincipalArn") == expected


def test_rule_42_a_star_does_not_cross_a_colon():
    assert holds("ArnLike", "arn:aws:sns:*:topic:x:y", "arn:aws:sns:us-east-1:1:topic") == NO
    assert holds("StringLike", "arn:aws:sns:*:topic", "arn:aws:sns:us-east-1:1:topic") == YES


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "expected"),
    [
        ("NumericEquals", "1.0", "1", YES),
        ("NumericEquals", "-3", "-3.00", YES),
        ("NumericNotEquals", "1", "1.0", NO),
        ("NumericLessThan", "10", "9.5", YES),
        ("NumericLessThan", "10", "10", NO),
        ("NumericLessThanEquals", "10", "10", YES),
        ("NumericGreaterThan", "10", "11", YES),
        ("NumericGreaterThan", "10", "9", NO),
        ("NumericGreaterThanEquals", "10", "10", YES),
        ("NumericEquals", "1", "one", NO),
        ("NumericEquals", "one", "1", NO),
        ("NumericEquals", "1", "", NO),
        ("NumericEquals", "1000", "1e3", MAY),
        ("NumericNotEquals", "1", "one", MAY),
    ],
)
def test_rule_43_numbers(operator, wanted, given, expected):
    assert holds(operator, wanted, given) == expected


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "expected"),
    [
        ("DateEquals", "2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", YES),
        ("DateEquals", "2024-01-01", "1704067200", YES),
        ("DateEquals", "2024-01", "2024-01-01T00:00Z", YES),
        ("DateEquals", "2024-01-01T00:00:00.5Z", "1704067200.5", YES),
        ("DateEquals", "2024-01-01T00:00:00-02:30", "2024-01-01T02:30:00Z", YES),
        ("DateNotEquals", "2024-01-01", "2024-01-02", YES),
        ("DateLessThan", "2024-01-01T00:00:00Z", "2023-12-31T23:59:59Z", YES),
        ("DateLessThan", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z", NO),
        ("DateLessThanEquals", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z", YES),
        ("DateGreaterThan", "2024-01-01T00:00:00Z", "2024-01-01T00:00:01Z", YES),
        ("DateGreaterThanEquals", "1704067200", "2024-01-01T00:00:00Z", YES),
        ("DateLessThan", "2024-*", "2023-01-01", NO),
        ("DateLessThan", "2024-02-30", "2023-01-01", NO),
        ("DateLessThan", "2024-01-01T00:00:00", "2023-01-01", MAY),
        ("DateLessThan", "2024", "2023-01-01", MAY),
        ("DateNotEquals", "tomorrow", "2023-01-01", MAY),
    ],
)
def test_rule_44_dates(operator, wanted, given, expected):
    assert holds(operator, wanted, given, "aws:CurrentTime") == expected


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "expected"),
    [
        ("IpAddress", "203.0.113.0/24", "203.0.113.77", YES),
        ("IpAddress", "203.0.113.0/24", "203.0.114.1", NO),
        ("IpAddress", "203.0.113.7", "203.0.113.7", YES),
        ("IpAddress", "203.0.113.7", "203.0.113.8", NO),
        ("IpAddress", "203.0.113.9/24", "203.0.113.77", YES),
        ("IpAddress", "2001:db8::/32", "2001:db8:1::1", YES),
        ("IpAddress", "2001:db8::1", "2001:db8::2", NO),
        ("IpAddress", ["203.0.113.0/24", "2001:db8::/32"], "2001:db8::2", YES),
        ("IpAddress", "0.0.0.0/0", "2001:db8::2", NO),
        ("IpAddress", "::/0", "2001:db8::2", YES),
        ("IpAddress", "203.0.113.0/24", "::ffff:203.0.113.7", MAY),
        ("IpAddress", "::ffff:203.0.113.0/120", "203.0.113.7", MAY),
        ("IpAddress", "203.0.113.0/255.255.255.0", "203.0.113.7", NO),
        ("IpAddress", "203.0.113.0/24", "nonsense", NO),
        ("IpAddress", "nonsense", "203.0.113.7", NO),
        ("NotIpAddress", "203.0.113.0/24", "203.0.114.1", YES),
        ("NotIpAddress", "203.0.113.0/24", "203.0.113.1", NO),
        ("NotIpAddress", "203.0.113.0/24", "2001:db8::2", YES),
    ],
)
def test_rule_45_addresses(operator, wanted, given, expected):
    assert holds(operator, wanted, given, "aws:SourceIp") == expected


@pytest.mark.parametrize(
    ("wanted", "given", "expected"),
    [
        ("true", "true", YES),
        ("true", "false", NO),
        ("false", "false", YES),
        ("false", "true", NO),
        ("false", "other", MAY),
        ("true", "other", NO),
        ("yes", "true", NO),
    ],
)
def test_rule_46_booleans(wanted, given, expected):
    assert holds("Bool", wanted, given, "aws:SecureTransport") == expected


def test_rule_46_long_term_keys_have_no_mfa_key_so_that_bool_false_does_not_match():
    identity = [allow(), deny(**when("Bool", "aws:MultiFactorAuthPresent", "false"))]
    assert outcome(identity=identity) == ALLOWED
    identity = [allow(), deny(**when("BoolIfExists", "aws:MultiFactorAuthPresent", "false"))]
    assert outcome(identity=identity) == EXPLICIT


@pytest.mark.parametrize(
    ("wanted", "given", "expected"),
    [
        ("true", None, YES),
        ("false", None, NO),
        ("true", "x", NO),
        ("false", "x", YES),
        ("true", "", YES),
        ("false", "", NO),
        ("true", [], YES),
        ("false", ["a"], YES),
        (["true", "false"], None, YES),
        ("TRUE", None, YES),
        ("other", None, NO),
    ],
)
def test_rule_47_null_asks_whether_the_key_is_there(wanted, given, expected):
    assert holds("Null", wanted, given) == expected


@pytest.mark.parametrize(
    ("wanted", "given", "expected"),
    [("QUJD", "QUJD", YES), ("QUJD", "ABC", YES), ("QUJD", "QUJE", NO), ("not base64!", "QUJD", NO), ("QUJD", "é", NO)],
)
def test_rule_48_bytes_are_compared(wanted, given, expected):
    assert holds("BinaryEquals", wanted, given) == expected


@pytest.mark.parametrize(
    ("operator", "wanted", "given"),
    [
        ("ArnNotLike", USER, "no arn"),
        ("ArnNotEquals", "no arn", USER),
        ("NumericNotEquals", "1", "x"),
        ("DateNotEquals", "2024-01-01", "x"),
        ("NotIpAddress", "10.0.0.0/8", "x"),
        ("NotIpAddress", "x", "10.0.0.1"),
    ],
)
def test_rule_49_a_malformed_value_under_a_negated_operator_is_left_open(operator, wanted, given):
    assert holds(operator, wanted, given) == MAY


def test_rule_49_another_value_that_fits_decides():
    assert holds("ArnNotLike", ["no arn", USER], USER) == NO


def test_rule_50_the_keys_of_a_session_are_values_like_others():
    identity = [allow(**when("StringLike", "aws:userid", "AROAEXAMPLE:*"))]
    assert outcome(identity=identity, context={"aws:userid": "AROAEXAMPLE:mateo"}) == ALLOWED


@pytest.mark.parametrize(
    "operator", ["StringEquals", "StringNotEquals", "Null", "ForAllValues:StringLike", "StringEqualsIfExists"]
)
def test_an_unknown_key_leaves_its_condition_open(operator):
    identity = [allow(**when(operator, KEY, "true"))]
    assert outcome(identity=identity, unknown_keys=[KEY.upper()]) == DEPENDS
    assert outcome(identity=[allow(), *[{**one, "Effect": "Deny"} for one in identity]], unknown_keys=[KEY]) == DEPENDS


def test_a_value_that_is_given_counts_although_the_key_is_called_unknown():
    identity = [allow(**when("StringEquals", KEY, "x"))]
    assert outcome(identity=identity, unknown_keys=[KEY], context={KEY: "x"}) == ALLOWED
    assert outcome(identity=identity, unknown_keys=[KEY], context={KEY: []}) == IMPLICIT


def test_an_unknown_variable_leaves_its_condition_open():
    identity = [allow(**when("StringEquals", "s3:prefix", "${aws:username}"))]
    call = {"identity": identity, "unknown_keys": ["aws:username"]}
    assert outcome(**call, context={"s3:prefix": "x"}) == DEPENDS
    assert outcome(**call) == IMPLICIT


def test_a_condition_without_values_is_left_open():
    assert outcome(identity=[allow(Condition={"StringEquals": {KEY: []}})], context={KEY: "x"}) == DEPENDS


@pytest.mark.parametrize(
    ("positive", "negated", "wanted", "given"),
    [
        ("StringLike", "StringNotLike", "${aws:username}-*", "mateojackson-x"),
        ("StringEquals", "StringNotEquals", "${aws:username}", "mateojackson"),
        ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "${aws:username}", "MATEOJACKSON"),
        ("ArnEquals", "ArnNotEquals", "arn:aws:iam::*:user/${aws:username}", USER),
        ("ArnLike", "ArnNotLike", "arn:aws:iam::*:user/${aws:username}", USER),
        ("NumericEquals", "NumericNotEquals", "1", "1.0"),
        ("DateEquals", "DateNotEquals", "2024-01-01", "2024-01-01T00:00:00Z"),
        ("IpAddress", "NotIpAddress", "10.0.0.0/8", "10.1.2.3"),
    ],
)
def test_a_negated_operator_is_the_opposite_of_its_positive_one(positive, negated, wanted, given):
    context = {"aws:username": "mateojackson", KEY: given}
    assert outcome(identity=[allow(**when(positive, KEY, wanted))], context=context) == ALLOWED
    assert outcome(identity=[allow(**when(negated, KEY, wanted))], context=context) == IMPLICIT
    context[KEY] = {"NumericEquals": "2", "DateEquals": "2025-01-01", "IpAddress": "11.0.0.1"}.get(
        positive, USER + "-other"
    )
    assert outcome(identity=[allow(**when(positive, KEY, wanted))], context=context) == IMPLICIT
    assert outcome(identity=[allow(**when(negated, KEY, wanted))], context=context) == ALLOWED
