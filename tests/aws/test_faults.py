"""AWS misbehaves: each fault, on each call, ends in a `Missing` or an `AwsProblem` with words, in bounded time."""

import os
import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from tests.aws.faulty import Door, Fault, faulty_door
from tests.aws.wire import wire
from tests.sandbox import settings_of
from troubleshoot.aws import connect, reading, sessions
from troubleshoot.aws.answers import NotAnswered
from troubleshoot.aws.connect import permission_of
from troubleshoot.aws.errors import ProblemKind, problem
from troubleshoot.aws.facts import Answers
from troubleshoot.aws.gateway import (
    AccountSettings,
    AwsProblem,
    Reader,
    Writer,
    answers_for,
    forget,
    reader_for,
    writer_for,
)
from troubleshoot.aws.raised import told
from troubleshoot.aws.sandbox import world
from troubleshoot.aws.sandbox.process import Sandbox
from troubleshoot.aws.turns import BUSY, MOST_AT_ONCE, TURNS
from troubleshoot.iam import Request
from troubleshoot.iam.snapshot import Missing, Snapshot

DOCUMENT = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "a:B", "Resource": "*"}]}'

KIND_OF: dict[Fault, set[ProblemKind]] = {
    "throttled": {ProblemKind.THROTTLED},
    "denied": {ProblemKind.ACCESS_DENIED},
    "expired": {ProblemKind.EXPIRED},
    "bad_key": {ProblemKind.BAD_CREDENTIALS},
    "failed": {ProblemKind.AWS_FAILED},
    "garbage": {ProblemKind.BAD_ANSWER},
    "half": {ProblemKind.BAD_ANSWER, ProblemKind.UNREACHABLE},
    "dropped": {ProblemKind.UNREACHABLE},
    "dropped_after": {ProblemKind.UNREACHABLE},
    "slow": {ProblemKind.TIMED_OUT},
}
FAULTS = list(KIND_OF)
DEEP = bool(os.environ.get("ACCESS_DESK_DEEP"))
QUICK: list[Fault] = FAULTS if DEEP else ["denied", "half", "dropped"]


def matrix(calls: Iterable[str]) -> list[tuple[str, Fault]]:
    """Return each call with each fault in the deep run; else a tenth, with each call once and each fault on some."""
    if DEEP:
        return [(call, fault) for call in calls for fault in FAULTS]
    return [(call, FAULTS[number % len(FAULTS)]) for number, call in enumerate(calls)]


# Each call of a snapshot, and the pieces that cannot be known without it.
NEEDED_BY = {
    "AssumeRole": {"exists", "groups", "identity", "boundary", "scps", "rcps"},
    "GetUser": {"exists", "boundary"},
    "ListGroupsForUser": {"groups", "identity"},
    "ListUserPolicies": {"identity"},
    "GetUserPolicy": {"identity"},
    "ListAttachedUserPolicies": {"identity"},
    "ListGroupPolicies": {"identity"},
    "GetGroupPolicy": {"identity"},
    "ListAttachedGroupPolicies": {"identity"},
    "GetPolicy": {"identity", "boundary"},
    "GetPolicyVersion": {"identity", "boundary"},
    "DescribeOrganization": {"scps", "rcps"},
    "ListRoots": {"scps", "rcps"},
    "ListParents": {"scps", "rcps"},
    "ListPoliciesForTarget": {"scps", "rcps"},
    "DescribePolicy": {"scps", "rcps"},
}
PIECES = ("exists", "groups", "identity", "boundary", "scps", "rcps")


@pytest.fixture
def door(request: pytest.FixtureRequest, seeded_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """A misbehaving door in front of the sandbox, and a portal that tries every call once only."""
    parameters = getattr(request.node, "callspec", None)
    slow = parameters is not None and parameters.params.get("fault") == "slow"
    once = Config(connect_timeout=2, read_timeout=2 if slow else 30, retries={"total_max_attempts": 1})
    monkeypatch.setattr(sessions, "_CONFIG", once)
    monkeypatch.setattr(connect, "_REST", 0.0)
    forget()
    with faulty_door(seeded_sandbox.endpoint_url) as opened:
        yield opened
    forget()


def behind(door: Door, running: Sandbox) -> AccountSettings:
    return replace(settings_of(running), endpoint_url=door.url)


def read(reader: Reader) -> Snapshot:
    return reader.snapshot(world.MATEO, action="personalize:ListSchemas", resource="*")


@pytest.mark.parametrize("fault", QUICK)
def test_a_bucket_policy_is_missing_with_words(door: Door, seeded_sandbox: Sandbox, fault: Fault) -> None:
    door.faults["GetBucketPolicy"] = fault
    reader = reader_for(behind(door, seeded_sandbox))
    snapshot = reader.snapshot(world.MATEO, action="s3:GetObject", resource=f"arn:aws:s3:::{world.DATA_BUCKET}/x")
    assert isinstance(snapshot.resource, Missing)
    assert isinstance(snapshot.rcps, Missing)
    assert plain(snapshot.resource.why)


def test_every_call_of_a_snapshot_is_in_the_table(door: Door, seeded_sandbox: Sandbox) -> None:
    read(reader_for(behind(door, seeded_sandbox)))
    assert set(door.calls) - {"DescribeAccount", "DescribeOrganizationalUnit"} == set(NEEDED_BY)


@pytest.mark.parametrize(("operation", "fault"), matrix(NEEDED_BY))
def test_a_piece_that_could_not_be_read_is_missing(
    door: Door, seeded_sandbox: Sandbox, operation: str, fault: Fault
) -> None:
    door.faults[operation] = fault
    snapshot = read(reader_for(behind(door, seeded_sandbox)))
    missing = {name for name in PIECES if isinstance(getattr(snapshot, name), Missing)}
    assert missing >= NEEDED_BY[operation]
    assert all(plain(getattr(snapshot, name).why) for name in missing)


@pytest.mark.parametrize("operation", NEEDED_BY if DEEP else ["AssumeRole", "GetUser", "GetPolicy", "DescribePolicy"])
def test_a_refused_call_names_the_permission_that_would_help(
    door: Door, seeded_sandbox: Sandbox, operation: str
) -> None:
    door.faults[operation] = "denied"
    snapshot = read(reader_for(behind(door, seeded_sandbox)))
    for name in NEEDED_BY[operation]:
        piece = getattr(snapshot, name)
        assert piece.permission.endswith(f":{operation}")
        assert piece.permission in piece.why
    assert {name for name in PIECES if isinstance(getattr(snapshot, name), Missing)} == NEEDED_BY[operation]


@pytest.mark.parametrize("operation", ["DescribeAccount", "DescribeOrganizationalUnit"])
def test_a_name_that_may_not_be_read_costs_nothing_else(door: Door, seeded_sandbox: Sandbox, operation: str) -> None:
    door.faults[operation] = "denied"
    assert isinstance(read(reader_for(behind(door, seeded_sandbox))).scps, tuple)


@pytest.mark.parametrize("fault", QUICK)
def test_the_keys_of_a_user_are_missing_with_words(door: Door, seeded_sandbox: Sandbox, fault: Fault) -> None:
    door.faults["ListAccessKeys"] = fault
    keys = reader_for(behind(door, seeded_sandbox)).access_keys(world.MATEO)
    assert isinstance(keys, Missing)
    assert plain(keys.why)


def test_a_keys_last_use_may_be_missing_alone(door: Door, seeded_sandbox: Sandbox) -> None:
    door.faults["GetAccessKeyLastUsed"] = "denied"
    keys = reader_for(behind(door, seeded_sandbox)).access_keys(world.MATEO)
    assert isinstance(keys, tuple)
    assert all(isinstance(key.last_used, Missing) for key in keys)


@pytest.mark.parametrize("fault", QUICK)
def test_a_role_is_missing_with_words(door: Door, seeded_sandbox: Sandbox, fault: Fault) -> None:
    door.faults["GetRole"] = fault
    role = reader_for(behind(door, seeded_sandbox)).role(world.SERVICE_ROLE)
    assert isinstance(role, Missing)
    assert plain(role.why)


WRITES: dict[str, Callable[[Writer, str], object]] = {
    "CreatePolicy": lambda writer, arn: writer.create_policy(arn.rsplit("/", 1)[-1], DOCUMENT, {"a": "b"}),
    "GetUser": lambda writer, arn: writer.attach(arn, world.MATEO),
    "ListAttachedUserPolicies": lambda writer, arn: writer.attach(arn, world.MATEO),
    "AttachUserPolicy": lambda writer, arn: writer.attach(arn, world.MATEO),
    "AttachRolePolicy": lambda writer, arn: writer.attach(arn, world.BUILDER_ROLE),
    "DetachUserPolicy": lambda writer, arn: writer.detach(arn, world.MARY),
    "DeletePolicy": lambda writer, arn: writer.delete_policy(arn),
    "GetPolicy": lambda writer, arn: writer.policy_document(arn),
    "GetPolicyVersion": lambda writer, arn: writer.policy_document(arn),
    "ListEntitiesForPolicy": lambda writer, arn: writer.holders(arn),
}


@pytest.fixture
def policy_arn(seeded_sandbox: Sandbox) -> Iterator[str]:
    """A policy of the portal's, attached to Mary; afterwards it is gone, whatever became of it."""
    writer = writer_for(settings_of(seeded_sandbox))
    arn = writer.create_policy("AD-FAULT", DOCUMENT, {})
    writer.attach(arn, world.MARY)
    yield arn
    for principal in (world.MATEO, world.MARY, world.BUILDER_ROLE):
        writer.detach(arn, principal)
    writer.delete_policy(arn)


@pytest.mark.parametrize(("operation", "fault"), matrix(WRITES))
def test_a_write_that_fails_tells_its_kind_and_can_be_repeated(
    door: Door, seeded_sandbox: Sandbox, policy_arn: str, operation: str, fault: Fault
) -> None:
    writer = writer_for(behind(door, seeded_sandbox))
    if operation == "DeletePolicy":
        writer.detach(policy_arn, world.MARY)
    door.faults[operation] = fault
    with pytest.raises(AwsProblem) as found:
        WRITES[operation](writer, policy_arn)
    assert found.value.kind in KIND_OF[fault]
    assert found.value.retryable is (fault not in ("denied", "bad_key"))
    assert plain(found.value.words)
    door.faults.clear()
    WRITES[operation](writer, policy_arn)


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_has_its_kind(door: Door, seeded_sandbox: Sandbox, policy_arn: str, fault: Fault) -> None:
    door.faults["GetPolicy"] = fault
    with pytest.raises(AwsProblem) as found:
        writer_for(behind(door, seeded_sandbox)).policy_document(policy_arn)
    assert found.value.kind in KIND_OF[fault]


def test_a_connection_that_failed_rests_before_it_is_tried_again(
    door: Door, seeded_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "_REST", 60.0)
    reader = reader_for(behind(door, seeded_sandbox))
    door.faults["GetUser"] = "dropped"
    assert isinstance(read(reader).exists, Missing)
    made = len(door.calls)
    assert isinstance(read(reader).exists, Missing)
    assert len(door.calls) == made


def test_nobody_listening_is_told_at_once_for_every_piece(
    monkeypatch: pytest.MonkeyPatch, seeded_sandbox: Sandbox
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings = replace(settings_of(seeded_sandbox), endpoint_url=f"http://127.0.0.1:{unused.getsockname()[1]}")
        begun = monotonic()
        snapshot = read(reader_for(settings))
        with pytest.raises(AwsProblem) as found:
            writer_for(settings).policy_document(f"arn:aws:iam::{world.ACCOUNT}:policy/portal-managed/AD-1")
    assert all("could not be reached" in getattr(snapshot, name).why for name in PIECES)
    assert (found.value.kind, found.value.retryable) == (ProblemKind.UNREACHABLE, True)
    assert monotonic() - begun < 60


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (EndpointConnectionError(endpoint_url="https://iam.example", error="refused"), ProblemKind.UNREACHABLE),
        (ConnectTimeoutError(endpoint_url="https://iam.example"), ProblemKind.UNREACHABLE),
        (ProxyConnectionError(proxy_url="https://proxy.example", error="x"), ProblemKind.UNREACHABLE),
        (SSLError(endpoint_url="https://iam.example", error="x"), ProblemKind.UNREACHABLE),
        (IncompleteReadError(actual_bytes=1, expected_bytes=2), ProblemKind.UNREACHABLE),
        (ReadTimeoutError(endpoint_url="https://iam.example"), ProblemKind.TIMED_OUT),
    ],
)
def test_a_call_without_an_answer_is_tried_again_and_called_no_refusal(error: Exception, kind: ProblemKind) -> None:
    with pytest.raises(AwsProblem) as found, told("iam:CreatePolicy"):
        raise error
    assert (found.value.kind, found.value.retryable) == (kind, True)
    assert "refused" not in found.value.words


def test_where_aws_never_answered_no_refusal_is_told() -> None:
    with pytest.raises(AwsProblem) as found, told("iam:CreatePolicy"):
        raise BotoCoreError
    assert "refused" not in found.value.words
    assert plain(found.value.words)


ASKS: dict[str, Callable[[Answers], object]] = {
    "SimulatePrincipalPolicy": lambda answers: answers.simulate(CALL),
    "SimulateCustomPolicy": lambda answers: answers.simulate_documents(CALL, (DOCUMENT,)),
    "GetRequestAuthorizationDetails": lambda answers: answers.authorization_details("abc"),
    "DecodeAuthorizationMessage": lambda answers: answers.decode("message"),
    "ValidatePolicy": lambda answers: answers.validate(DOCUMENT),
    "CheckNoNewAccess": lambda answers: answers.new_access(DOCUMENT, DOCUMENT),
    "LookupEvents": lambda answers: answers.denied_events(world.MATEO),
    "GetAccountAuthorizationDetails": lambda answers: answers.account(fresh=True),
}
CALL = Request(world.MATEO, "personalize:ListSchemas", "*")
# What moto lacks and the sandbox does not answer by itself.
SCRIPTED: dict[str, tuple[str, dict[str, Any]]] = {
    "GetRequestAuthorizationDetails": ("iam-toolbox", {"requestContext": {}, "evaluations": [], "policies": []}),
    "DecodeAuthorizationMessage": ("sts", {"DecodedMessage": "{}"}),
    "ValidatePolicy": ("accessanalyzer", {"findings": []}),
    "CheckNoNewAccess": ("accessanalyzer", {"result": "PASS", "message": "no new access"}),
}


@pytest.mark.parametrize(("operation", "fault"), [*matrix(ASKS), ("SimulatePrincipalPolicy", "slow")])
def test_an_answer_that_aws_does_not_give_is_told_in_words(
    door: Door, seeded_sandbox: Sandbox, operation: str, fault: Fault
) -> None:
    door.answers |= {name: [wire(service, name, values)] for name, (service, values) in SCRIPTED.items()}
    answers = answers_for(behind(door, seeded_sandbox))
    door.faults[operation] = fault
    begun = monotonic()
    told_of = ASKS[operation](answers)
    assert isinstance(told_of, NotAnswered | Missing)
    assert plain(told_of.why)
    assert isinstance(told_of, Missing) or told_of.kind in KIND_OF[fault]
    assert told_of.permission == (permission_of(CLIENT_OF[operation], operation) if fault == "denied" else None)
    assert monotonic() - begun < 10
    door.faults.clear()
    assert not isinstance(ASKS[operation](answers), NotAnswered | Missing)


CLIENT_OF = dict.fromkeys(ASKS, "iam") | {
    "GetRequestAuthorizationDetails": "iam-toolbox",
    "DecodeAuthorizationMessage": "sts",
    "ValidatePolicy": "accessanalyzer",
    "CheckNoNewAccess": "accessanalyzer",
    "LookupEvents": "cloudtrail",
}


def test_an_optional_service_that_is_down_leaves_the_reading_alone(
    door: Door, seeded_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "_REST", 60.0)
    settings = behind(door, seeded_sandbox)
    door.faults["LookupEvents"] = "dropped"
    assert isinstance(answers_for(settings).denied_events(world.MATEO), NotAnswered)
    assert read(reader_for(settings)).exists is True


def test_where_all_turns_are_taken_an_answer_is_not_waited_for(door: Door, seeded_sandbox: Sandbox) -> None:
    answers = answers_for(behind(door, seeded_sandbox))
    with ThreadPoolExecutor(MOST_AT_ONCE) as others:
        gate = threading.Barrier(MOST_AT_ONCE + 1)
        for _ in range(MOST_AT_ONCE):
            others.submit(hold_a_turn, gate)
        gate.wait()
        told_of = answers.simulate(CALL)
        gate.wait()
    assert isinstance(told_of, NotAnswered)
    assert told_of.why == BUSY
    assert door.calls == []


def hold_a_turn(gate: threading.Barrier) -> None:
    with TURNS.taken():
        gate.wait()
        gate.wait()


def test_a_throttled_call_is_tried_again(seeded_sandbox: Sandbox) -> None:
    forget()
    with faulty_door(seeded_sandbox.endpoint_url) as door:
        door.faults["GetUser"] = "throttled"
        door.remaining["GetUser"] = 1
        assert read(reader_for(behind(door, seeded_sandbox))).exists is True
        assert door.calls.count("GetUser") == 2


def test_a_reading_gives_up_together_when_its_time_is_over(
    seeded_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PATIENCE", 3.0)
    monkeypatch.setattr(sessions, "_CONFIG", Config(read_timeout=60, retries={"total_max_attempts": 1}))
    forget()
    with faulty_door(seeded_sandbox.endpoint_url, slow_seconds=60) as door:
        door.faults["DescribePolicy"] = "slow"
        begun = monotonic()
        snapshot = read(reader_for(behind(door, seeded_sandbox)))
        assert monotonic() - begun < 25
    assert isinstance(snapshot.scps, Missing)
    assert "in time" in snapshot.scps.why


def test_an_expired_session_is_signed_in_anew(door: Door, seeded_sandbox: Sandbox) -> None:
    reader = reader_for(behind(door, seeded_sandbox))
    door.faults["GetUser"] = "expired"
    assert isinstance(read(reader).exists, Missing)
    door.faults.clear()
    assert read(reader).exists is True
    assert door.calls.count("AssumeRole") == 2


def test_a_session_is_kept_between_readings(door: Door, seeded_sandbox: Sandbox) -> None:
    for _ in range(3):
        read(reader_for(behind(door, seeded_sandbox), case="AD-1"))
    assert door.calls.count("AssumeRole") == 1


def test_one_bad_account_does_not_hurt_another(door: Door, seeded_sandbox: Sandbox) -> None:
    good = settings_of(seeded_sandbox)
    bad = replace(good, reader_role_arn=f"arn:aws:iam::{world.ACCOUNT}:role/portal/Gone")
    assert isinstance(read(reader_for(bad)).identity, Missing)
    assert isinstance(read(reader_for(good)).identity, tuple)


def test_without_credentials_every_piece_is_missing(
    door: Door, seeded_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    forget()
    snapshot = read(reader_for(behind(door, seeded_sandbox)))
    assert isinstance(snapshot.identity, Missing)
    assert "credentials" in snapshot.identity.why


@pytest.mark.parametrize("kind", [kind for kind in ProblemKind if kind is not ProblemKind.NOT_WRITABLE])
def test_every_problem_has_plain_words(kind: ProblemKind) -> None:
    assert plain(problem(kind, "iam:GetUser", code="Code").words)


def plain(words: str) -> bool:
    """Tell whether there are words, and no sentence over 25 of them."""
    return bool(words) and all(len(sentence.split()) <= 25 for sentence in re.split(r"(?<=[.!?])\s", words))
