"""Every lint rule: a document that it finds fault with, and one that it leaves alone."""

import json

import pytest

from tests.iam.build import ACCOUNT, CAMPAIGN, ROLE, allow, deny, doc, when
from troubleshoot.iam import parse_policy
from troubleshoot.iam.lint import Finding, Kind, Severity, lint

SOLUTION = CAMPAIGN.replace("campaign/", "solution/")
ANYONE = {"Principal": "*"}
PASS = when("StringEquals", "iam:PassedToService", "personalize.amazonaws.com")


def findings(document: dict, kind: Kind = Kind.MANAGED) -> tuple[Finding, ...]:
    return lint(parse_policy(json.dumps(document, indent=2, ensure_ascii=False), name="p"), kind)


def codes(document: dict, kind: Kind = Kind.MANAGED) -> set[str]:
    return {finding.code for finding in findings(document, kind)}


def s3(**more) -> dict:
    return doc(allow("s3:GetObject", "arn:aws:s3:::bucket/*", **more))


def without(statement: dict, name: str) -> dict:
    return {key: value for key, value in statement.items() if key != name}


SOUND = [
    (s3(), Kind.MANAGED),
    (s3(Sid="Read1"), Kind.INLINE_USER),
    (s3(Principal={"AWS": [ACCOUNT, ROLE]}, Sid="with spaces"), Kind.RESOURCE),
    (
        doc(allow("personalize:CreateCampaign", [CAMPAIGN, SOLUTION]), allow("s3:GetObject", "arn:aws:s3:::b/*")),
        Kind.MANAGED,
    ),
    (doc(without(allow("sts:AssumeRole", Principal={"Service": "personalize.amazonaws.com"}), "Resource")), Kind.TRUST),
    (doc(deny("s3:*", **ANYONE)), Kind.RCP),
    (doc(allow()), Kind.SCP),
    (doc({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}), Kind.BOUNDARY),
    (doc(allow("personalize:CreateCampaign", [CAMPAIGN, SOLUTION])), Kind.MANAGED),
    (doc(allow("personalize:CreateCampaign", CAMPAIGN), allow("personalize:Create*", SOLUTION)), Kind.MANAGED),
    (
        doc(
            allow("personalize:CreateCampaign", CAMPAIGN), {"Effect": "Allow", "NotAction": "s3:*", "NotResource": "*"}
        ),
        Kind.SCP,
    ),
    (doc(allow("personalize:List*", "*")), Kind.MANAGED),
    (doc(allow("personalize:Describe*", f"arn:aws:personalize:*:{ACCOUNT}:*/${{aws:username}}")), Kind.SCP),
    (doc(allow("iam:PassRole", ROLE, **PASS)), Kind.MANAGED),
    (s3(**when("ForAnyValue:StringEquals", "aws:TagKeys", "a")), Kind.MANAGED),
    (
        s3(Condition={"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}, "Null": {"aws:TagKeys": "false"}}),
        Kind.MANAGED,
    ),
    (s3(**when("StringLike", "aws:PrincipalArn", "arn:*")), Kind.MANAGED),
    (s3(**when("StringEquals", "s3:prefix", "${*}")), Kind.MANAGED),
    (s3(**when("StringEquals", "s3:prefix", "${aws:username}")), Kind.MANAGED),
    (s3(**when("DateLessThan", "aws:CurrentTime", "2026-01-31T12:00:00Z")), Kind.MANAGED),
    (s3(**when("IpAddress", "aws:SourceIp", "2001:db8::/32")), Kind.MANAGED),
    (s3(**when("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:*")), Kind.MANAGED),
    (s3(**when("BoolIfExists", "aws:SecureTransport", True)), Kind.MANAGED),
]


@pytest.mark.parametrize(("document", "kind"), SOUND)
def test_a_sound_document_has_no_errors(document, kind):
    found = [finding for finding in findings(document, kind) if finding.code != "wildcard_in_type"]
    assert found == []


FAULTS = [
    ("character_not_allowed", s3(**when("StringEquals", "s3:prefix", "日本")), Kind.MANAGED),
    ("too_large", s3(**when("StringEquals", "s3:prefix", "x" * 2048)), Kind.INLINE_USER),
    ("too_large", doc(deny("s3:*", Principal="*", **when("StringEquals", "s3:prefix", "x" * 5_120))), Kind.RCP),
    ("old_version", doc(allow("s3:GetObject", "arn:aws:s3:::b/*"), version=None), Kind.MANAGED),
    ("old_version", doc(allow("s3:GetObject", "arn:aws:s3:::b/*"), version="2008-10-17"), Kind.MANAGED),
    (
        "variables_without_version",
        doc(allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}"), version=None),
        Kind.MANAGED,
    ),
    ("id_not_allowed", {**s3(), "Id": "x"}, Kind.MANAGED),
    ("sid_characters", s3(Sid="with spaces"), Kind.MANAGED),
    ("sid_repeated", doc(allow("s3:GetObject", Sid="A"), allow("s3:PutObject", Sid="A")), Kind.MANAGED),
    ("principal_missing", s3(), Kind.RESOURCE),
    ("principal_not_allowed", s3(**ANYONE), Kind.MANAGED),
    ("not_principal_not_allowed", doc(deny("s3:*", NotPrincipal={"AWS": ACCOUNT})), Kind.RCP),
    ("not_principal_not_allowed", s3(NotPrincipal={"AWS": ACCOUNT}), Kind.RESOURCE),
    ("resource_not_allowed", doc(allow("sts:AssumeRole", "*", Principal={"AWS": ACCOUNT})), Kind.TRUST),
    ("resource_missing", doc(without(allow("s3:GetObject"), "Resource")), Kind.MANAGED),
    ("rcp_allows", doc(allow("s3:*", **ANYONE)), Kind.RCP),
    ("list_empty", doc(allow([], "*")), Kind.MANAGED),
    ("list_empty", doc(allow("s3:GetObject", [])), Kind.MANAGED),
    ("list_empty", s3(Condition={"StringEquals": {"s3:prefix": []}}), Kind.MANAGED),
    ("action_prefix", doc(allow("GetObject")), Kind.MANAGED),
    ("action_prefix", doc(allow("s*:GetObject")), Kind.MANAGED),
    ("service_unknown", doc(allow("personalise:*")), Kind.MANAGED),
    ("service_unknown", doc(allow("personalize-runtime:GetRecommendations")), Kind.MANAGED),
    ("service_unknown", doc(allow("$$$$$$$$:x")), Kind.MANAGED),
    ("action_matches_nothing", doc(allow("s3:Fetch*")), Kind.MANAGED),
    ("action_unknown", doc(allow("s3:GetObjectt")), Kind.MANAGED),
    ("action_unknown", doc(allow("s3:$$$$")), Kind.MANAGED),
    ("action_fictional", doc(allow("personalize:GetWidget")), Kind.MANAGED),
    ("resource_no_arn", doc(allow("s3:GetObject", "bucket/*")), Kind.MANAGED),
    ("variable_too_early", doc(allow("s3:GetObject", "arn:aws:s3:${aws:RequestedRegion}::b/*")), Kind.MANAGED),
    ("wildcard_in_service", doc(allow("s3:GetObject", "arn:aws:*:::b/*")), Kind.MANAGED),
    (
        "wildcard_in_type",
        doc(allow("personalize:DescribeCampaign", CAMPAIGN.replace("campaign", "camp*"))),
        Kind.MANAGED,
    ),
    ("action_needs_star", doc(allow("personalize:ListCampaigns", CAMPAIGN)), Kind.MANAGED),
    ("resource_type_missing", doc(allow("personalize:CreateCampaign", CAMPAIGN)), Kind.MANAGED),
    ("operator_spelling", s3(**when("stringequals", "s3:prefix", "a")), Kind.MANAGED),
    ("operator_spelling", s3(**when("foranyvalue:StringLikeIFEXISTS", "aws:TagKeys", "a")), Kind.MANAGED),
    ("key_unknown", s3(**when("StringEquals", "aws:SourceIpp", "a")), Kind.MANAGED),
    ("key_unknown", s3(**when("StringEquals", "zzzzzzzzzz", "a")), Kind.MANAGED),
    ("set_operator_missing", s3(**when("StringEquals", "aws:TagKeys", "a")), Kind.MANAGED),
    ("set_operator_on_single_value", s3(**when("ForAnyValue:StringEquals", "aws:username", "a")), Kind.MANAGED),
    ("for_all_values_without_null", s3(**when("ForAllValues:StringEquals", "aws:TagKeys", "a")), Kind.MANAGED),
    ("variable_not_replaced", s3(**when("NumericEquals", "s3:max-keys", "${aws:username}")), Kind.MANAGED),
    ("variable_with_several_values", s3(**when("StringEquals", "s3:prefix", "${aws:TagKeys}")), Kind.MANAGED),
    ("wildcard_is_literal", s3(**when("StringEquals", "s3:prefix", "home/*")), Kind.MANAGED),
    ("value_malformed", s3(**when("Bool", "aws:SecureTransport", "yes")), Kind.MANAGED),
    ("value_malformed", s3(**when("Null", "aws:username", "absent")), Kind.MANAGED),
    ("value_malformed", s3(**when("DateLessThan", "aws:CurrentTime", "tomorrow")), Kind.MANAGED),
    ("value_malformed", s3(**when("NumericLessThan", "s3:max-keys", "ten")), Kind.MANAGED),
    ("value_malformed", s3(**when("NotIpAddress", "aws:SourceIp", "home")), Kind.MANAGED),
    ("value_malformed", s3(**when("ArnEquals", "aws:SourceArn", "arn:aws:s3")), Kind.MANAGED),
    ("value_malformed", s3(**when("BinaryEquals", "s3:prefix", "!")), Kind.MANAGED),
    ("allows_everything", doc(allow()), Kind.MANAGED),
    ("allows_everything", doc(allow("*:*")), Kind.INLINE_ROLE),
    ("allows_all_but", doc({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}), Kind.MANAGED),
    ("allows_all_but", doc({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/*"}), Kind.MANAGED),
    ("passes_any_role", doc(allow("iam:PassRole", "*", **PASS)), Kind.MANAGED),
    ("passes_to_any_service", doc(allow("iam:Pass*", ROLE)), Kind.MANAGED),
    ("principal_wildcard", s3(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"}), Kind.RESOURCE),
    ("principal_deleted", s3(Principal={"AWS": "AROAEXAMPLEEXAMPLE12"}), Kind.RESOURCE),
    ("principal_malformed", s3(Principal={"AWS": "mateo"}), Kind.RESOURCE),
    ("allows_anyone", s3(**ANYONE), Kind.RESOURCE),
    ("allows_anyone", doc(without(allow("sts:AssumeRole", Principal={"AWS": "*"}), "Resource")), Kind.TRUST),
]


@pytest.mark.parametrize(("code", "document", "kind"), FAULTS)
def test_a_faulty_document_is_found(code, document, kind):
    assert code in codes(document, kind)


@pytest.mark.parametrize(("code", "document", "kind"), FAULTS)
def test_every_finding_says_where_what_and_how_in_short_sentences(code, document, kind):
    for finding in findings(document, kind):
        assert finding.line >= 1
        assert finding.column >= 1
        for words in (finding.message, finding.fix):
            assert words.endswith((".", "?"))
            assert all(len(sentence.split()) <= 25 for sentence in words.split(". "))


def test_a_finding_stands_where_the_fault_is():
    document = doc(allow("s3:GetObject"), allow("s3:GetObjectt"))
    (finding,) = [one for one in findings(document) if one.code == "action_unknown"]
    lines = json.dumps(document, indent=2).splitlines()
    assert lines[finding.line - 1][finding.column - 1 :] == '"s3:GetObjectt",'
    assert finding.statement == 1
    assert finding.severity is Severity.ERROR
    assert "`s3:GetObject`" in finding.fix


def test_findings_come_in_the_order_of_the_document():
    found = findings(doc(allow("s3:Nope1"), allow("s3:Nope2", "nope"), version=None))
    assert [(one.line, one.column) for one in found] == sorted((one.line, one.column) for one in found)


def test_white_space_does_not_count_for_an_inline_policy():
    text = json.dumps(s3(), indent=2) + " " * 5_000
    assert "too_large" not in {one.code for one in lint(parse_policy(text, name="p"), Kind.INLINE_USER)}
