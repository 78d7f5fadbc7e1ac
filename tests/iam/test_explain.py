"""The reasons: which statement decided, what came close, what a decision hangs on."""

import json

from tests.iam.build import (
    ACCOUNT,
    CAMPAIGN,
    KEY,
    NOTHING,
    OBJECT,
    ROOT,
    USER,
    allow,
    case,
    deny,
    doc,
    explained,
    when,
)
from troubleshoot.iam import Effect, Layer, PolicySet, Verdict, evaluate, parse_policy
from troubleshoot.iam.explain import closest, failures, first_stop, hinges

GROUP = f"arn:aws:personalize:us-east-1:{ACCOUNT}:dataset-group/sales"
DATASET = f"arn:aws:personalize:us-east-1:{ACCOUNT}:dataset/sales"


def near(**given):
    """The near misses of the identity layer as (index, codes of what failed)."""
    result = explained(**given).layers[Layer.IDENTITY]
    return [(one.index, [element.code for element in failures(one)]) for one in result.near_misses]


def test_a_deciding_statement_is_told_with_policy_sid_and_lines():
    text = json.dumps(doc({"Sid": "Read", **allow("s3:*")}), indent=1)
    policy = parse_policy(text, name="Readers", arn="arn:aws:iam::aws:policy/Readers", attached_to=USER)
    decision = evaluate(case().request, PolicySet(identity=(policy,)))
    (reason,) = decision.layers[Layer.IDENTITY].deciding
    assert (reason.policy, reason.policy_arn, reason.attached_to) == (policy.name, policy.arn, policy.attached_to)
    assert (reason.sid, reason.index, reason.effect) == ("Read", 0, "Allow")
    assert (reason.start, reason.end) == (4, 9)
    assert [element.verdict for element in reason.elements] == [Verdict.MATCH] * 4
    assert [element.element for element in reason.elements] == ["action", "resource", "principal", "condition"]


def test_all_statements_that_decide_are_told():
    decision = explained(identity=[doc(allow("s3:*"), allow("s3:Get*"), deny("s3:*"), deny("*"), deny("ec2:*"))])
    assert [one.index for one in decision.layers[Layer.IDENTITY].deciding] == [2, 3]


def test_a_near_miss_tells_what_fits_and_what_does_not():
    decision = explained(
        action="personalize:DescribeDatasetGroup", arn=GROUP, identity=[allow("personalize:Describe*", DATASET)]
    )
    (reason,) = decision.layers[Layer.IDENTITY].near_misses
    (failure,) = failures(reason)
    assert failure.element == "resource"
    assert failure.code == "resource_differs"
    assert failure.detail == {"wanted": DATASET, "given": GROUP}


def test_near_misses_are_ranked_by_how_little_is_missing():
    identity = [
        doc(
            allow("ec2:*", "arn:aws:ec2:*:*:instance/*"),
            allow("s3:PutObject", OBJECT, **when("Bool", "aws:SecureTransport", "true")),
            allow("s3:GetObject", "arn:aws:s3:::elsewhere/file"),
            allow("s3:GetObject", "arn:aws:s3:::bucket/kez"),
            allow("s3:GetObject", "arn:aws:s3:::bucket/kez", Condition={"StringEquals": {"a:x": "1", "a:y": "2"}}),
            deny("s3:GetObject", "arn:aws:s3:::bucket/kez"),
        )
    ]
    assert near(identity=identity) == [
        (3, ["resource_differs"]),
        (2, ["resource_differs"]),
        (1, ["action_differs", "key_absent"]),
    ]


def test_a_missing_condition_names_operator_key_and_both_values():
    identity = [allow("s3:*", **when("StringEquals", "aws:RequestedRegion", "eu-west-1", "eu-west-2"))]
    (reason,) = (
        explained(identity=identity, context={"aws:RequestedRegion": "us-east-1"}).layers[Layer.IDENTITY].near_misses
    )
    (failure,) = failures(reason)
    assert failure.detail == {
        "operator": "StringEquals",
        "key": "aws:RequestedRegion",
        "wanted": "eu-west-1, eu-west-2",
        "given": "us-east-1",
    }


def test_a_list_of_values_is_told_whole():
    identity = [allow("s3:*", **when("StringEquals", "aws:TagKeys", "a"))]
    (reason,) = explained(identity=identity, context={"aws:TagKeys": ["a", "b"]}).layers[Layer.IDENTITY].near_misses
    (failure,) = failures(reason)
    assert (failure.code, failure.detail["given"]) == ("list_needs_set_operator", "a, b")


def test_excluded_names_are_told_as_such():
    identity = [
        doc(
            {"Effect": "Allow", "NotAction": "s3:Get*", "Resource": OBJECT},
            {"Effect": "Allow", "Action": "s3:*", "NotResource": OBJECT},
        )
    ]
    assert sorted(near(identity=identity)) == [(0, ["action_excluded"]), (1, ["resource_excluded"])]


def test_a_resource_policy_that_is_not_needed_still_shows_what_came_close():
    result = explained(resource=doc(allow("s3:*", OBJECT, Principal={"AWS": ROOT.replace(ACCOUNT, "1" * 12)}))).layers[
        Layer.RESOURCE
    ]
    assert result.effect is Effect.NOT_APPLICABLE
    (failure,) = failures(result.near_misses[0])
    assert (failure.element, failure.code) == ("principal", "principal_differs")


def test_a_grant_that_may_suffice_leaves_the_identity_layer_open():
    resource = doc(allow("s3:*", Principal={"AWS": USER}, **when("Bool", "aws:SecureTransport", "true")))
    decision = explained(resource=resource, unknown_keys=["aws:SecureTransport"])
    assert decision.layers[Layer.IDENTITY].code == "resource_policy_may_suffice"
    assert decision.layers[Layer.RESOURCE].code == "may_allow"


def test_a_root_user_and_a_service_need_no_identity_policies_and_it_is_said_why():
    assert explained(principal=ROOT).layers[Layer.IDENTITY].code == "root_user"
    assert (
        explained(principal="personalize.amazonaws.com").layers[Layer.SESSION].code == "caller_has_no_identity_policies"
    )


def test_every_layer_that_stops_is_told_not_only_the_first():
    decision = explained(identity=[allow("ec2:*")], boundary=[NOTHING], scps=[[NOTHING]], vpc_endpoint=[NOTHING])
    assert [result.layer for result in decision.stopping] == [
        Layer.SCPS,
        Layer.VPC_ENDPOINT,
        Layer.IDENTITY,
        Layer.BOUNDARY,
    ]


def test_first_stop_is_the_layer_that_aws_would_name():
    implicit = explained(identity=[], scps=[[NOTHING]])
    assert first_stop(implicit).layer is Layer.SCPS
    assert first_stop(explained(identity=[deny()], scps=[[NOTHING]])).layer is Layer.IDENTITY
    assert first_stop(explained(identity=[allow()])) is None


def test_closest_gathers_the_near_misses_of_the_layers_that_stop():
    decision = explained(
        identity=[allow("s3:Get*", "arn:aws:s3:::bucket/other")], boundary=[doc(allow("s3:Put*", OBJECT))]
    )
    assert [(layer, one.policy) for layer, one in closest(decision)] == [
        (Layer.IDENTITY, "identity[0]"),
        (Layer.BOUNDARY, "boundary[0]"),
    ]


def test_hinges_tell_what_each_unknown_could_change():
    identity = [
        doc(
            allow("s3:*", "arn:aws:s3:::bucket/${aws:username}"),
            deny("s3:*", **when("IpAddress", "aws:SourceIp", "10.0.0.0/8")),
        )
    ]
    decision = explained(identity=identity, unknown_keys=["aws:SourceIp", "aws:username"], unknown_layers=["scps"])
    layer, first, second = hinges(decision)
    assert (layer.key, layer.layer, layer.effects) == (None, Layer.SCPS, {"Allow", "Deny"})
    found = {one.key: one.effects for one in (first, second)}
    assert found == {"aws:sourceip": {"Deny"}, "aws:username": {"Allow"}}


def test_a_decision_that_depends_on_nothing_has_no_hinges():
    assert hinges(explained(identity=[allow()])) == ()
    assert hinges(explained(action="kms:Decrypt", arn=KEY, identity=[allow()]))[0].layer is Layer.RESOURCE


def test_as_data_holds_what_the_command_prints():
    data = explained(identity=[allow("s3:Get*", "arn:aws:s3:::bucket/other", **when("Bool", "a:b", "true"))]).as_data()
    assert data["decision"] == "implicit_deny"
    assert data["layers"]["identity"] == "implicit"
    (identity,) = [one for one in data["reasons"] if one["layer"] == "identity"]
    assert identity["near_misses"][0]["elements"][3]["operator"] == "Bool"
    assert identity["near_misses"][0]["lines"] == [1, 1]


def test_a_type_that_no_statement_names_is_no_near_miss():
    assert (
        near(action="personalize:DescribeCampaign", arn=CAMPAIGN, identity=[allow("s3:Get*"), allow("ec2:*", "*")])
        == []
    )


def test_of_very_many_near_misses_the_likeliest_are_found_in_bounded_time():
    many = [allow("s3:GetObject", f"arn:aws:s3:::archive{n}/*") for n in range(2_000)]
    found = near(identity=[doc(*many, allow("s3:GetObject", "arn:aws:s3:::bucket/kez"), allow("s3:GetObject", []))])
    assert found[0] == (2_000, ["resource_differs"])
    assert len(found) == 3
