"""A kept reading: it serves pages for a while, says its age, and never stands in for a verification."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.aws.faulty import Door, faulty_door
from tests.sandbox import settings_of
from troubleshoot.aws import kept_readings
from troubleshoot.aws.gateway import AccountSettings, forget, reader_for
from troubleshoot.aws.kept_readings import Readings, is_whole
from troubleshoot.aws.sandbox import world
from troubleshoot.aws.sandbox.process import Sandbox
from troubleshoot.iam.snapshot import Missing, Snapshot

ORGANIZATION = {"DescribeOrganization", "ListRoots", "ListParents", "ListPoliciesForTarget", "DescribePolicy"}


@pytest.fixture
def door(seeded_sandbox: Sandbox) -> Iterator[Door]:
    forget()
    with faulty_door(seeded_sandbox.endpoint_url) as opened:
        yield opened
    forget()


@pytest.fixture
def settings(door: Door, seeded_sandbox: Sandbox) -> AccountSettings:
    return replace(settings_of(seeded_sandbox), endpoint_url=door.url)


def read(settings: AccountSettings, max_age: float | None, principal: str = world.MATEO) -> Snapshot:
    reader = reader_for(settings, max_age=max_age)
    return reader.snapshot(principal, action="personalize:ListSchemas", resource="*")


def test_a_page_gets_the_same_reading_for_a_while(door: Door, settings: AccountSettings) -> None:
    first = read(settings, 60)
    assert read(settings, 60) is first
    assert door.calls.count("GetUser") == 1


def test_check_again_reads_anew_and_the_next_page_gets_that(door: Door, settings: AccountSettings) -> None:
    read(settings, 60)
    fresh = read(settings, 0)
    assert read(settings, 60) is fresh
    assert door.calls.count("GetUser") == 2


def test_a_reading_without_an_age_remembers_nothing(door: Door, settings: AccountSettings) -> None:
    read(settings, 60)
    read(settings, None)
    read(settings, None)
    assert door.calls.count("GetUser") == 3


def test_the_organization_is_not_read_again_for_another_principal(door: Door, settings: AccountSettings) -> None:
    first = read(settings, 60)
    asked = len([call for call in door.calls if call in ORGANIZATION])
    second = read(settings, 60, world.MARY)
    assert second.scps == first.scps
    assert len([call for call in door.calls if call in ORGANIZATION]) == asked
    assert second.read_at <= first.read_at  # as old as the oldest piece
    read(settings, 0, world.MARY)
    assert len([call for call in door.calls if call in ORGANIZATION]) == 2 * asked


def test_what_could_not_be_read_of_the_organization_is_asked_again(door: Door, settings: AccountSettings) -> None:
    door.faults["DescribePolicy"] = "denied"
    assert isinstance(read(settings, 60).scps, Missing)
    door.faults.clear()
    assert isinstance(read(settings, 60, world.MARY).scps, tuple)


def test_each_principal_and_each_call_has_its_own_reading(settings: AccountSettings) -> None:
    assert read(settings, 60).principal == world.MATEO
    assert read(settings, 60, world.MARY).principal == world.MARY
    other = reader_for(settings, max_age=60).snapshot(
        world.MATEO, action="s3:GetObject", resource=f"arn:aws:s3:::{world.DATA_BUCKET}/x"
    )
    assert other.resource != read(settings, 60).resource


def test_no_reading_is_older_than_five_minutes(settings: AccountSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read(settings, 3600)
    monkeypatch.setattr(kept_readings, "LONGEST", -1)
    assert read(settings, 3600) is not first


def test_a_reading_that_went_wrong_serves_nobody_again(door: Door, settings: AccountSettings) -> None:
    door.faults["ListUserPolicies"] = "dropped"
    assert isinstance(read(settings, 60).identity, Missing)
    door.faults.clear()
    forget()  # the connection rests after what happened
    assert isinstance(read(settings, 60).identity, tuple)


def test_a_refused_permission_is_no_reason_to_ask_again_at_once(door: Door, settings: AccountSettings) -> None:
    door.faults["ListRoots"] = "denied"
    first = read(settings, 60)
    assert isinstance(first.scps, Missing)
    assert read(settings, 60) is first


@pytest.mark.parametrize("name", ["exists", "groups", "identity", "boundary", "scps", "rcps", "resource"])
def test_a_piece_that_is_missing_for_a_passing_reason_makes_a_reading_partial(name: str) -> None:
    whole = Snapshot("123456789012", world.MATEO, "")
    assert is_whole(whole)
    assert not is_whole(replace(whole, **{name: Missing("AWS did not answer")}))  # type: ignore[arg-type]
    assert is_whole(replace(whole, **{name: Missing("refused", "iam:GetUser")}))  # type: ignore[arg-type]


def test_only_so_many_readings_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_readings, "_MOST", 2)
    readings = Readings()
    for number in range(3):
        readings.put(number, Snapshot(str(number), "", ""))
    assert [readings.get(number, 60) is not None for number in range(3)] == [False, True, True]
