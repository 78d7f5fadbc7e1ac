"""What to hand to the owner of a VPC endpoint: statements that let exactly this call through, judged by the engine."""

import json
from dataclasses import replace

import pytest

from tests.flows.walking import SAMPLES, everything
from tests.iam.build import ACCOUNT, OTHER, SESSION, USER, allow, deny, doc
from troubleshoot.denial.reading import Denial, DenyKind, PolicyType, PrincipalKind
from troubleshoot.guide.flows import FLOWS
from troubleshoot.guide.results import plan_of
from troubleshoot.guide.walk import replay
from troubleshoot.iam import PolicySet, Request, catalog, evaluate, parse_policy, request_context
from troubleshoot.iam.decision import Effect
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.lint import Kind as LintKind
from troubleshoot.iam.lint import lint
from troubleshoot.remedy import NoProposal, Situation, propose
from troubleshoot.remedy.documents.checked import problems
from troubleshoot.remedy.documents.endpoint import endpoint_paper, passes_role
from troubleshoot.remedy.documents.plan import Kind, Paper

PLACE = f"arn:aws:personalize:us-east-1:{ACCOUNT}"
CAMPAIGN = f"{PLACE}:campaign/retail-home"
IMPORT = f"{PLACE}:dataset-import-job/weekly"
ACTIONS = catalog.actions_of("personalize")


def call(action: str, resource: str = CAMPAIGN, principal: str = USER, path: str | None = None) -> Request:
    return Request(principal, action, resource, context=request_context(principal, path=path))


def paper_of(request: Request, **more) -> Paper:
    paper = endpoint_paper(request, **more)
    assert paper is not None
    return paper


def passes(paper: Paper, request: Request) -> bool:
    policies = PolicySet(vpc_endpoint=(parse_policy(paper.text, name="endpoint"),))
    return evaluate(request, policies).layers[Layer.VPC_ENDPOINT].effect is Effect.PASSES


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_of_personalize_gets_a_document_that_is_sound_and_lets_it_through(action: str) -> None:
    info = catalog.action(action)
    assert info is not None
    places = {"Partition": "aws", "Region": "us-east-1", "Account": ACCOUNT}
    forms = [
        catalog.PLACEHOLDER.sub(lambda at: places.get(at.group(1), "sales"), one.type.arn)
        for one in info.resource_types
    ]
    request = call(action, forms[0]) if forms else replace(call(action, "*"), wildcard_only=True)
    paper = paper_of(request)
    assert problems(paper) == ()
    assert not lint(parse_policy(paper.text, name="endpoint"), LintKind.VPC_ENDPOINT)
    assert passes(paper, request)


def test_it_lets_nothing_else_and_nobody_else_through() -> None:
    paper = paper_of(call("personalize:DescribeCampaign"))
    assert passes(paper, call("personalize:DescribeCampaign"))
    assert not passes(paper, call("personalize:UpdateCampaign"))
    assert not passes(paper, call("personalize:DescribeCampaign", f"{PLACE}:campaign/other"))
    assert not passes(paper, call("personalize:DescribeCampaign", principal=f"arn:aws:iam::{ACCOUNT}:user/mary"))
    assert not passes(paper, call("personalize:DescribeCampaign", principal=f"arn:aws:iam::{OTHER}:user/mateojackson"))


@pytest.mark.parametrize("element", ["Action", "Resource", "Condition"])
def test_each_element_is_needed(element: str) -> None:
    """Narrowed to something else in any element, it lets the call through no more."""
    elsewhere = {
        "Action": "personalize:ListSchemas",
        "Resource": f"{PLACE}:campaign/other",
        "Condition": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/mary"}},
    }
    paper = paper_of(call("personalize:DescribeCampaign"))
    (statement,) = paper.policy["Statement"]
    other = replace(paper, policy=doc({**statement, element: elsewhere[element]}))
    assert not passes(other, call("personalize:DescribeCampaign"))


def test_a_call_that_passes_a_role_needs_that_at_the_endpoint_too() -> None:
    paper = paper_of(call("personalize:CreateDatasetImportJob", IMPORT))
    passing = call("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/personalize/PersonalizeService")
    to_personalize = {**passing.context, "iam:PassedToService": "personalize.amazonaws.com"}
    assert passes(paper, replace(passing, context=to_personalize))
    assert not passes(paper, replace(passing, context={**passing.context, "iam:PassedToService": "ec2.amazonaws.com"}))
    assert not passes_role("iam:PassRole")
    assert sum(map(passes_role, ACTIONS)) == 8


def test_a_session_is_known_by_its_role_on_whatever_path() -> None:
    unknown = paper_of(call("personalize:DescribeCampaign", principal=SESSION))
    assert passes(unknown, call("personalize:DescribeCampaign", principal=SESSION, path="/team/people/"))
    assert passes(unknown, call("personalize:DescribeCampaign", principal=SESSION))
    known = paper_of(call("personalize:DescribeCampaign", principal=SESSION), path="/team/")
    assert passes(known, call("personalize:DescribeCampaign", principal=SESSION, path="/team/"))
    assert not passes(known, call("personalize:DescribeCampaign", principal=SESSION, path="/other/"))


@pytest.mark.parametrize(
    ("action", "endpoint"),
    [
        ("personalize:DescribeCampaign", "com.amazonaws.us-east-1.personalize,"),
        ("personalize:GetRecommendations", "com.amazonaws.us-east-1.personalize-runtime,"),
        ("personalize:PutItems", "com.amazonaws.us-east-1.personalize-events,"),
    ],
)
def test_it_says_which_of_the_three_endpoints_it_is_for(action: str, endpoint: str) -> None:
    resource = f"{PLACE}:dataset/retail/ITEMS" if action == "personalize:PutItems" else CAMPAIGN
    assert endpoint in paper_of(call(action, resource)).belongs


@pytest.mark.parametrize("principal", [f"arn:aws:iam::{ACCOUNT}:root", "personalize.amazonaws.com", "anonymous"])
def test_nobody_whom_a_policy_can_name_gets_none(principal: str) -> None:
    assert endpoint_paper(Request(principal, "personalize:DescribeCampaign", CAMPAIGN)) is None


def denied(**policies) -> NoProposal:
    request = call("personalize:DescribeCampaign")
    layers = PolicySet(identity=(parse_policy(json.dumps(doc(allow())), name="all"),), **policies)
    facts = Denial(principal=USER, principal_kind=PrincipalKind.USER, action=request.action)
    found = propose(Situation(facts, request, layers, evaluate(request, layers)))
    assert isinstance(found, NoProposal)
    return found


def endpoint(*statements: dict) -> dict:
    return {"vpc_endpoint": (parse_policy(json.dumps(doc(*statements)), name="endpoint"),)}


def test_a_denial_by_an_endpoint_that_says_nothing_comes_with_the_statement_that_flips_it() -> None:
    blocker = denied(**endpoint({**allow("s3:*"), "Principal": "*"})).blockers[0]
    assert blocker.layer is Layer.VPC_ENDPOINT
    assert blocker.paper is not None
    assert passes(blocker.paper, call("personalize:DescribeCampaign"))


def test_against_a_statement_that_denies_no_document_is_offered() -> None:
    blocker = denied(**endpoint({**deny("personalize:*"), "Principal": "*"})).blockers[0]
    assert (blocker.layer, blocker.explicit, blocker.paper) == (Layer.VPC_ENDPOINT, True, None)


def test_from_the_message_alone_there_is_one_too() -> None:
    request = call("personalize:DescribeCampaign")
    facts = Denial(
        principal=USER,
        principal_kind=PrincipalKind.USER,
        action=request.action,
        deny_kind=DenyKind.IMPLICIT,
        policy_type=PolicyType.VPC_ENDPOINT,
    )
    found = propose(Situation(facts, request))
    assert isinstance(found, NoProposal)
    assert found.blockers[0].paper is not None


ANSWERS = {
    "text": "no", "what": "denied", "service": "personalize", "action": "personalize:DescribeCampaign",
    "resource": "given", "tags": "no", "who": "user", "principal": "given", "where": "vpc", "outside": "yes",
}  # fmt: skip


def test_the_guide_ends_in_the_document_where_it_was_told_who_and_what() -> None:
    flow = FLOWS["not-authorized"]
    walk = replay(flow, ANSWERS, everything(flow))
    plan = plan_of(walk)
    assert plan is not None
    (paper,) = plan.papers()
    assert paper.kind is Kind.ENDPOINT
    assert SAMPLES["resource"] in paper.text
    assert passes(paper, call("personalize:DescribeCampaign", principal=SAMPLES["principal"]))


def test_without_the_resource_the_guide_names_all_of_its_kind_and_without_the_caller_nothing() -> None:
    flow = FLOWS["not-authorized"]
    plan = plan_of(replay(flow, {**ANSWERS, "resource": "unknown"}, everything(flow)))
    assert plan is not None
    assert f"arn:aws:personalize:*:{ACCOUNT}:campaign/*" in next(plan.papers()).text
    assert plan_of(replay(flow, {**ANSWERS, "principal": "unknown"}, everything(flow))) is None
