"""Actions, resources and variables (rules 20 to 33), each with its cases."""

import pytest

from tests.iam.build import (
    ACCOUNT,
    ALLOWED,
    CAMPAIGN,
    DEPENDS,
    EXPLICIT,
    IMPLICIT,
    OBJECT,
    USER,
    allow,
    deny,
    doc,
    outcome,
    when,
)

NAME = {"aws:username": "mateojackson"}


def asked(resource, arn, *, context=None, version="2012-10-17", **more):
    """What becomes of a request for `arn` if `resource` is what a policy allows."""
    return outcome(identity=[doc(allow("*", resource), version=version)], arn=arn, context=context, **more)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("s3:GetObject", ALLOWED),
        ("S3:getobject", ALLOWED),
        ("s3:Get*", ALLOWED),
        ("s3:*Object", ALLOWED),
        ("s3:Get?bject", ALLOWED),
        ("s3:G*t*t", ALLOWED),
        ("s3:*", ALLOWED),
        ("*", ALLOWED),
        ("*:*", ALLOWED),
        ("*:GetObject", ALLOWED),
        ("s3:GetObjects", IMPLICIT),
        ("s3:Get?", IMPLICIT),
        ("s3*:GetObject", IMPLICIT),
        ("?3:GetObject", IMPLICIT),
        ("s3*", IMPLICIT),
        ("GetObject", IMPLICIT),
        ("ec2:*", IMPLICIT),
        ([], IMPLICIT),
    ],
)
def test_rule_20_action_names_ignore_case_and_take_wildcards_behind_the_prefix(pattern, expected):
    assert outcome(identity=[allow(pattern)]) == expected


def test_rule_20_the_case_of_the_request_does_not_matter():
    assert outcome(identity=[allow("s3:GetObject")], action="S3:GETOBJECT") == ALLOWED


def test_rule_21_not_action_allows_every_other_action_of_every_service():
    identity = [{"Effect": "Allow", "NotAction": ["iam:*", "s3:Put*"], "Resource": "*"}]
    assert outcome(identity=identity) == ALLOWED
    assert outcome(identity=identity, action="IAM:CreateUser", arn=USER) == IMPLICIT
    assert outcome(identity=identity, action="s3:PutObject") == IMPLICIT


def test_rule_21_not_action_with_deny_spares_what_is_listed():
    identity = [allow(), {"Effect": "Deny", "NotAction": "s3:Get*", "Resource": "*"}]
    assert outcome(identity=identity) == ALLOWED
    assert outcome(identity=identity, action="s3:PutObject") == EXPLICIT


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (CAMPAIGN, ALLOWED),
        (CAMPAIGN.replace("sales", "Sales"), IMPLICIT),
        (CAMPAIGN.replace("us-east-1", "*"), ALLOWED),
        (CAMPAIGN.replace("us-east-1", "us-*-1"), ALLOWED),
        (CAMPAIGN.replace("us-east-1", "us-east-?"), ALLOWED),
        (CAMPAIGN.replace("us-east-1", "us*west"), IMPLICIT),
        (CAMPAIGN.replace("arn:aws:", "arn:*:"), ALLOWED),
        (f"arn:aws:personalize:*:{ACCOUNT}:campaign/*", ALLOWED),
        (f"arn:aws:personalize:us-east-1:{ACCOUNT}:*", ALLOWED),
        (f"arn:aws:personalize:us-east-1:{ACCOUNT}:campaign/?ales", ALLOWED),
        (f"arn:aws:personalize:us-east-1:{ACCOUNT}:campaign/s", IMPLICIT),
        (f"arn:aws:personalize:us-east-1:{ACCOUNT}:dataset/*", IMPLICIT),
        ("arn:aws:*:us-east-1:*:campaign/sales", IMPLICIT),
        ("arn:aws:personali?e:*:*:*", IMPLICIT),
        ("**", ALLOWED),
        ("?", IMPLICIT),
        ([], IMPLICIT),
    ],
)
def test_rule_22_resources_are_matched_part_by_part_with_case(pattern, expected):
    assert asked(pattern, CAMPAIGN, action="personalize:DescribeCampaign") == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("arn:aws:logs:us-east-1:1:log-group:*", ALLOWED),
        ("arn:aws:logs:us-east-1:1:log-group:/aws*:stream:y", ALLOWED),
        ("arn:aws:logs:us-east-1:1:log-group:*:y", ALLOWED),
        ("arn:aws:logs:*:stream:y", ALLOWED),
        ("arn:aws:logs:*:1:log-group:/aws/x:stream:y", ALLOWED),
        ("arn:aws:logs:us-east-1:1:log-group:/aws*m:y", IMPLICIT),
        ("arn:aws:logs:us-east-1:1:log-group:/aws?x:stream:y", ALLOWED),
        ("arn:aws:logs:us-east-1:1:log-group:/aws/x?stream:y", IMPLICIT),
    ],
)
def test_rule_22_a_star_that_ends_a_segment_crosses_colons_and_no_other_does(pattern, expected):
    assert asked(pattern, "arn:aws:logs:us-east-1:1:log-group:/aws/x:stream:y", account=ACCOUNT) == expected


def test_rule_22_a_star_crosses_slashes():
    assert asked("arn:aws:s3:::bucket/*/end", "arn:aws:s3:::bucket/a/b/end") == ALLOWED


@pytest.mark.parametrize(
    "pattern", [f"arn:aws:personalize:us-east-1:{ACCOUNT}:*/sales", f"arn:aws:personalize:*:{ACCOUNT}:cam*"]
)
def test_rule_22_a_wildcard_in_the_type_is_left_open_for_allow_and_deny(pattern):
    call = {"action": "personalize:DescribeCampaign", "arn": CAMPAIGN}
    assert outcome(identity=[allow("*", pattern)], **call) == DEPENDS
    assert outcome(identity=[allow(), deny("*", pattern)], **call) == DEPENDS
    assert (
        outcome(
            identity=[allow("*", pattern)], action="personalize:DescribeRecipe", arn="arn:aws:personalize:::recipe/x"
        )
        == IMPLICIT
    )


def test_rule_22_names_without_a_type_take_wildcards_anywhere():
    assert asked("arn:aws:s3:::buck*", "arn:aws:s3:::bucket") == ALLOWED
    assert asked("arn:aws:sqs:*:*:q*", f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue") == ALLOWED


def test_rule_23_a_bucket_and_its_objects_are_different_resources():
    assert asked("arn:aws:s3:::bucket", "arn:aws:s3:::bucket/key") == IMPLICIT
    assert asked("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket") == IMPLICIT
    assert asked(["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"], "arn:aws:s3:::bucket") == ALLOWED


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("*", ALLOWED), ("arn:aws:s3:::*", IMPLICIT), ("arn:*:*:*:*:*", IMPLICIT), (OBJECT, IMPLICIT)],
)
def test_rule_23_an_action_without_resources_fits_a_star_alone(pattern, expected):
    call = {"action": "s3:ListAllMyBuckets", "identity": [allow("s3:*", pattern)]}
    assert outcome(arn="*", **call) == expected
    assert outcome(arn="arn:aws:s3:::whatever", wildcard_only=True, **call) == expected


def test_rule_23_not_resource_covers_a_request_without_a_resource():
    identity = [{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::secret/*"}]
    assert outcome(identity=identity, action="s3:ListAllMyBuckets", arn="*") == ALLOWED


@pytest.mark.parametrize(
    "pattern", ["arn:aws:s3", "arn:aws:s3:", "arn:aws:ec2", "arn:aws:s3*", "arn:aws:s3:::", "bucket/key", "*key"]
)
def test_rule_24_a_short_arn_is_left_open_where_it_could_match(pattern):
    could = pattern in ("arn:aws:s3", "arn:aws:s3:", "arn:aws:s3*", "*key")
    assert asked(pattern, OBJECT) == (DEPENDS if could else IMPLICIT)
    denied = outcome(identity=[allow(), deny("*", pattern)], arn=OBJECT)
    assert denied == (DEPENDS if could else ALLOWED)


def not_resource(*patterns):
    return [{"Effect": "Allow", "Action": "*", "NotResource": list(patterns)}]


def test_rule_25_not_resource_with_a_variable_without_value_is_left_open():
    pattern = "arn:aws:s3:::bucket/${aws:username}"
    assert outcome(identity=not_resource(pattern)) == DEPENDS
    assert outcome(identity=not_resource(pattern), context=NAME) == ALLOWED
    assert outcome(identity=not_resource(pattern), context={"aws:username": "key"}) == IMPLICIT
    assert outcome(identity=not_resource(pattern, OBJECT)) == IMPLICIT
    assert outcome(identity=not_resource(pattern), arn="arn:aws:s3:::other/key") == ALLOWED


def test_rule_26_single_values_need_no_list():
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": OBJECT}
    assert outcome(identity=[{"Version": "2012-10-17", "Statement": statement}]) == ALLOWED


def test_rule_26_numbers_and_booleans_are_values():
    identity = [allow(**when("NumericLessThan", "s3:max-keys", 10)), deny(**when("Bool", "aws:SecureTransport", False))]
    context = {"s3:max-keys": "5", "aws:SecureTransport": "true"}
    assert outcome(identity=identity, context=context) == ALLOWED
    assert outcome(identity=identity, context={**context, "aws:SecureTransport": "false"}) == EXPLICIT


@pytest.mark.parametrize("version", [None, "2008-10-17"])
def test_rule_27_without_the_current_version_variables_are_plain_text(version):
    pattern = "arn:aws:s3:::bucket/${aws:username}"
    assert asked(pattern, "arn:aws:s3:::bucket/mateojackson", context=NAME, version=version) == IMPLICIT
    assert asked(pattern, "arn:aws:s3:::bucket/${aws:username}", context=NAME, version=version) == ALLOWED
    condition = allow(**when("StringEquals", "s3:prefix", "${aws:username}"))
    context = {**NAME, "s3:prefix": "mateojackson"}
    assert outcome(identity=[doc(condition, version=version)], context=context) == IMPLICIT
    assert outcome(identity=[doc(condition)], context=context) == ALLOWED


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("arn:aws:s3:::bucket/${aws:username}", ALLOWED),
        ("arn:aws:s3:::bucket/${AWS:UserName}", ALLOWED),
        ("arn:aws:s3:::bucket/${aws:username}*", ALLOWED),
        ("arn:aws:s3:::bucket/*${aws:username}", ALLOWED),
        ("arn:aws:s3:::${aws:PrincipalTag/bucket}/mateojackson", IMPLICIT),
        ("arn:aws:s3:::${aws:PrincipalTag/bucket, 'bucket'}/mateojackson", ALLOWED),
        ("arn:aws:s3:::${s3:Bucket,'bucket'}/mateojackson", ALLOWED),
        ("arn:aws:${s3}:::bucket/mateojackson", IMPLICIT),
        ("arn:${aws:Partition, 'aws'}:s3:::bucket/mateojackson", IMPLICIT),
        ("arn:aws:s3:::bucket/${aws:username", IMPLICIT),
        ("arn:aws:s3:::bucket/$mateojackson", IMPLICIT),
    ],
)
def test_rule_28_and_30_variables_stand_after_the_fifth_colon_and_may_have_a_default(pattern, expected):
    assert asked(pattern, "arn:aws:s3:::bucket/mateojackson", context=NAME) == expected


def test_rule_28_the_account_part_takes_no_variable():
    pattern = "arn:aws:iam::${aws:PrincipalAccount}:role/x"
    context = {"aws:PrincipalAccount": ACCOUNT}
    assert asked(pattern, f"arn:aws:iam::{ACCOUNT}:role/x", context=context) == IMPLICIT


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("StringEquals", "mateojackson", ALLOWED),
        ("StringEqualsIgnoreCase", "MATEOJACKSON", ALLOWED),
        ("StringLike", "mateojackson", ALLOWED),
        ("ArnLike", "mateojackson", DEPENDS),
        ("NumericEquals", "mateojackson", IMPLICIT),
        ("DateEquals", "mateojackson", IMPLICIT),
        ("BinaryEquals", "mateojackson", IMPLICIT),
        ("IpAddress", "mateojackson", IMPLICIT),
        ("Null", "mateojackson", IMPLICIT),
    ],
)
def test_rule_28_only_string_arn_and_bool_operators_take_variables(operator, value, expected):
    identity = [allow(**when(operator, "aws:ResourceTag/owner", "${aws:username}"))]
    assert outcome(identity=identity, context={**NAME, "aws:ResourceTag/owner": value}) == expected


def test_rule_28_arn_and_bool_operators_take_variables():
    by_arn = allow(**when("ArnEquals", "aws:SourceArn", "arn:aws:s3:::${aws:username}"))
    assert outcome(identity=[by_arn], context={**NAME, "aws:SourceArn": "arn:aws:s3:::mateojackson"}) == ALLOWED
    by_bool = allow(**when("Bool", "aws:SecureTransport", "${aws:PrincipalTag/secure}"))
    context = {"aws:PrincipalTag/secure": "true", "aws:SecureTransport": "true"}
    assert outcome(identity=[by_bool], context=context) == ALLOWED


def test_rule_29_a_key_with_several_values_is_no_variable():
    pattern = "arn:aws:s3:::bucket/${aws:TagKeys}"
    assert asked(pattern, "arn:aws:s3:::bucket/a", context={"aws:TagKeys": ["a"]}) == IMPLICIT


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("arn:aws:s3:::bucket/${*}", "arn:aws:s3:::bucket/*", ALLOWED),
        ("arn:aws:s3:::bucket/${*}", "arn:aws:s3:::bucket/a", IMPLICIT),
        ("arn:aws:s3:::bucket/${?}", "arn:aws:s3:::bucket/?", ALLOWED),
        ("arn:aws:s3:::bucket/${?}", "arn:aws:s3:::bucket/a", IMPLICIT),
        ("arn:aws:s3:::bucket/${$}", "arn:aws:s3:::bucket/$", ALLOWED),
    ],
)
def test_rule_31_escaped_wildcards_are_themselves(pattern, arn, expected):
    assert asked(pattern, arn) == expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [("StringEquals", IMPLICIT), ("StringLike", IMPLICIT), ("StringNotEquals", ALLOWED), ("StringNotLike", ALLOWED)],
)
def test_rule_32_a_variable_without_value_fits_nothing_so_that_not_fits(operator, expected):
    identity = [allow(**when(operator, "s3:prefix", "${aws:username}"))]
    assert outcome(identity=identity, context={"s3:prefix": "x"}) == expected


def test_rule_32_a_resource_with_a_variable_without_value_matches_nothing():
    assert asked("arn:aws:s3:::bucket/${aws:username}", "arn:aws:s3:::bucket/") == IMPLICIT
    assert asked("arn:aws:s3:::bucket/${aws:username}*", OBJECT) == IMPLICIT


def test_rule_33_a_star_inside_a_value_is_an_ordinary_character():
    star = {"aws:username": "*"}
    assert asked("arn:aws:s3:::bucket/${aws:username}", OBJECT, context=star) == IMPLICIT
    identity = [allow(**when("StringLike", "s3:prefix", "${aws:username}"))]
    assert outcome(identity=identity, context={**star, "s3:prefix": "x"}) == IMPLICIT
    assert outcome(identity=identity, context={**star, "s3:prefix": "*"}) == ALLOWED


def test_an_unknown_variable_leaves_the_resource_open():
    call = {"identity": [allow("*", "arn:aws:s3:::bucket/${aws:username}")], "unknown_keys": ["aws:UserName"]}
    assert outcome(**call) == DEPENDS
    assert outcome(**call, arn="arn:aws:s3:::other/x") == IMPLICIT


def test_statements_that_their_kind_of_policy_cannot_hold_are_left_open():
    assert outcome(identity=[allow(Principal="*")]) == DEPENDS
    assert outcome(identity=[{"Effect": "Allow", "Action": "*"}]) == DEPENDS
    assert outcome(resource=doc(allow())) == DEPENDS
    assert outcome(identity=[allow()], vpc_endpoint=[doc(allow())]) == ALLOWED
