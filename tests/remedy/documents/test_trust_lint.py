"""The 26 rules for trust policies: each fires on what it is for, and none on the good examples."""

import json
from typing import Any

import pytest

from troubleshoot.iam import policy_from_data
from troubleshoot.remedy.trust_lint import SEVERITIES, TrustFacts, lint_trust, rules

OURS = TrustFacts(frozenset({"123456789012"}))
VENDOR = "arn:aws:iam::333333333333:role/Vendor"
GITHUB = "token.actions.githubusercontent.com"
HUB = f"arn:aws:iam::123456789012:oidc-provider/{GITHUB}"
GOOD_ID = "6f1c2f0a-9d0b-4a53-8d5b-2d1f6e0b7a11"
PERSONALIZE = {"Service": "personalize.amazonaws.com"}


def found(principal: Any, condition: Any = None, action: Any = "sts:AssumeRole", facts: TrustFacts = OURS) -> set[str]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    if condition:
        statement["Condition"] = condition
    return ids({"Version": "2012-10-17", "Statement": [statement]}, facts)


def ids(document: Any, facts: TrustFacts = OURS) -> set[str]:
    return {one.id for one in lint_trust(policy_from_data(document, name="trust"), facts)}


def oidc(condition: Any, principal: str = HUB) -> set[str]:
    return found({"Federated": principal}, condition, "sts:AssumeRoleWithWebIdentity")


def sub(value: str) -> dict[str, Any]:
    return {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com", f"{GITHUB}:sub": value}}


COGNITO = "cognito-identity.amazonaws.com"
CASES: dict[str, tuple[set[str], set[str]]] = {
    "T01": (found("*"), found({"AWS": VENDOR})),
    "T02": (
        found("*", {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}),
        found("*", {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}),
    ),
    "T03": (found({"AWS": "333333333333"}), found({"AWS": "123456789012"})),
    "T04": (found({"AWS": VENDOR}), found({"AWS": VENDOR}, {"StringEquals": {"sts:ExternalId": GOOD_ID}})),
    "T05": (
        found({"AWS": VENDOR}, {"StringEquals": {"sts:ExternalId": "333333333333"}}),
        found({"AWS": VENDOR}, {"StringEquals": {"sts:ExternalId": GOOD_ID}}),
    ),
    "T06": (oidc({"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}), oidc(sub("repo:o/r:ref:refs/heads/main"))),
    "T07": (oidc(sub("repo:*/r:ref:refs/heads/main")), oidc(sub("repo:o/r:ref:refs/heads/main"))),
    "T08": (oidc(sub("repo:o/r:*")), oidc(sub("repo:o/r:ref:refs/heads/main"))),
    "T09": (
        oidc({"StringEquals": {f"{GITHUB}:sub": "repo:o/r:ref:refs/heads/main"}}),
        oidc(sub("repo:o/r:ref:refs/heads/main")),
    ),
    "T10": (
        oidc({"StringEquals": {"gitlab.com:aud": "x"}}, "arn:aws:iam::123456789012:oidc-provider/gitlab.com"),
        oidc(sub("repo:o/r:ref:refs/heads/main")),
    ),
    "T11": (
        oidc({"StringEquals": {f"{COGNITO}:amr": "unauthenticated"}}, COGNITO),
        oidc({"StringEquals": {f"{COGNITO}:aud": "pool", f"{COGNITO}:amr": "authenticated"}}, COGNITO),
    ),
    "T12": (
        found({"Federated": "arn:aws:iam::123456789012:saml-provider/I"}, None, "sts:AssumeRoleWithSAML"),
        found(
            {"Federated": "arn:aws:iam::123456789012:saml-provider/I"},
            {"StringEquals": {"SAML:aud": "https://us-east-1.signin.aws.amazon.com/saml"}},
            "sts:AssumeRoleWithSAML",
        ),
    ),
    "T13": (
        found(PERSONALIZE),
        found(
            PERSONALIZE,
            {
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "ArnLike": {"aws:SourceArn": "arn:aws:personalize:us-east-1:123456789012:*"},
            },
        ),
    ),
    "T14": (
        found(
            PERSONALIZE,
            {
                "StringEquals": {"aws:SourceAccount": "111122223333"},
                "ArnLike": {"aws:SourceArn": "arn:aws:personalize:us-east-1:444455556666:*"},
            },
        ),
        found(PERSONALIZE),
    ),
    "T15": (
        found({"AWS": VENDOR}, {"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::333333333333:role/*"}}),
        found({"AWS": VENDOR}, {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::333333333333:role/*"}}),
    ),
    "T16": (
        found({"AWS": VENDOR}, {"StringEqualsIfExists": {"sts:ExternalId": GOOD_ID}}),
        found({"AWS": VENDOR}, {"StringEquals": {"sts:ExternalId": GOOD_ID}}),
    ),
    "T17": (
        found({"AWS": VENDOR}, {"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}),
        found({"AWS": VENDOR}, {"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}, "Null": {"aws:TagKeys": "false"}}),
    ),
    "T18": (found({"AWS": "AROAIOSFODNN7EXAMPLE"}), found({"AWS": VENDOR})),
    "T19": (found({"AWS": "arn:aws:iam::333333333333:role/*"}), found({"AWS": VENDOR})),
    "T20": (
        ids(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Deny", "NotPrincipal": {"AWS": VENDOR}, "Action": "sts:AssumeRole"}],
            }
        ),
        found({"AWS": VENDOR}),
    ),
    "T21": (found({"AWS": "arn:aws:iam::123456789012:user/x"}), found({"AWS": VENDOR})),
    "T22": (
        found({"AWS": "123456789012"}, facts=TrustFacts(OURS.ours, for_people=True)),
        found(
            {"AWS": "123456789012"},
            {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
            facts=TrustFacts(OURS.ours, for_people=True),
        ),
    ),
    "T23": (
        found({"AWS": VENDOR}, None, ["sts:AssumeRole", "sts:TagSession"]),
        found({"AWS": VENDOR}, {"StringEquals": {"aws:RequestTag/team": "a"}}, ["sts:AssumeRole", "sts:TagSession"]),
    ),
    "T24": (found({"AWS": VENDOR}, facts=TrustFacts(OURS.ours, max_session=7200)), found({"AWS": VENDOR})),
    "T25": (
        found(
            {"AWS": VENDOR},
            {"StringEquals": {"sts:ExternalId": GOOD_ID}},
            facts=TrustFacts(OURS.ours, for_people=True),
        ),
        found({"AWS": VENDOR}, {"StringEquals": {"sts:ExternalId": GOOD_ID}}),
    ),
    "T26": (
        oidc({"StringEquals": {"tokens.actions.githubusercontent.com:sub": "repo:o/r"}}),
        oidc(sub("repo:o/r:ref:refs/heads/main")),
    ),
}


@pytest.mark.parametrize("rule", list(CASES))
def test_a_rule_fires_on_what_it_is_for_and_not_otherwise(rule: str) -> None:
    bad, good = CASES[rule]
    assert rule in bad
    assert rule not in good


def test_there_are_26_rules_each_with_a_case() -> None:
    assert sorted(CASES) == sorted(rules())
    assert len(rules()) == 26
    assert all(rule.severity in SEVERITIES and rule.sources for rule in rules().values())


def test_the_gravest_finding_stands_first_and_names_its_line() -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/x"}, "Action": "sts:AssumeRole"},
            {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"},
        ],
    }
    first = lint_trust(policy_from_data(document, name="trust"), OURS)[0]
    assert first.id == "T01"
    assert json.dumps(document, indent=2).splitlines()[first.line - 1].strip() == "{"


def test_good_examples_have_no_grave_finding() -> None:
    organization = {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}
    good = [
        ({"AWS": "arn:aws:iam::222222222222:role/DataScience"}, organization),
        ({"AWS": VENDOR}, {"StringEquals": {"sts:ExternalId": GOOD_ID}}),
    ]
    for principal, condition in good:
        assert found(principal, condition) & {"T01", "T02", "T04", "T05", "T13", "T16"} == set()
