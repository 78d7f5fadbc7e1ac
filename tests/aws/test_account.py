"""A whole account: read in pages, kept for some minutes, and asked who else may make a call."""

import os
import sys
import threading
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.aws.accounts import ACCOUNT, OPERATION, GeneratedAccount, arn, generate
from tests.aws.faulty import Door, faulty_door
from tests.aws.wire import wire
from tests.sandbox import settings_of
from troubleshoot.aws import account_reads, shelf
from troubleshoot.aws.facts import Answers
from troubleshoot.aws.gateway import answers_for, forget, reader_for
from troubleshoot.aws.sandbox import world
from troubleshoot.aws.sandbox.process import Sandbox
from troubleshoot.iam import Outcome, Request, condition_keys, decide, request_context
from troubleshoot.iam.account import AccountSnapshot
from troubleshoot.iam.roles import roles_usable_by, who_can
from troubleshoot.iam.snapshot import Missing, Snapshot

DEEP = bool(os.environ.get("ACCESS_DESK_DEEP"))
USERS, ROLES, POLICIES, PAGE = (5000, 1000, 1500, 100) if DEEP else (50, 20, 15, 20)
SCHEMAS = Request(arn("user", "user-0"), "personalize:ListSchemas", "*", wildcard_only=True)
OPEN = Snapshot(ACCOUNT, "", "", vpc_endpoint=None)


@pytest.fixture
def door(seeded_sandbox: Sandbox) -> Iterator[Door]:
    forget()
    with faulty_door(seeded_sandbox.endpoint_url) as opened:
        yield opened
    forget()


@pytest.fixture
def answers(door: Door, seeded_sandbox: Sandbox) -> Answers:
    return answers_for(replace(settings_of(seeded_sandbox), endpoint_url=door.url))


def when_read(answers: Answers) -> AccountSnapshot:
    """Return the account as soon as it is read, as somebody would who checks again."""
    deadline = time.monotonic() + 90
    while isinstance(found := answers.account(), Missing):
        assert found.why == shelf.STILL_READING, found.why
        assert time.monotonic() < deadline
    return found


def serve(door: Door, account: GeneratedAccount, page: int = PAGE) -> int:
    door.answers[OPERATION] = account.pages(page)
    return len(door.answers[OPERATION])


def test_the_sandboxs_account_is_read_as_a_reader_of_each_principal_reads_it(seeded_sandbox: Sandbox) -> None:
    settings = settings_of(seeded_sandbox)
    account = when_read(answers_for(settings))
    for principal in (world.MATEO, world.MARY, world.BUILDER_ROLE, world.SERVICE_ROLE):
        alone = reader_for(settings).snapshot(principal, action="personalize:ListSchemas", resource="*")
        state = account.principal(principal)
        assert state is not None
        built = account.snapshot_of(state, beside=alone)
        for name in ("boundary", "groups", "path", "scps", "tags"):
            assert getattr(built, name) == getattr(alone, name), name
        assert isinstance(built.identity, tuple)
        assert isinstance(alone.identity, tuple)
        assert set(built.identity) == set(alone.identity)


def test_a_big_account_is_read_in_pages_within_bounds(
    door: Door, answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = serve(door, generate(USERS, ROLES, POLICIES))
    tracemalloc.start()
    begun = time.perf_counter()
    account = when_read(answers)
    seconds = time.perf_counter() - begun
    held, peak = (size / 2**20 for size in tracemalloc.get_traced_memory())
    tracemalloc.stop()
    assert (len(account.users), len(account.roles)) == (USERS, ROLES)
    assert door.calls.count(OPERATION) == pages
    assert seconds < 60
    assert peak < 200
    figures = {"pages": pages, "seconds, memory traced": seconds, "MB held": held, "MB at the peak": peak}
    begun = time.perf_counter()
    [way] = roles_usable_by(account, arn("user", "user-0"), SCHEMAS, beside=OPEN)
    figures["seconds for roles"] = time.perf_counter() - begun
    assert way.chain == (arn("role", "role-1"), arn("role", "role-2"))
    assert way.is_certain
    begun = time.perf_counter()
    able = who_can(account, SCHEMAS, beside=OPEN)
    figures["seconds for who can"] = time.perf_counter() - begun
    everything = {arn("user", f"user-{number}") for number in range(7, USERS, 1000)}
    assert {one.arn for one in able} == everything | {arn("role", "role-2")}
    assert sum(value for name, value in figures.items() if name.startswith("seconds for")) < 20
    if DEEP:
        with capsys.disabled():
            sys.stdout.write("\n" + ", ".join(f"{name}: {value:.1f}" for name, value in figures.items()) + "\n")


def test_only_default_versions_of_policies_in_use_are_kept(door: Door, answers: Answers) -> None:
    serve(door, generate(4, 3, 60))
    account = when_read(answers)
    assert 0 < len(account.policies) < 60
    policy = next(iter(account.policies.values()))
    assert (policy.version, policy.versions) == ("v2", ("v2", "v1"))
    assert "old:" not in policy.document


def test_a_kept_account_is_not_read_again_unless_asked(
    door: Door, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(door, generate(3, 3, 3), page=100)
    first = when_read(answers)
    assert answers.account() is first
    assert answers.account(fresh=True) is first  # read just now
    monkeypatch.setattr(shelf, "_JUST_NOW", 0.0)
    assert answers.account(fresh=True) is not first
    assert door.calls.count(OPERATION) == 2


def test_many_who_ask_at_once_cause_one_reading(door: Door, answers: Answers) -> None:
    serve(door, generate(3, 3, 3), page=100)
    threads = [threading.Thread(target=answers.account) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert isinstance(answers.account(), AccountSnapshot)
    assert door.calls.count(OPERATION) == 1


def test_a_slow_reading_goes_on_in_the_background(
    door: Door, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(door, generate(30, 30, 30), page=1)
    with monkeypatch.context() as impatient:
        impatient.setattr(shelf, "_PATIENCE", 0.0)
        assert answers.account() == Missing(shelf.STILL_READING)
    assert len(when_read(answers).users) == 30


def test_an_account_larger_than_memory_allows_is_not_kept(
    door: Door, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_reads, "MOST_CHARACTERS", 1000)
    serve(door, generate(10, 10, 10))
    found = answers.account()
    assert isinstance(found, Missing)
    assert "larger" in found.why


@pytest.mark.parametrize("left_out", ["Arn", "UserName", "GroupList", "AttachedManagedPolicies"])
def test_an_answer_with_a_hole_is_no_account(door: Door, answers: Answers, left_out: str) -> None:
    generated = generate(3, 2, 3)
    del generated.lists["UserDetailList"][1][left_out]
    serve(door, generated)
    assert isinstance(answers.account(), Missing)


def test_a_listed_policy_without_its_default_version_is_no_account(door: Door, answers: Answers) -> None:
    generated = generate(3, 2, 3)
    generated.lists["Policies"][0]["PolicyVersionList"] = []
    serve(door, generated)
    assert isinstance(answers.account(), Missing)


def test_an_empty_account_is_an_account(door: Door, answers: Answers) -> None:
    door.answers[OPERATION] = [wire("iam", OPERATION, {"IsTruncated": False})]
    assert when_read(answers).users == {}


@pytest.mark.parametrize("action", ["s3:ListThing", "glue:GetThing", "lambda:PutThing", "nothing:Here"])
def test_who_can_is_what_each_principals_own_snapshot_says(action: str) -> None:
    account = unpaged(generate(60, 20, 25))
    call = Request("", action, f"arn:aws:{action.partition(':')[0]}:us-east-1:{ACCOUNT}:thing/7/x")
    found = {one.arn: one.outcome for one in who_can(account, call, beside=OPEN)}
    for state in (*account.users.values(), *account.roles.values()):
        policies = account.snapshot_of(state, beside=OPEN).policy_set()
        context = {**request_context(state.arn, tags=state.tags)}
        asked = condition_keys(policies) - {key.lower() for key in context}
        own = replace(call, principal=state.arn, context=context, unknown_keys=frozenset(asked))
        outcome = decide(own, policies)
        expected = None if outcome in (Outcome.IMPLICIT_DENY, Outcome.EXPLICIT_DENY) else outcome
        assert found.get(state.arn) == expected, state.arn


def unpaged(generated: GeneratedAccount) -> AccountSnapshot:
    class Everything:
        def whole_pages(self, *_: object, **__: object) -> Iterator[object]:
            yield generated.lists

    return account_reads.read_account(Everything(), ACCOUNT)  # type: ignore[arg-type]
