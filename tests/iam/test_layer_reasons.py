"""What each layer is said to do, and by which code: the words on the pages rest on these."""

import pytest

from tests.iam.build import (
    ACCOUNT,
    DEPENDS,
    EVERYTHING,
    IMPLICIT,
    KEY,
    NOTHING,
    OTHER,
    SESSION,
    STRANGER,
    USER,
    allow,
    deny,
    doc,
    explained,
    when,
)
from troubleshoot.iam import Effect, Layer

PERHAPS = when("Bool", "aws:SecureTransport", "true")
OPEN = {"unknown_keys": ["aws:SecureTransport"]}
GRANT = doc(allow(Principal={"AWS": USER}))
STRANGERS = {"AWS": STRANGER}
UNREAD = {"unknown_layers": ["resource"]}
LINKED = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForPersonalize/session"
TOPIC = {"action": "sns:Publish", "arn": f"arn:aws:sns:us-east-1:{ACCOUNT}:topic"}


@pytest.mark.parametrize(
    ("layer", "effect", "code", "given"),
    [
        (Layer.RCPS, Effect.NOT_APPLICABLE, "service_not_covered", {**TOPIC, "rcps": [[]]}),
        (Layer.RCPS, Effect.NOT_APPLICABLE, "caller_exempt", {"principal": LINKED, "rcps": [[]]}),
        (Layer.RCPS, Effect.PASSES, "allows", {"rcps": [[]]}),
        (Layer.SCPS, Effect.NOT_APPLICABLE, "caller_exempt", {"principal": "anonymous", "scps": [[NOTHING]]}),
        (Layer.SCPS, Effect.NOT_APPLICABLE, "no_policy", {}),
        (Layer.SCPS, Effect.IMPLICIT, "nothing_allows", {"scps": [[NOTHING]]}),
        (Layer.IDENTITY, Effect.PASSES, "allows", {"identity": [allow()]}),
        (Layer.IDENTITY, Effect.IMPLICIT, "nothing_allows", {"identity": []}),
        (Layer.IDENTITY, Effect.EXPLICIT, "denies", {"identity": [deny()]}),
        (Layer.IDENTITY, Effect.UNKNOWN, "unread", {"unknown_layers": ["identity"]}),
        (Layer.IDENTITY, Effect.UNKNOWN, "may_allow", {"identity": [allow(**PERHAPS)], **OPEN}),
        (Layer.IDENTITY, Effect.UNKNOWN, "may_deny", {"identity": [allow(), deny(**PERHAPS)], **OPEN}),
        (
            Layer.IDENTITY,
            Effect.NOT_APPLICABLE,
            "resource_policy_suffices",
            {"resource": GRANT},
        ),
        (Layer.IDENTITY, Effect.UNKNOWN, "resource_policy_may_suffice", {"unknown_layers": ["resource"]}),
        (Layer.IDENTITY, Effect.NOT_APPLICABLE, "root_user", {"principal": f"arn:aws:iam::{ACCOUNT}:root"}),
        (Layer.IDENTITY, Effect.NOT_APPLICABLE, "caller_has_no_identity_policies", {"principal": "anonymous"}),
        (
            Layer.BOUNDARY,
            Effect.UNKNOWN,
            "resource_policy_may_suffice",
            {"boundary": [], "unknown_layers": ["resource"]},
        ),
        (Layer.SESSION, Effect.IMPLICIT, "nothing_allows", {"principal": SESSION, "session": NOTHING}),
        (Layer.SESSION, Effect.IMPLICIT, "nothing_allows", {"principal": SESSION, "session": doc(allow("ec2:*"))}),
        (
            Layer.SESSION,
            Effect.IMPLICIT,
            "no_session_policy",
            {"principal": f"arn:aws:sts::{ACCOUNT}:federated-user/mateo", "identity": [allow()]},
        ),
        (Layer.RESOURCE, Effect.NOT_APPLICABLE, "no_policy", {}),
        (Layer.RESOURCE, Effect.NOT_APPLICABLE, "not_needed", {"resource": doc(allow(Principal=STRANGERS))}),
        (Layer.RESOURCE, Effect.IMPLICIT, "nothing_allows", {"principal": "anonymous", "resource": NOTHING}),
        (Layer.RESOURCE, Effect.IMPLICIT, "no_resource_policy", {"principal": "anonymous"}),
        (Layer.RESOURCE, Effect.UNKNOWN, "may_deny", {"resource": doc(deny(Principal="*", **PERHAPS)), **OPEN}),
        (Layer.RESOURCE, Effect.UNKNOWN, "may_allow", {"resource": doc(allow(Principal="*", **PERHAPS)), **OPEN}),
        (Layer.RESOURCE, Effect.UNKNOWN, "unread", {"action": "kms:Decrypt", "arn": KEY, "identity": [allow()]}),
        (
            Layer.RESOURCE,
            Effect.IMPLICIT,
            "other_partition",
            {
                "principal": f"arn:aws-cn:iam::{OTHER}:user/x",
                "account": ACCOUNT,
                "resource": doc(allow(Principal="*")),
            },
        ),
    ],
)
def test_each_layer_says_what_it_does_and_why(layer, effect, code, given):
    found = explained(**given).layers[layer]
    assert (found.effect, found.code) == (effect, code)


@pytest.mark.parametrize("layer", [Layer.SCPS, Layer.VPC_ENDPOINT])
def test_a_direct_grant_never_stands_in_for_a_gate(layer):
    silent = {"scps": [[NOTHING]], "vpc_endpoint": [NOTHING]}[layer]
    decision = explained(resource=GRANT, **{layer: silent})
    assert [one.layer for one in decision.stopping] == [layer]


def test_a_role_grant_stands_in_for_the_identity_policy_and_not_for_the_boundary():
    role = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/Builder"}
    decision = explained(principal=SESSION, resource=doc(allow(Principal=role)), boundary=[NOTHING])
    assert decision.layers[Layer.IDENTITY].code == "resource_policy_suffices"
    assert [one.layer for one in decision.stopping] == [Layer.BOUNDARY]


def test_a_layer_that_lets_the_call_through_has_no_near_misses_and_no_level():
    decision = explained(identity=[allow(), allow("s3:PutObject")], scps=[[EVERYTHING], [EVERYTHING]])
    for layer in (Layer.IDENTITY, Layer.SCPS):
        assert (decision.layers[layer].near_misses, decision.layers[layer].level) == ((), None)


def test_a_decision_that_stands_names_nothing_that_it_depends_on():
    certain = explained(identity=[allow(), allow(**PERHAPS)], **OPEN)
    assert (certain.missing_keys, certain.is_refused) == ((), False)
    refused = explained(boundary=[NOTHING], unknown_layers=["scps"], identity=[allow()])
    assert (refused.outcome, refused.missing_layers, refused.is_refused) == (IMPLICIT, (), True)


def test_an_open_decision_is_not_called_refused():
    for open_statement in ([allow(**PERHAPS)], [allow(), deny(**PERHAPS)]):
        decision = explained(identity=open_statement, **OPEN)
        assert (decision.outcome, decision.is_refused) == (DEPENDS, False)


def test_nothing_bears_on_what_can_never_be_denied():
    decision = explained(action="sts:GetCallerIdentity", arn="*", identity=[deny()])
    assert {(one.effect, one.code) for one in decision.layers.values()} == {(Effect.NOT_APPLICABLE, "always_allowed")}


def test_control_policies_of_the_callers_side_cannot_name_principals():
    """A statement that its kind of policy cannot hold is left open, where a gate's may name who it speaks of."""
    named = doc(allow(Principal="*"))
    assert explained(identity=[allow()], scps=[[named]]).outcome == DEPENDS
    assert explained(identity=[allow()], boundary=[named]).outcome == DEPENDS
    assert explained(principal=SESSION, identity=[allow()], session=named).outcome == DEPENDS
    assert explained(identity=[allow()], vpc_endpoint=[named]).outcome == "allowed"


def test_what_is_denied_for_certain_is_refused_and_depends_on_nothing():
    """A layer behind the deny may hang on a key; the decision does not."""
    decision = explained(identity=[allow(), deny()], boundary=[doc(allow(**PERHAPS))], **OPEN)
    assert decision.layers[Layer.BOUNDARY].missing == ("aws:securetransport",)
    assert (decision.outcome, decision.is_refused, decision.missing_keys) == ("explicit_deny", True, ())


def test_a_statement_beside_the_one_that_allows_is_no_near_miss():
    near = allow("s3:GetObject", "arn:aws:s3:::bucket/other")
    assert explained(identity=[near]).layers[Layer.IDENTITY].near_misses
    assert explained(identity=[near, allow()]).layers[Layer.IDENTITY].near_misses == ()
