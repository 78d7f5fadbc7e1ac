"""A hundred accounts with one planted cause each: the diagnosis names its layer, its policy and its statement."""

import json
import os
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from tests.aws.planted import ACCOUNT, Planted, accounts
from tests.sandbox import settings_of
from troubleshoot.access.explain import explain
from troubleshoot.access.permissions import Sight
from troubleshoot.aws.gateway import reader_for
from troubleshoot.aws.sandbox.process import Sandbox
from troubleshoot.aws.sandbox.seed import client, unguarded
from troubleshoot.denial import parse
from troubleshoot.iam import Decision, Layer, Outcome, evaluate
from troubleshoot.iam.snapshot import Snapshot, StoredPolicy, from_data

ACCOUNTS = tuple(accounts())
DEEP = bool(os.environ.get("ACCESS_DESK_DEEP"))
# The places that moto keeps, each with some of the causes: these are put into the sandbox and really read.
READ = [
    planted
    for planted in ACCOUNTS
    if planted.name.startswith(("identity", "boundary")) and "old version" not in planted.name
][:: 1 if DEEP else 9]


def test_there_are_a_hundred_and_each_is_another() -> None:
    assert len(ACCOUNTS) == 100
    assert len({planted.name for planted in ACCOUNTS}) == 100


@pytest.mark.parametrize("planted", ACCOUNTS, ids=str)
def test_the_planted_statement_is_named(planted: Planted) -> None:
    assert_named(planted, planted.snapshot)


@pytest.mark.parametrize("planted", ACCOUNTS, ids=str)
def test_the_diagnosis_of_the_message_shows_the_planted_statement(planted: Planted) -> None:
    """Of the call's context the portal knows only what follows from the principal, as with a real message."""
    reading = parse(message(planted))
    answer = explain(
        facts=reading.denials[0],
        reading=reading,
        account=None,
        viewer=None,
        sight=Sight(live=True, policy_text=True, every_policy_text=True),
        snapshot=planted.snapshot,
        not_live_because="",
        at=datetime.fromisoformat(planted.snapshot.read_at),
    )
    first = answer.statements[0].reason
    assert (first.policy, first.index) == (planted.policy, planted.index)
    gate = next(gate for gate in answer.gates if gate.layer is planted.layer)
    assert gate.effect is planted.effect


@pytest.mark.parametrize("planted", [one for one in ACCOUNTS if one.effect == "explicit"][::3], ids=str)
def test_without_the_planted_deny_the_call_is_allowed(planted: Planted) -> None:
    assert evaluate(planted.call, without_deny(planted.snapshot).policy_set()).outcome is Outcome.ALLOWED


@pytest.mark.parametrize("planted", READ, ids=str)
def test_it_is_named_from_what_the_reader_reads(sandbox: Sandbox, planted: Planted) -> None:
    put(sandbox, planted)
    read = reader_for(settings_of(sandbox)).snapshot(
        planted.call.principal, action=planted.call.action, resource=planted.call.resource
    )
    assert_named(planted, replace(read, vpc_endpoint=None))


def assert_named(planted: Planted, snapshot: Snapshot) -> None:
    decision: Decision = evaluate(planted.call, snapshot.policy_set())
    assert [(result.layer, result.effect) for result in decision.stopping] == [(planted.layer, planted.effect)]
    [result] = decision.stopping
    named = (result.deciding or result.near_misses)[0]
    assert (named.policy, named.index) == (planted.policy, planted.index)
    assert result.level == planted.level
    if planted.effect == "implicit":
        assert any(element.verdict != "match" for element in named.elements)


LAYER_WORDS = {
    Layer.IDENTITY: "identity-based policy",
    Layer.BOUNDARY: "permissions boundary",
    Layer.SCPS: "service control policy",
    Layer.RCPS: "resource control policy",
    Layer.RESOURCE: "resource-based policy",
    Layer.SESSION: "session policy",
}


def message(planted: Planted) -> str:
    """Return what AWS would have said."""
    call, words = planted.call, LAYER_WORDS[planted.layer]
    head = f"User: {call.principal} is not authorized to perform: {call.action} on resource: {call.resource}"
    if planted.effect == "explicit":
        return f"{head} with an explicit deny in a {words}"
    return f"{head} because no {words} allows the {call.action} action"


def without_deny(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with every planted Deny turned away."""
    text = json.dumps(snapshot.as_data()).replace('\\"Effect\\": \\"Deny\\"', '\\"Effect\\": \\"Allow\\"')
    return from_data(json.loads(text))


def put(sandbox: Sandbox, planted: Planted) -> None:
    """Put the account's identity-based policies and its boundary into the sandbox, in Mateo's place."""
    with unguarded(sandbox.endpoint_url):
        iam = client("iam", sandbox.endpoint_url)
        user = {"UserName": "mateojackson"}
        for name in iam.list_user_policies(**user)["PolicyNames"]:
            iam.delete_user_policy(**user, PolicyName=name)
        iam.remove_user_from_group(**user, GroupName="ml-readers")
        iam.delete_user_permissions_boundary(**user)
        assert isinstance(planted.snapshot.identity, tuple)
        for policy in planted.snapshot.identity:
            put_policy(iam, policy)
        if isinstance(planted.snapshot.boundary, StoredPolicy):
            made = iam.create_policy(PolicyName="Limit", PolicyDocument=planted.snapshot.boundary.document)
            iam.put_user_permissions_boundary(**user, PermissionsBoundary=made["Policy"]["Arn"])


def put_policy(iam: Any, policy: StoredPolicy) -> None:
    in_group = policy.attached_to == f"arn:aws:iam::{ACCOUNT}:group/builders"
    if in_group:
        iam.create_group(GroupName="builders")
        iam.add_user_to_group(GroupName="builders", UserName="mateojackson")
    holder = {"GroupName": "builders"} if in_group else {"UserName": "mateojackson"}
    word = "group" if in_group else "user"
    if policy.kind == "managed":
        made = iam.create_policy(PolicyName=policy.name, PolicyDocument=policy.document)
        getattr(iam, f"attach_{word}_policy")(**holder, PolicyArn=made["Policy"]["Arn"])
    else:
        getattr(iam, f"put_{word}_policy")(**holder, PolicyName=policy.name, PolicyDocument=policy.document)
