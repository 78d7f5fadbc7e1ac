"""A change as data: its kinds, its digest, the documents that it becomes."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.iam.build import ACCOUNT, ROLE, USER, allow, doc
from troubleshoot.iam import PolicySet, Request, Unknown, evaluate, parse_policy
from troubleshoot.iam.decision import Outcome
from troubleshoot.remedy import (
    Change,
    ChangeKind,
    Edit,
    change_from_data,
    edited_document,
    grant_document,
    with_change,
)

STATEMENT = allow("personalize:ListSchemas")
OWN = Change(ACCOUNT, USER, (STATEMENT,), 8)
END = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)


def edit(*statements, **values):
    given = {"holder": USER, "policy_name": "Own", "policy_arn": None, "before": json.dumps(doc(allow("s3:*")))}
    return Edit(**(given | {"after": doc(*statements)} | values))


def edited(kind=ChangeKind.STATEMENT_EDIT, **values):
    return Change(ACCOUNT, USER, (), None, kind, edit(STATEMENT, **values))


def test_a_row_from_before_there_were_kinds_still_loads_with_its_digest():
    row = {"account": ACCOUNT, "principal": USER, "statements": [STATEMENT], "hours": 8}
    change = change_from_data(row)
    assert (change.kind, change.edit, change.is_manual) == (ChangeKind.OWN_POLICY, None, False)
    assert change.as_data() == row | {"statements": (STATEMENT,)}
    assert change.digest() == OWN.digest()


@pytest.mark.parametrize("kind", [kind for kind in ChangeKind if kind is not ChangeKind.OWN_POLICY])
def test_every_other_kind_is_applied_by_hand_and_comes_back_from_json(kind):
    change = edited(kind, dated=(0,))
    again = change_from_data(json.loads(json.dumps(change.as_data())))
    assert again == change
    assert again.is_manual
    assert again.digest() == change.digest() != OWN.digest()


@pytest.mark.parametrize(
    "other",
    [{"before": "{}"}, {"holder": ROLE}, {"policy_name": "Other"}, {"after": doc()}, {"dated": (0,)}],
    ids=lambda one: next(iter(one)),
)
def test_the_digest_covers_each_part_of_the_edit(other):
    change = edited()
    assert change.edit is not None
    assert replace(change, edit=replace(change.edit, **other)).digest() != change.digest()


def test_only_the_dated_statements_of_an_edit_end():
    document = json.loads(edited_document(edit(allow("s3:*"), STATEMENT, dated=(1,)), ends_at=END))
    assert document["Statement"][0] == allow("s3:*")
    assert document["Statement"][1]["Condition"] == {"DateLessThan": {"aws:CurrentTime": "2026-11-22T13:00:00Z"}}
    assert "Condition" not in json.loads(edited_document(edit(STATEMENT, dated=(0,)), ends_at=None))["Statement"][0]


@pytest.mark.parametrize("key", ["aws:CurrentTime", "aws:currenttime"])
def test_an_end_of_its_own_stays_beside_that_of_the_grant(key):
    own = {"DateLessThan": {key: "2026-11-22T12:00:00Z"}}
    document = grant_document(replace(OWN, statements=({**STATEMENT, "Condition": own},)), ends_at=END)
    condition = json.loads(document)["Statement"][0]["Condition"]
    assert condition == {**own, "DateLessThanEquals": {"aws:CurrentTime": "2026-11-22T13:00:00Z"}}


def held(text, **where):
    return parse_policy(text, **({"name": "Own", "attached_to": USER} | where))


def test_an_edited_policy_stands_in_the_place_of_the_old_one():
    before = PolicySet(identity=(held(json.dumps(doc(allow("s3:*")))), held(json.dumps(doc()), name="Other")))
    after = with_change(before, edited())
    assert [policy.name for policy in after.identity] == ["Other", "Own"]
    assert evaluate(Request(USER, "personalize:ListSchemas"), after).outcome is Outcome.ALLOWED
    assert evaluate(Request(USER, "s3:ListAllMyBuckets"), after).outcome is Outcome.IMPLICIT_DENY


def test_a_managed_policy_is_edited_wherever_it_is_attached():
    arn = f"arn:aws:iam::{ACCOUNT}:policy/Own"
    text = json.dumps(doc(allow("s3:*")))
    twice = (held(text, arn=arn), held(text, arn=arn, attached_to=f"arn:aws:iam::{ACCOUNT}:group/people"))
    after = with_change(PolicySet(identity=twice), edited(policy_arn=arn))
    assert evaluate(Request(USER, "s3:ListAllMyBuckets"), after).outcome is Outcome.IMPLICIT_DENY


def test_a_trust_edit_changes_the_roles_own_policy_and_gives_the_permission_too():
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": USER}}
    change = Change(
        ACCOUNT,
        USER,
        (allow("sts:AssumeRole", ROLE),),
        8,
        ChangeKind.TRUST_EDIT,
        edit(holder=ROLE, policy_name="", before=json.dumps(doc()), after=doc(trust), dated=(0,)),
    )
    after = with_change(PolicySet(resource=parse_policy(json.dumps(doc()), name="trust")), change)
    assert evaluate(Request(USER, "sts:AssumeRole", ROLE), after).outcome is Outcome.ALLOWED
    assert json.loads(grant_document(change, ends_at=END))["Statement"][0]["Condition"]


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_what_could_not_be_read_stays_unknown(kind):
    unread = PolicySet(identity=Unknown("no"), resource=Unknown("no"))
    assert with_change(unread, replace(edited(kind), statements=(STATEMENT,))) == unread
