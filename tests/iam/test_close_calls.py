"""Cases that a small slip in the engine would get wrong, and that no rule's own case would show."""

import pytest

from tests.iam.build import (
    ACCOUNT,
    ALLOWED,
    DEPENDS,
    EXPLICIT,
    IMPLICIT,
    ROLE,
    ROOT,
    SESSION,
    USER,
    allow,
    deny,
    doc,
    explained,
    outcome,
    when,
)
from troubleshoot.iam import Effect, Layer
from troubleshoot.iam.operators import operator_use

PERHAPS = when("Bool", "aws:SecureTransport", "true")
OPEN = {"unknown_keys": ["aws:SecureTransport"]}
CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
SERVICE = "personalize.amazonaws.com"


def granting(principal, **more):
    return doc(allow("s3:*", Principal=principal, **more))


def sparing(*principals):
    return doc({"Effect": "Deny", "NotPrincipal": {"AWS": list(principals)}, "Action": "*", "Resource": "*"})


@pytest.mark.parametrize("layer", ["scps", "vpc_endpoint"])
def test_a_gate_whose_allow_is_open_leaves_the_decision_open(layer):
    open_allow = doc(allow(**PERHAPS))
    policies = {"scps": [[open_allow]], "vpc_endpoint": [open_allow]}[layer]
    assert outcome(identity=[allow()], **{layer: policies}, **OPEN) == DEPENDS


def test_a_deny_that_may_apply_is_not_forgotten_for_one_that_does_not():
    never = doc(allow(), deny("ec2:*"))
    maybe = [allow(), deny(**PERHAPS)]
    assert outcome(identity=maybe, boundary=[never], **OPEN) == DEPENDS
    assert outcome(identity=[never], boundary=[doc(allow(), deny(**PERHAPS))], **OPEN) == DEPENDS


def test_a_certain_grant_stands_beside_an_open_one_in_any_order():
    certain, maybe = allow(Principal={"AWS": USER}), allow(Principal={"AWS": USER}, **PERHAPS)
    assert outcome(resource=doc(certain, maybe), **OPEN) == ALLOWED
    assert outcome(resource=doc(maybe, certain), **OPEN) == ALLOWED


def test_a_user_is_not_the_role_of_the_same_name():
    namesake = f"arn:aws:iam::{ACCOUNT}:user/Builder"
    assert outcome(principal=namesake, resource=granting({"AWS": ROLE})) == IMPLICIT
    assert outcome(principal=SESSION, resource=granting({"AWS": namesake})) == IMPLICIT


def test_a_session_of_a_role_is_not_the_user_of_the_roles_name():
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/mateojackson/x"
    assert outcome(principal=session, resource=granting({"AWS": USER})) == IMPLICIT


def test_a_star_of_another_kind_means_no_service():
    assert outcome(principal=SERVICE, resource=granting({"Federated": "*"})) == IMPLICIT
    assert outcome(principal=SERVICE, resource=granting({"Service": ["*", "other.amazonaws.com"]})) == DEPENDS


def test_a_canonical_user_is_never_a_service():
    assert outcome(principal=SERVICE, resource=granting({"CanonicalUser": CANONICAL})) == IMPLICIT


@pytest.mark.parametrize(
    ("caller", "listed", "expected"),
    [
        (ROOT, (ACCOUNT,), ALLOWED),
        (ROOT, (USER,), EXPLICIT),
        (ROLE, (ROLE, ROOT), ALLOWED),
        (ROLE, (ROLE,), DEPENDS),
        (SESSION, (SESSION, ROLE, ROOT), ALLOWED),
        (SESSION, (SESSION, ROOT), DEPENDS),
    ],
)
def test_not_principal_must_list_all_that_a_caller_is(caller, listed, expected):
    assert outcome(principal=caller, identity=[allow()], resource=sparing(*listed)) == expected


def test_not_principal_is_open_where_a_boundary_could_not_be_read():
    decision = explained(identity=[allow()], resource=sparing(USER, ROOT), unknown_layers=["boundary"])
    assert (decision.layers[Layer.RESOURCE].effect, decision.layers[Layer.RESOURCE].code) == (
        Effect.UNKNOWN,
        "may_deny",
    )


def test_the_root_user_is_meant_by_its_account_in_person():
    assert explained(principal=ROOT, resource=granting({"AWS": ACCOUNT})).layers[Layer.RESOURCE].code == "allows"


def test_an_unread_resource_policy_may_lift_a_silent_boundary_and_a_silent_session_policy():
    assert outcome(identity=[allow()], boundary=[doc()], unknown_layers=["resource"]) == DEPENDS
    assert outcome(principal=SESSION, identity=[allow()], session=doc(), unknown_layers=["resource"]) == DEPENDS
    assert outcome(identity=[], boundary=[doc(allow())], unknown_layers=["resource"]) == DEPENDS


@pytest.mark.parametrize("action", ["sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"])
def test_what_goes_with_assuming_a_role_needs_the_trust_policy_too(action):
    call = {"action": action, "arn": ROLE, "identity": [allow()]}
    trust = {"Effect": "Allow", "Principal": {"AWS": ROOT}}
    assert outcome(**call, resource=doc({**trust, "Action": "sts:AssumeRole"})) == IMPLICIT
    assert outcome(**call, resource=doc({**trust, "Action": ["sts:AssumeRole", action]})) == ALLOWED


def test_a_gate_without_principals_speaks_of_everybody():
    assert outcome(identity=[allow()], rcps=[[doc(deny())]]) == EXPLICIT
    assert outcome(identity=[allow()], vpc_endpoint=[doc(allow())]) == ALLOWED


@pytest.mark.parametrize("values", [("short", "arn:aws:iam::1:user/x"), ("arn:aws:iam::1:user/x", "short")])
def test_a_malformed_value_leaves_a_negated_operator_open_wherever_it_stands(values):
    condition = when("ArnNotLike", "aws:PrincipalArn", *values)
    assert outcome(identity=[allow(**condition)], context={"aws:PrincipalArn": USER}) == DEPENDS


@pytest.mark.parametrize("name", ["NullIfExists", "ForAllValues:Null", "ForAnyValue:NullIfExists", "ForSome:Bool"])
def test_there_is_no_such_operator(name):
    assert operator_use(name) is None


@pytest.mark.parametrize(
    ("operator", "value", "context", "unknown", "code"),
    [
        ("StringEquals", "a", {"k:x": "a"}, (), "value_fits"),
        ("StringEquals", "a", {"k:x": "b"}, (), "value_differs"),
        ("StringEquals", "a", {}, (), "key_absent"),
        ("StringNotEquals", "a", {}, (), "key_absent_fits"),
        ("StringEquals", "a", {}, ("k:x",), "unknown_key"),
        ("StringEquals", "${k:y}", {"k:x": "a"}, ("k:y",), "unknown_key"),
        ("DateEquals", "2020", {"k:x": "2020-01-01"}, (), "undocumented"),
        ("DateEquals", "2020", {"k:x": "2020-01-01"}, ("k:z",), "undocumented"),
        ("StringEquals", "a", {"k:x": ["a"]}, (), "list_needs_set_operator"),
        ("ForAnyValue:StringEquals", "a", {"k:x": [""]}, (), "value_empty"),
        ("ForAllValues:StringEquals", "a", {"k:x": [""]}, (), "value_empty_fits"),
    ],
)
def test_a_condition_says_why(operator, value, context, unknown, code):
    statement = allow(**when(operator, "k:x", value))
    decision = explained(identity=[statement], context=context, unknown_keys=unknown)
    found = decision.layers[Layer.IDENTITY]
    reason = (*found.deciding, *found.near_misses)[0]
    assert [one.code for one in reason.elements if one.element == "condition"] == [code]


@pytest.mark.parametrize(
    ("caller", "named", "code"),
    [
        (USER, "*", "anyone"),
        (USER, {"AWS": USER}, "principal_named"),
        (SESSION, {"AWS": ROLE}, "role_named"),
        (f"arn:aws:sts::{ACCOUNT}:federated-user/mateojackson", {"AWS": USER}, "user_behind_session_named"),
        (USER, {"AWS": ACCOUNT}, "account_named"),
        (USER, {"CanonicalUser": CANONICAL}, "canonical_user_unknown"),
        (SERVICE, {"Service": "*"}, "undocumented"),
    ],
)
def test_a_principal_says_why(caller, named, code):
    decision = explained(principal=caller, identity=[allow()], session=doc(allow()), resource=granting(named))
    found = decision.layers[Layer.RESOURCE]
    reason = (*found.deciding, *found.near_misses)[0]
    assert [one.code for one in reason.elements if one.element == "principal"] == [code]


@pytest.mark.parametrize(
    ("listed", "boundary", "code"),
    [
        ((f"arn:aws:iam::{ACCOUNT}:user/other",), None, "principal_not_excluded"),
        ((USER, ROOT), [doc(allow())], "not_principal_with_boundary"),
    ],
)
def test_not_principal_says_why_it_denies(listed, boundary, code):
    decision = explained(identity=[allow()], boundary=boundary, resource=sparing(*listed))
    assert [one.code for one in decision.layers[Layer.RESOURCE].deciding[0].elements][2] == code
