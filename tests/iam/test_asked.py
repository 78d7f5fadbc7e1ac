"""Which keys a set of policies asks for."""

import json

from troubleshoot.iam import PolicySet, Unknown, condition_keys, parse_policy


def policy(**statement):
    return parse_policy(
        json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", **statement}}), name="p"
    )


def test_conditions_and_variables_of_every_layer_are_found():
    policies = PolicySet(
        identity=(policy(Resource="arn:aws:s3:::b/${aws:username}"),),
        boundary=(policy(Resource="*", Condition={"Bool": {"aws:SecureTransport": "true"}}),),
        scps=((policy(Resource="*", Condition={"StringLike": {"aws:RequestedRegion": "eu-*"}}),),),
        resource=policy(Resource="*", Condition={"StringEquals": {"aws:PrincipalTag/Team": "${aws:ResourceTag/Team}"}}),
    )
    assert condition_keys(policies) == {
        "aws:username",
        "aws:securetransport",
        "aws:requestedregion",
        "aws:principaltag/team",
        "aws:resourcetag/team",
    }


def test_layers_that_could_not_be_read_ask_for_nothing():
    policies = PolicySet(
        identity=Unknown("no"), scps=Unknown("no"), rcps=None, session=Unknown("no"), vpc_endpoint=Unknown("no")
    )
    assert condition_keys(policies) == frozenset()


def test_a_statement_without_a_resource_is_read_too():
    trust = policy(Condition={"StringEquals": {"sts:ExternalId": "x"}})
    assert condition_keys(PolicySet(resource=trust)) == {"sts:externalid"}
