"""What an administrator makes by hand is kept, checked and taken away as carefully as what the portal writes."""

import json

import pytest
from django.utils import timezone

from tests.builders import make_approval, make_request
from tests.cast import ALICE_ARN
from tests.faults.fake_iam import ALLOW_NOTHING_HERE, GROUP, ROLE
from tests.faults.steps import drain, let_it_expire, settle
from troubleshoot.access import extending, services, undo
from troubleshoot.models import AccessRequest, Grant, OutboxMessage, State
from troubleshoot.remedy import Change, change_from_data
from troubleshoot.remedy.grant import edited_document
from troubleshoot.remedy.proposal import ChangeKind, Edit

pytestmark = pytest.mark.django_db
ACTION = "personalize:ListSchemas"
THEIRS = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
ADDED = {"Effect": "Allow", "Action": ACTION, "Resource": "*"}
FOREIGN = json.dumps({"Version": "2012-10-17", "Statement": []})
AFTER = {"Version": "2012-10-17", "Statement": [THEIRS, ADDED]}
PLACES = {
    ChangeKind.STATEMENT_EDIT: ("own", Edit(ALICE_ARN, "own", None, ALLOW_NOTHING_HERE, AFTER, dated=(1,))),
    ChangeKind.GROUP_EDIT: ("group", Edit(GROUP, "team", None, ALLOW_NOTHING_HERE, AFTER, dated=(1,))),
    ChangeKind.PERMISSION_SET: ("own", Edit(ALICE_ARN, "own", None, ALLOW_NOTHING_HERE, AFTER, dated=(1,))),
}
"""Where each kind of edit stands in the small IAM."""


def change_of(kind, account):
    return Change(account.account_id, ALICE_ARN, (), 24, kind, PLACES[kind][1])


@pytest.fixture(params=list(PLACES), ids=str)
def edited(request, writable, alice, rita, iam):
    """An approved edit of a document that stands there as it was when the edit was proposed."""
    kind = request.param
    with iam.changing() as state:
        state[PLACES[kind][0]] = ALLOW_NOTHING_HERE
    change = change_of(kind, writable)
    made = make_request(
        requester=alice,
        account=writable,
        state=State.APPROVED,
        due_at=timezone.now(),
        change=change.as_data(),
        change_digest=change.digest(),
    )
    make_approval(made, rita)
    return made


def put(request, iam, text):
    """Let the administrator save a document in the place of the edit."""
    with iam.changing() as state:
        state[PLACES[change_from_data(request.change).kind][0]] = text


def made_by_hand(request, iam, rita):
    settle(request)
    put(request, iam, request.grant.document)
    services.check_now(request=request, person=rita)
    settle(request)
    assert request.state == State.ACTIVE, request.failure


def test_it_is_handed_over_with_what_stood_there_before(edited, iam):
    settle(edited)
    grant = edited.grant
    assert (edited.state, grant.manual) == (State.AWAITING_MANUAL_APPLY, True)
    assert grant.pre_image["document"] == ALLOW_NOTHING_HERE
    assert not iam.effects()
    theirs, added = json.loads(grant.document)["Statement"]
    assert theirs == THEIRS
    assert added["Condition"]["DateLessThan"]["aws:CurrentTime"] == grant.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_document_that_somebody_changed_since_the_approval_is_not_handed_over(edited, iam):
    put(edited, iam, FOREIGN)
    settle(edited)
    assert edited.state == State.FAILED
    assert "Somebody changed the policy" in edited.failure


def test_white_space_alone_is_no_change(edited, iam):
    put(edited, iam, json.dumps(json.loads(ALLOW_NOTHING_HERE), indent=4))
    settle(edited)
    assert edited.state == State.AWAITING_MANUAL_APPLY
    assert edited.grant.pre_image["document"] == json.dumps(json.loads(ALLOW_NOTHING_HERE), indent=4)


def test_it_is_active_only_when_exactly_the_approved_document_is_there(edited, iam, rita):
    settle(edited)
    more = json.loads(edited.grant.document)
    more["Statement"].append({"Effect": "Allow", "Action": "*", "Resource": "*"})
    for text, words in [(ALLOW_NOTHING_HERE, "not edited yet"), (json.dumps(more), "another document")]:
        put(edited, iam, text)
        services.check_now(request=edited, person=rita)
        settle(edited)
        assert edited.state == State.AWAITING_MANUAL_APPLY
        assert words in edited.failure
    put(edited, iam, edited.grant.document)
    services.check_now(request=edited, person=rita)
    settle(edited)
    assert edited.state == State.ACTIVE
    assert edited.grant.verification["stopped_by"] == []


def test_at_its_end_somebody_is_asked_to_take_it_away_until_it_is_gone(edited, iam, rita, adam):
    made_by_hand(edited, iam, rita)
    let_it_expire(edited)
    for _ in range(3):
        drain()
        edited.refresh_from_db()
        assert (edited.state, edited.grant.ended_at) == (State.EXPIRED, None)
        assert "still holds the change" in edited.failure
        AccessRequest.objects.update(due_at=timezone.now())
    told = OutboxMessage.objects.filter(template="remove_by_hand")
    assert sorted(told.values_list("person__username", flat=True)) == ["adam", "rita"]
    put(edited, iam, ALLOW_NOTHING_HERE)
    drain()
    edited.refresh_from_db()
    assert Grant.objects.get().ended_at
    assert edited.due_at is None


def test_it_counts_as_gone_when_only_what_it_added_is_gone(edited, iam, rita):
    """Somebody may have gone on editing the document since: theirs is not to be taken away."""
    made_by_hand(edited, iam, rita)
    let_it_expire(edited)
    drain()
    later = {"Version": "2012-10-17", "Statement": [THEIRS, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
    put(edited, iam, json.dumps(later))
    AccessRequest.objects.update(due_at=timezone.now())
    drain()
    assert Grant.objects.get().ended_at


def test_an_undo_is_done_when_it_was_put_back_byte_for_byte(edited, iam, rita):
    made_by_hand(edited, iam, rita)
    undo.ask(request=edited, person=rita, reason="It was too much.")
    drain()
    edited.refresh_from_db()
    assert edited.state == State.ACTIVE
    assert "still holds the change" in edited.failure
    put(edited, iam, edited.grant.pre_image["document"])
    AccessRequest.objects.update(due_at=timezone.now())
    drain()
    edited.refresh_from_db()
    assert edited.state == State.REVOKED
    assert iam.state[PLACES[change_from_data(edited.change).kind][0]] == ALLOW_NOTHING_HERE


def test_an_undo_is_refused_where_the_document_is_neither(edited, iam, rita):
    made_by_hand(edited, iam, rita)
    put(edited, iam, FOREIGN)
    undo.ask(request=edited, person=rita, reason="It was too much.")
    drain()
    edited.refresh_from_db()
    assert edited.state == State.ACTIVE
    kept = edited.grant.undo
    assert (kept["state"], kept["codes"]) == ("refused", ["document_changed"])
    assert [kept[side]["document"] for side in ("before", "wrote", "now")] == [
        ALLOW_NOTHING_HERE,
        edited.grant.document,
        FOREIGN,
    ]


def test_a_change_of_the_edited_document_is_found_as_drift(edited, iam, rita):
    made_by_hand(edited, iam, rita)
    put(edited, iam, FOREIGN)
    Grant.objects.update(drift={"again": True})
    AccessRequest.objects.update(due_at=timezone.now())
    drain()
    assert Grant.objects.get().drift["codes"] == ["document_changed"]


def test_an_extended_edit_goes_on_from_its_own_document_and_back_to_the_first(edited, iam, rita, alice):
    made_by_hand(edited, iam, rita)
    more = extending.extend(
        request=edited, person=alice, hours=48, justification="It takes longer.", idempotency_key="more-time-please"
    )
    services.approve(request=more, approver=rita, change_digest=more.change_digest)
    made_by_hand(more, iam, rita)
    drain()
    edited.refresh_from_db()
    assert (edited.state, more.state) == (State.REVOKED, State.ACTIVE)
    assert edited.grant.ended_at
    assert more.grant.pre_image["document"] == ALLOW_NOTHING_HERE
    undo.ask(request=more, person=rita, reason="It was too much.")
    put(more, iam, ALLOW_NOTHING_HERE)
    drain()
    more.refresh_from_db()
    assert more.state == State.REVOKED


def test_a_trust_edit_needs_both_sides(writable, alice, rita, iam):
    """The role's trust policy and the permission to assume it: one change, made and checked as a whole."""
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ALICE_ARN},
             "Action": "sts:AssumeRole"}]}  # fmt: skip
    closed = json.dumps({"Version": "2012-10-17", "Statement": []})
    own = {"Sid": "AccessDesk", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE}
    edit = Edit(ROLE, "", None, closed, trust, dated=(0,))
    change = Change(writable.account_id, ALICE_ARN, (own,), 24, ChangeKind.TRUST_EDIT, edit)
    request = make_request(
        requester=alice,
        account=writable,
        state=State.APPROVED,
        due_at=timezone.now(),
        action="sts:AssumeRole",
        resource=ROLE,
        change=change.as_data(),
        change_digest=change.digest(),
    )
    make_approval(request, rita)
    with iam.changing() as state:
        state["trust"] = closed
    settle(request)
    assert request.state == State.AWAITING_MANUAL_APPLY
    arn = request.grant.policy_arn
    with iam.changing() as state:
        state["policies"][arn], state["attached"][ALICE_ARN] = request.grant.document, [arn]
    services.check_now(request=request, person=rita)
    settle(request)
    assert (request.state, request.failure) == (State.AWAITING_MANUAL_APPLY, "The policy is not edited yet.")
    with iam.changing() as state:
        state["trust"] = edited_document(edit, ends_at=request.grant.expires_at)
    services.check_now(request=request, person=rita)
    settle(request)
    assert request.state == State.ACTIVE, request.failure
    let_it_expire(request)
    with iam.changing() as state:
        state["trust"] = edited_document(edit, ends_at=Grant.objects.get().expires_at)
    drain()
    with iam.changing() as state:
        state["trust"] = closed
    AccessRequest.objects.update(due_at=timezone.now())
    drain()
    assert Grant.objects.get().ended_at is None, "the policy of its own is attached still"
    with iam.changing() as state:
        state["attached"] = {}
    AccessRequest.objects.update(due_at=timezone.now())
    drain()
    assert Grant.objects.get().ended_at


def test_an_account_that_cannot_be_read_keeps_the_text_of_the_proposal(edited, iam, monkeypatch):
    iam.readable = False
    settle(edited)
    assert edited.state == State.AWAITING_MANUAL_APPLY
    assert edited.grant.pre_image["document"] == ALLOW_NOTHING_HERE
    assert edited.grant.pre_image["unread"]
