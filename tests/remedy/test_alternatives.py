"""What can be asked for against a denial, beside the one statement: both types, jobs, edits by hand, trust policies."""

import json

import pytest

from tests.iam.build import ACCOUNT, ROLE, USER, allow, deny, doc
from troubleshoot.denial.reading import Denial, PrincipalKind
from troubleshoot.iam import Outcome, PolicySet, Request, Unknown, evaluate, parse_policy, request_context
from troubleshoot.iam.layers import Layer
from troubleshoot.remedy import Change, ChangeKind, Edit, NoProposal, Proposal, Situation, propose, with_change
from troubleshoot.remedy.alternatives import Alternative, Way, alternatives
from troubleshoot.remedy.risk import Level
from troubleshoot.remedy.room import no_room

PLACE = f"arn:aws:personalize:us-east-1:{ACCOUNT}"
CAMPAIGN = f"{PLACE}:campaign/retail-prod"
GROUP = f"arn:aws:iam::{ACCOUNT}:group/people"
RESERVED = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Retail_0123456789abcdef"
TO_PERSONALIZE = {"iam:PassedToService": "personalize.amazonaws.com"}


def held(*statements, name="Own", attached_to=USER, arn=None):
    return parse_policy(json.dumps(doc(*statements)), name=name, attached_to=attached_to, arn=arn)


def situation(action, resource="*", *, policies=None, principal=USER, context=None, path=None):
    known = {**request_context(principal, path=path), **(context or {})}
    request = Request(principal, action, resource, context=known, wildcard_only=resource == "*")
    decision = evaluate(request, policies) if policies else None
    return Situation(
        Denial(principal=principal, principal_kind=PrincipalKind.USER, action=action), request, policies, decision, path
    )


def proposed(asked: Situation) -> Change:
    answer = propose(asked)
    assert isinstance(answer, Proposal), answer
    return answer.change


def offered(asked: Situation, *, permanent=True) -> dict[str, Alternative]:
    answer = propose(asked)
    assert isinstance(answer, Proposal), answer
    found = alternatives(asked, answer, region="us-east-1", permanent=permanent)
    return {one.key: one for one in found}


# two types of resource


def test_both_types_are_named_where_aws_checks_two():
    (statement,) = proposed(situation("personalize:CreateCampaign", CAMPAIGN)).statements
    assert statement["Resource"] == [CAMPAIGN, f"{PLACE}:solution/*"]


def test_the_other_type_is_left_out_where_some_of_it_is_allowed_already():
    has = PolicySet(identity=(held(allow("personalize:CreateCampaign", f"{PLACE}:solution/retail")),))
    (statement,) = proposed(situation("personalize:CreateCampaign", CAMPAIGN, policies=has)).statements
    assert statement["Resource"] == CAMPAIGN


def test_an_action_on_one_type_keeps_to_its_one_resource():
    (statement,) = proposed(situation("personalize:DescribeCampaign", CAMPAIGN)).statements
    assert statement["Resource"] == CAMPAIGN


# the whole job


def test_the_job_that_the_action_belongs_to_stands_beside_it():
    found = offered(situation("personalize:CreateCampaign", CAMPAIGN, policies=PolicySet()))
    job = found["job-builder"]
    assert (job.way, job.job, job.proven) == (Way.JOB, "builder", True)
    assert found["this"].way is Way.THIS
    assert len(job.allows.entries) > len(found["this"].allows.entries)


def test_a_job_stays_with_what_goes_by_the_same_name():
    job = offered(situation("personalize:CreateCampaign", CAMPAIGN))["job-builder"]
    names = [one.resource for one in job.allows.entries if one.resource != "*"]
    assert f"{PLACE}:campaign/retail-*" in names
    assert all(name.endswith(("/retail-*", ":event-tracker/*")) for name in names if f":{ACCOUNT}:" in name)


def test_a_job_never_takes_anything_away():
    for one in offered(situation("personalize:CreateCampaign", CAMPAIGN)).values():
        assert all(statement["Effect"] == "Allow" for statement in one.change.statements)
        assert "personalize:CreateDataDeletionJob" not in {entry.action for entry in one.allows.entries}


def test_no_job_is_offered_that_does_not_hold_the_action():
    assert list(offered(situation("s3:GetObject", "arn:aws:s3:::b/k"))) == ["this"]
    assert "job-auditor" not in offered(situation("personalize:CreateCampaign", CAMPAIGN))


def test_a_role_is_passed_in_a_job_too():
    asked = situation("iam:PassRole", ROLE, context=TO_PERSONALIZE, policies=PolicySet())
    job = offered(asked)["job-operations"]
    passing = [one for one in job.change.statements if one["Action"] == "iam:PassRole"]
    assert [one["Resource"] for one in passing] == [ROLE]


@pytest.mark.parametrize("policies", [PolicySet(), None], ids=["live", "text"])
def test_without_live_state_nothing_is_called_proven(policies):
    found = offered(situation("personalize:ListSchemas", policies=policies))
    assert {one.proven for one in found.values()} == {policies is not None}


# by hand


def test_the_statement_that_nearly_fits_is_edited_by_hand():
    near = PolicySet(identity=(held(allow("personalize:DescribeCampaign", f"{PLACE}:campaign/other")),))
    edit = offered(situation("personalize:DescribeCampaign", CAMPAIGN, policies=near))["edit-1"]
    assert (edit.way, edit.change.kind, edit.change.may_end) == (Way.BY_HAND, ChangeKind.STATEMENT_EDIT, False)
    assert edit.change.edit is not None
    (statement,) = edit.change.edit.after["Statement"]
    assert statement["Resource"] == [f"{PLACE}:campaign/other", CAMPAIGN]
    assert edit.change.edit.before == near.identity[0].text


def test_an_action_that_is_missing_is_added_to_its_statement():
    near = PolicySet(identity=(held(allow("personalize:UpdateCampaign", CAMPAIGN)),))
    edit = offered(situation("personalize:DescribeCampaign", CAMPAIGN, policies=near))["edit-1"]
    assert edit.change.edit is not None
    assert edit.change.edit.after["Statement"][0]["Action"] == [
        "personalize:UpdateCampaign",
        "personalize:DescribeCampaign",
    ]


def test_a_groups_policy_is_edited_where_the_group_has_one():
    near = PolicySet(identity=(held(allow("s3:ListAllMyBuckets"), name="Team", attached_to=GROUP),))
    edit = offered(situation("personalize:ListSchemas", policies=near))["edit-1"]
    assert edit.change.kind is ChangeKind.GROUP_EDIT
    assert edit.risk.level.rank >= Level.MEDIUM.rank
    assert edit.change.edit is not None
    assert (edit.change.edit.holder, edit.change.edit.policy_name) == (GROUP, "Team")


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::aws:policy/ReadOnlyAccess", f"arn:aws:iam::{ACCOUNT}:policy/portal-managed/AD-1"]
)
def test_a_policy_of_aws_or_of_the_portal_is_never_edited(arn):
    near = PolicySet(identity=(held(allow("personalize:UpdateCampaign", CAMPAIGN), arn=arn),))
    assert "edit-1" not in offered(situation("personalize:DescribeCampaign", CAMPAIGN, policies=near))


def test_an_edit_has_no_end_so_it_needs_an_account_that_allows_that():
    near = PolicySet(identity=(held(allow("personalize:UpdateCampaign", CAMPAIGN)),))
    assert "edit-1" not in offered(situation("personalize:DescribeCampaign", CAMPAIGN, policies=near), permanent=False)


def test_a_condition_that_does_not_hold_is_not_edited_away():
    condition = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    near = PolicySet(identity=(held(allow("personalize:DescribeCampaign", CAMPAIGN, **condition)),))
    assert list(offered(situation("personalize:DescribeCampaign", CAMPAIGN, policies=near)))[:1] == ["this"]
    assert "edit-1" not in offered(situation("personalize:DescribeCampaign", CAMPAIGN, policies=near))


# permission sets and trust policies


def test_a_permission_set_is_edited_where_the_role_belongs_to_one():
    own = held(allow("s3:ListAllMyBuckets"), name="AwsSSOInlinePolicy", attached_to=RESERVED)
    asked = situation("personalize:ListSchemas", principal=RESERVED, policies=PolicySet(identity=(own,)))
    change = proposed(asked)
    assert (change.kind, change.is_manual, change.statements) == (ChangeKind.PERMISSION_SET, True, ())
    assert change.edit is not None
    assert (change.edit.before, change.edit.dated) == (own.text, (1,))
    assert evaluate(asked.request, with_change(PolicySet(identity=(own,)), change)).outcome is Outcome.ALLOWED


@pytest.mark.parametrize("policies", [None, PolicySet(identity=Unknown("no"))], ids=["text", "unread"])
def test_a_permission_set_that_was_not_read_is_asked_for_elsewhere(policies):
    answer = propose(situation("personalize:ListSchemas", principal=RESERVED, policies=policies))
    assert isinstance(answer, NoProposal)
    assert answer.code == "permission_set"


def trust(*principals):
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": list(principals)}}
    return parse_policy(json.dumps(doc(statement)), name="trust", attached_to=ROLE)


def test_a_trust_policy_lets_in_the_one_caller_for_a_time():
    policies = PolicySet(identity=(), resource=trust(f"arn:aws:iam::{ACCOUNT}:role/Other"))
    asked = situation("sts:AssumeRole", ROLE, policies=policies)
    change = proposed(asked)
    assert (change.kind, change.statements) == (ChangeKind.TRUST_EDIT, ())
    assert change.edit is not None
    assert (change.edit.holder, change.edit.dated) == (ROLE, (1,))
    assert change.edit.after["Statement"][1]["Principal"] == {"AWS": USER}
    assert evaluate(asked.request, with_change(policies, change)).outcome is Outcome.ALLOWED


def test_where_the_role_leaves_it_to_the_account_the_permission_is_enough():
    policies = PolicySet(identity=(), resource=trust(f"arn:aws:iam::{ACCOUNT}:root"))
    change = proposed(situation("sts:AssumeRole", ROLE, policies=policies))
    assert (change.kind, change.edit) == (ChangeKind.OWN_POLICY, None)


def test_a_trust_policy_that_denies_or_was_not_read_is_not_edited():
    said_no = {"Effect": "Deny", "Action": "sts:AssumeRole", "Principal": {"AWS": USER}}
    denying = parse_policy(json.dumps(doc(said_no)), name="trust", attached_to=ROLE)
    for resource in (denying, None):
        answer = propose(situation("sts:AssumeRole", ROLE, policies=PolicySet(resource=resource)))
        assert isinstance(answer, NoProposal)
        assert answer.layer is Layer.RESOURCE


# all that stops a call


def test_every_layer_that_stops_the_call_is_told_with_its_statement_and_what_to_ask():
    policies = PolicySet(
        identity=(held(deny("personalize:*")),),
        boundary=(held(allow("s3:*")),),
        scps=((held(deny("personalize:List*")), held(allow())),),
    )
    answer = propose(situation("personalize:ListSchemas", policies=policies))
    assert isinstance(answer, NoProposal)
    assert [one.layer for one in answer.blockers] == [Layer.SCPS, Layer.IDENTITY, Layer.BOUNDARY]
    assert [one.explicit for one in answer.blockers] == [True, True, False]
    assert answer.ask == answer.blockers[0].ask
    for one in answer.blockers:
        assert "personalize:ListSchemas" in one.ask
        assert one.owner
    assert answer.blockers[0].statements[0].effect == "Deny"


def test_what_can_be_asked_for_here_does_not_hide_what_cannot():
    policies = PolicySet(identity=(), boundary=(held(allow("s3:*")),))
    answer = propose(situation("personalize:ListSchemas", policies=policies))
    assert isinstance(answer, NoProposal)
    assert answer.layer is Layer.BOUNDARY
    assert [one.layer for one in answer.blockers] == [Layer.IDENTITY, Layer.BOUNDARY]


# quotas


def attached(count, holder=USER):
    arns = [f"arn:aws:iam::{ACCOUNT}:policy/P{number}" for number in range(count)]
    return PolicySet(identity=tuple(held(allow("s3:GetObject"), arn=arn, attached_to=holder) for arn in arns))


@pytest.mark.parametrize(
    ("principal", "count", "is_full"),
    [(USER, 9, False), (USER, 10, True), (USER, 11, False), (USER, 20, True), (ROLE, 10, False), (ROLE, 20, True)],
)
def test_a_principal_that_has_as_many_policies_as_aws_allows_has_no_room(principal, count, is_full):
    change = Change(ACCOUNT, principal, (allow("s3:GetObject"),), 8)
    words = no_room(change, attached(count, principal))
    assert (words is not None) is is_full
    assert words is None or str(count) in words


def test_policies_of_a_group_take_no_room_of_the_user():
    assert no_room(Change(ACCOUNT, USER, (allow("s3:GetObject"),), 8), attached(10, GROUP)) is None


def test_a_policy_that_is_too_long_is_refused_with_its_end_counted():
    names = [f"arn:aws:s3:::{'x' * 50}{number:05}" for number in range(85)]
    change = Change(ACCOUNT, USER, (allow("s3:GetObject", names),), 8)
    assert "6,144" in (no_room(change, None) or "")
    assert no_room(Change(ACCOUNT, USER, (allow("s3:GetObject", names[:80]),), 8), None) is None


@pytest.mark.parametrize(
    ("kind", "where", "limit"),
    [
        (ChangeKind.STATEMENT_EDIT, {"holder": USER}, "2,048"),
        (ChangeKind.STATEMENT_EDIT, {"holder": ROLE}, "10,240"),
        (ChangeKind.STATEMENT_EDIT, {"policy_arn": f"arn:aws:iam::{ACCOUNT}:policy/P"}, "6,144"),
        (ChangeKind.GROUP_EDIT, {"holder": GROUP}, "5,120"),
        (ChangeKind.PERMISSION_SET, {"holder": RESERVED}, "10,240"),
        (ChangeKind.TRUST_EDIT, {"holder": ROLE}, "2,048"),
    ],
)
def test_each_kind_of_document_has_its_own_limit(kind, where, limit):
    most = int(limit.replace(",", ""))
    for length, refused in ((most - 500, False), (most + 1, True)):
        long = allow("s3:GetObject", "arn:aws:s3:::" + "x" * length)
        values = {"holder": USER, "policy_name": "P", "policy_arn": None} | where
        change = Change(ACCOUNT, USER, (), None, kind, Edit(**values, before="", after=doc(long)))
        words = no_room(change, None)
        assert (words is not None) is refused
        assert not refused or limit in words
