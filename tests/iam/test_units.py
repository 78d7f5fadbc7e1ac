"""Small parts that the rules do not reach one by one."""

import json

import pytest

from tests.iam.build import ACCOUNT, ALLOWED, EXPLICIT, IMPLICIT, OBJECT, USER, allow, case, deny, doc, outcome
from troubleshoot.iam import (
    CompiledPolicies,
    Outcome,
    PolicySet,
    Request,
    compiled,
    index,
    parse_policy,
    policy_data,
    policy_from_data,
)
from troubleshoot.iam.arn import account_of, is_account_id, parse_arn
from troubleshoot.iam.conditions import CompiledCondition
from troubleshoot.iam.document import Condition, Text
from troubleshoot.iam.patterns import common_text, includes, sample_arn
from troubleshoot.iam.query import Query
from troubleshoot.iam.resources import ResourcePattern
from troubleshoot.iam.variables import parse_template
from troubleshoot.iam.wildcard import Wild, tokens_of


def test_an_arn_is_taken_apart_and_put_together():
    arn = parse_arn("arn:aws:personalize:us-east-1:123456789012:dataset/sales/ITEMS")
    assert (arn.service, arn.region, arn.account) == ("personalize", "us-east-1", "123456789012")
    assert (arn.resource_type, arn.resource_id) == ("dataset", "sales/ITEMS")
    assert str(arn) == "arn:aws:personalize:us-east-1:123456789012:dataset/sales/ITEMS"


@pytest.mark.parametrize(
    ("text", "one_place"),
    [
        ("arn:aws:s3:::bucket/*", True),
        ("arn:aws:iam::*:role/Admin", False),
        ("arn:aws:kms:us-east-?:123456789012:key/1", False),
    ],
)
def test_an_arn_with_a_wildcard_before_its_resource_is_in_no_single_place(text, one_place):
    assert parse_arn(text).is_in_one_place is one_place


@pytest.mark.parametrize("text", ["", "arn:aws:s3", "bucket", "urn:aws:s3:::b"])
def test_what_is_no_arn_is_none(text):
    assert parse_arn(text) is None
    assert account_of(text) is None


def test_an_account_has_twelve_digits():
    assert is_account_id("123456789012")
    assert not is_account_id("12345678901")
    assert not is_account_id("١٢٣٤٥٦٧٨٩٠١٢")
    assert account_of("arn:aws:s3:::bucket") is None
    assert account_of(USER) == ACCOUNT


def test_a_policy_prints_every_element():
    document = {
        "Version": "2012-10-17",
        "Id": "x",
        "Statement": [
            {
                "Sid": "A",
                "Effect": "Deny",
                "NotPrincipal": {"AWS": ["a", "b"], "Service": "s"},
                "NotAction": "s3:*",
                "NotResource": ["a", "b"],
                "Condition": {"StringEquals": {"a": "1", "b": ["2"]}, "Bool": {"c": "true"}},
            },
            {"Effect": "Allow", "Principal": "*", "Action": ["s3:*"]},
        ],
    }
    policy = policy_from_data(document, name="p")
    printed = policy_data(policy)
    assert printed["Statement"][0] == document["Statement"][0]
    assert printed["Statement"][1] == {"Effect": "Allow", "Principal": "*", "Action": "s3:*"}
    assert printed["Id"] == "x"


def test_policies_are_equal_by_name_holder_and_text():
    text = json.dumps(doc(allow()))
    assert parse_policy(text, name="p") == parse_policy(text, name="p")
    assert parse_policy(text, name="p") != parse_policy(text, name="q")
    assert parse_policy(text, name="p").digest() == parse_policy(text, name="q").digest()


def test_statements_are_compiled_once_for_all_who_hold_the_document():
    text = json.dumps(doc(allow("s3:Shared*")))
    one, other = parse_policy(text, name="a"), parse_policy(text, name="b")
    assert compiled.compile_policy(one, compiled.Dialect.IDENTITY) is compiled.compile_policy(
        other, compiled.Dialect.IDENTITY
    )


def test_compiled_policies_and_found_actions_are_bounded(monkeypatch):
    monkeypatch.setattr(compiled, "_MOST_POLICIES", 1)
    monkeypatch.setattr(compiled, "_COMPILED", {})
    monkeypatch.setattr(index, "_MOST_ACTIONS", 2)
    policies = CompiledPolicies(
        PolicySet(identity=tuple(policy_from_data(doc(allow(f"s3:A{n}")), name="p") for n in range(4)))
    )
    assert len(compiled._COMPILED) == 1
    for _ in range(2):
        assert [policies.decide(Request(USER, f"s3:A{n}", OBJECT)) for n in range(5)] == [Outcome.ALLOWED] * 4 + [
            Outcome.IMPLICIT_DENY
        ]


def test_many_statements_of_one_action_are_found_by_their_resources():
    many = [allow("s3:GetObject", f"arn:aws:s3:::bucket{n}/*") for n in range(50)]
    many += [
        allow(["s3:GetObject", "s3:Get*"], ["arn:aws:s3:::exact", "arn:aws:s3:::exact/*"]),
        deny("s3:GetObject", "arn:aws:s3:::bucket7/secret*"),
        *[deny("s3:GetObject", f"arn:aws:s3:::other{n}") for n in range(20)],
        {"Effect": "Deny", "Action": "s3:*", "NotResource": ["arn:aws:s3:::bucket*", "arn:aws:s3:::exact*"]},
    ]
    identity = [doc(*many)]
    assert outcome(identity=identity, arn="arn:aws:s3:::bucket7/key") == ALLOWED
    assert outcome(identity=identity, arn="arn:aws:s3:::bucket7/secret1") == EXPLICIT
    assert outcome(identity=identity, arn="arn:aws:s3:::exact") == ALLOWED
    assert outcome(identity=identity, arn="arn:aws:s3:::bucket99/key") == IMPLICIT
    assert outcome(identity=identity, arn="arn:aws:s3:::b") == EXPLICIT
    assert outcome(identity=identity, arn="*") == EXPLICIT


def test_an_operator_that_slipped_past_the_parser_is_refused():
    made = Condition(Text("Nonsense", 0, 0), Text("a:b", 0, 0), (), False)
    with pytest.raises(ValueError, match="no condition operator"):
        CompiledCondition(made, variables=True)


S, SS, ONE, SO = Wild.STAR, Wild.SEGMENT_STAR, Wild.ONE, Wild.SEGMENT_ONE


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        (["a", S], ["ab"], True),
        (["a", S], ["a", SS, ":x"], True),
        (["a", SS], ["a", S], False),
        (["a", SS], ["ab:"], False),
        (["a", SS], ["a", SO, "b", SS], True),
        (["a", ONE], ["a", ONE], True),
        (["a", ONE], ["a", SO], True),
        (["a", ONE], ["ab"], True),
        (["a", ONE], ["a", S], False),
        (["a", SO], ["a", SO], True),
        (["a", SO], ["ab"], True),
        (["a", SO], ["a:"], False),
        (["a", SO], ["a", ONE], False),
        (["a"], ["a"], True),
        (["a"], ["ab"], False),
        ([S, "b", S], ["ab"], True),
        ([], [], True),
    ],
)
def test_inclusion_of_patterns(wide, narrow, expected):
    assert includes(wide, narrow) is expected


def test_a_variable_includes_itself_only():
    user, other = (
        parse_template(text, variables=True, wildcards=True) for text in ("${aws:username}", "${aws:userid}")
    )
    assert includes(user, user)
    assert not includes(user, other)
    assert includes([S], user)
    assert not includes([SS], user)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a*", "*b", "ab"),
        ("a*c", "ab*", "abc"),
        ("a", "b", None),
        ("a?", "*", "ax"),
        ("*x*", "*y", "xy"),
        ("ab", "a", None),
    ],
)
def test_a_text_that_fits_two_patterns(one, other, expected):
    assert common_text([tokens_of(one), tokens_of(other)]) == expected


def test_a_search_for_a_common_text_that_gets_too_long_is_given_up():
    long = tokens_of("*a" * 400)
    assert common_text([long, tokens_of("*b" * 400), tokens_of("*c" * 400)]) is None


def test_a_sample_has_a_region_and_the_account():
    pattern = ["arn:", SS, ":personalize:", SS, ":", SS, ":campaign/", S, SO]
    assert sample_arn(pattern, ACCOUNT) == f"arn:aws:personalize:us-east-1:{ACCOUNT}:campaign/examplex"


def test_a_pattern_by_itself_knows_requests_without_a_resource():
    star, other = (ResourcePattern(text, variables=True) for text in ("*", "arn:aws:s3:::*"))
    query = Query(Request(USER, "s3:ListAllMyBuckets"))
    assert star.judge(query) == (2, "resource_fits")
    assert other.judge(query) == (0, "action_needs_star")


def test_a_principal_of_no_known_kind_is_judged_by_its_identity_policies():
    made = case(principal=f"arn:aws:iam::{ACCOUNT}:group/x", identity=[allow()])
    assert CompiledPolicies(made.policies).decide(made.request) is Outcome.ALLOWED
