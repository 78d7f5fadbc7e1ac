"""AWS's own answers: over the sandbox where it gives them, else over answers shaped by botocore's own models."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from urllib.parse import parse_qs

import pytest
from botocore.exceptions import ClientError

from tests.aws.faulty import Door, Fault, faulty_door
from tests.aws.test_faults import FAULTS
from tests.aws.wire import refusal, wire
from tests.sandbox import settings_of
from troubleshoot.aws import asking
from troubleshoot.aws.answers import (
    AuthorizationDetails,
    DecodedMessage,
    DeniedEvents,
    NewAccess,
    NotAnswered,
    Position,
    Simulation,
)
from troubleshoot.aws.gateway import (
    BLIND_SPOTS,
    AccountSettings,
    Answers,
    NoAnswers,
    ProblemKind,
    answer_data,
    answer_from_data,
    answers_for,
    forget,
)
from troubleshoot.aws.sandbox import world
from troubleshoot.aws.sandbox.process import Sandbox
from troubleshoot.aws.sandbox.seed import client
from troubleshoot.denial import parse
from troubleshoot.iam import Request, request_context
from troubleshoot.iam.snapshot import Missing

SESSION = f"arn:aws:sts::{world.ACCOUNT}:assumed-role/PersonalizeBuilder/mateo"
LIST_SCHEMAS = json.dumps(world.policy(world.allow("Schemas", "personalize:ListSchemas")))
RETAIL = world.personalize("dataset-group/retail-1")


def call(principal: str, action: str, resource: str = "*", **context: str) -> Request:
    return Request(principal, action, resource, context={**request_context(principal), **context})


@pytest.fixture
def answers(seeded_sandbox: Sandbox) -> Answers:
    return answers_for(settings_of(seeded_sandbox), case="AD-TEST")


@pytest.fixture
def door(seeded_sandbox: Sandbox) -> Iterator[Door]:
    forget()
    with faulty_door(seeded_sandbox.endpoint_url) as opened:
        yield opened
    forget()


@pytest.fixture
def behind(door: Door, seeded_sandbox: Sandbox) -> Answers:
    return answers_for(replace(settings_of(seeded_sandbox), endpoint_url=door.url))


def sent(door: Door, operation: str) -> dict[str, list[str]]:
    """Return the parameters of the last call of an operation."""
    return parse_qs(next(body for name, _, body in reversed(door.bodies) if name == operation).decode())


# The simulator


@pytest.mark.parametrize(
    ("action", "resource", "decision", "organizations"),
    [
        ("personalize:ListSchemas", "*", "implicitDeny", True),
        ("personalize:ListRecipes", "*", "allowed", True),
        ("personalize:DeleteDatasetGroup", RETAIL, "explicitDeny", False),
    ],
)
def test_the_simulator_answers_for_a_user(
    answers: Answers, action: str, resource: str, decision: str, organizations: bool
) -> None:
    simulated = answers.simulate(call(world.MATEO, action, resource))
    assert isinstance(simulated, Simulation)
    assert (simulated.decision, simulated.by_organizations) == (decision, organizations)
    assert simulated.allows is (decision == "allowed")


def test_the_simulator_tells_what_a_proposal_would_change(answers: Answers) -> None:
    before = answers.simulate(call(world.MATEO, "personalize:ListSchemas"))
    after = answers.simulate(call(world.MATEO, "personalize:ListSchemas"), adding=(LIST_SCHEMAS,))
    assert isinstance(before, Simulation)
    assert isinstance(after, Simulation)
    assert (before.allows, after.allows) == (False, True)
    assert "PolicyInputList.1" in {statement.policy for statement in after.matched}


def test_the_simulator_judges_documents_alone(answers: Answers) -> None:
    nobody = call(world.MATEO, "personalize:ListSchemas")
    alone = answers.simulate_documents(nobody, (LIST_SCHEMAS,))
    limited = answers.simulate_documents(nobody, (LIST_SCHEMAS,), boundary=LIST_SCHEMAS.replace("List", "X"))
    assert isinstance(alone, Simulation)
    assert isinstance(limited, Simulation)
    assert (alone.allows, limited.allows, limited.by_boundary) == (True, False, False)


def test_the_simulator_takes_a_sessions_role_with_its_path(behind: Answers, door: Door) -> None:
    context = request_context(SESSION, path="/personalize-people/")
    simulated = behind.simulate(Request(SESSION, "personalize:ListSchemas", "*", context=context))
    assert isinstance(simulated, Simulation)
    assert simulated.allows
    assert sent(door, "SimulatePrincipalPolicy")["PolicySourceArn"] == [world.BUILDER_ROLE]


@pytest.mark.parametrize("principal", [SESSION, f"arn:aws:iam::{world.ACCOUNT}:root", "personalize.amazonaws.com"])
def test_who_has_no_policies_to_simulate_is_not_asked_about(behind: Answers, door: Door, principal: str) -> None:
    simulated = behind.simulate(Request(principal, "personalize:ListSchemas", "*"))
    assert isinstance(simulated, NotAnswered)
    assert simulated.kind is ProblemKind.NOT_SUPPORTED
    assert door.calls == []


def test_every_known_context_key_is_passed_but_those_that_aws_fills_in(behind: Answers, door: Door) -> None:
    passing = call(
        world.MARY, "iam:PassRole", world.SERVICE_ROLE, **{"iam:PassedToService": "personalize.amazonaws.com"}
    )
    behind.simulate(passing)
    parameters = sent(door, "SimulatePrincipalPolicy")
    entries = {
        value[0]: (
            parameters[f"{name[:-14]}ContextKeyValues.member.1"][0],
            parameters[f"{name[:-14]}ContextKeyType"][0],
        )
        for name, value in parameters.items()
        if name.endswith("ContextKeyName")
    }
    assert entries["iam:PassedToService"] == ("personalize.amazonaws.com", "string")
    assert entries["aws:ViaAWSService"] == ("false", "boolean")
    assert not {"aws:username", "aws:PrincipalAccount", "aws:PrincipalType"} & entries.keys()


def evaluation(**values: Any) -> dict[str, Any]:
    return {"EvalActionName": "s3:GetObject", "EvalResourceName": "arn:aws:s3:::${Bucket}/*", **values}


def test_the_decision_for_the_resource_counts_and_not_that_for_its_template(behind: Answers, door: Door) -> None:
    part = {
        "EvalResourceName": "arn:aws:s3:::b/x",
        "EvalResourceDecision": "explicitDeny",
        "MatchedStatements": [
            {
                "SourcePolicyId": "DenyAll",
                "SourcePolicyType": "user",
                "StartPosition": {"Line": 3, "Column": 9},
                "EndPosition": {"Line": 8, "Column": 2},
            }
        ],
        "MissingContextValues": ["aws:SourceIp"],
        "EvalDecisionDetails": {"IAM Policy": "explicitDeny"},
    }
    result = evaluation(
        EvalDecision="allowed",
        ResourceSpecificResults=[part],
        OrganizationsDecisionDetail={"AllowedByOrganizations": True},
        PermissionsBoundaryDecisionDetail={"AllowedByPermissionsBoundary": False},
    )
    door.answers["SimulatePrincipalPolicy"] = [wire("iam", "SimulatePrincipalPolicy", {"EvaluationResults": [result]})]
    simulated = behind.simulate(call(world.MATEO, "s3:GetObject", "arn:aws:s3:::b/x"))
    assert isinstance(simulated, Simulation)
    assert (simulated.decision, simulated.missing_keys) == ("explicitDeny", ("aws:SourceIp",))
    assert (simulated.by_organizations, simulated.by_boundary) == (True, False)
    assert simulated.by_source == {"IAM Policy": "explicitDeny"}
    [statement] = simulated.matched
    assert (statement.policy, statement.start, statement.end) == ("DenyAll", Position(3, 9), Position(8, 2))


def test_a_resource_policy_is_passed_for_users_and_left_out_in_words_for_roles(behind: Answers, door: Door) -> None:
    result = wire("iam", "SimulatePrincipalPolicy", {"EvaluationResults": [evaluation(EvalDecision="allowed")]})
    door.answers["SimulatePrincipalPolicy"] = [result]
    policy = json.dumps(world.BUCKET_POLICY)
    user = behind.simulate(call(world.MATEO, "s3:GetObject"), resource_policy=policy)
    assert sent(door, "SimulatePrincipalPolicy")["ResourcePolicy"] == [policy]
    role = behind.simulate(call(world.BUILDER_ROLE, "s3:GetObject"), resource_policy=policy)
    assert "ResourcePolicy" not in sent(door, "SimulatePrincipalPolicy")
    assert isinstance(user, Simulation)
    assert isinstance(role, Simulation)
    assert user.left_out == ()
    assert "resource's own policy" in role.left_out[0]


def test_a_policy_can_be_taken_for_gone(behind: Answers, door: Door) -> None:
    behind.simulate(call(world.MATEO, "personalize:ListSchemas"), without=("scp", world.CEILING_ARN))
    parameters = sent(door, "SimulatePrincipalPolicy")
    assert parameters["PolicyExclusionList.member.1.PolicyType"] == ["scp"]
    assert parameters["PolicyExclusionList.member.2.PolicyArn"] == [world.CEILING_ARN]


def test_the_blind_spots_of_the_simulator_are_told() -> None:
    assert {spot.code for spot in BLIND_SPOTS} >= {"rcps", "vpc_endpoint", "session", "context"}


# Authorization IDs

CONTEXT = {"aws:PrincipalArn": world.MATEO, "aws:TagKeys": ["a", "b"], "aws:MultiFactorAuthAge": 12}
CHECKED = {
    "action": "iam:CreateUser",
    "resource": f"arn:aws:iam::{world.ACCOUNT}:user/new",
    "evaluatedEffect": "EXPLICIT_DENY",
    "matchedPolicies": [{"uri": "old", "matchedStatements": []}],
    "checks": [
        {"checkType": "RESOURCE_CONTROL_POLICY", "evaluatedEffect": "NO_IMPACT"},
        {
            "checkType": "SERVICE_CONTROL_POLICY",
            "evaluatedEffect": "EXPLICIT_DENY",
            "targetArn": "arn:aws:organizations::111122223333:ou/o-1/ou-1",
            "matchedPolicies": [{"uri": "scp-1", "matchedStatements": [{"sid": "NoUsers", "evaluatedEffect": "DENY"}]}],
        },
    ],
}
POLICIES = [
    {"type": "SERVICE_CONTROL_POLICY", "uri": "scp-1", "attachedTo": [{"arn": "arn:aws:organizations::1:ou/o/ou"}]},
    {"type": "IDENTITY_BASED_POLICY", "uri": "other", "inline": True},
]


def record(door: Door, *pages: dict[str, Any]) -> None:
    operation = "GetRequestAuthorizationDetails"
    door.answers[operation] = [wire("iam-toolbox", operation, page) for page in pages]
    policy = {"policyDocument": {"Version": "2012-10-17", "Statement": []}}
    door.answers["GetRequestAuthorizationPolicy"] = [
        wire("iam-toolbox", "GetRequestAuthorizationPolicy", policy),
    ]


def details(**values: Any) -> dict[str, Any]:
    return {"requestContext": CONTEXT, "evaluations": [CHECKED], "policies": POLICIES, **values}


def test_an_authorization_id_tells_the_checks_in_order_and_the_policy_that_denied(behind: Answers, door: Door) -> None:
    record(door, details())
    found = behind.authorization_details("abc123", region="eu-west-1")
    assert isinstance(found, AuthorizationDetails)
    assert (found.principal, found.region, found.context["aws:TagKeys"]) == (world.MATEO, "eu-west-1", ("a", "b"))
    [judged] = found.evaluations
    assert [(check.kind, check.stops) for check in judged.checks] == [
        ("RESOURCE_CONTROL_POLICY", False),
        ("SERVICE_CONTROL_POLICY", True),
    ]
    assert judged.checks[1].matched[0].statements[0].sid == "NoUsers"
    assert judged.matched == ()
    assert [policy.document is not None for policy in found.policies] == [True, False]
    assert door.calls.count("GetRequestAuthorizationPolicy") == 1


def test_the_older_form_is_read_where_aws_fills_in_no_checks(behind: Answers, door: Door) -> None:
    record(door, details(evaluations=[{**CHECKED, "checks": []}], policies=[]))
    found = behind.authorization_details("abc123")
    assert isinstance(found, AuthorizationDetails)
    assert [match.uri for match in found.evaluations[0].matched] == ["old"]


def test_all_pages_of_a_record_are_read(behind: Answers, door: Door) -> None:
    record(door, details(nextToken="more"), details(policies=[]))
    found = behind.authorization_details("abc123", documents=False)
    assert isinstance(found, AuthorizationDetails)
    assert len(found.evaluations) == 2
    assert any("nextToken=more" in path for _, path, _ in door.bodies)


@pytest.mark.parametrize("context", [{}, {"aws:PrincipalArn": [world.MATEO, world.MARY]}])
def test_a_record_that_does_not_say_whose_it_is_names_nobody(
    behind: Answers, door: Door, context: dict[str, Any]
) -> None:
    record(door, details(requestContext=context))
    found = behind.authorization_details("abc123", documents=False)
    assert isinstance(found, AuthorizationDetails)
    assert found.principal is None


def test_a_policy_that_may_not_be_fetched_costs_nothing_else(behind: Answers, door: Door) -> None:
    record(door, details())
    door.faults["GetRequestAuthorizationPolicy"] = "denied"
    found = behind.authorization_details("abc123")
    assert isinstance(found, AuthorizationDetails)
    assert "iam:GetRequestAuthorizationPolicy" in found.policies[0].why_not


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_happens_to_a_policy_s_text_the_record_is_told_without_it(
    behind: Answers, door: Door, fault: Fault
) -> None:
    record(door, details())
    door.faults["GetRequestAuthorizationPolicy"] = fault
    found = behind.authorization_details("abc123")
    if fault == "slow":  # what all of an answer may take is over before the one call is given up
        assert isinstance(found, NotAnswered)
        assert found.kind is ProblemKind.TIMED_OUT
        return
    assert isinstance(found, AuthorizationDetails)
    assert found.evaluations
    assert found.policies[0].document is None
    assert found.policies[0].why_not


def test_an_id_that_aws_does_not_know_may_come_later(behind: Answers, door: Door) -> None:
    door.answers["GetRequestAuthorizationDetails"] = [refusal("ResourceNotFoundException", 404)]
    found = behind.authorization_details("abc123")
    assert isinstance(found, NotAnswered)
    assert found.kind is ProblemKind.NOT_FOUND
    assert "about a day" in found.why


@pytest.mark.parametrize("pasted", ["", "../policy", "a b", "x" * 257, "id?policyUri=x"])
def test_what_is_no_authorization_id_is_not_sent(behind: Answers, door: Door, pasted: str) -> None:
    assert isinstance(behind.authorization_details(pasted), NotAnswered)
    assert door.calls == []


# Encoded messages

DECODED = {
    "allowed": False,
    "explicitDeny": True,
    "matchedStatements": {"items": [{"statementId": "NoRun", "effect": "DENY", "actions": {"items": []}}]},
    "failures": {"items": []},
    "context": {
        "principal": {"id": "AIDAEXAMPLE", "arn": world.MATEO},
        "action": "ec2:RunInstances",
        "resource": "arn:aws:ec2:us-east-1:123456789012:instance/*",
        "conditions": {"items": [{"key": "aws:Region", "values": {"items": [{"value": "us-east-1"}]}}]},
    },
}


def decoded(door: Door, text: str) -> None:
    door.answers["DecodeAuthorizationMessage"] = [wire("sts", "DecodeAuthorizationMessage", {"DecodedMessage": text})]


def test_a_decoded_message_tells_whose_it_is_and_what_was_denied(behind: Answers, door: Door) -> None:
    decoded(door, json.dumps(DECODED))
    found = behind.decode("encoded")
    assert isinstance(found, DecodedMessage)
    assert (found.principal, found.action, found.explicit_deny) == (world.MATEO, "ec2:RunInstances", True)
    assert found.context == {"aws:Region": ("us-east-1",)}
    assert [(statement.sid, statement.effect) for statement in found.matched] == [("NoRun", "DENY")]


@pytest.mark.parametrize("text", ["{}", '{"context": []}', '{"context": {"principal": 1}, "matchedStatements": 7}'])
def test_a_decoded_message_of_another_form_says_less_and_names_nobody(behind: Answers, door: Door, text: str) -> None:
    decoded(door, text)
    found = behind.decode("encoded")
    assert isinstance(found, DecodedMessage)
    assert (found.principal, found.action, found.matched) == (None, None, ())


def test_a_message_that_aws_cannot_open_says_so(behind: Answers, door: Door) -> None:
    code = "InvalidAuthorizationMessageException"
    door.answers["DecodeAuthorizationMessage"] = [refusal(code, 400, is_json=False)]
    found = behind.decode("encoded")
    assert isinstance(found, NotAnswered)
    assert "another account" in found.why
    assert isinstance(behind.decode("x" * 10_241), NotAnswered)
    assert door.calls.count("DecodeAuthorizationMessage") == 1


# Access Analyzer


def test_findings_come_with_their_place_the_worst_first(behind: Answers, door: Door) -> None:
    span = {"start": {"line": 2, "column": 4, "offset": 9}, "end": {"line": 2, "column": 8, "offset": 13}}
    findings = [
        {"findingType": kind, "issueCode": kind[:3], "findingDetails": "x", "learnMoreLink": "l", "locations": places}
        for kind, places in (("WARNING", []), ("ERROR", [{"path": [], "span": span}]))
    ]
    door.answers["ValidatePolicy"] = [wire("accessanalyzer", "ValidatePolicy", {"findings": findings})]
    found = behind.validate(LIST_SCHEMAS, "trust")
    assert isinstance(found, tuple)
    assert [(finding.kind, finding.start) for finding in found] == [("ERROR", Position(2, 5)), ("WARNING", None)]
    body = json.loads(door.bodies[-1][2])
    assert body["validatePolicyResourceType"] == "AWS::IAM::AssumeRolePolicyDocument"


@pytest.mark.parametrize(("result", "is_new"), [("PASS", False), ("FAIL", True)])
def test_new_access_is_told_with_its_reasons(behind: Answers, door: Door, result: str, is_new: bool) -> None:
    reasons = [{"description": "New access in the statement with index: 0.", "statementIndex": 0}]
    values = {"result": result, "message": "m", "reasons": reasons}
    door.answers["CheckNoNewAccess"] = [wire("accessanalyzer", "CheckNoNewAccess", values)]
    found = behind.new_access(LIST_SCHEMAS, LIST_SCHEMAS)
    assert isinstance(found, NewAccess)
    assert (found.is_new, found.reasons[0].statement) == (is_new, 0)


# CloudTrail


def event(arn: str, *, at: datetime, code: str = "AccessDenied", **more: Any) -> dict[str, Any]:
    text = {"eventTime": at.isoformat(), "userIdentity": {"arn": arn, **more}, "errorCode": code}
    return {
        "EventId": "e",
        "EventName": "ListSchemas",
        "EventSource": "personalize.amazonaws.com",
        "EventTime": at,
        "CloudTrailEvent": json.dumps(text),
    }


def test_a_denied_call_is_found_and_can_be_diagnosed(answers: Answers, seeded_sandbox: Sandbox) -> None:
    caller = client("personalize", seeded_sandbox.endpoint_url, **seeded_sandbox.keys_of("mateojackson"))
    with pytest.raises(ClientError):
        caller.list_schemas()
    found = answers.denied_events(world.MATEO)
    assert isinstance(found, DeniedEvents)
    assert found.complete
    [denial] = parse(found.events[0].text).denials
    assert (denial.principal, denial.action) == (world.MATEO, "personalize:ListSchemas")
    nobody = answers.denied_events(world.MARY)
    assert isinstance(nobody, DeniedEvents)
    assert nobody.events == ()


def test_only_refusals_of_exactly_this_principal_are_told_newest_first(behind: Answers, door: Door) -> None:
    now = datetime.now(UTC)
    events = [
        event(world.MATEO, at=now - timedelta(minutes=3)),
        event(f"arn:aws:sts::{world.ACCOUNT}:assumed-role/Admin/mateojackson", at=now),
        event(world.MATEO, at=now, code="ThrottlingException"),
        event(world.MATEO, at=now - timedelta(minutes=1), code="Client.UnauthorizedOperation"),
    ]
    door.answers["LookupEvents"] = [wire("cloudtrail", "LookupEvents", {"Events": events})]
    found = behind.denied_events(world.MATEO)
    assert isinstance(found, DeniedEvents)
    times = [datetime.fromisoformat(one.at) for one in found.events]
    assert len(times) == 2
    assert times == sorted(times, reverse=True)
    assert json.loads(door.bodies[-1][2])["LookupAttributes"][0]["AttributeValue"] == "mateojackson"


def test_a_roles_calls_are_picked_from_those_to_personalize(behind: Answers, door: Door) -> None:
    issuer = {"sessionContext": {"sessionIssuer": {"arn": world.BUILDER_ROLE}}}
    events = [event(SESSION, at=datetime.now(UTC), **issuer), event(SESSION, at=datetime.now(UTC))]
    door.answers["LookupEvents"] = [wire("cloudtrail", "LookupEvents", {"Events": events})]
    found = behind.denied_events(world.BUILDER_ROLE)
    assert isinstance(found, DeniedEvents)
    assert (len(found.events), found.only_source) == (1, "personalize.amazonaws.com")


def test_more_than_is_looked_through_is_said_with_the_time_that_was_seen(behind: Answers, door: Door) -> None:
    oldest = datetime.now(UTC) - timedelta(minutes=20)
    values = {"Events": [event(world.MATEO, at=oldest)], "NextToken": "more"}
    door.answers["LookupEvents"] = [wire("cloudtrail", "LookupEvents", values)]
    found = behind.denied_events(world.MATEO, within=timedelta(hours=5))
    assert isinstance(found, DeniedEvents)
    assert not found.complete
    assert abs(datetime.fromisoformat(found.since) - oldest) < timedelta(seconds=2)
    assert door.calls.count("LookupEvents") <= 4


@pytest.mark.parametrize("principal", ["personalize.amazonaws.com", "arn:aws:s3:::b", ""])
def test_who_has_no_history_is_not_looked_for(behind: Answers, door: Door, principal: str) -> None:
    assert isinstance(behind.denied_events(principal), NotAnswered)
    assert door.calls == []


def test_the_root_users_calls_are_those_of_the_account(behind: Answers, door: Door) -> None:
    now = datetime.now(UTC)
    root = f"arn:aws:iam::{world.ACCOUNT}:root"
    events = [
        event(root, at=now, type="Root", accountId=world.ACCOUNT),
        event(root, at=now, type="Root", accountId="999999999999"),
        event(root, at=now, type="IAMUser", accountId=world.ACCOUNT),
    ]
    door.answers["LookupEvents"] = [wire("cloudtrail", "LookupEvents", {"Events": events})]
    found = behind.denied_events(root)
    assert isinstance(found, DeniedEvents)
    assert len(found.events) == 1


def test_a_region_that_does_not_answer_is_not_among_those_that_were_looked_through(
    door: Door, seeded_sandbox: Sandbox
) -> None:
    settings = replace(settings_of(seeded_sandbox), endpoint_url=door.url, region="eu-west-1")
    events = wire("cloudtrail", "LookupEvents", {"Events": [event(world.MATEO, at=datetime.now(UTC))]})
    door.answers["LookupEvents"] = [events, refusal("AccessDeniedException", 400)]
    found = answers_for(settings).denied_events(world.MATEO)
    assert isinstance(found, DeniedEvents)
    assert (len(found.events), found.regions) == (1, ("eu-west-1",))


@pytest.mark.parametrize("text", ["no JSON", "[]"])
def test_an_event_that_is_no_event_is_no_answer(behind: Answers, door: Door, text: str) -> None:
    broken = {**event(world.MATEO, at=datetime.now(UTC)), "CloudTrailEvent": text}
    door.answers["LookupEvents"] = [wire("cloudtrail", "LookupEvents", {"Events": [broken]})]
    found = behind.denied_events(world.MATEO)
    assert isinstance(found, NotAnswered)
    assert found.kind is ProblemKind.BAD_ANSWER


# Whoever answers


def test_nobody_waits_longer_for_an_answer_than_patience_allows(
    seeded_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking.asked, "__kwdefaults__", {"patience": 0.3})
    forget()
    with faulty_door(seeded_sandbox.endpoint_url, slow_seconds=60) as slow:
        slow.faults["SimulatePrincipalPolicy"] = "slow"
        answers = answers_for(replace(settings_of(seeded_sandbox), endpoint_url=slow.url))
        begun = monotonic()
        found = answers.simulate(call(world.MATEO, "personalize:ListSchemas"))
        assert monotonic() - begun < 20
    assert isinstance(found, NotAnswered)
    assert found.kind is ProblemKind.TIMED_OUT
    forget()


@pytest.mark.parametrize(
    ("operation", "values", "ask"),
    [
        ("SimulatePrincipalPolicy", {"EvaluationResults": []}, lambda one: one.simulate(call(world.MATEO, "a:B"))),
        (
            "SimulateCustomPolicy",
            {"EvaluationResults": [evaluation(EvalDecision="perhaps")]},
            lambda one: one.simulate_documents(call(world.MATEO, "a:B"), ("{}",)),
        ),
        ("DecodeAuthorizationMessage", {"DecodedMessage": "[1]"}, lambda one: one.decode("x")),
        ("DecodeAuthorizationMessage", {"DecodedMessage": "no JSON"}, lambda one: one.decode("x")),
        ("CheckNoNewAccess", {"result": "PERHAPS"}, lambda one: one.new_access("{}", "{}")),
        (
            "ValidatePolicy",
            {"findings": [{"findingType": "JOKE", "issueCode": "", "findingDetails": "", "learnMoreLink": ""}]},
            lambda one: one.validate("{}"),
        ),
        (
            "GetRequestAuthorizationDetails",
            {
                "requestContext": {},
                "policies": [],
                "evaluations": [
                    {"action": "a", "resource": "b", "checks": [{"checkType": "SESSION", "evaluatedEffect": "MAYBE"}]}
                ],
            },
            lambda one: one.authorization_details("abc"),
        ),
    ],
)
def test_an_answer_that_the_portal_does_not_understand_is_none(
    behind: Answers, door: Door, operation: str, values: dict[str, Any], ask: Callable[[Answers], object]
) -> None:
    service = {"Simulate": "iam", "Decode": "sts", "GetRequest": "iam-toolbox"}
    client_name = next((name for start, name in service.items() if operation.startswith(start)), "accessanalyzer")
    door.answers[operation] = [wire(client_name, operation, values)]
    found = ask(behind)
    assert isinstance(found, NotAnswered)
    assert found.kind is ProblemKind.BAD_ANSWER


def test_lists_and_the_resources_owner_are_passed_to_the_simulator(behind: Answers, door: Door) -> None:
    asked = replace(call(world.MATEO, "personalize:ListSchemas"), resource_account=world.ACCOUNT)
    behind.simulate(replace(asked, context={"aws:TagKeys": ("a", "b")}))
    parameters = sent(door, "SimulatePrincipalPolicy")
    assert parameters["ContextEntries.member.1.ContextKeyType"] == ["stringList"]
    assert parameters["ResourceOwner"] == [world.ACCOUNT]


def test_without_a_reader_every_answer_says_why_there_is_none() -> None:
    answers = answers_for(AccountSettings("123456789012"))
    assert isinstance(answers, NoAnswers)
    given = (
        answers.simulate(call(world.MATEO, "a:B")),
        answers.simulate_documents(call(world.MATEO, "a:B"), ()),
        answers.authorization_details("a"),
        answers.decode("a"),
        answers.validate("{}"),
        answers.new_access("{}", "{}"),
        answers.denied_events(world.MATEO),
    )
    assert all(isinstance(one, NotAnswered) and one.why for one in given)
    assert isinstance(answers.account(), Missing)


def test_what_the_sandbox_does_not_offer_is_named_as_absent(answers: Answers) -> None:
    for answer in (answers.authorization_details("0"), answers.decode("0"), answers.validate("{}")):
        assert isinstance(answer, NotAnswered)
        assert answer.kind is ProblemKind.NOT_SUPPORTED
        assert "does not offer" in answer.why


def test_every_answer_can_be_kept_as_json(behind: Answers, door: Door) -> None:
    record(door, details())
    decoded(door, json.dumps(DECODED))
    given = (
        behind.simulate(call(world.MATEO, "personalize:ListSchemas")),
        behind.authorization_details("abc123"),
        behind.decode("encoded"),
        behind.denied_events(world.MATEO),
        behind.validate("{}"),
    )
    for answer in given:
        assert not isinstance(answer, tuple)
        assert answer_from_data(json.loads(json.dumps(answer_data(answer)))) == answer


def test_foreign_data_is_not_taken_for_an_answer() -> None:
    with pytest.raises(KeyError):
        answer_from_data({"is": "AccountSettings"})
    with pytest.raises(ValueError, match="no"):
        answer_from_data({"is": "NewAccess", "is_new": True, "more": 1})
