"""What policies allow, what a change newly allows, and whether one document allows no more than another."""

import json
from itertools import product

import pytest
from hypothesis import given

from tests.iam import reference
from tests.iam.build import ACCOUNT, CAMPAIGN, NOTHING, ROLE, SESSION, USER, allow, deny, doc, when
from tests.iam.strategies import Maker, examples, made
from troubleshoot.iam import CompiledPolicies, Outcome, PolicySet, Request, Unknown, decide, parse_policy
from troubleshoot.iam.access import Comparison, allowed_access, allows_no_more, newly_allowed, who_can
from troubleshoot.iam.document import Policy
from troubleshoot.iam.resources import ResourcePattern

DATASET = f"arn:aws:personalize:us-east-1:{ACCOUNT}:dataset/sales/ITEMS"


def policy(*statements, version="2012-10-17") -> Policy:
    return parse_policy(json.dumps(doc(*statements, version=version)), name="p")


def identity(*statements) -> PolicySet:
    return PolicySet(identity=(policy(*statements),))


def new(before: PolicySet, after: PolicySet, **more):
    return newly_allowed(before, after, USER, **more)


def pairs(found) -> set[tuple[str, str]]:
    return {(one.action, one.resource) for one in found}


def test_a_wildcard_is_expanded_to_real_actions_on_the_types_that_they_take():
    found = new(
        identity(), identity(allow("personalize:D*Campaign", f"arn:aws:personalize:*:{ACCOUNT}:campaign/sales*"))
    )
    assert pairs(found) == {
        (f"personalize:{verb}Campaign", f"arn:aws:personalize:*:{ACCOUNT}:campaign/sales*")
        for verb in ("Delete", "Describe")
    }
    assert all(one.certain and one.resource_type == "campaign" for one in found)


def test_every_entry_is_shown_by_a_request_that_is_newly_allowed():
    before, after = identity(allow("s3:Get*")), identity(allow("s3:*", **when("StringLike", "s3:prefix", "home/?*")))
    found = new(before, after)
    assert found
    for one in found:
        assert decide(one.witness, after) is Outcome.ALLOWED
        assert decide(one.witness, before) is not Outcome.ALLOWED


def test_what_was_allowed_before_is_not_new():
    before = identity(allow("s3:*"))
    assert new(before, PolicySet(identity=(*before.identity, policy(allow("s3:GetObject", "arn:aws:s3:::b/*"))))) == ()


def test_a_deny_that_goes_away_is_new_access():
    found = new(
        identity(allow("s3:GetObject"), deny("s3:*", "arn:aws:s3:::b/secret/*")), identity(allow("s3:GetObject"))
    )
    assert {one.witness.resource.startswith("arn:aws:s3:::b/secret/") for one in found} == {True}


def test_a_deny_in_the_way_keeps_it_from_being_new():
    assert new(identity(), identity(allow("s3:GetObject"), deny("s3:Get*"))) == ()
    boundary = PolicySet(identity=(policy(allow("s3:GetObject")),), boundary=(policy(allow("ec2:*")),))
    assert new(PolicySet(), boundary) == ()


def test_every_layer_is_looked_at():
    layers = PolicySet(
        identity=(policy(allow("s3:GetObject")),),
        boundary=(policy(allow()),),
        session=policy(allow()),
        scps=((policy(allow()), policy(deny("s3:*", "arn:aws:s3:::b/*"))),),
        rcps=((policy(deny("s3:*", "arn:aws:s3:::c/*", Principal="*")),),),
        vpc_endpoint=(policy(allow(Principal="*")),),
        resource=policy(allow("s3:GetObject", Principal={"AWS": USER})),
    )
    (found,) = {one.action for one in new(PolicySet(), layers)}
    assert found == "s3:GetObject"


def test_a_layer_that_was_not_read_makes_an_entry_possible_only():
    (found,) = new(PolicySet(), PolicySet(identity=(policy(allow("sqs:SendMessage")),), scps=Unknown("no permission")))
    assert (found.action, found.resource) == ("sqs:SendMessage", "arn:*:sqs:*:*:*")
    assert not found.certain


def test_an_action_without_resources_and_an_action_that_aws_does_not_know():
    found = new(identity(), identity(allow(["personalize:ListCampaigns", "personalize:GetWidget", "made:Up"])))
    assert pairs(found) == {("personalize:ListCampaigns", "*"), ("personalize:GetWidget", "*"), ("made:Up", "*")}


def test_services_can_be_picked():
    after = identity(allow(["s3:GetObject", "personalize:ListCampaigns", "made:Up"]))
    assert pairs(new(identity(), after, services={"personalize"})) == {("personalize:ListCampaigns", "*")}


def test_not_action_and_everything_reach_every_service():
    found = new(
        identity(),
        identity({"Effect": "Allow", "NotAction": ["s3:*", "ec2:*"], "Resource": "*"}),
        services={"s3", "sqs"},
    )
    assert {one.action.partition(":")[0] for one in found} == {"sqs"}
    assert {one.action for one in new(identity(), identity(allow("*")), services={"personalize"})} >= {
        "personalize:ListCampaigns"
    }
    assert any(one.action.startswith("sqs:") for one in new(identity(), identity(allow("*:Send*"))))


def test_a_pattern_that_no_type_of_the_action_fits_is_left_out():
    assert new(identity(), identity(allow("personalize:CreateCampaign", DATASET))) == ()


def test_not_resource_is_found_by_trying():
    found = new(identity(), identity({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::b/*"}))
    assert ("s3:GetObject", "arn:*:s3:::*/*") in pairs(found)
    assert not any(one.witness.resource.startswith("arn:aws:s3:::b/") for one in found)


def test_variables_take_the_values_of_the_principal():
    (found,) = new(identity(), identity(allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*")))
    assert found.witness.resource == "arn:aws:s3:::b/mateojackson/example"
    assert new(identity(), identity(allow("s3:GetObject", "arn:aws:s3:::b/${aws:FederatedProvider}"))) == ()


@pytest.mark.parametrize(
    "condition",
    [
        when("NumericLessThan", "s3:max-keys", 10),
        when("DateGreaterThan", "aws:CurrentTime", "2026-01-01T00:00:00Z"),
        when("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
        when("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"),
        when("Bool", "aws:MultiFactorAuthPresent", "true"),
        when("ForAnyValue:StringEquals", "aws:TagKeys", "team"),
        when("StringNotEquals", "aws:RequestedRegion", "us-east-1"),
        when("Null", "aws:RequestedRegion", "true"),
        when("StringEquals", "s3:prefix", "${aws:username}"),
        when("StringEquals", "s3:prefix", "${aws:FederatedProvider, 'none'}"),
        when("StringLike", "s3:prefix", "home/?*"),
    ],
)
def test_a_context_that_meets_the_conditions_is_found(condition):
    (found,) = new(identity(), identity(allow("s3:GetObject", "arn:aws:s3:::b/*", **condition)))
    assert found.certain
    assert found.conditions[0].operator.value in condition["Condition"]


def many_conditions():
    return {"Condition": {"StringEquals": {f"aws:RequestTag/k{n}": [f"v{m}" for m in range(4)] for n in range(6)}}}


def test_with_too_much_to_try_an_entry_is_kept_as_possible_unless_it_is_proved_old():
    statement = allow("s3:GetObject", "arn:aws:s3:::b/*", **many_conditions())
    found = new(identity(statement), identity(statement, deny("s3:*", "arn:aws:s3:::c/*")))
    assert found == ()
    wider = allow("s3:GetObject", ["arn:aws:s3:::b/*"], **many_conditions(), Sid="Wider")
    never = {"StringNotLike": {"aws:username": "*"}}
    wider["Condition"] = {**wider["Condition"], **never}
    found = new(identity(), identity(wider))
    assert [one.certain for one in found] == [False]


def test_what_a_principal_may_do_in_one_service():
    policies = identity(allow("personalize:Describe*", CAMPAIGN), allow("s3:*"), deny("personalize:DescribeFilter"))
    assert pairs(allowed_access(policies, USER, "personalize")) == {("personalize:DescribeCampaign", CAMPAIGN)}


def test_who_can_asks_every_principal():
    principals = {USER: CompiledPolicies(identity(allow("s3:*"))), SESSION: CompiledPolicies(identity())}
    assert who_can(principals, "s3:GetObject", "arn:aws:s3:::b/k") == {
        USER: Outcome.ALLOWED,
        SESSION: Outcome.IMPLICIT_DENY,
    }
    by_name = {USER: CompiledPolicies(identity(allow("s3:*", **when("StringEquals", "aws:username", "mateojackson"))))}
    assert who_can(by_name, "s3:GetObject", "arn:aws:s3:::b/k", {"s3:prefix": "x"}) == {USER: Outcome.ALLOWED}


# the list against the naive evaluator, over an enumerated universe

ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:ListAllMyBuckets")
ARNS = (
    "arn:aws:s3:::bucket", "arn:aws:s3:::bucket/mateo", "arn:aws:s3:::bucket/x/key", "arn:aws:s3:::other",
    "arn:aws:s3:::other/mateo", "arn:aws:s3:::bucket/x/other", "*",
)  # fmt: skip
PATTERNS = (
    "*", "arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*", "arn:aws:s3:::*/mateo", "arn:aws:s3:::bucket/x/*",
    "arn:aws:s3:::bucket/*/key", "arn:aws:s3:::other*", "arn:aws:s3:::bucket/?*",
)  # fmt: skip
TAG = "aws:PrincipalTag/team"
TEAMS = (None, "a", "b", "other")


def small_statement(maker: Maker) -> dict:
    made_statement = {
        "Effect": maker.one_of(("Allow", "Allow", "Deny")),
        "Action": maker.one_or_list((*ACTIONS, "s3:*", "s3:Get*", "s3:List*")),
        "Resource": maker.one_or_list(PATTERNS),
    }
    if maker.chance(3):
        made_statement |= when(
            maker.one_of(("StringEquals", "StringNotEquals", "StringLike")), TAG, maker.one_of(("a", "b", "*"))
        )
    return made_statement


def small_change(maker: Maker) -> tuple[list, list]:
    before = maker.several(lambda: small_statement(maker), 0, 3)
    after = [one for one in before if not maker.chance(4)] + maker.several(lambda: small_statement(maker), 0, 2)
    return before, after


def naive(statements: list, action: str, arn: str, team: str | None) -> bool:
    context = {} if team is None else {TAG: team}
    wildcard_only = action == "s3:ListAllMyBuckets"
    asked = {"principal": USER, "action": action, "resource": arn, "context": context, "wildcard_only": wildcard_only}
    return reference.decide({**asked, "policies": {"identity": [doc(*statements)]}}) == "allowed"


def in_the_catalogs_world(action: str, arn: str) -> bool:
    """Whether AWS would ask for this action on such a resource at all."""
    if action == "s3:ListAllMyBuckets":
        return arn == "*"
    return arn != "*" and ("/" in arn) == (action != "s3:ListBucket")


@given(made(small_change))
@examples(20, 800)
def test_newly_allowed_is_the_naive_evaluators_difference(change):
    before, after = change
    found = new(identity(*before), identity(*after), services={"s3"})
    universe = [one for one in product(ACTIONS, ARNS, TEAMS) if in_the_catalogs_world(*one[:2])]
    for action, arn, team in universe:
        if naive(after, action, arn, team) and not naive(before, action, arn, team):
            assert any(one.action == action and fits(one.resource, arn) for one in found), (action, arn, team)
    for one in found:
        if one.certain and one.action in ACTIONS:
            team = one.witness.context.get(TAG.lower())
            assert naive(after, one.action, one.witness.resource, team)
            assert not naive(before, one.action, one.witness.resource, team)


def fits(pattern: str, arn: str) -> bool:
    from troubleshoot.iam.query import Query

    return ResourcePattern(pattern, variables=True).judge(Query(Request(USER, "s3:GetObject", arn)))[0] == 2


# one document against another


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ([allow("s3:GetObject")], [allow("s3:*")]),
        ([allow("s3:Get*")], [allow("S3:G*")]),
        ([allow("s3:GetObject", "arn:aws:s3:::b/x")], [allow("s3:GetObject", "arn:aws:s3:::b/*")]),
        ([allow("s3:GetObject", "arn:aws:s3:::b/x/*")], [allow("s3:GetObject", ["arn:aws:s3:::a", "arn:*:s3:::b/*"])]),
        ([allow("s3:GetObject", "arn:aws:s3:::b/?")], [allow("s3:GetObject", "arn:aws:s3:::b/*")]),
        ([allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}")], [allow("s3:GetObject", "arn:aws:s3:::b/*")]),
        ([allow("s3:GetObject", **when("Bool", "aws:SecureTransport", "true"))], [allow("s3:GetObject")]),
        (
            [allow("s3:GetObject", **when("StringEquals", TAG, "a"))],
            [allow("s3:GetObject", **when("stringequals", TAG.upper(), "a", "b"))],
        ),
        ([allow(["s3:GetObject", "sqs:SendMessage"])], [allow("s3:*"), allow("sqs:*")]),
        ([allow("s3:*"), deny("s3:Put*")], [allow("s3:*"), deny("s3:PutObject")]),
        (
            [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
            [{"Effect": "Allow", "NotAction": "IAM:*", "Resource": "*"}],
        ),
        ([allow("ec2:RunInstances")], [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]),
        ([], [allow()]),
    ],
)
def test_a_narrower_document_is_proved_to_allow_no_more(narrow, wide):
    assert allows_no_more(policy(*narrow), policy(*wide), USER).comparison is Comparison.NO_MORE


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ([allow("s3:*")], [allow("s3:GetObject")]),
        ([allow("s3:GetObject")], [allow("s3:GetObject", "arn:aws:s3:::b/*")]),
        ([allow("s3:GetObject")], [allow("s3:GetObject", **when("Bool", "aws:SecureTransport", "true"))]),
        ([allow("s3:GetObject", "arn:aws:s3:::b/*")], [allow("s3:GetObject"), deny("s3:*", "arn:aws:s3:::b/x")]),
        (
            [allow("s3:GetObject", **when("StringEquals", TAG, "a", "c"))],
            [allow("s3:GetObject", **when("StringEquals", TAG, "a", "b"))],
        ),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], [allow("s3:*")]),
    ],
)
def test_a_wider_document_is_shown_by_a_request(narrow, wide):
    found = allows_no_more(policy(*narrow), policy(*wide), USER)
    assert found.comparison is Comparison.MORE
    assert decide(found.witness, PolicySet(identity=(policy(*narrow),))) is Outcome.ALLOWED
    assert decide(found.witness, PolicySet(identity=(policy(*wide),))) is not Outcome.ALLOWED


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ([allow("s3:GetObjec*")], [allow(["s3:GetObject", "s3:GetObject*"][:1]), allow("s3:GetObject?*")]),
        ([allow("s3:GetObject", Principal="*")], [allow("s3:GetObject")]),
        (
            [allow("s3:GetObject", "arn:aws:s3:::b/*")],
            [{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::c"}],
        ),
    ],
)
def test_what_cannot_be_told_is_not_decided_with_the_reason(narrow, wide):
    found = allows_no_more(policy(*narrow), policy(*wide), USER)
    assert found.comparison is Comparison.NOT_DECIDED
    assert found.why


def test_variables_of_the_old_version_are_other_conditions():
    condition = when("StringEquals", TAG, "${*}")
    found = allows_no_more(
        policy(allow("s3:GetObject", **condition)), policy(allow("s3:GetObject", **condition), version=None), USER
    )
    assert found.comparison is Comparison.MORE


def test_a_wildcard_that_aws_leaves_open_proves_nothing():
    wide = policy(allow("personalize:DescribeCampaign", f"arn:aws:personalize:us-east-1:{ACCOUNT}:camp*"))
    found = allows_no_more(policy(allow("personalize:DescribeCampaign", CAMPAIGN)), wide, USER)
    assert found.comparison is Comparison.MORE


def test_a_document_with_nothing_allows_no_more_than_any():
    nothing = parse_policy(json.dumps(NOTHING), name="p")
    assert allows_no_more(nothing, nothing, ROLE).comparison is Comparison.NO_MORE


def test_only_some_actions_can_be_asked_for():
    after = identity(allow("s3:*"))
    assert {one.action for one in new(identity(), after, only={"s3:getobject"})} == {"s3:GetObject"}


def test_a_resource_policy_that_stays_allows_nothing_new():
    resource = policy(allow("s3:GetObject", "arn:aws:s3:::b/*", Principal={"AWS": USER}))
    before = PolicySet(resource=resource)
    after = PolicySet(resource=resource, identity=(policy(allow("ec2:DescribeRegions")),))
    assert {one.action for one in new(before, after)} == {"ec2:DescribeRegions"}
