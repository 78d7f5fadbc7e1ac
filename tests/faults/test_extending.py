"""More time without a gap: the new policy is there and verified before the old one goes."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import make_approval
from tests.faults.fake_iam import FakeIam, install
from tests.faults.steps import drain, let_it_expire, settle
from troubleshoot.access import extending, services, undo
from troubleshoot.access.errors import Duplicate, Refused, Stale
from troubleshoot.models import AccessRequest, AuditEntry, Grant, OutboxMessage, State
from troubleshoot.remedy import change_from_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def active(approved, iam):
    drain()
    approved.refresh_from_db()
    assert approved.state == State.ACTIVE
    return approved


def asked(active, person, *, hours=48, key="extension-of-it"):
    return extending.extend(
        request=active, person=person, hours=hours, justification="It takes longer.", idempotency_key=key
    )


@pytest.fixture
def extension(active, alice, rita):
    made = asked(active, alice)
    services.approve(request=made, approver=rita, change_digest=made.change_digest)
    return made


def test_it_is_a_request_of_its_own_that_is_reviewed_like_any_other(active, alice):
    made = AccessRequest.objects.get(pk=asked(active, alice).pk)
    assert (made.state, made.extends, made.beneficiary) == (State.SUBMITTED, active, alice)
    assert made.change["hours"] == 48
    assert made.change["statements"] == active.change["statements"]
    assert made.change_digest == change_from_data(made.change).digest() != active.change_digest
    assert OutboxMessage.objects.filter(template="to_decide", request=made).exists()


def test_one_that_would_end_the_access_sooner_is_refused(active, alice):
    with pytest.raises(Refused, match="end sooner than it does now"):
        asked(active, alice, hours=8)
    assert not AccessRequest.objects.filter(extends=active).exists()


def test_the_new_grant_takes_over_and_the_old_one_is_gone(active, extension, iam):
    drain()
    active.refresh_from_db()
    extension.refresh_from_db()
    assert (extension.state, active.state) == (State.ACTIVE, State.REVOKED)
    assert iam.attached() == [extension.grant.policy_arn]
    assert set(iam.policies) == {extension.grant.policy_arn}
    assert active.grant.ended_at
    assert AuditEntry.objects.filter(subject=active.code).latest("sequence").event == "request.replace"
    assert extension.grant.expires_at > active.grant.expires_at


def test_access_is_never_missing_in_between(active, extension, iam, monkeypatch):
    seen = []
    install(monkeypatch, iam, lambda point: seen.append((point, list(iam.attached()))))
    drain()
    assert seen
    assert all(attached for _, attached in seen)
    at = dict(seen)
    new = Grant.objects.get(request=extension).policy_arn
    assert new in at["snapshot:before"]
    assert set(at["detach:before"]) == {active.grant.policy_arn, new}


def test_the_person_is_told_once_that_it_goes_on(active, extension, iam):
    drain()
    about = OutboxMessage.objects.filter(request__in=[active, extension], template__in=["extended", "revoked"])
    assert [message.template for message in about] == ["extended"]


def test_it_is_verified_without_the_old_policy(active, extension, iam, monkeypatch):
    """Else the old one would let the call through, and a new one that does not work would replace it."""

    def hook(point):
        if point == "snapshot:before":
            with iam.changing() as state:
                state["attached"][active.principal_arn] = [active.grant.policy_arn]

    install(monkeypatch, iam, hook)
    settle(extension)
    active.refresh_from_db()
    assert extension.state == State.FAILED
    assert active.state == State.ACTIVE
    assert iam.attached() == [active.grant.policy_arn]


def test_a_failed_extension_leaves_the_old_grant_as_it_is(active, extension, tmp_path, monkeypatch, iam):
    deny = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
    install(monkeypatch, FakeIam(iam.file, boundary=deny))
    settle(extension)
    active.refresh_from_db()
    assert (extension.state, active.state) == (State.FAILED, State.ACTIVE)
    assert iam.attached() == [active.grant.policy_arn]


def test_where_the_old_one_ended_first_the_new_one_begins_anyway(active, extension, iam):
    let_it_expire(active)
    drain()
    active.refresh_from_db()
    extension.refresh_from_db()
    assert active.state in (State.EXPIRED, State.REVOKED)
    assert extension.state == State.ACTIVE
    assert iam.attached() == [extension.grant.policy_arn]


@pytest.mark.parametrize("ended", [True, False], ids=["ended", "about to end"])
def test_what_somebody_took_away_meanwhile_is_not_brought_back(active, extension, rita, iam, monkeypatch, ended):
    services.end_early(request=active, person=rita, reason="The project ended.")
    if ended:
        AccessRequest.objects.filter(pk=extension.pk).update(due_at=timezone.now() + timedelta(hours=1))
        drain()
        AccessRequest.objects.filter(pk=extension.pk).update(due_at=timezone.now())
    settle(extension)
    drain()
    active.refresh_from_db()
    assert (extension.state, active.state) == (State.FAILED, State.REVOKED)
    assert "taken away meanwhile" in extension.failure
    assert not iam.policies


@pytest.mark.parametrize("how", [services.end_early, undo.ask], ids=["revoked", "undone"])
@pytest.mark.parametrize("point", ["attach:after", "snapshot:before", "snapshot:after"])
def test_what_is_taken_away_while_the_new_one_is_verified_does_not_go_on(
    active, extension, rita, iam, monkeypatch, how, point
):
    def end_it(here):
        if here == point and not AuditEntry.objects.filter(subject=active.code, event__endswith="_asked").exists():
            how(request=AccessRequest.objects.get(pk=active.pk), person=rita, reason="The project ended.")

    install(monkeypatch, iam, end_it)
    settle(extension)
    settle(active)
    extension.refresh_from_db()
    assert (extension.state, active.state) == (State.FAILED, State.REVOKED)
    assert "taken away meanwhile" in extension.failure
    assert not iam.policies


@pytest.mark.parametrize("how", [services.end_early, undo.ask], ids=["revoked", "undone"])
def test_who_ends_the_old_one_too_late_is_told_what_to_end(active, extension, rita, how):
    AccessRequest.objects.filter(pk=extension.pk).update(state=State.ACTIVE)
    with pytest.raises(Stale, match=f"goes on with {extension.code} now"):
        how(request=active, person=rita, reason="The project ended.")
    active.grant.refresh_from_db()
    assert not active.grant.revoked
    assert active.grant.undo is None


def test_it_can_be_extended_again_and_again(active, extension, alice, rita, iam):
    drain()
    extension.refresh_from_db()
    again = asked(extension, alice, key="once-more-please")
    make_approval(again, rita)
    AccessRequest.objects.filter(pk=again.pk).update(state=State.APPROVED, due_at=timezone.now())
    drain()
    again.refresh_from_db()
    assert again.state == State.ACTIVE
    assert iam.attached() == [again.grant.policy_arn]


def test_a_second_extension_of_the_same_grant_is_shown_as_the_first(active, alice):
    made = asked(active, alice)
    with pytest.raises(Duplicate) as found:
        asked(active, alice, hours=72, key="another-form-key")
    assert found.value.request == made


def test_the_same_form_sent_twice_files_one_extension(active, alice):
    assert asked(active, alice) == asked(active, alice)


def test_nobody_else_extends_it(active, charlie, rita):
    for person in (charlie, rita):
        with pytest.raises(Refused):
            asked(active, person)


def test_only_what_is_active_and_has_an_end_is_extended(active, alice):
    Grant.objects.update(expires_at=None)
    with pytest.raises(Refused, match="no end"):
        asked(active, alice)
    AccessRequest.objects.update(state=State.EXPIRED)
    with pytest.raises(Refused, match="Only active access"):
        asked(AccessRequest.objects.get(), alice)


def test_what_is_being_taken_away_is_not_extended(active, alice):
    services.end_early(request=active, person=alice)
    with pytest.raises(Refused, match="taken away"):
        asked(active, alice)


def test_the_longest_time_of_the_account_holds_for_extensions_too(active, alice, account):
    with pytest.raises(Refused, match="between 1 and"):
        asked(active, alice, hours=account.max_hours + 1)
