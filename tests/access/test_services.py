"""What people do with a request, and what the services refuse."""

from dataclasses import replace

import pytest

from tests.builders import make_call, make_change, make_diagnosis, make_request
from tests.cast import ACCOUNT_ID, ALICE_ARN, MATEO_ARN, make_account, make_person
from troubleshoot import audit
from troubleshoot.access import routing, services
from troubleshoot.access.services import Duplicate, Refused, Stale
from troubleshoot.models import (
    AccessRequest,
    Approval,
    AuditEntry,
    ErasableText,
    OutboxMessage,
    PrincipalLink,
    Role,
    RoleAssignment,
    State,
)

pytestmark = pytest.mark.django_db


def submit(requester, account, principal=ALICE_ARN, **values):
    defaults = {
        "call": make_call(principal),
        "change": make_change(account, principal),
        "justification": "The weekly import needs it.",
        "idempotency_key": "form-1",
    }
    return services.submit(requester=requester, account=account, **(defaults | values))


def mails():
    return sorted((mail.template, mail.person.username) for mail in OutboxMessage.objects.select_related("person"))


def events():
    return list(AuditEntry.objects.values_list("event", flat=True))


def test_it_files_exactly_what_was_shown(account, alice, rita):
    diagnosis = make_diagnosis(person=alice, account=account)
    request = submit(alice, account, diagnosis=diagnosis, ticket="T-1")
    assert (request.state, request.requester, request.beneficiary) == (State.SUBMITTED, alice, alice)
    assert request.change_digest == make_change(account).digest()
    assert (request.action, request.resource, request.ticket) == ("personalize:ListSchemas", "*", "T-1")
    assert request.diagnosis == diagnosis
    assert not request.on_behalf


def test_it_tells_the_requester_and_the_approvers(account, alice, rita, noor, adam):
    submit(alice, account)
    assert mails() == [("submitted", "alice"), ("to_decide", "noor"), ("to_decide", "rita")]
    assert events() == ["request.submit"]


def test_the_same_form_sent_ten_times_files_one_request(account, alice, rita):
    codes = {submit(alice, account).code for _ in range(10)}
    assert len(codes) == 1
    assert AccessRequest.objects.count() == 1
    assert len(mails()) == 2


def test_two_peoples_forms_never_share_a_key(account, alice, mateo, rita):
    first = submit(alice, account)
    second = submit(mateo, account, MATEO_ARN)
    assert first.pk != second.pk


def test_a_form_that_was_edited_and_sent_again_is_not_taken_for_the_first(account, alice, rita):
    submit(alice, account)
    edited = {"call": make_call(resource="arn:x"), "change": make_change(account, resource="arn:x")}
    assert submit(alice, account, **edited).resource == "arn:x"
    with pytest.raises(Duplicate):
        submit(alice, account, change=make_change(account, hours=1))


def test_it_refuses_a_form_without_its_key(account, alice, rita):
    with pytest.raises(Refused) as told:
        submit(alice, account, idempotency_key="")
    assert told.value.code == "no_key"


def test_it_shows_the_open_request_instead_of_filing_it_twice(account, alice, helen, rita):
    first = submit(alice, account)
    with pytest.raises(Duplicate) as told:
        submit(helen, account, idempotency_key="form-2", call=make_call(action="Personalize:listschemas"))
    assert told.value.request == first
    assert AccessRequest.objects.count() == 1


def test_a_stranger_is_answered_the_same_whether_or_not_the_owner_asked(account, alice, charlie, mateo, rita):
    submit(alice, account)
    asked = submit(charlie, account, idempotency_key="form-2")
    unasked = submit(charlie, account, MATEO_ARN, idempotency_key="form-3")
    assert (asked.state, asked.beneficiary) == (State.SUBMITTED, alice)
    assert (unasked.state, unasked.beneficiary) == (State.SUBMITTED, mateo)


def test_a_stranger_files_the_same_once_only(account, alice, charlie, rita):
    first = submit(charlie, account)
    with pytest.raises(Duplicate) as told:
        submit(charlie, account, idempotency_key="form-2")
    assert told.value.request == first


def test_the_owner_is_shown_what_was_asked_on_their_behalf(account, alice, charlie, rita):
    first = submit(charlie, account)
    with pytest.raises(Duplicate) as told:
        submit(alice, account, idempotency_key="form-2")
    assert told.value.request == first


def test_it_files_again_after_the_first_was_settled(account, alice, rita):
    services.withdraw(request=submit(alice, account), person=alice)
    assert submit(alice, account, idempotency_key="form-2").state == State.SUBMITTED


def test_it_informs_the_owner_of_a_request_on_their_behalf(account, alice, helen, rita):
    request = submit(helen, account)
    assert (request.beneficiary, request.on_behalf) == (alice, True)
    assert ("on_behalf", "alice") in mails()


def test_it_files_for_a_principal_that_belongs_to_nobody_as_on_behalf(account, charlie, rita):
    arn = f"arn:aws:iam::{ACCOUNT_ID}:role/batch"
    request = submit(charlie, account, arn)
    assert (request.beneficiary, request.on_behalf) == (None, True)


def test_a_session_of_ones_own_role_is_ones_own(account, alice, rita):
    role = f"arn:aws:iam::{ACCOUNT_ID}:role/teams/analyst"
    session = f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/analyst/alice"
    PrincipalLink.objects.create(person=alice, account=account, principal_arn=session)
    request = submit(alice, account, call=make_call(session), change=make_change(account, role))
    assert (request.principal_arn, request.beneficiary) == (role, alice)


def test_it_refuses_at_once_and_tells_admins_when_nobody_may_approve(account, alice, adam, ada):
    for number in range(3):
        with pytest.raises(Refused) as told:
            submit(alice, account, idempotency_key=f"form-{number}")
        assert told.value.code == "nobody_can_approve"
    assert not AccessRequest.objects.exists()
    assert mails() == [("nobody_can_approve", "ada"), ("nobody_can_approve", "adam")]


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("no_justification", {"justification": " \x00\n"}),
        ("other_principal", {"call": make_call(MATEO_ARN)}),
        ("too_long", {"call": make_call(resource="r" * 2049)}),
        ("too_long", {"call": make_call(action="a" * 129)}),
    ],
)
def test_it_refuses_what_no_form_should_have_sent(account, alice, rita, code, values):
    with pytest.raises(Refused) as told:
        submit(alice, account, **values)
    assert told.value.code == code
    assert not AccessRequest.objects.exists()


@pytest.mark.parametrize(("hours", "code"), [(None, "no_end"), (0, "duration"), (721, "duration"), (-1, "duration")])
def test_it_refuses_a_duration_that_the_account_does_not_allow(account, alice, rita, hours, code):
    with pytest.raises(Refused) as told:
        submit(alice, account, change=make_change(account, hours=hours))
    assert told.value.code == code


def test_it_files_a_grant_without_end_where_the_account_allows_it(account, alice, rita):
    account.allows_permanent = True
    assert submit(alice, account, change=make_change(account, hours=None)).change["hours"] is None


def test_it_refuses_another_accounts_change(account, alice, rita):
    with pytest.raises(Refused):
        submit(alice, account, change=replace(make_change(account), account="210987654321"))


def test_it_refuses_somebody_disabled(account, alice, rita):
    alice.is_active = False
    with pytest.raises(Refused):
        submit(alice, account)


def test_it_keeps_no_secret_that_was_typed(account, alice, rita):
    secret = "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYCANARYKEY1"
    request = submit(alice, account, justification=f"Please. {secret}", ticket=f"T {secret[:50]}")
    kept = [request.justification, request.ticket, *ErasableText.objects.values_list("text", flat=True)]
    assert not any("wJalrXUtnFEMI" in text for text in kept)
    assert request.justification.startswith("Please.")


def test_an_approver_approves_the_change_that_was_shown(account, alice, rita):
    request = make_request(requester=alice, account=account)
    services.approve(request=request, approver=rita, change_digest=request.change_digest)
    assert request.state == State.APPROVED
    assert request.due_at is not None
    approval = Approval.objects.get()
    assert (approval.approver, approval.change_digest) == (rita, request.change_digest)
    assert mails() == [("approved", "alice")]
    assert events() == ["request.approve"]


def test_it_refuses_own_request(account, rita, noor):
    request = make_request(requester=rita, account=account)
    refuses(request, rita, "own request")


def test_it_refuses_own_request_filed_by_somebody_else(account, helen, rita, noor):
    request = make_request(requester=helen, beneficiary=rita, account=account)
    refuses(request, rita, "own request")


def test_it_refuses_a_decision_on_ones_own_shared_principal(account, alice, rita, noor):
    PrincipalLink.objects.create(person=rita, account=account, principal_arn=ALICE_ARN)
    refuses(make_request(requester=alice, account=account), rita, "may not decide")


def test_it_refuses_everybody_who_is_no_approver_of_the_account(account, alice, adam, helen, otto, charlie):
    request = make_request(requester=alice, account=account)
    elsewhere = make_person("eli", Role.APPROVER, account=make_account("210987654321", "other"))
    for person in (adam, helen, otto, charlie, elsewhere):
        refuses(request, person, "may not decide")


def test_it_asks_the_database_and_not_what_the_session_remembers(account, alice, rita):
    request = make_request(requester=alice, account=account)
    RoleAssignment.objects.filter(person=rita).delete()
    refuses(request, rita, "may not decide")


def test_it_refuses_a_disabled_approver(account, alice, rita):
    request = make_request(requester=alice, account=account)
    type(rita).objects.filter(pk=rita.pk).update(is_active=False)
    refuses(request, rita, "may not decide")


def test_it_refuses_another_digest_than_the_one_shown(account, alice, rita):
    request = make_request(requester=alice, account=account)
    refuses(request, rita, "not the one", digest=request.change_digest[:-1] + "g")


def test_it_refuses_a_change_of_which_one_byte_was_changed(account, alice, rita):
    request = make_request(requester=alice, account=account)
    request.change["statements"][0]["Action"] = "personalize:ListSchemaz"
    AccessRequest.objects.filter(pk=request.pk).update(change=request.change)
    refuses(request, rita, "not the one")


def refuses(request, person, words, digest=None):
    for decide in (services.approve, services.reject):
        with pytest.raises(Refused, match=words):
            decide(request=request, approver=person, change_digest=digest or request.change_digest, reason="Because.")
    request.refresh_from_db()
    assert request.state == State.SUBMITTED
    assert not Approval.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_rejection_needs_a_reason_and_tells_it(account, alice, helen, rita):
    request = make_request(requester=helen, beneficiary=alice, account=account)
    with pytest.raises(Refused, match="reason"):
        services.reject(request=request, approver=rita, change_digest=request.change_digest, reason=" ")
    services.reject(request=request, approver=rita, change_digest=request.change_digest, reason="Too broad.")
    assert request.state == State.REJECTED
    assert mails() == [("rejected", "alice"), ("rejected", "helen")]
    assert OutboxMessage.objects.first().context == {"reason": "Too broad."}
    assert ErasableText.objects.get().text == "Too broad."


def test_the_second_decision_is_told_that_somebody_was_quicker(account, alice, rita, noor):
    request = make_request(requester=alice, account=account)
    late = AccessRequest.objects.get(pk=request.pk)
    services.approve(request=request, approver=rita, change_digest=request.change_digest)
    with pytest.raises(Stale, match="approved now"):
        services.reject(request=late, approver=noor, change_digest=late.change_digest, reason="No.")
    assert Approval.objects.count() == 1
    assert len(events()) == 1


def test_two_approvals_are_counted_where_two_are_needed(account, alice, rita, noor, monkeypatch):
    monkeypatch.setattr(routing, "required_approvals", lambda _request: 2)
    request = make_request(requester=alice, account=account)
    services.approve(request=request, approver=rita, change_digest=request.change_digest)
    assert request.state == State.SUBMITTED
    with pytest.raises(Stale, match="decided this request already"):
        services.approve(request=request, approver=rita, change_digest=request.change_digest)
    services.approve(request=request, approver=noor, change_digest=request.change_digest)
    assert request.state == State.APPROVED
    assert events() == ["request.approval_kept", "request.approve"]


def test_it_sends_back_with_a_question_and_takes_the_answer(account, alice, rita):
    request = make_request(requester=alice, account=account)
    services.ask_for_changes(
        request=request, approver=rita, change_digest=request.change_digest, reason="Which import?"
    )
    assert request.state == State.NEEDS_CHANGES
    services.resubmit(request=request, person=alice, justification="The one of Monday.")
    assert (request.state, request.justification) == (State.SUBMITTED, "The one of Monday.")
    assert mails() == [("changes_wanted", "alice"), ("to_decide", "rita")]


@pytest.mark.parametrize("state", [State.SUBMITTED, State.NEEDS_CHANGES, State.APPROVED, State.AWAITING_MANUAL_APPLY])
def test_both_people_may_withdraw_before_it_is_applied(account, alice, helen, rita, state):
    for person in (alice, helen):
        request = make_request(requester=helen, beneficiary=alice, account=account, state=state)
        services.withdraw(request=request, person=person)
        assert request.state == State.WITHDRAWN
        assert request.due_at is None


@pytest.mark.parametrize("state", [State.APPLYING, State.VERIFYING, State.ACTIVE, State.REJECTED])
def test_it_is_told_when_it_is_too_late(account, alice, state):
    request = make_request(requester=alice, account=account, state=state)
    with pytest.raises(Stale, match=State(state).label):
        services.withdraw(request=request, person=alice)


def test_nobody_else_may_withdraw(account, alice, rita, adam, charlie):
    request = make_request(requester=alice, account=account)
    for person in (rita, adam, charlie):
        with pytest.raises(Refused):
            services.withdraw(request=request, person=person)
    request.refresh_from_db()
    assert request.state == State.SUBMITTED


def test_the_trail_of_a_whole_life_verifies_and_names_nobody(account, alice, rita):
    request = submit(alice, account)
    services.approve(request=request, approver=rita, change_digest=request.change_digest, reason="Fits her job.")
    services.withdraw(request=request, person=alice)
    assert audit.verify().fault is None
    chain = str(list(AuditEntry.objects.values()))
    for personal in ("alice", "rita", "weekly import", "Fits her job"):
        assert personal not in chain
