"""What is proposed against a denial, and when nothing is."""

import json
from datetime import UTC, datetime

import pytest

from troubleshoot.denial.reading import Denial, DenyKind, PolicyType, PrincipalKind
from troubleshoot.iam import PolicySet, Request, evaluate, parse_policy
from troubleshoot.iam.decision import Effect, Outcome
from troubleshoot.iam.layers import Layer, Unknown
from troubleshoot.remedy import (
    Change,
    NoProposal,
    Proposal,
    Situation,
    attachable_principal,
    change_from_data,
    edits,
    exact_statement,
    grant_document,
    propose,
    with_change,
)

MATEO = "arn:aws:iam::123456789012:user/mateojackson"
TO_PERSONALIZE = {"iam:PassedToService": "personalize.amazonaws.com"}
CAMPAIGN = "arn:aws:personalize:us-east-1:123456789012:campaign/retail-prod"


def allow(action="personalize:ListDatasets", resource="*"):
    return statement("Allow", action, resource)


def statement(effect, action, resource="*"):
    document = {"Version": "2012-10-17", "Statement": {"Effect": effect, "Action": action, "Resource": resource}}
    return parse_policy(json.dumps(document), name="p", attached_to=MATEO)


def situation(*, action="personalize:ListSchemas", resource="*", denial=None, policies=None, principal=MATEO):
    request = Request(principal, action, resource)
    decision = evaluate(request, policies) if policies else None
    denial = denial or Denial(principal=principal, principal_kind=PrincipalKind.USER, action=action)
    return Situation(denial, request, policies, decision)


def test_the_proposal_is_one_statement_for_exactly_the_denied_call():
    proposal = propose(situation(policies=PolicySet(identity=(allow(),))))
    assert isinstance(proposal, Proposal)
    assert proposal.proven
    assert proposal.unchecked == ()
    assert proposal.change.principal == MATEO
    assert proposal.change.account == "123456789012"
    assert proposal.change.statements == (
        {"Sid": "AccessDesk", "Effect": "Allow", "Action": "personalize:ListSchemas", "Resource": "*"},
    )


def test_the_proposal_flips_the_decision():
    policies = PolicySet(identity=(allow(),), boundary=(allow("personalize:*"),), scps=((allow("*"),),))
    before = situation(policies=policies)
    proposal = propose(before)
    assert isinstance(proposal, Proposal)
    assert before.decision is not None
    assert before.decision.outcome is Outcome.IMPLICIT_DENY
    assert evaluate(before.request, with_change(policies, proposal.change)).outcome is Outcome.ALLOWED


@pytest.mark.parametrize(
    ("policies", "layer", "code"),
    [
        (PolicySet(identity=(statement("Deny", "personalize:*"),)), Layer.IDENTITY, "explicit_deny"),
        (PolicySet(identity=(allow(),), boundary=()), Layer.BOUNDARY, "other_layer"),
        (PolicySet(identity=(allow(),), scps=((),)), Layer.SCPS, "other_layer"),
        (PolicySet(identity=(allow(),), scps=((allow("*"), statement("Deny", "*")),)), Layer.SCPS, "explicit_deny"),
        (PolicySet(identity=(allow(),), rcps=((statement("Deny", "*"), allow("*")),)), Layer.RCPS, "explicit_deny"),
        (PolicySet(identity=(allow(),), vpc_endpoint=()), Layer.VPC_ENDPOINT, "other_layer"),
        (PolicySet(identity=(allow(),), session=allow()), Layer.SESSION, "other_layer"),
    ],
)
def test_nothing_is_proposed_where_an_allow_cannot_help(policies, layer, code):
    answer = propose(situation(policies=policies))
    assert isinstance(answer, NoProposal)
    assert (answer.layer, answer.code) == (layer, code)
    assert "personalize:ListSchemas" in answer.ask


@pytest.mark.parametrize("kind", list(PolicyType))
def test_the_message_alone_decides_what_can_help(kind):
    denial = Denial(principal=MATEO, action="personalize:ListSchemas", deny_kind=DenyKind.IMPLICIT, policy_type=kind)
    answer = propose(situation(denial=denial))
    assert isinstance(answer, Proposal if kind is PolicyType.IDENTITY else NoProposal)


def test_an_explicit_deny_without_a_named_policy_is_not_answered_with_an_allow():
    denial = Denial(principal=MATEO, action="personalize:ListSchemas", deny_kind=DenyKind.EXPLICIT)
    assert isinstance(propose(situation(denial=denial)), NoProposal)


def test_a_proposal_from_the_text_alone_is_not_called_proven():
    proposal = propose(situation())
    assert isinstance(proposal, Proposal)
    assert not proposal.proven
    assert set(proposal.unchecked) == set(Layer)


def test_a_layer_that_could_not_be_read_stays_named_after_the_change():
    proposal = propose(situation(policies=PolicySet(identity=(allow(),), scps=Unknown("not readable"))))
    assert isinstance(proposal, Proposal)
    assert proposal.unchecked == (Layer.SCPS,)


def test_unknown_identity_policies_are_never_taken_for_a_proof():
    proposal = propose(situation(policies=PolicySet(identity=Unknown("not readable"))))
    assert isinstance(proposal, Proposal)
    assert Layer.IDENTITY in proposal.unchecked


def test_it_says_try_again_where_the_live_policies_allow_the_call():
    answer = propose(situation(policies=PolicySet(identity=(allow("personalize:*"),))))
    assert isinstance(answer, NoProposal)
    assert answer.code == "already_allowed"


def test_awss_fictional_action_is_not_granted():
    answer = propose(situation(action="personalize:GetWidget", resource="my-example-widget"))
    assert isinstance(answer, NoProposal)
    assert answer.code == "unknown_action"


@pytest.mark.parametrize(
    ("principal", "kind", "code"),
    [
        ("arn:aws:iam::123456789012:root", PrincipalKind.ROOT, "root"),
        ("personalize.amazonaws.com", PrincipalKind.SERVICE, "no_principal"),
        ("anonymous", PrincipalKind.ANONYMOUS, "no_principal"),
        ("arn:aws:sts::123456789012:federated-user/bob", PrincipalKind.FEDERATED_USER, "no_principal"),
        (
            "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Builder_0123456789abcdef/mateo",
            PrincipalKind.ROLE_SESSION,
            "permission_set",
        ),
    ],
)
def test_a_principal_that_takes_no_policy_gets_its_own_answer(principal, kind, code):
    denial = Denial(principal=principal, principal_kind=kind, action="personalize:ListSchemas")
    answer = propose(situation(principal=principal, denial=denial))
    assert isinstance(answer, NoProposal)
    assert answer.code == code


@pytest.mark.parametrize(
    ("principal", "path", "target"),
    [
        (MATEO, None, MATEO),
        ("arn:aws:iam::123456789012:role/team/builder", None, "arn:aws:iam::123456789012:role/team/builder"),
        ("arn:aws:sts::123456789012:assumed-role/builder/m", "/team/", "arn:aws:iam::123456789012:role/team/builder"),
        ("arn:aws:sts::123456789012:assumed-role/builder/m", None, "arn:aws:iam::123456789012:role/builder"),
        ("not an arn", None, None),
    ],
)
def test_a_session_is_granted_through_its_role(principal, path, target):
    assert attachable_principal(principal, path) == target


def test_pass_role_is_limited_to_the_service_it_is_passed_to():
    role = "arn:aws:iam::123456789012:role/service-role/PersonalizeRole"
    granted = exact_statement(Request(MATEO, "iam:PassRole", role, context=TO_PERSONALIZE))
    assert granted["Resource"] == role
    assert granted["Condition"] == {"StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}}


def test_a_role_passed_to_a_service_that_nobody_named_is_not_granted():
    answer = propose(situation(action="iam:PassRole", resource="arn:aws:iam::123456789012:role/R"))
    assert isinstance(answer, NoProposal)
    assert answer.code == "other_service"


def test_an_action_that_takes_no_resource_is_granted_on_everything():
    request = Request(MATEO, "personalize:ListSchemas", CAMPAIGN, wildcard_only=True)
    assert exact_statement(request)["Resource"] == "*"


@pytest.mark.parametrize(
    "resource",
    ["arn:aws:s3:::bucket", "arn:aws-cn:personalize:cn-north-1:123456789012:solution/x"],
    ids=["another service's", "another partition's"],
)
def test_a_resource_that_the_action_cannot_have_is_not_granted(resource):
    answer = propose(situation(action="personalize:DescribeSolution", resource=resource))
    assert isinstance(answer, NoProposal)
    assert answer.code == "other_resource"


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("sts:AssumeRole", "arn:aws:iam::*:role/OrganizationAccountAccessRole"),
        ("dynamodb:GetItem", "arn:aws:dynamodb:*:123456789012:table/orders"),
        ("kms:Decrypt", "arn:aws:kms:us-east-?:123456789012:key/1"),
        ("personalize:DescribeSolution", "arn:*:personalize:us-east-1:123456789012:solution/x"),
    ],
)
@pytest.mark.parametrize("policies", [None, PolicySet()], ids=["text only", "read"])
def test_a_message_about_every_account_or_region_is_not_granted(action, resource, policies):
    answer = propose(situation(action=action, resource=resource, policies=policies))
    assert isinstance(answer, NoProposal)
    assert answer.code == "many_places"


def test_nothing_is_proposed_that_would_not_flip_the_decision(monkeypatch):
    useless = {"Effect": "Allow", "Action": "personalize:ListRecipes", "Resource": "*"}
    monkeypatch.setattr(edits, "whole_statement", lambda _request, _policies: useless)
    answer = propose(situation(policies=PolicySet(identity=(allow(),))))
    assert isinstance(answer, NoProposal)
    assert (answer.code, answer.layer) == ("not_enough", Layer.IDENTITY)


def test_wildcards_and_variables_in_a_resource_stay_literal():
    odd = "arn:aws:s3:::bucket/${aws:username}/a*b?c"
    granted = exact_statement(Request(MATEO, "s3:GetObject", odd))
    document = {"Version": "2012-10-17", "Statement": [granted]}
    policies = PolicySet(identity=(parse_policy(json.dumps(document), name="p"),))
    assert evaluate(Request(MATEO, "s3:GetObject", odd), policies).layers[Layer.IDENTITY].effect is Effect.PASSES
    for other in ("arn:aws:s3:::bucket/mateojackson/a*b?c", odd.replace("*", "xx"), odd.replace("?", "x")):
        request = Request(MATEO, "s3:GetObject", other, context={"aws:username": "mateojackson"})
        assert evaluate(request, policies).layers[Layer.IDENTITY].effect is Effect.IMPLICIT


def test_the_end_of_the_grant_is_inside_its_policy():
    change = Change(
        "123456789012", MATEO, (exact_statement(Request(MATEO, "iam:PassRole", CAMPAIGN, context=TO_PERSONALIZE)),), 1
    )
    document = json.loads(grant_document(change, ends_at=datetime(2026, 11, 22, 13, 0, tzinfo=UTC)))
    condition = document["Statement"][0]["Condition"]
    assert condition["DateLessThan"] == {"aws:CurrentTime": "2026-11-22T13:00:00Z"}
    assert condition["StringEquals"] == {"iam:PassedToService": "personalize.amazonaws.com"}
    assert "DateLessThan" not in change.statements[0]["Condition"]


@pytest.mark.parametrize(("time", "outcome"), [("12:59:59", Outcome.ALLOWED), ("13:00:00", Outcome.IMPLICIT_DENY)])
def test_the_grant_ends_to_the_second(time, outcome):
    change = Change("123456789012", MATEO, (exact_statement(Request(MATEO, "personalize:ListSchemas")),), 1)
    text = grant_document(change, ends_at=datetime(2026, 11, 22, 13, 0, tzinfo=UTC))
    request = Request(MATEO, "personalize:ListSchemas", context={"aws:CurrentTime": f"2026-11-22T{time}Z"})
    assert evaluate(request, PolicySet(identity=(parse_policy(text, name="grant"),))).outcome is outcome


def test_a_change_keeps_its_digest_through_json():
    change = Change("123456789012", MATEO, (exact_statement(Request(MATEO, "personalize:ListSchemas")),), 24)
    again = change_from_data(json.loads(json.dumps(change.as_data())))
    assert again.digest() == change.digest()
    assert Change("123456789012", MATEO, change.statements, 25).digest() != change.digest()


OTHERS_SOLUTION = "arn:aws:personalize:us-east-1:999988887777:solution/retail"
OTHERS_ROLE = "arn:aws:iam::999988887777:role/Import"


def test_a_resource_of_another_account_takes_a_role_there():
    refusal = propose(situation(action="personalize:DescribeSolution", resource=OTHERS_SOLUTION))
    assert isinstance(refusal, NoProposal)
    assert (refusal.code, refusal.owner) == ("other_account", "the administrator of account 999988887777")
    assert "Could you give us a role in that account" in refusal.ask
    assert "resource-based policy" not in refusal.ask


def test_a_role_of_another_account_is_never_passed():
    refusal = propose(situation(action="iam:PassRole", resource=OTHERS_ROLE))
    assert isinstance(refusal, NoProposal)
    assert refusal.code == "other_account"
    assert "AWS passes only roles of the same account" in refusal.ask
    assert "which role of account 123456789012" in refusal.ask


def test_where_a_policy_on_the_resource_could_help_its_owner_is_asked():
    queue = "arn:aws:sqs:us-east-1:999988887777:jobs"
    policies = PolicySet(identity=(allow("sqs:*"),))
    refusal = propose(situation(action="sqs:SendMessage", resource=queue, policies=policies))
    assert isinstance(refusal, NoProposal)
    assert (refusal.code, refusal.layer) == ("other_layer", Layer.RESOURCE)


@pytest.mark.parametrize("identity", [(), (allow("s3:GetObject"),)], ids=["identity too", "boundary alone"])
def test_a_boundary_that_only_an_unread_resource_policy_could_replace_is_asked_for(identity):
    policies = PolicySet(identity=identity, boundary=(allow("personalize:*"),), resource=Unknown("not read"))
    before = situation(action="s3:GetObject", resource="arn:aws:s3:::retail/x.csv", policies=policies)
    assert before.decision is not None
    assert before.decision.layers[Layer.BOUNDARY].code == "resource_policy_may_suffice"
    refusal = propose(before)
    assert isinstance(refusal, NoProposal)
    assert (refusal.code, refusal.layer) == ("other_layer", Layer.BOUNDARY)


@pytest.mark.parametrize(
    ("kind", "words"),
    [(PolicyType.IDENTITY, "in an identity-based policy"), (PolicyType.VPC_ENDPOINT, "in a VPC endpoint policy")],
)
def test_the_question_to_the_owner_has_the_right_article(kind, words):
    denial = Denial(principal=MATEO, deny_kind=DenyKind.EXPLICIT, policy_type=kind)
    refusal = propose(situation(denial=denial))
    assert isinstance(refusal, NoProposal)
    assert words in refusal.ask
