"""The snapshot: kept as data, replayed as policies, and honest about what is missing."""

import json

import pytest

from tests.iam.build import ACCOUNT, OBJECT, USER, allow, doc
from troubleshoot.iam import Outcome, Request, Unknown, decide
from troubleshoot.iam.snapshot import Missing, OrganizationLevel, Snapshot, StoredPolicy, from_data

DOCUMENT = json.dumps(doc(allow()))
OPEN = json.dumps(doc(allow(Principal="*")))
WHY = Missing("not permitted", "iam:GetPolicy")


def stored(kind="inline", document=DOCUMENT, name="p") -> StoredPolicy:
    return StoredPolicy(kind, name, document, USER)


def level(document=DOCUMENT) -> tuple[OrganizationLevel, ...]:
    return (OrganizationLevel("r-1", "Root", (stored("scp", document),)),)


FULL = Snapshot(
    account=ACCOUNT,
    principal=USER,
    read_at="2026-11-22T12:00:00Z",
    path="/",
    groups=("builders",),
    identity=(stored(),),
    boundary=stored("boundary"),
    scps=level(),
    rcps=level(OPEN),
    resource=stored("resource", OPEN),
    session=stored("session"),
    vpc_endpoint=(stored("vpc-endpoint", OPEN),),
    tags={"team": "sales"},
)
BARE = Snapshot(ACCOUNT, USER, "2026-11-22T12:00:00Z", identity=(stored(),))
MISSING = Snapshot(ACCOUNT, USER, "2026-11-22T12:00:00Z", WHY, None, WHY, WHY, WHY, WHY, WHY, WHY, WHY, WHY)
PIECES = ("identity", "boundary", "scps", "rcps", "resource", "session", "vpc_endpoint")


@pytest.mark.parametrize("snapshot", [FULL, BARE, MISSING])
def test_it_comes_back_from_json_as_it_was(snapshot):
    again = from_data(json.loads(json.dumps(snapshot.as_data())))
    assert again == snapshot
    assert again.digest() == snapshot.digest()


def test_the_time_of_reading_does_not_change_the_digest_and_the_content_does():
    from dataclasses import replace

    assert replace(FULL, read_at="later").digest() == FULL.digest()
    assert replace(FULL, groups=()).digest() != FULL.digest()


def test_what_was_read_decides():
    request = Request(USER, "s3:GetObject", OBJECT)
    assert decide(request, FULL.policy_set()) is Outcome.ALLOWED
    assert decide(request, BARE.policy_set()) is Outcome.ALLOWED


@pytest.mark.parametrize("piece", PIECES)
def test_each_missing_piece_is_unknown_and_never_allowed(piece):
    from dataclasses import replace

    policies = replace(FULL, **{piece: WHY}).policy_set()
    assert getattr(policies, piece) == Unknown("not permitted")
    assert decide(Request(USER, "s3:GetObject", OBJECT), policies) is Outcome.DEPENDS


@pytest.mark.parametrize("piece", PIECES)
def test_a_document_that_does_not_parse_makes_its_layer_unknown(piece):
    from dataclasses import replace

    broken = stored(document='{"Statement": NaN}')
    value = {"scps": level("{"), "rcps": level("{"), "identity": (broken,), "vpc_endpoint": (broken,)}.get(
        piece, broken
    )
    policies = replace(FULL, **{piece: value}).policy_set()
    assert isinstance(getattr(policies, piece), Unknown)
    assert "line 1" in getattr(policies, piece).reason
