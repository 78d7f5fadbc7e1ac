"""What is shown of a whole job: each action in every service, before and after, on every line that policies draw."""

import pytest

from tests.iam.build import ACCOUNT, allow, deny
from tests.remedy.denials import ROLE, USER, policy
from troubleshoot.iam import PolicySet, Request, evaluate
from troubleshoot.iam.decision import Decision
from troubleshoot.iam.layers import Layer, Unknown
from troubleshoot.remedy import Change
from troubleshoot.remedy.documents.jobs import JOBS, Job, Scope, job_policy
from troubleshoot.remedy.documents.plan import Place
from troubleshoot.remedy.proof import Proven, Result, prove

CAMPAIGNS = f"arn:aws:personalize:us-east-1:{ACCOUNT}:campaign/*"
OBJECTS = "arn:aws:s3:::retail-data/*"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
NOTHING = PolicySet()


def judge(call: Request, policies: PolicySet) -> Decision:
    return evaluate(call, policies)


def change(*statements: dict) -> Change:
    return Change(ACCOUNT, USER, tuple(statements), 24)


def only(found: tuple[Proven, ...]) -> Proven:
    (one,) = found
    return one


def test_what_is_new_and_what_was_there_already_are_told_apart() -> None:
    wanted = change(allow(["personalize:DescribeCampaign", "personalize:UpdateCampaign"], CAMPAIGNS))
    held = PolicySet(identity=(policy(allow("personalize:Describe*")),))
    found = {one.action: one.result for one in prove(wanted, held, judge=judge)}
    assert found == {"personalize:DescribeCampaign": Result.ALREADY, "personalize:UpdateCampaign": Result.NEW}


def test_a_deny_on_some_of_the_resources_is_found_although_no_call_names_them() -> None:
    wanted = change(allow("personalize:UpdateCampaign", CAMPAIGNS))
    held = PolicySet(identity=(policy(deny("personalize:*", f"{CAMPAIGNS[:-1]}prod-*")),))
    found = only(prove(wanted, held, judge=judge))
    assert (found.result, found.layer) == (Result.SOME, Layer.IDENTITY)


def test_a_boundary_that_leaves_another_service_out_stops_that_part_of_the_job() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/personalize/PersonalizeService"
    passing = {"StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}}
    wanted = change(allow("personalize:UpdateCampaign", CAMPAIGNS), allow("iam:PassRole", role, Condition=passing))
    held = PolicySet(boundary=(policy(allow("personalize:*"), name="ceiling"),))
    found = {one.action: (one.result, one.layer) for one in prove(wanted, held, judge=judge)}
    assert found["personalize:UpdateCampaign"] == (Result.NEW, None)
    assert found["iam:PassRole"] == (Result.STOPPED, Layer.BOUNDARY)


@pytest.mark.parametrize(
    ("own", "result"),
    [
        (None, Result.NEW),
        (Unknown("not read"), Result.OPEN),
        (policy({**deny("s3:*", OBJECTS), "Principal": "*"}, name="bucket"), Result.STOPPED),
        (policy({**allow("s3:GetObject", OBJECTS), "Principal": {"AWS": USER}}, name="bucket"), Result.NEW),
    ],
)
def test_a_buckets_own_policy_counts_for_its_objects(own: object, result: Result) -> None:
    wanted = change(allow("s3:PutObject", OBJECTS))
    assert only(prove(wanted, NOTHING, judge=judge, own_policy=lambda _: own)).result is result  # type: ignore[arg-type]


def test_a_key_whose_policy_nobody_read_is_open_and_never_new() -> None:
    found = only(prove(change(allow("kms:Decrypt", KEY)), NOTHING, judge=judge))
    assert (found.result, found.layer) == (Result.OPEN, Layer.RESOURCE)


def test_an_unread_boundary_leaves_everything_open() -> None:
    held = PolicySet(boundary=Unknown("not permitted"))
    found = only(prove(change(allow("personalize:UpdateCampaign", CAMPAIGNS)), held, judge=judge))
    assert (found.result, found.layer) == (Result.OPEN, Layer.BOUNDARY)


@pytest.mark.parametrize("name", JOBS)
def test_every_action_of_every_job_is_judged_those_of_other_services_too(name: str) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/personalize/PersonalizeService"
    document = job_policy(Job(name, Place(ACCOUNT, "us-east-1"), Scope("all"), role=role, bucket="retail-data"))
    wanted = Change(ACCOUNT, ROLE, tuple(one for one in document["Statement"] if one["Effect"] == "Allow"), 24)
    found = prove(wanted, NOTHING, judge=judge, own_policy=lambda _: None)
    services = {one.action.partition(":")[0] for one in found}
    written = {
        action.partition(":")[0]
        for one in wanted.statements
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }
    assert services == written
    assert {one.result for one in found} == {Result.NEW}
