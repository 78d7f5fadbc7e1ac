"""The shipped policies hold the least: what was recorded is allowed by them, and nothing that writes or escalates."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.sandbox import settings_of
from troubleshoot.aws.connect import Connection, permission_of
from troubleshoot.aws.facts import AccountSettings
from troubleshoot.aws.live_answers import LiveAnswers
from troubleshoot.aws.optional_checks import optional_findings
from troubleshoot.aws.policies import ceiling_arn, shipped_policy
from troubleshoot.aws.reader import LiveReader
from troubleshoot.aws.sandbox import world
from troubleshoot.aws.sandbox.process import Sandbox
from troubleshoot.aws.sandbox.seed import client, unguarded
from troubleshoot.aws.sessions import new_session
from troubleshoot.aws.writer import LiveWriter
from troubleshoot.iam import Outcome, PolicySet, Request, catalog, evaluate, parse_policy

PEOPLE = "/personalize-people/"
OWN = f"arn:aws:iam::{world.ACCOUNT}:policy/portal-managed/AD-1"
PERSON = f"arn:aws:iam::{world.ACCOUNT}:user/personalize-people/alice"
STRANGER = f"arn:aws:iam::{world.ACCOUNT}:user/alice"
READER = f"arn:aws:sts::{world.ACCOUNT}:assumed-role/AccessDeskReader/access-desk"
WRITER = f"arn:aws:sts::{world.ACCOUNT}:assumed-role/AccessDeskWriter/access-desk"
DOCUMENT = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "a:B", "Resource": "*"}]}'

# What AWS gives a new key: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
DELEGATING_KEY_POLICY = json.dumps(
    world.policy(
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{world.ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    )
)

Call = tuple[str, str, dict[str, Any]]
SERVICES = ("iam", "organizations", "s3", "kms", "sts", "accessanalyzer", "cloudtrail", "iam-toolbox")
# Actions that the catalog's source lacks, with the client and the operation that botocore knows: a GET each.
NOT_LISTED = {
    "iam:GetRequestAuthorizationDetails": ("iam-toolbox", "GetRequestAuthorizationDetails"),
    "iam:GetRequestAuthorizationPolicy": ("iam-toolbox", "GetRequestAuthorizationPolicy"),
}
# AWS lists it as Write, though it opens a message that the caller already holds, and changes nothing.
NO_WRITE = "sts:DecodeAuthorizationMessage"


class Recorder:
    """Keeps every call that a connection makes: service, operation, parameters."""

    def __init__(self, settings: AccountSettings, role_arn: str) -> None:
        self.calls: list[Call] = []
        self.connection = Connection(
            region=settings.region,
            endpoint_url=settings.endpoint_url,
            role_arn=role_arn,
            external_id=settings.reader_external_id,
            session_name="recorder",
        )
        for service in SERVICES:
            events = self.connection.client(service).meta.events
            events.register("provide-client-params.*.*", self._keep)

    def _keep(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls.append((model.service_model.service_name, model.name, dict(params)))


_RECORDED: dict[str, list[Call]] = {}


@pytest.fixture
def reading(seeded_sandbox: Sandbox) -> list[Call]:
    """Every call of the reader's, recorded once for all tests: it takes a hundred."""
    if seeded_sandbox.endpoint_url not in _RECORDED:
        _RECORDED[seeded_sandbox.endpoint_url] = recorded_reading(seeded_sandbox)
    return _RECORDED[seeded_sandbox.endpoint_url]


def recorded_reading(seeded_sandbox: Sandbox) -> list[Call]:
    settings = settings_of(seeded_sandbox)
    recorder = Recorder(settings, settings.reader_role_arn)
    reader = LiveReader(settings, recorder.connection)
    for principal in (world.MATEO, world.MARY, world.BUILDER_ROLE, world.SERVICE_ROLE):
        reader.snapshot(principal, action="personalize:ListSchemas", resource="*")
    with unguarded(seeded_sandbox.endpoint_url):
        key = client("kms", seeded_sandbox.endpoint_url).create_key()["KeyMetadata"]["Arn"]
    reader.snapshot(world.MATEO, action="kms:Decrypt", resource=key)
    reader.snapshot(world.MATEO, action="s3:GetObject", resource=f"arn:aws:s3:::{world.DATA_BUCKET}/x")
    reader.access_keys(world.MATEO)
    reader.role(world.SERVICE_ROLE)
    ask_everything(LiveAnswers(settings, lambda _: recorder.connection))
    list(optional_findings(settings, recorder.connection))
    return recorder.calls


def ask_everything(answers: LiveAnswers) -> None:
    call = Request(world.MATEO, "personalize:ListSchemas", "*")
    for principal in (world.MATEO, world.BUILDER_ROLE):
        answers.simulate(replace(call, principal=principal), adding=(DOCUMENT,))
    answers.simulate_documents(call, (DOCUMENT,))
    answers.authorization_details("0")
    answers.decode("message")
    answers.validate(DOCUMENT)
    answers.new_access(DOCUMENT, DOCUMENT)
    answers.denied_events(world.MATEO)
    answers.account(fresh=True)


@pytest.fixture
def writing(seeded_sandbox: Sandbox) -> list[Call]:
    settings = settings_of(seeded_sandbox)
    recorder = Recorder(settings, settings.writer_role_arn)
    writer = LiveWriter(settings, recorder.connection)
    arn = writer.create_policy("AD-RECORDED", DOCUMENT, {"access-desk": "AD-RECORDED"})
    writer.policy_document(arn)
    for principal in (world.MATEO, world.BUILDER_ROLE):
        writer.check_writable(principal)
        writer.attach(arn, principal)
        writer.attached_policies(principal)
        writer.holders(arn)
        writer.detach(arn, principal)
    writer.delete_policy(arn)
    return recorder.calls


def test_the_reader_may_do_every_call_that_it_makes(reading: list[Call]) -> None:
    text = shipped_policy("reader", account_id=world.ACCOUNT, people_path=world.PEOPLE_PATH)
    assert len({operation for _, operation, _ in reading}) >= 20
    assert [call for call in reading if not all(allowed(text, READER, *need) for need in needs(call))] == []


def test_the_writer_may_do_every_call_that_it_makes(writing: list[Call]) -> None:
    text = shipped_policy("writer", account_id=world.ACCOUNT, people_path=world.PEOPLE_PATH)
    assert len({operation for _, operation, _ in writing}) >= 11
    assert [call for call in writing if not all(allowed(text, WRITER, *need) for need in needs(call))] == []


@pytest.mark.parametrize("name", ["reader", "writer"])
def test_a_shipped_policy_allows_no_more_than_the_calls_that_were_recorded(
    reading: list[Call], writing: list[Call], name: str
) -> None:
    recorded = {need[0] for call in (reading if name == "reader" else writing) for need in needs(call)}
    assert set(actions_allowed(name)) == recorded


def test_the_reader_can_write_nothing() -> None:
    for action in actions_allowed("reader"):
        if action in NOT_LISTED:
            assert http_method(*NOT_LISTED[action]) == "GET"
            continue
        info = catalog.action(action)
        assert info is not None
        assert info.access_levels <= {"Read", "List"} or action == NO_WRITE, action


@pytest.mark.parametrize("operation", ["AttachUserPolicy", "DetachUserPolicy"])
@pytest.mark.parametrize(
    ("principal", "policy", "boundary", "expected"),
    [
        (PERSON, OWN, ceiling_arn(world.ACCOUNT), True),
        (PERSON, OWN, "arn:aws:iam::123456789012:policy/Other", False),
        (PERSON, OWN, None, False),
        (PERSON, "arn:aws:iam::aws:policy/AdministratorAccess", ceiling_arn(world.ACCOUNT), False),
        (STRANGER, OWN, ceiling_arn(world.ACCOUNT), False),
    ],
)
def test_the_writer_hands_its_own_policies_to_capped_people_only(
    operation: str, principal: str, policy: str, boundary: str | None, expected: bool
) -> None:
    text = shipped_policy("writer", account_id=world.ACCOUNT, people_path=PEOPLE)
    context = {"iam:PolicyARN": policy} | ({"iam:PermissionsBoundary": boundary} if boundary else {})
    assert allowed(text, WRITER, f"iam:{operation}", principal, context) is expected


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:CreatePolicyVersion", OWN),
        ("iam:SetDefaultPolicyVersion", OWN),
        ("iam:CreatePolicy", f"arn:aws:iam::{world.ACCOUNT}:policy/Admin"),
        ("iam:DeletePolicy", ceiling_arn(world.ACCOUNT)),
        ("iam:PutUserPermissionsBoundary", PERSON),
        ("iam:DeleteUserPermissionsBoundary", PERSON),
        ("iam:PutUserPolicy", PERSON),
        ("iam:CreateAccessKey", PERSON),
        ("iam:AddUserToGroup", f"arn:aws:iam::{world.ACCOUNT}:group/admins"),
        ("iam:AttachGroupPolicy", f"arn:aws:iam::{world.ACCOUNT}:group/admins"),
        ("iam:UpdateAssumeRolePolicy", f"arn:aws:iam::{world.ACCOUNT}:role/personalize-people/Builder"),
        ("iam:PassRole", f"arn:aws:iam::{world.ACCOUNT}:role/personalize/Service"),
        ("sts:AssumeRole", f"arn:aws:iam::{world.ACCOUNT}:role/Admin"),
    ],
)
def test_the_writer_cannot_gain_anything_else(action: str, resource: str) -> None:
    text = shipped_policy("writer", account_id=world.ACCOUNT, people_path=PEOPLE)
    context = {"iam:PolicyARN": OWN, "iam:PermissionsBoundary": ceiling_arn(world.ACCOUNT)}
    assert not allowed(text, WRITER, action, resource, context)


def test_with_the_people_path_at_the_root_the_portals_own_roles_stay_out_of_reach() -> None:
    text = shipped_policy("writer", account_id=world.ACCOUNT, people_path="/")
    context = {"iam:PolicyARN": OWN, "iam:PermissionsBoundary": ceiling_arn(world.ACCOUNT)}
    assert not allowed(text, WRITER, "iam:AttachRolePolicy", world.WRITER_ROLE, context)
    assert allowed(text, WRITER, "iam:AttachRolePolicy", world.BUILDER_ROLE, context)


@pytest.mark.parametrize(
    ("action", "resource", "context", "expected"),
    [
        ("personalize:ListSchemas", "*", {}, True),
        ("iam:PassRole", world.SERVICE_ROLE, {"iam:PassedToService": "personalize.amazonaws.com"}, True),
        ("iam:PassRole", world.SERVICE_ROLE, {"iam:PassedToService": "lambda.amazonaws.com"}, False),
        ("iam:PassRole", world.WRITER_ROLE, {"iam:PassedToService": "personalize.amazonaws.com"}, False),
        ("s3:GetObject", "arn:aws:s3:::retail-personalize-data/x", {"aws:ResourceAccount": world.ACCOUNT}, True),
        ("s3:GetObject", "arn:aws:s3:::retail-personalize-data/x", {"aws:ResourceAccount": "999999999999"}, False),
        ("iam:CreateUser", STRANGER, {}, False),
        ("s3:ListAllMyBuckets", "*", {}, False),
    ],
)
def test_the_ceiling_is_personalize_and_what_it_needs(
    action: str, resource: str, context: dict[str, str], expected: bool
) -> None:
    text = shipped_policy("ceiling", account_id=world.ACCOUNT)
    assert allowed(text, world.MATEO, action, resource, context) is expected


@pytest.mark.parametrize("name", ["reader", "writer", "ceiling"])
def test_a_shipped_policy_fits_into_a_managed_policy(name: Any) -> None:
    text = shipped_policy(name, account_id=world.ACCOUNT, partition="aws-us-gov", people_path="/a/long/path/")
    assert len("".join(text.split())) <= 6144
    assert "arn:aws:" not in text
    assert not any(place in text for place in ("ACCOUNT_ID", "PARTITION", "PEOPLE_PATH", "CEILING_ARN", "DATA_BUCKETS"))


def allowed(text: str, principal: str, action: str, resource: str, context: dict[str, str]) -> bool:
    key = parse_policy(DELEGATING_KEY_POLICY, name="key policy") if action.startswith("kms:") else None
    policies = PolicySet(identity=(parse_policy(text, name="shipped"),), resource=key)
    return evaluate(Request(principal, action, resource, context=context), policies).outcome is Outcome.ALLOWED


def http_method(service: str, operation: str) -> str:
    return str(new_session().get_service_model(service).operation_model(operation).http["method"])


def actions_allowed(name: Any) -> Iterator[str]:
    for statement in json.loads(shipped_policy(name, account_id=world.ACCOUNT))["Statement"]:
        if statement["Effect"] == "Allow":
            yield from statement["Action"]


def needs(call: Call) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield what AWS checks for a call: action, resource, context."""
    service, operation, parameters = call
    context = {}
    if operation.startswith(("Attach", "Detach")):
        context = {"iam:PolicyARN": parameters["PolicyArn"], "iam:PermissionsBoundary": world.CEILING_ARN}
    yield permission_of(service, operation), resource_of(operation, parameters), context
    if parameters.get("Tags"):
        yield "iam:TagPolicy", resource_of(operation, parameters), {}


REAL = {arn.rsplit("/", 1)[-1]: arn for arn in (world.BUILDER_ROLE, world.SERVICE_ROLE)}


def resource_of(operation: str, parameters: dict[str, Any]) -> str:
    if "PolicySourceArn" in parameters:
        return str(parameters["PolicySourceArn"])
    if "Bucket" in parameters:
        return f"arn:aws:s3:::{parameters['Bucket']}"
    if "RoleName" in parameters:
        return REAL[parameters["RoleName"]]
    if "UserName" in parameters or operation == "GetAccessKeyLastUsed":
        return f"arn:aws:iam::{world.ACCOUNT}:user/{parameters.get('UserName', 'mateojackson')}"
    if "GroupName" in parameters:
        return f"arn:aws:iam::{world.ACCOUNT}:group/{parameters['GroupName']}"
    if "Path" in parameters:
        return f"arn:aws:iam::{world.ACCOUNT}:policy{parameters['Path']}{parameters['PolicyName']}"
    return str(parameters.get("PolicyArn") or parameters.get("KeyId") or "*")
