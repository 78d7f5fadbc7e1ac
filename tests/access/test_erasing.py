"""A person's words and name can be erased; the record of what was done stays, and verifies."""

import json
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.contrib.auth.backends import ModelBackend
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.builders import denial_text, make_approval, make_call, make_change, make_diagnosis, make_request
from tests.cast import ALICE_ARN, make_person
from troubleshoot import audit
from troubleshoot.access import diagnosis as diagnoses
from troubleshoot.access import erasing, outbox, people, searching, services
from troubleshoot.access.erasing import REMAINS, erase
from troubleshoot.access.errors import Refused, Stale
from troubleshoot.models import (
    AccessRequest,
    AdminChange,
    Approval,
    AuditEntry,
    Comment,
    Diagnosis,
    GuideAnswer,
    Person,
    Role,
    RoleAssignment,
    State,
)

pytestmark = pytest.mark.django_db
SECRET = "canary-of-alice"


def everything_kept():
    rows = []
    for model in apps.get_app_config("troubleshoot").get_models():
        rows += [json.dumps(row, default=str) for row in model.objects.values()]
    return "\n".join(rows)


@pytest.fixture
def written(account, alice, rita, noor, adam, ada):
    """Alice has left words wherever she could."""
    Person.objects.filter(pk=alice.pk).update(last_name=SECRET, email=f"{SECRET}@example.com")
    alice.refresh_from_db()
    kept = make_diagnosis(person=alice, account=account, text=f"pasted {SECRET}")
    make_diagnosis(person=alice, account=account, text=f"loose {SECRET}")
    request = services.submit(
        requester=alice,
        account=account,
        call=make_call(),
        change=make_change(account),
        justification=f"because {SECRET}",
        ticket=f"T-{SECRET}",
        diagnosis=kept,
        idempotency_key="one",
    )
    Comment.objects.create(request=request, author=alice, text=f"well {SECRET}", at=timezone.now())
    outbox.queue(
        [outbox.Mail("submitted", rita, {"words": f"said {SECRET}"}), outbox.Mail("submitted", alice)],
        cause="step-x",
        request=request,
    )
    GuideAnswer.objects.create(lookup="x", person=alice, sealed=b"x", ends_at=timezone.now())
    others = make_request(requester=rita, account=account, action="s3:GetObject", state=State.REJECTED)
    approval = make_approval(others, alice, Approval.Verdict.REJECT)
    Approval.objects.filter(pk=approval.pk).update(reason=f"no {SECRET}")
    arn = f"arn:aws:iam::123456789012:user/{SECRET}"
    link = {"by": adam, "kind": AdminChange.Kind.ADD_LINK, "person": alice, "account": account}
    people.refuse_change(change=people.propose_change(**link, principal_arn=arn), by=ada)
    people.propose_change(**link, principal_arn=arn)
    AccessRequest.objects.filter(pk=request.pk).update(state=State.WITHDRAWN)
    return request


def test_nothing_that_the_person_wrote_is_left(written, alice, adam, ada):
    assert SECRET in everything_kept()
    counts = erase(person=alice, by=adam, confirmed_by=ada)
    assert SECRET not in everything_kept()
    assert counts["texts"] >= 3
    assert (counts["requests"], counts["comments"], counts["reasons"], counts["answers"]) == (1, 1, 1, 1)


def in_the_middle_of_reading(monkeypatch, act):
    """Let `act` happen after the live state was read and before the answer is kept."""
    reads = diagnoses.read_live

    def read_and_act(*args, **options):
        found = reads(*args, **options)
        act()
        return found

    monkeypatch.setattr(diagnoses, "read_live", read_and_act)


def test_what_is_pasted_at_that_very_moment_is_not_kept(alice, adam, ada, monkeypatch):
    in_the_middle_of_reading(monkeypatch, lambda: erase(person=alice, by=adam, confirmed_by=ada))
    with pytest.raises(Refused, match="disabled a moment ago"):
        diagnoses.diagnose(person=alice, reading=diagnoses.read_paste(denial_text()))
    assert not alice.diagnoses.exists()


def test_a_case_that_is_checked_again_at_that_very_moment_does_not_come_back(
    written, alice, account, adam, ada, monkeypatch
):
    loose, kept = make_diagnosis(person=alice, account=account), written.diagnosis
    for number, case in enumerate((loose, kept)):
        once = [lambda: erase(person=alice, by=adam, confirmed_by=ada)][number:]
        in_the_middle_of_reading(monkeypatch, lambda once=once: once.pop()() if once else None)
        diagnoses.recheck(case, viewer=alice)
    assert [(case.pk, case.text) for case in alice.diagnoses.all()] == [(kept.pk, "")]


def test_the_chain_still_verifies_and_tells_of_it(written, alice, adam, ada):
    erase(person=alice, by=adam, confirmed_by=ada)
    assert audit.verify().fault is None
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert "none changed" in out.getvalue()


def test_what_was_asked_and_decided_remains(written, alice, adam, ada):
    erase(person=alice, by=adam, confirmed_by=ada)
    written.refresh_from_db()
    assert (written.principal_arn, written.requester_id) == (ALICE_ARN, alice.pk)
    assert written.diagnosis.text == ""
    assert written.diagnosis.facts
    assert Diagnosis.objects.count() == 1
    assert Approval.objects.get().verdict == Approval.Verdict.REJECT
    found = searching.matching(AccessRequest.objects.all(), written.code)
    assert list(found) == [written]
    assert not searching.matching(AccessRequest.objects.all(), "canary").exists()


def test_nobody_signs_in_as_them_any_more(written, alice, adam, ada):
    assert ModelBackend().get_user(alice.pk) == alice
    erase(person=alice, by=adam, confirmed_by=ada)
    assert ModelBackend().get_user(alice.pk) is None  # a session that is open ends with it
    assert authenticate(username="alice", password="alice-password-1") is None
    alice.refresh_from_db()
    assert (alice.is_active, str(alice)) == (False, f"erased-{alice.public_id.hex[:12]}")


@pytest.mark.parametrize(
    ("by", "confirmed_by", "words"),
    [
        ("adam", "adam", "Two administrators"),
        ("adam", "rita", "Only an administrator"),
        ("charlie", "ada", "Only an administrator"),
    ],
)
def test_two_administrators_have_to_want_it(alice, request, by, confirmed_by, words):
    admins = {name: request.getfixturevalue(name) for name in (by, confirmed_by)}
    with pytest.raises(Refused, match=words):
        erase(person=alice, by=admins[by], confirmed_by=admins[confirmed_by])
    assert Person.objects.get(pk=alice.pk).is_active


def test_an_administrator_does_not_erase_themselves(adam, ada):
    with pytest.raises(Refused, match="neither of them is the person"):
        erase(person=adam, by=adam, confirmed_by=ada)


@pytest.mark.parametrize("role", ["requester", "beneficiary"])
def test_whoever_holds_access_has_to_be_known(account, alice, mary, adam, ada, role):
    who = {"requester": alice, "beneficiary": mary}
    request = make_request(requester=who["requester"], beneficiary=mary, account=account, state=State.ACTIVE)
    with pytest.raises(Refused, match=f"End these requests first: {request.code}"):
        erase(person=who[role], by=adam, confirmed_by=ada)


def test_the_command_says_what_was_erased_and_what_remains(written, alice, adam, ada):
    out = StringIO()
    call_command("erase_person", "alice", by="adam", confirmed_by="ada", yes=True, stdout=out)
    assert "1 requests" in out.getvalue()
    assert all(words in out.getvalue() for words in REMAINS)


def test_the_command_asks_first(written, alice, adam, ada, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _prompt: "no")
    with pytest.raises(CommandError, match="nothing was erased"):
        call_command("erase_person", "alice", by="adam", confirmed_by="ada")
    with pytest.raises(CommandError, match="nobody with the user name `nobody`"):
        call_command("erase_person", "nobody", by="adam", confirmed_by="ada", yes=True)
    assert SECRET in everything_kept()


def propose(by, person, reason="DPO-7"):
    return erasing.propose(by=by, person=person, reason=reason)


def test_a_second_administrator_confirms_it_on_the_page(written, alice, adam, ada):
    change = propose(adam, alice)
    assert SECRET in everything_kept()
    people.confirm_change(change=change, by=ada)
    assert SECRET not in everything_kept()
    erased = AuditEntry.objects.get(event="person.erased")
    assert (erased.actor, erased.data["confirmed_by"]) == (str(adam.public_id), str(ada.public_id))
    last = list(AuditEntry.objects.order_by("sequence").values_list("event", flat=True))
    assert last[-4:] == ["people.propose", "texts.erased", "person.erased", "people.confirm"]
    assert audit.verify().fault is None


def test_nobody_confirms_an_erasure_that_they_proposed(written, alice, adam, ada):
    with pytest.raises(Refused, match="proposed this yourself"):
        people.confirm_change(change=propose(adam, alice), by=adam)
    assert SECRET in everything_kept()


def test_the_person_concerned_neither_proposes_nor_confirms_it(adam, ada):
    make_person("abe", Role.ADMIN)
    with pytest.raises(Refused, match="Nobody proposes to erase themselves"):
        propose(ada, ada)
    with pytest.raises(Refused, match="about yourself"):
        people.confirm_change(change=propose(adam, ada), by=ada)
    ada.refresh_from_db()
    assert ada.is_active


def test_an_administrator_is_erased_only_where_two_others_are_there(adam, ada):
    with pytest.raises(Refused, match="No other administrator could confirm this"):
        propose(adam, ada)


def test_only_administrators_propose_it(alice, charlie, rita, otto, helen):
    for somebody in (charlie, rita, otto, helen):
        with pytest.raises(Refused, match="Only an administrator"):
            propose(somebody, alice)


def test_a_refused_erasure_erases_nothing(written, alice, adam, ada):
    people.refuse_change(change=propose(adam, alice), by=ada)
    assert SECRET in everything_kept()
    alice.refresh_from_db()
    assert alice.is_active


def test_it_is_not_proposed_while_a_request_is_open_nor_twice_nor_without_a_reason(account, alice, charlie, adam, ada):
    request = make_request(requester=alice, account=account, state=State.SUBMITTED)
    with pytest.raises(Refused, match=f"End these requests first: {request.code}"):
        propose(adam, alice)
    with pytest.raises(Refused, match="Say why"):
        propose(adam, charlie, " \u202e")
    propose(adam, charlie)
    with pytest.raises(Refused, match="proposed already"):
        propose(ada, charlie)
    assert AdminChange.objects.count() == 1


def test_a_request_filed_meanwhile_stands_in_the_way_and_the_proposal_waits_on(account, alice, adam, ada):
    change = propose(adam, alice)
    request = make_request(requester=alice, account=account, state=State.SUBMITTED)
    with pytest.raises(Refused, match=f"End these requests first: {request.code}"):
        people.confirm_change(change=change, by=ada)
    change.refresh_from_db()
    assert (change.state, change.decided_by) == (AdminChange.State.PROPOSED, None)


def test_a_proposal_of_somebody_who_is_no_administrator_any_more_is_stale(alice, adam, ada):
    change = propose(adam, alice)
    RoleAssignment.objects.filter(person=adam).delete()
    with pytest.raises(Stale, match="no administrator any more"):
        people.confirm_change(change=change, by=ada)
    alice.refresh_from_db()
    assert alice.is_active


def test_whoever_was_erased_is_not_erased_again(alice, adam, ada):
    erase(person=alice, by=adam, confirmed_by=ada)
    alice.refresh_from_db()
    with pytest.raises(Refused, match="erased already"):
        propose(adam, alice)


def test_the_reasons_of_an_erased_administrator_go_with_them(alice, adam, ada):
    abe = make_person("abe", Role.ADMIN)
    people.refuse_change(change=propose(abe, alice, SECRET), by=ada)
    erase(person=abe, by=adam, confirmed_by=ada)
    assert SECRET not in everything_kept()


def test_the_worker_looks_at_once_at_what_an_erased_approver_was_asked(account, alice, rita, adam, ada):
    request = make_request(requester=alice, account=account, state=State.SUBMITTED)
    AccessRequest.objects.update(due_at=None)
    erase(person=rita, by=adam, confirmed_by=ada)
    request.refresh_from_db()
    assert request.due_at <= timezone.now()


def test_the_command_without_a_terminal_says_how_to_go_on(written, alice, adam, ada, monkeypatch):
    def nobody(_prompt):
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    with pytest.raises(CommandError, match="nothing was erased; without a terminal, say --yes"):
        call_command("erase_person", "alice", by="adam", confirmed_by="ada")
    assert SECRET in everything_kept()
