"""Many administrators decide at once: exactly one decision, the others are told. Threads, PostgreSQL."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from tests.builders import denial_text, make_call, make_change, make_request, make_rule
from tests.cast import ALICE_ARN, make_person
from troubleshoot import audit
from troubleshoot.access import diagnosis, enabling, erasing, people, rules, services
from troubleshoot.access.errors import Duplicate, Stale, Told
from troubleshoot.access.rules import Draft, Place
from troubleshoot.models import (
    AccessRequest,
    AdminChange,
    Approval,
    AuditEntry,
    Comment,
    Diagnosis,
    PrincipalLink,
    Role,
    RoleAssignment,
    RoutingRule,
    State,
)
from troubleshoot.remedy.narrowing import Fields

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 200 if os.environ.get("ACCESS_DESK_DEEP") else 10


def at_once(*actions):
    """Run the actions in threads that start together; return what each returned or was told."""
    barrier = threading.Barrier(len(actions))

    def run(action):
        try:
            barrier.wait()
            return action()
        except Told as told:
            return told
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def told(outcomes):
    return [outcome for outcome in outcomes if isinstance(outcome, Stale)]


def seen(request):
    """The request as each administrator's own page showed it."""
    return AccessRequest.objects.get(pk=request.pk)


def approving(request, approver):
    page = seen(request)
    return lambda: services.approve(request=page, approver=approver, change_digest=page.change_digest)


def rejecting(request, approver):
    page = seen(request)
    return lambda: services.reject(request=page, approver=approver, change_digest=page.change_digest, reason="No.")


def withdrawing(request, person):
    page = seen(request)
    return lambda: services.withdraw(request=page, person=person)


@pytest.fixture
def approvers(account):
    return [make_person(f"approver{number}", Role.APPROVER, account=account) for number in range(8)]


def rounds(alice, account):
    for number in range(ROUNDS):
        yield make_request(requester=alice, account=account, resource=f"arn:round-{number}")


@pytest.mark.parametrize("count", [2, 8])
def test_many_approve_at_once_and_one_approval_counts(account, alice, approvers, count):
    for request in rounds(alice, account):
        outcomes = at_once(*(approving(request, approver) for approver in approvers[:count]))
        assert len(told(outcomes)) == count - 1
        assert Approval.objects.filter(request=request).count() == 1
        assert seen(request).state == State.APPROVED
    assert AuditEntry.objects.filter(event="request.approve").count() == ROUNDS
    assert audit.verify().fault is None


@pytest.mark.parametrize("count", [2, 8])
def test_some_approve_while_others_reject_and_one_decision_counts(account, alice, approvers, count):
    for request in rounds(alice, account):
        half = count // 2
        deciding = [approving(request, approver) for approver in approvers[:half]]
        deciding += [rejecting(request, approver) for approver in approvers[half:count]]
        assert len(told(at_once(*deciding))) == count - 1
        verdict = Approval.objects.get(request=request).verdict
        assert (verdict, seen(request).state) in {("approve", State.APPROVED), ("reject", State.REJECTED)}
        assert AuditEntry.objects.filter(subject=request.code).count() == 1


@pytest.mark.parametrize("count", [2, 8])
def test_it_is_withdrawn_while_others_approve_and_never_both_at_once(account, alice, approvers, count):
    for request in rounds(alice, account):
        acting = [approving(request, approver) for approver in approvers[: count - 1]]
        at_once(*acting, withdrawing(request, alice))
        state, approvals = seen(request).state, Approval.objects.filter(request=request).count()
        # An approved request may still be withdrawn before it is applied; a withdrawn one is never approved.
        events = list(AuditEntry.objects.filter(subject=request.code).values_list("event", flat=True))
        assert (events, approvals, state) in [
            (["request.approve"], 1, State.APPROVED),
            (["request.withdraw"], 0, State.WITHDRAWN),
            (["request.approve", "request.withdraw"], 1, State.WITHDRAWN),
        ]


def test_two_approvals_that_are_both_needed_count_each_other(account, alice, approvers):
    make_rule(*approvers, approvals=2)
    for request in rounds(alice, account):
        assert not told(at_once(*(approving(request, approver) for approver in approvers[:2])))
        assert seen(request).state == State.APPROVED
        assert Approval.objects.filter(request=request).count() == 2


def test_one_narrows_while_another_approves_and_only_what_was_shown_is_approved(account, alice, approvers):
    for request in rounds(alice, account):
        page = seen(request)

        def narrowing(page=page):
            services.narrow(
                request=page,
                approver=approvers[0],
                change_digest=page.change_digest,
                wanted=Fields(hours=8),
                reason="Less.",
            )

        outcomes = at_once(narrowing, approving(request, approvers[1]))
        assert len([outcome for outcome in outcomes if isinstance(outcome, Told)]) == 1
        now = seen(request)
        narrowed = now.change_digest != page.change_digest
        assert (now.state, now.change["hours"]) == ((State.SUBMITTED, 8) if narrowed else (State.APPROVED, 24))
        assert Approval.objects.filter(request=request, change_digest=now.change_digest).exists() is not narrowed


def test_it_is_asked_anew_while_it_is_withdrawn_and_one_of_both_happens(account, alice, approvers):
    for number in range(ROUNDS):
        request = make_request(
            requester=alice, account=account, state=State.NEEDS_CHANGES, resource=f"arn:round-{number}"
        )
        page = seen(request)
        outcomes = at_once(
            lambda page=page: services.resubmit(request=page, person=alice, justification="Because."),
            withdrawing(request, alice),
        )
        events = list(AuditEntry.objects.filter(subject=request.code).values_list("event", flat=True))
        # A request that was asked anew may still be withdrawn; a withdrawn one is never asked anew.
        assert (events, len(told(outcomes)), seen(request).state) in [
            (["request.resubmit"], 1, State.SUBMITTED),
            (["request.withdraw"], 1, State.WITHDRAWN),
        ]


def test_many_comment_at_once_while_it_is_approved_and_nothing_is_lost(account, alice, approvers):
    for request in rounds(alice, account):

        def commenting(person, request=request):
            page = seen(request)
            return lambda: services.add_comment(request=page, author=person, text="Well.")

        at_once(*(commenting(person) for person in (alice, *approvers[:3])), approving(request, approvers[4]))
        assert Comment.objects.filter(request=request).count() == 4
        assert seen(request).state == State.APPROVED
    assert audit.verify().fault is None


def test_two_rules_for_one_place_are_confirmed_at_once_and_one_counts(account, approvers):
    adam, ada, abe = (make_person(name, Role.ADMIN) for name in ("adam", "ada", "abe"))
    for number in range(ROUNDS):
        drafts = [Draft(f"rule {each}", number + 1, (Place(approvers[each]),)) for each in range(2)]
        changes = [rules.propose_rule(by=adam, draft=draft) for draft in drafts]
        outcomes = at_once(
            lambda change=changes[0]: people.confirm_change(change=change, by=ada),
            lambda change=changes[1]: people.confirm_change(change=change, by=abe),
        )
        assert len(told(outcomes)) == 1
        assert RoutingRule.objects.filter(position=number + 1).count() == 1


def test_the_same_form_sent_many_times_at_once_files_one_request(account, alice, approvers):
    for number in range(ROUNDS):
        outcomes = at_once(*[filing(alice, account, number)] * 8)
        assert len({request.pk for request in outcomes}) == 1
    assert AccessRequest.objects.count() == ROUNDS
    assert AuditEntry.objects.filter(event="request.submit").count() == ROUNDS


def test_two_people_ask_for_the_same_at_once_and_one_request_is_filed(account, alice, charlie, approvers):
    PrincipalLink.objects.create(person=charlie, account=account, principal_arn=ALICE_ARN)

    for number in range(ROUNDS):
        outcomes = at_once(filing(alice, account, number), filing(charlie, account, number))
        assert [isinstance(outcome, Duplicate) for outcome in outcomes].count(True) == 1
    assert AccessRequest.objects.count() == ROUNDS


def filing(requester, account, number):
    return lambda: services.submit(
        requester=requester,
        account=account,
        call=make_call(resource=f"arn:{number}"),
        change=make_change(account, resource=f"arn:{number}"),
        justification="The weekly import needs it.",
        idempotency_key=f"{requester.username}-{number}",
    )


@pytest.mark.parametrize("files", ["the person", "somebody for the person"])
def test_a_person_is_erased_while_a_request_of_theirs_is_filed_and_one_of_both_happens(
    account, charlie, approvers, files
):
    adam, ada = (make_person(name, Role.ADMIN) for name in ("adam", "ada"))
    for number in range(ROUNDS):
        PrincipalLink.objects.all().delete()
        person = make_person(f"person{number}", links=((account, ALICE_ARN),))
        requester = person if files == "the person" else charlie
        outcomes = at_once(
            filing(requester, account, number),
            lambda person=person: erasing.erase(person=person, by=adam, confirmed_by=ada),
        )
        person.refresh_from_db()
        filed = AccessRequest.objects.filter(beneficiary=person, resource=f"arn:{number}").exists()
        # Where the person was erased first, nobody owns the principal any more: then it may be filed for nobody.
        assert filed is person.is_active
        assert len([outcome for outcome in outcomes if isinstance(outcome, Told)]) <= 1
    assert audit.verify().fault is None


def test_a_person_is_erased_while_they_paste_and_nothing_of_it_stays(account):
    adam, ada = (make_person(name, Role.ADMIN) for name in ("adam", "ada"))
    for number in range(ROUNDS):
        person = make_person(f"person{number}", links=((account, ALICE_ARN),))
        reading = diagnosis.read_paste(denial_text())
        at_once(
            lambda person=person, reading=reading: diagnosis.diagnose(person=person, reading=reading),
            lambda person=person: erasing.erase(person=person, by=adam, confirmed_by=ada),
        )
        person.refresh_from_db()
        assert not person.is_active
        assert not Diagnosis.objects.filter(person=person).exists()
    assert audit.verify().fault is None


def test_a_person_is_erased_while_they_approve_and_nobody_waits_for_the_other(account, alice):
    adam, ada = (make_person(name, Role.ADMIN) for name in ("adam", "ada"))
    for number, request in enumerate(rounds(alice, account)):
        approver = make_person(f"approver{number}", Role.APPROVER, account=account)
        at_once(
            approving(request, approver),
            lambda approver=approver: erasing.erase(person=approver, by=adam, confirmed_by=ada),
        )
        approver.refresh_from_db()
        assert not approver.is_active
        approved = Approval.objects.filter(request=request).exists()
        assert seen(request).state == (State.APPROVED if approved else State.SUBMITTED)


def test_a_person_is_disabled_while_they_file_and_approve_and_nothing_of_theirs_is_left_waiting(account, approvers):
    adam = make_person("adam", Role.ADMIN)
    for number in range(ROUNDS):
        PrincipalLink.objects.all().delete()
        person = make_person(f"person{number}", Role.APPROVER, account=account, links=((account, ALICE_ARN),))
        other = make_request(requester=make_person(f"other{number}"), account=account, call_digest=f"{number:064}")
        outcomes = at_once(
            filing(person, account, number),
            approving(other, person),
            lambda person=person: enabling.disable(by=adam, person=person, reason="Left."),
        )
        assert outcomes[2] is None
        filed = AccessRequest.objects.filter(requester=person)
        assert all(request.due_at <= timezone.now() for request in filed)  # the worker ends it at once
        approved = Approval.objects.filter(approver=person).exists()
        assert seen(other).state == (State.APPROVED if approved else State.SUBMITTED)
    assert audit.verify().fault is None


def test_two_admins_decide_a_change_of_roles_at_once_and_one_decision_counts(charlie):
    adam, ada, abe = (make_person(name, Role.ADMIN) for name in ("adam", "ada", "abe"))
    for _ in range(ROUNDS):
        RoleAssignment.objects.filter(person=charlie).delete()
        change = people.propose_change(by=adam, kind=AdminChange.Kind.ADD_ROLE, person=charlie, role=Role.HELPDESK)
        pages = [AdminChange.objects.get(pk=change.pk) for _ in range(2)]
        outcomes = at_once(
            lambda page=pages[0]: people.confirm_change(change=page, by=ada),
            lambda page=pages[1]: people.refuse_change(change=page, by=abe),
        )
        assert len(told(outcomes)) == 1
        change.refresh_from_db()
        applied = change.state == AdminChange.State.APPLIED
        assert RoleAssignment.objects.filter(person=charlie).exists() is applied


def test_many_append_to_the_audit_trail_at_once_and_it_stays_one_chain(alice):
    def appending(number):
        def append():
            for step in range(ROUNDS):
                audit.append(event="x.y", actor=alice, subject=f"S{number}", data={"n": step})

        return append

    at_once(*(appending(number) for number in range(8)))
    assert AuditEntry.objects.count() == 8 * ROUNDS
    assert audit.verify().fault is None
