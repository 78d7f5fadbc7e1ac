"""Narrowing a change, and what is given already."""

import json

import pytest
from hypothesis import given

from tests.iam import reference
from tests.iam.build import ACCOUNT, ROLE, USER, allow, deny, doc, when
from tests.iam.strategies import Maker, examples, made
from troubleshoot.remedy import Change, ChangeKind, Edit
from troubleshoot.remedy.narrowing import Fields, NotNarrower, narrow
from troubleshoot.remedy.overlapping import Extent, Overlap, overlaps

RETAIL = "arn:aws:s3:::retail/*"
WIDE = Change(ACCOUNT, USER, (allow(["s3:GetObject", "s3:PutObject"], RETAIL), allow("s3:ListAllMyBuckets")), 72)


def refused(change: Change, wanted) -> NotNarrower:
    answer = narrow(change, wanted)
    assert isinstance(answer, NotNarrower)
    return answer


@pytest.mark.parametrize(
    "statements",
    [
        [allow("s3:GetObject", RETAIL)],
        [allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::retail/in/*")],
        [allow("s3:ListAllMyBuckets")],
        [allow("s3:GetObject", RETAIL, **when("Bool", "aws:SecureTransport", "true"))],
    ],
)
@pytest.mark.parametrize("form", [json.dumps, dict], ids=["text", "data"])
def test_what_is_proved_to_allow_no_more_becomes_a_change_with_another_digest(statements, form):
    smaller = narrow(WIDE, form(doc(*statements)))
    assert isinstance(smaller, Change)
    assert smaller.statements == tuple(statements)
    assert (smaller.account, smaller.principal, smaller.hours) == (ACCOUNT, USER, 72)
    assert smaller.digest() != WIDE.digest()


def test_what_allows_more_is_refused_with_a_request_that_shows_it():
    answer = refused(WIDE, doc(allow("s3:*", RETAIL)))
    assert answer.witness is not None
    assert answer.witness.action.startswith("s3:")
    assert answer.witness.action in answer.words


def test_what_cannot_be_decided_is_refused_and_says_so():
    condition = when("StringNotEquals", "s3:prefix", "a", "b")
    asked = Change(ACCOUNT, USER, (allow("s3:GetObject", RETAIL, **condition),), 8)
    answer = refused(asked, doc(allow("s3:GetObject", RETAIL, **when("StringEquals", "s3:prefix", "c"))))
    assert answer.witness is None
    assert "could not be proved" in answer.words


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("{", "This is no policy"),
        (doc(allow("s3:GetObject", RETAIL), deny("s3:*")), "only allows"),
        (doc(allow("s3:GetObject", RETAIL, Principal="*")), "names no principals"),
        (doc(), "allow nothing"),
        (doc(*WIDE.statements), "asked for already"),
    ],
)
def test_no_policy_nothing_or_the_same_is_refused(wanted, words):
    assert words in refused(WIDE, wanted).words


@pytest.mark.parametrize("version", ["2008-10-17", None])
def test_a_document_is_judged_in_the_version_that_it_is_written_in(version):
    asked = Change(ACCOUNT, USER, (allow("s3:GetObject", "arn:aws:s3:::retail/$*"),), 8)
    wanted = {**doc(allow("s3:GetObject", "arn:aws:s3:::retail/${aws:username}")), "Version": version}
    answer = refused(asked, {name: value for name, value in wanted.items() if value})
    assert answer.witness is not None
    assert "$" not in answer.witness.resource


@pytest.mark.parametrize("hours", [0, -1])
def test_no_time_at_all_is_refused(hours):
    assert "allow nothing" in refused(WIDE, Fields(hours=hours)).words


def test_an_edit_is_not_narrowed():
    edit = Edit(ROLE, "Own", None, "{}", doc(allow("s3:GetObject")))
    assert "by hand" in refused(Change(ACCOUNT, USER, (), None, ChangeKind.STATEMENT_EDIT, edit), Fields()).words


@pytest.mark.parametrize(
    ("fields", "statements", "hours"),
    [
        (Fields(actions=("S3:getobject",)), (allow("s3:GetObject", RETAIL),), 72),
        (Fields(actions=("s3:ListAllMyBuckets",)), (allow("s3:ListAllMyBuckets"),), 72),
        (Fields(hours=8), WIDE.statements, 8),
        (
            Fields(actions=("s3:PutObject",), resources=("arn:aws:s3:::retail/out/*", "arn:aws:s3:::other/*"), hours=1),
            (allow("s3:PutObject", "arn:aws:s3:::retail/out/*"),),
            1,
        ),
    ],
)
def test_an_approver_keeps_some_actions_resources_or_hours(fields, statements, hours):
    smaller = narrow(WIDE, fields)
    assert isinstance(smaller, Change)
    assert (smaller.statements, smaller.hours) == (statements, hours)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (Fields(hours=73), "longer than"),
        (Fields(), "asked for already"),
        (Fields(actions=("s3:DeleteObject",)), "allow nothing"),
        (Fields(resources=("arn:aws:s3:::other/*", "no arn"), actions=("s3:GetObject",)), "allow nothing"),
    ],
)
def test_fields_that_widen_or_leave_nothing_are_refused(fields, words):
    assert words in refused(WIDE, fields).words


def test_access_without_an_end_may_be_given_one():
    smaller = narrow(Change(ACCOUNT, USER, WIDE.statements, None), Fields(hours=8))
    assert isinstance(smaller, Change)
    assert smaller.hours == 8


# nothing that is taken for narrower allows more: against the naive evaluator

ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
ARNS = ("arn:aws:s3:::retail/in/a", "arn:aws:s3:::retail/b", "arn:aws:s3:::other/in/a")
PATTERNS = ("*", "arn:aws:s3:::retail/*", "arn:aws:s3:::*/in/*", "arn:aws:s3:::retail/in/?", "arn:aws:s3:::other/*")
TEAM = "aws:PrincipalTag/team"


def small(maker: Maker) -> dict:
    condition = when(maker.one_of(("StringEquals", "StringNotEquals")), TEAM, maker.one_of(("a", "b")))
    return {
        "Effect": "Allow",
        "Action": maker.one_or_list((*ACTIONS, "s3:*", "s3:Get*")),
        "Resource": maker.one_or_list(PATTERNS),
        **(condition if maker.chance(3) else {}),
    }


def pair(maker: Maker) -> tuple[list, list]:
    return maker.several(lambda: small(maker), 1, 2), maker.several(lambda: small(maker), 1, 2)


def allows(statements, action, arn, team) -> bool:
    asked = {"principal": USER, "action": action, "resource": arn, "context": {TEAM: team} if team else {}}
    return reference.decide({**asked, "policies": {"identity": [doc(*statements)]}}) == "allowed"


@given(made(pair))
@examples(40, 2_000)
def test_what_is_taken_for_narrower_allows_nothing_more(two):
    wide, wanted = two
    answer = narrow(Change(ACCOUNT, USER, tuple(wide), 8), doc(*wanted))
    cases = [(action, arn, team) for action in ACTIONS for arn in ARNS for team in (None, "a", "b")]
    if isinstance(answer, Change):
        assert not [case for case in cases if allows(wanted, *case) and not allows(wide, *case)]
    elif answer.witness is not None:
        seen = answer.witness
        context = {key: value for key, value in seen.context.items() if key.lower() == TEAM.lower()}
        team = next(iter(context.values()), None)
        assert allows(wanted, seen.action, seen.resource, team)
        assert not allows(wide, seen.action, seen.resource, team)


# what is given already


def given_already(*statements, principal=USER):
    return Change(ACCOUNT, principal, statements, 24)


@pytest.mark.parametrize(
    ("other", "extent"),
    [
        (allow("s3:*", RETAIL), Extent.WHOLLY),
        (allow("s3:GetObject", RETAIL), Extent.WHOLLY),
        (allow("s3:GetObject", "arn:aws:s3:::retail/in/*"), Extent.PARTLY),
        (allow("s3:PutObject", RETAIL), None),
        (allow("s3:GetObject", "arn:aws:s3:::other/*"), None),
    ],
)
def test_a_grant_that_allows_the_same_is_found(other, extent):
    found = overlaps(given_already(allow("s3:GetObject", RETAIL)), {"AD-1": given_already(other)})
    assert found == ((Overlap("AD-1", extent),) if extent else ())


def test_a_grant_that_allows_one_of_two_actions_overlaps_in_part():
    found = overlaps(WIDE, {"AD-1": given_already(allow("s3:ListAllMyBuckets")), "AD-2": given_already(allow("s3:*"))})
    assert found == (Overlap("AD-1", Extent.PARTLY), Overlap("AD-2", Extent.WHOLLY))


def test_another_principals_grant_and_an_edit_are_no_overlap():
    edited = Change(ACCOUNT, USER, (), None, ChangeKind.GROUP_EDIT, Edit(ROLE, "Own", None, "", doc(allow("s3:*"))))
    assert overlaps(WIDE, {"a": given_already(*WIDE.statements, principal=ROLE), "b": edited}) == ()
    assert overlaps(edited, {"a": WIDE}) == ()
