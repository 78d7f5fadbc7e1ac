"""How the layers decide together: the flow rules (1 to 19, 51 to 56), each with its cases."""

import pytest

from tests.iam.build import (
    ACCOUNT,
    ALLOWED,
    CAMPAIGN,
    DEPENDS,
    EVERYTHING,
    EXPLICIT,
    IMPLICIT,
    KEY,
    NOTHING,
    OTHER,
    ROLE,
    ROOT,
    SESSION,
    STRANGER,
    USER,
    allow,
    deny,
    doc,
    explained,
    outcome,
    when,
)
from troubleshoot.iam import Effect, Layer

FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/mateojackson"
LINKED = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForPersonalize/session"


def grants(principal, action="s3:*", resource="arn:aws:s3:::bucket/*"):
    return doc(allow(action, resource, Principal=principal))


def trust(principal, **more):
    return doc({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more})


# rule 1: an explicit deny anywhere wins


@pytest.mark.parametrize(
    ("layer", "policies"),
    [
        ("identity", {"identity": [allow(), deny()]}),
        ("resource", {"resource": doc(deny(Principal="*"))}),
        ("boundary", {"boundary": [doc(allow(), deny())]}),
        ("session", {"session": doc(allow(), deny())}),
        ("scps", {"scps": [[EVERYTHING], [doc(allow(), deny())]]}),
        ("rcps", {"rcps": [[doc(deny(Principal="*"))]]}),
        ("vpc_endpoint", {"vpc_endpoint": [doc(allow(Principal="*"), deny(Principal="*"))]}),
    ],
)
def test_rule_1_an_explicit_deny_in_any_layer_wins(layer, policies):
    decision = explained(**{"identity": [allow()], **policies})
    assert decision.outcome == EXPLICIT
    assert [result.layer for result in decision.stopping] == [layer]
    assert decision.layers[Layer(layer)].deciding[0].effect == "Deny"


def test_rule_1_layers_are_told_in_the_order_in_which_aws_checks_them():
    assert list(explained().layers) == ["rcps", "scps", "vpc_endpoint", "resource", "identity", "boundary", "session"]


# rule 2: in one account either side is enough


def test_rule_2_an_identity_allow_is_enough():
    assert outcome(identity=[allow()], resource=grants({"AWS": ROLE})) == ALLOWED


def test_rule_2_a_resource_allow_is_enough():
    assert outcome(resource=grants({"AWS": USER})) == ALLOWED


def test_rule_2_neither_is_an_implicit_deny():
    decision = explained(resource=grants({"AWS": ROLE}))
    assert decision.outcome == IMPLICIT
    assert [result.layer for result in decision.stopping] == [Layer.IDENTITY]


# rule 3: whom the resource policy names decides what else is needed


@pytest.mark.parametrize(
    ("caller", "named", "identity", "boundary", "session"),
    [
        (USER, USER, ALLOWED, ALLOWED, ALLOWED),
        (SESSION, SESSION, ALLOWED, ALLOWED, ALLOWED),
        (SESSION, ROLE, ALLOWED, IMPLICIT, IMPLICIT),
        (SESSION, f"arn:aws:iam::{ACCOUNT}:role/some/path/Builder", ALLOWED, IMPLICIT, IMPLICIT),
        (ROLE, ROLE, ALLOWED, IMPLICIT, IMPLICIT),
        (FEDERATED, FEDERATED, ALLOWED, ALLOWED, ALLOWED),
        (FEDERATED, USER, IMPLICIT, IMPLICIT, IMPLICIT),
        (USER, ROOT, IMPLICIT, IMPLICIT, IMPLICIT),
        (USER, ACCOUNT, IMPLICIT, IMPLICIT, IMPLICIT),
        (USER, "*", ALLOWED, ALLOWED, ALLOWED),
        (SESSION, "*", ALLOWED, ALLOWED, ALLOWED),
    ],
)
def test_rule_3_the_named_principal_decides_which_limits_still_count(caller, named, identity, boundary, session):
    resource = grants({"AWS": named})
    assert outcome(principal=caller, resource=resource) == identity
    assert outcome(principal=caller, resource=resource, boundary=[NOTHING]) == boundary
    assert outcome(principal=caller, resource=resource, session=NOTHING) == session


def test_rule_3_a_session_of_the_named_user_is_limited_by_its_session_policy_only():
    assert outcome(principal=FEDERATED, resource=grants({"AWS": USER}), session=EVERYTHING) == ALLOWED
    assert outcome(principal=FEDERATED, resource=grants({"AWS": USER}), session=EVERYTHING, boundary=[]) == IMPLICIT


def test_rule_3_the_account_only_hands_on_to_identity_policies():
    assert outcome(identity=[allow()], resource=grants({"AWS": ROOT})) == ALLOWED
    assert outcome(identity=[allow()], resource=grants({"AWS": ROOT}), boundary=[NOTHING]) == IMPLICIT


def test_rule_3_layers_that_a_direct_grant_replaces_do_not_count_as_stopping():
    decision = explained(resource=grants({"AWS": USER}), boundary=[NOTHING])
    assert decision.stopping == ()
    assert decision.layers[Layer.IDENTITY].code == "resource_policy_suffices"
    assert decision.layers[Layer.BOUNDARY].effect is Effect.NOT_APPLICABLE


# rule 4: across accounts both sides must allow


@pytest.mark.parametrize("named", [STRANGER, OTHER, f"arn:aws:iam::{OTHER}:root", "*"])
def test_rule_4_across_accounts_both_sides_must_allow(named):
    call = {"principal": STRANGER, "account": ACCOUNT}
    assert outcome(**call, resource=grants({"AWS": named}), identity=[allow()]) == ALLOWED
    assert outcome(**call, resource=grants({"AWS": named})) == IMPLICIT
    assert outcome(**call, identity=[allow()]) == IMPLICIT
    assert outcome(**call, resource=grants({"AWS": USER}), identity=[allow()]) == IMPLICIT


@pytest.mark.parametrize("layer", ["boundary", "scps"])
def test_rule_4_the_callers_own_limits_count_across_accounts(layer):
    call = {"principal": STRANGER, "account": ACCOUNT, "resource": grants({"AWS": STRANGER}), "identity": [allow()]}
    limit = {"boundary": [NOTHING], "scps": [[NOTHING]]}[layer]
    assert outcome(**call, **{layer: limit}) == IMPLICIT


def test_rule_4_the_account_in_the_arn_tells_the_owner():
    there = f"arn:aws:personalize:us-east-1:{OTHER}:campaign/sales"
    assert outcome(action="personalize:DescribeCampaign", arn=there, identity=[allow()]) == IMPLICIT


def test_rule_4_a_session_grant_does_not_lift_the_boundary_across_accounts():
    session = f"arn:aws:sts::{OTHER}:assumed-role/Visitor/s"
    call = {"principal": session, "account": ACCOUNT, "resource": grants({"AWS": session}), "identity": [allow()]}
    assert outcome(**call) == ALLOWED
    assert outcome(**call, boundary=[NOTHING]) == IMPLICIT
    assert outcome(**call, session=NOTHING) == IMPLICIT


def test_rule_4_there_is_no_access_between_partitions():
    there = "arn:aws-cn:s3:::bucket/key"
    decision = explained(arn=there, account=OTHER, identity=[allow()], resource=grants("*", resource="*"))
    assert decision.outcome == IMPLICIT
    assert decision.layers[Layer.RESOURCE].code == "other_partition"


# rule 5: the account stands for everybody in it


@pytest.mark.parametrize("caller", [USER, SESSION, ROLE, FEDERATED])
def test_rule_5_an_account_number_is_the_accounts_root_arn_and_delegates(caller):
    for named in (ACCOUNT, ROOT):
        call = {"principal": caller, "resource": grants({"AWS": named}), "session": EVERYTHING}
        assert outcome(**call, identity=[allow()]) == ALLOWED
        assert outcome(**call) == IMPLICIT


def test_rule_5_the_root_arn_in_a_condition_means_the_root_user_alone():
    resource = doc(deny(Principal="*", **when("ArnEquals", "aws:PrincipalArn", ROOT)))
    assert outcome(identity=[allow()], resource=resource, context={"aws:PrincipalArn": USER}) == ALLOWED
    assert outcome(principal=ROOT, resource=resource, context={"aws:PrincipalArn": ROOT}) == EXPLICIT


# rule 6: a trust policy must allow


@pytest.mark.parametrize(
    ("caller", "named", "identity", "expected"),
    [
        (USER, USER, [], ALLOWED),
        (USER, ROOT, [], IMPLICIT),
        (USER, ROOT, [allow("sts:AssumeRole")], ALLOWED),
        (USER, SESSION, [allow("sts:AssumeRole")], IMPLICIT),
        (STRANGER, STRANGER, [], IMPLICIT),
        (STRANGER, STRANGER, [allow("sts:AssumeRole")], ALLOWED),
        (STRANGER, OTHER, [allow("sts:AssumeRole")], ALLOWED),
        (STRANGER, USER, [allow("sts:AssumeRole")], IMPLICIT),
    ],
)
def test_rule_6_a_role_is_assumed_only_if_its_trust_policy_allows(caller, named, identity, expected):
    call = {"principal": caller, "action": "sts:AssumeRole", "arn": ROLE}
    assert outcome(**call, identity=identity, resource=trust({"AWS": named})) == expected


def test_rule_6_without_a_trust_policy_an_identity_allow_is_not_enough():
    decision = explained(action="sts:AssumeRole", arn=ROLE, identity=[allow()])
    assert decision.outcome == IMPLICIT
    assert decision.layers[Layer.RESOURCE].code == "no_resource_policy"


# rule 7: a key policy must allow, or hand on to the account


@pytest.mark.parametrize(
    ("named", "identity", "expected"),
    [
        (ROOT, [], IMPLICIT),
        (ROOT, [allow("kms:*")], ALLOWED),
        (USER, [], ALLOWED),
        (SESSION, [allow("kms:*")], IMPLICIT),
        (ROOT, [allow("kms:*"), deny("kms:Decrypt")], EXPLICIT),
        (SESSION, [deny("kms:Decrypt")], EXPLICIT),
    ],
)
def test_rule_7_an_identity_allow_counts_only_if_the_key_policy_hands_on(named, identity, expected):
    key_policy = grants({"AWS": named}, "kms:*", "*")
    assert outcome(action="kms:Decrypt", arn=KEY, identity=identity, resource=key_policy) == expected


def test_rule_7_a_key_without_its_policy_is_unknown():
    decision = explained(action="kms:Decrypt", arn=KEY, identity=[allow()])
    assert decision.outcome == DEPENDS
    assert decision.missing_layers == (Layer.RESOURCE,)
    assert outcome(action="kms:Decrypt", arn=KEY, identity=[deny()]) == EXPLICIT


def test_rule_7_actions_that_are_not_about_a_key_need_no_key_policy():
    assert outcome(action="kms:ListKeys", arn="*", identity=[allow()]) == ALLOWED
    alias = f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/mine"
    assert outcome(action="kms:CreateAlias", arn=alias, identity=[allow()]) == ALLOWED


# rules 8 and 9: service control policies


def test_rule_8_every_level_must_allow():
    assert outcome(identity=[allow()], scps=[[EVERYTHING], [EVERYTHING]]) == ALLOWED
    decision = explained(identity=[allow()], scps=[[EVERYTHING], [doc(allow("ec2:*"))], [NOTHING]])
    assert decision.outcome == IMPLICIT
    assert decision.layers[Layer.SCPS].level == 1


def test_rule_8_the_policies_of_one_level_are_a_union():
    assert outcome(identity=[allow()], scps=[[doc(allow("ec2:*")), doc(allow("s3:*"))]]) == ALLOWED


def test_rule_8_a_deny_on_any_level_wins_and_is_told_with_its_level():
    decision = explained(identity=[allow()], scps=[[EVERYTHING], [EVERYTHING, doc(deny("s3:*"))]])
    assert decision.outcome == EXPLICIT
    assert decision.layers[Layer.SCPS].level == 1


def test_rule_8_a_level_without_policies_allows_nothing():
    assert outcome(identity=[allow()], scps=[[]]) == IMPLICIT
    assert outcome(identity=[allow()], scps=[]) == ALLOWED


@pytest.mark.parametrize(
    "statement",
    [
        allow("s3:*", "arn:aws:s3:::bu*t/*"),
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::other/*"},
        allow(**when("Bool", "aws:SecureTransport", "true")),
    ],
)
def test_rule_8_they_speak_the_full_language(statement):
    assert outcome(identity=[allow()], scps=[[doc(statement)]], context={"aws:SecureTransport": "true"}) == ALLOWED


@pytest.mark.parametrize("caller", [LINKED, f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/x.amazonaws.com/X"])
def test_rule_9_service_linked_roles_are_not_bound(caller):
    assert outcome(principal=caller, identity=[allow()], scps=[[doc(deny())]]) == ALLOWED


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("role/aws-service-role/personalize.amazonaws.com/AWSServiceRoleForPersonalize", ALLOWED),
        ("role/AWSServiceRoleForPersonalize", EXPLICIT),
        ("role/team/AWSServiceRoleForPersonalize", EXPLICIT),
        ("role/team/AnotherRole", ALLOWED),  # not this session's: the name alone tells
    ],
)
def test_rule_9_a_role_that_is_named_like_a_service_linked_one_is_told_by_its_path(role, expected):
    context = {"AWS:principalarn": f"arn:aws:iam::{ACCOUNT}:{role}"}
    assert outcome(principal=LINKED, context=context, identity=[allow()], scps=[[doc(deny())]]) == expected
    rcps = [[EVERYTHING, doc(deny("s3:*", Principal="*"))]]
    assert outcome(principal=LINKED, context=context, identity=[allow()], rcps=rcps) == expected


def test_rule_9_where_the_path_is_not_known_the_name_tells():
    unknown = {"unknown_keys": ["aws:PrincipalArn"]}
    assert outcome(principal=LINKED, identity=[allow()], scps=[[doc(deny())]], **unknown) == ALLOWED


def test_rule_9_root_users_of_members_are_bound():
    assert outcome(principal=ROOT) == ALLOWED
    assert outcome(principal=ROOT, scps=[[EVERYTHING, doc(deny("s3:*"))]]) == EXPLICIT
    assert outcome(principal=ROOT, scps=[[NOTHING]]) == IMPLICIT


def test_rule_9_services_and_anonymous_callers_are_not_bound():
    for caller in ("personalize.amazonaws.com", "anonymous"):
        assert outcome(principal=caller, resource=grants("*"), scps=[[doc(deny())]]) == ALLOWED


# rule 10: resource control policies


@pytest.mark.parametrize("caller", [USER, "anonymous", "personalize.amazonaws.com"])
def test_rule_10_they_bind_every_caller(caller):
    call = {"principal": caller, "resource": grants("*"), "identity": [allow()]}
    assert outcome(**call, rcps=[[]]) == ALLOWED
    assert explained(**call, rcps=[[]]).layers[Layer.RCPS].effect is Effect.PASSES
    assert outcome(**call, rcps=[[], [doc(deny(Principal="*"))]]) == EXPLICIT


def test_rule_10_they_leave_other_services_and_service_linked_roles_alone():
    rcps = [[doc(deny(Principal="*"))]]
    topic = f"arn:aws:sns:us-east-1:{ACCOUNT}:topic"
    assert outcome(action="sns:Publish", arn=topic, identity=[allow()], rcps=rcps) == ALLOWED
    assert outcome(principal=LINKED, identity=[allow()], rcps=rcps) == ALLOWED
    decision = explained(action="kms:RetireGrant", arn=KEY, rcps=rcps, resource=grants({"AWS": USER}, "kms:*", "*"))
    assert decision.outcome == ALLOWED


# rules 11 and 12: boundary and session policy


def test_rule_11_a_boundary_grants_nothing_and_limits():
    assert outcome(boundary=[EVERYTHING]) == IMPLICIT
    assert outcome(identity=[allow()], boundary=[EVERYTHING]) == ALLOWED
    assert outcome(identity=[allow()], boundary=[doc(allow("ec2:*"))]) == IMPLICIT
    assert outcome(identity=[allow()], boundary=[]) == IMPLICIT


def test_rule_12_a_session_policy_grants_nothing_and_limits():
    call = {"principal": SESSION}
    assert outcome(**call, session=EVERYTHING) == IMPLICIT
    assert outcome(**call, identity=[allow()], session=EVERYTHING) == ALLOWED
    assert outcome(**call, identity=[allow()], session=doc(allow("ec2:*"))) == IMPLICIT


def test_rule_12_a_federated_user_without_session_policy_gets_nothing_from_identity_policies():
    decision = explained(principal=FEDERATED, identity=[allow()])
    assert decision.outcome == IMPLICIT
    assert decision.layers[Layer.SESSION].code == "no_session_policy"
    assert outcome(principal=FEDERATED, identity=[allow()], session=EVERYTHING) == ALLOWED


# rule 13: a session is its role


def test_rule_13_the_session_is_matched_by_the_roles_name():
    named = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/team/a/Builder"}
    assert outcome(principal=SESSION, resource=grants(named)) == ALLOWED
    assert outcome(principal=SESSION, resource=grants({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Other"})) == IMPLICIT
    assert outcome(principal=SESSION, resource=grants({"AWS": f"arn:aws:iam::{OTHER}:role/Builder"})) == IMPLICIT


# rules 14 and 15: anonymous callers, wildcards in principals


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("*", ALLOWED),
        ({"AWS": "*"}, ALLOWED),
        ({"AWS": [USER, "*"]}, ALLOWED),
        ({"AWS": ACCOUNT}, IMPLICIT),
        ({"Service": "*"}, IMPLICIT),
    ],
)
def test_rule_14_anonymous_callers_are_only_anyone(named, expected):
    assert outcome(principal="anonymous", identity=[allow()], resource=grants(named)) == expected


@pytest.mark.parametrize(
    "named", [f"arn:aws:iam::{ACCOUNT}:user/*", "arn:aws:iam::*:user/mateojackson", f"{ACCOUNT[:-1]}*"]
)
def test_rule_15_only_a_whole_star_is_a_wildcard(named):
    assert outcome(resource=grants({"AWS": named})) == IMPLICIT


# rule 16: NotPrincipal


def not_principal(*arns):
    return doc({"Effect": "Deny", "NotPrincipal": {"AWS": list(arns)}, "Action": "*", "Resource": "*"})


@pytest.mark.parametrize(
    ("caller", "listed", "expected"),
    [
        (USER, [USER, ROOT], ALLOWED),
        (USER, [USER, ACCOUNT], ALLOWED),
        (USER, [STRANGER], EXPLICIT),
        (USER, [USER], DEPENDS),
        (USER, [ROOT], DEPENDS),
        (USER, ["*"], ALLOWED),
        (SESSION, [SESSION, ROLE, ROOT], ALLOWED),
        (SESSION, [ROLE, ROOT], DEPENDS),
        (ROLE, [ROLE, ROOT], ALLOWED),
        (ROOT, [ROOT], ALLOWED),
        (ROOT, [STRANGER], EXPLICIT),
    ],
)
def test_rule_16_not_principal_spares_who_is_listed_together_with_the_account(caller, listed, expected):
    assert outcome(principal=caller, identity=[allow()], resource=not_principal(*listed)) == expected


def test_rule_16_not_principal_always_denies_a_principal_with_a_boundary():
    call = {"identity": [allow()], "resource": not_principal(USER, ROOT)}
    assert outcome(**call, boundary=[EVERYTHING]) == EXPLICIT
    assert outcome(**call, unknown_layers=["boundary"]) == DEPENDS


def test_rule_16_services_are_spared_by_name_and_allow_with_not_principal_is_open():
    service = {
        "Effect": "Deny",
        "NotPrincipal": {"Service": "personalize.amazonaws.com"},
        "Action": "*",
        "Resource": "*",
    }
    resource = doc(allow(Principal="*"), service)
    assert outcome(principal="personalize.amazonaws.com", resource=resource) == ALLOWED
    assert outcome(principal="other.amazonaws.com", resource=resource) == EXPLICIT
    allowing = doc({"Effect": "Allow", "NotPrincipal": {"AWS": STRANGER}, "Action": "*", "Resource": "*"})
    assert outcome(resource=allowing) == DEPENDS


# rules 17 to 19


def test_rule_17_get_caller_identity_cannot_be_denied():
    call = {"action": "STS:getCallerIdentity", "arn": "*", "identity": [deny()]}
    assert outcome(**call, unknown_layers=["scps"]) == ALLOWED
    assert outcome(principal="anonymous", **call) == IMPLICIT


def test_rule_18_a_vpc_endpoint_policy_is_a_gate_of_its_own():
    assert outcome(identity=[allow()], vpc_endpoint=[doc(allow(Principal="*"))]) == ALLOWED
    assert outcome(identity=[allow()], vpc_endpoint=[doc(allow("ec2:*", Principal="*"))]) == IMPLICIT
    assert outcome(identity=[allow()], vpc_endpoint=[doc(allow(Principal={"AWS": ROLE}))]) == IMPLICIT
    assert outcome(resource=grants({"AWS": USER}), vpc_endpoint=[NOTHING]) == IMPLICIT


def test_rule_19_a_missing_scp_allow_is_implicit_and_named_as_the_scps():
    decision = explained(identity=[allow()], scps=[[NOTHING]])
    assert decision.outcome == IMPLICIT
    assert [(result.layer, result.effect) for result in decision.stopping] == [(Layer.SCPS, Effect.IMPLICIT)]


# rules 51 to 56


def test_rule_51_the_source_keys_are_there_only_for_calls_between_services():
    guarded = doc(
        allow(Principal={"Service": "personalize.amazonaws.com"}, **when("StringEquals", "aws:SourceAccount", ACCOUNT))
    )
    call = {"principal": "personalize.amazonaws.com", "resource": guarded}
    assert outcome(**call, context={"aws:SourceAccount": ACCOUNT}) == ALLOWED
    assert outcome(**call) == IMPLICIT


def test_rule_52_pass_role_is_checked_on_the_roles_arn_with_its_path():
    passing = allow("iam:PassRole", ROLE, **when("StringEquals", "iam:PassedToService", "personalize.amazonaws.com"))
    call = {
        "action": "iam:PassRole",
        "identity": [passing],
        "context": {"iam:PassedToService": "personalize.amazonaws.com"},
    }
    assert outcome(**call, arn=ROLE) == ALLOWED
    assert outcome(**call, arn=f"arn:aws:iam::{ACCOUNT}:role/service-role/Builder") == IMPLICIT
    assert outcome(**{**call, "context": {"iam:PassedToService": "ec2.amazonaws.com"}}, arn=ROLE) == IMPLICIT


def test_rule_52_a_role_of_another_account_cannot_be_passed():
    assert outcome(action="iam:PassRole", arn=f"arn:aws:iam::{OTHER}:role/Builder", identity=[allow()]) == IMPLICIT


def test_rule_53_every_resource_of_an_operation_is_evaluated_by_itself():
    identity = [allow("personalize:CreateCampaign", CAMPAIGN)]
    solution = f"arn:aws:personalize:us-east-1:{ACCOUNT}:solution/sales"
    assert outcome(action="personalize:CreateCampaign", arn=CAMPAIGN, identity=identity) == ALLOWED
    assert outcome(action="personalize:CreateCampaign", arn=solution, identity=identity) == IMPLICIT


def test_rule_54_for_services_the_resource_policy_alone_decides():
    service = {"Service": "personalize.amazonaws.com"}
    call = {"principal": "personalize.amazonaws.com", "identity": [allow(), deny()], "boundary": [NOTHING]}
    assert outcome(**call, resource=grants(service)) == ALLOWED
    assert outcome(**call, resource=grants({"Service": "ec2.amazonaws.com"})) == IMPLICIT
    assert outcome(**call, resource=grants({"Service": "*"})) == DEPENDS
    assert outcome(**call) == IMPLICIT


def test_rule_54_identity_providers_are_named_in_the_trust_policy():
    provider = f"arn:aws:iam::{ACCOUNT}:saml-provider/Corp"
    policy = doc({"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithSAML"})
    call = {"action": "sts:AssumeRoleWithSAML", "arn": ROLE, "resource": policy}
    assert outcome(principal=provider, **call) == ALLOWED
    assert outcome(principal=f"arn:aws:iam::{ACCOUNT}:oidc-provider/other", **call) == IMPLICIT


def test_a_principal_counts_only_under_its_own_kind():
    provider = f"arn:aws:iam::{ACCOUNT}:saml-provider/Corp"
    assert outcome(resource=grants({"Federated": USER})) == IMPLICIT
    assert outcome(principal=SESSION, resource=grants({"Federated": ROLE})) == IMPLICIT
    assert (
        outcome(principal="personalize.amazonaws.com", resource=grants({"AWS": "personalize.amazonaws.com"}))
        == IMPLICIT
    )
    assert outcome(principal=provider, resource=grants({"AWS": [ACCOUNT, provider]})) == IMPLICIT
    assert outcome(principal="accounts.google.com", resource=grants({"Federated": "accounts.google.com"})) == ALLOWED


def test_a_canonical_user_beside_others_is_still_looked_at():
    canonical = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    assert outcome(resource=grants({"AWS": ROLE, "CanonicalUser": canonical})) == DEPENDS
    assert outcome(principal=canonical, resource=grants({"CanonicalUser": canonical})) == ALLOWED


def test_a_canonical_user_may_be_the_callers_account():
    assert (
        outcome(resource=grants({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}))
        == DEPENDS
    )


def test_rule_56_a_key_that_is_not_known_is_named():
    decision = explained(
        identity=[allow(**when("IpAddress", "aws:SourceIp", "10.0.0.0/8"))], unknown_keys=["aws:SourceIp"]
    )
    assert decision.outcome == DEPENDS
    assert decision.missing_keys == ("aws:sourceip",)


@pytest.mark.parametrize("layer", ["scps", "rcps", "resource", "identity", "boundary", "session", "vpc_endpoint"])
def test_rule_56_a_layer_that_was_not_read_never_lets_allowed_through(layer):
    decision = explained(identity=[allow()], unknown_layers=[layer])
    assert decision.outcome == DEPENDS
    assert decision.missing_layers == (Layer(layer),)
    assert decision.layers[Layer(layer)].effect is Effect.UNKNOWN


def test_a_certain_refusal_stands_whatever_was_not_read():
    decision = explained(identity=[allow()], boundary=[NOTHING], unknown_layers=["scps"])
    assert decision.outcome == IMPLICIT
    assert decision.is_refused
    assert explained(identity=[allow(), deny()], unknown_layers=["scps"]).outcome == EXPLICIT


def test_a_refusal_whose_reason_is_open_depends_and_says_that_it_is_refused():
    maybe = deny(**when("Bool", "aws:SecureTransport", "false"))
    decision = explained(identity=[maybe], unknown_keys=["aws:SecureTransport"])
    assert decision.outcome == DEPENDS
    assert decision.is_refused


def test_across_accounts_a_resource_grant_does_not_excuse_the_identity_layer():
    decision = explained(principal=STRANGER, account=ACCOUNT, resource=grants({"AWS": STRANGER}))
    assert [result.layer for result in decision.stopping] == [Layer.IDENTITY]
    assert decision.layers[Layer.RESOURCE].code == "allows"


def test_across_accounts_a_silent_resource_policy_stops():
    call = {"principal": STRANGER, "account": ACCOUNT, "identity": [allow()]}
    assert explained(**call).layers[Layer.RESOURCE].code == "no_resource_policy"
    assert explained(**call, resource=grants({"AWS": USER})).layers[Layer.RESOURCE].code == "nothing_allows"


def test_a_grant_to_the_account_is_told_from_one_to_the_caller():
    assert explained(resource=grants({"AWS": ROOT})).layers[Layer.RESOURCE].code == "leaves_it_to_the_account"
    assert explained(resource=grants({"AWS": USER})).layers[Layer.RESOURCE].code == "allows"
    assert explained(principal=SESSION, resource=grants({"AWS": ROLE})).layers[Layer.RESOURCE].code == "allows"
