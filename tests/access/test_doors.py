"""What is not yours is missing, exactly like what does not exist."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from tests.builders import make_diagnosis, make_request
from tests.cast import make_account, make_person
from troubleshoot.access import doors, people
from troubleshoot.models import AdminChange, Role

pytestmark = pytest.mark.django_db


def opens(door, person, key):
    """Whether the door lets the person through. A refusal must say the same as for what does not exist."""
    answer, missing = outcome(door, person, key), outcome(door, person, "nothing")
    if isinstance(answer, Http404):
        assert str(answer) == str(missing)
    return not isinstance(answer, Http404)


def outcome(door, person, key):
    try:
        return door(person, key)
    except Http404 as refusal:
        return refusal


def test_it_shows_a_diagnosis_to_its_owner_and_to_staff(account, alice, rita, adam, helen, otto, charlie, mateo):
    diagnosis = make_diagnosis(person=alice, account=account)
    shown = {
        person.username: opens(doors.diagnosis_for, person, diagnosis.token)
        for person in (alice, rita, adam, helen, otto, charlie, mateo)
    }
    assert shown == {
        "alice": True,
        "rita": True,
        "adam": True,
        "helen": True,
        "otto": True,
        "charlie": False,
        "mateo": False,
    }
    assert not opens(doors.diagnosis_for, AnonymousUser(), diagnosis.token)


def test_it_shows_a_diagnosis_without_account_only_to_its_owner_and_those_of_every_account(alice, rita, helen):
    diagnosis = make_diagnosis(person=alice, account=None)
    everywhere = make_person("eve", Role.APPROVER)
    assert opens(doors.diagnosis_for, alice, diagnosis.token)
    assert opens(doors.diagnosis_by_code, helen, diagnosis.code)
    assert opens(doors.diagnosis_by_code, everywhere, diagnosis.code)
    assert not opens(doors.diagnosis_by_code, rita, diagnosis.code)


def test_it_lets_only_the_owner_and_helpdesk_go_on_with_a_diagnosis(account, alice, rita, helen):
    diagnosis = make_diagnosis(person=alice, account=account)
    assert opens(doors.own_diagnosis, alice, diagnosis.token)
    assert opens(doors.own_diagnosis, helen, diagnosis.token)
    assert not opens(doors.own_diagnosis, rita, diagnosis.token)


def test_it_shows_a_request_to_both_people_it_concerns(account, alice, helen, rita, charlie, mateo):
    request = make_request(requester=helen, beneficiary=alice, account=account)
    assert opens(doors.request_for, alice, request.code)
    assert opens(doors.request_for, helen, request.code)
    assert opens(doors.request_for, rita, request.code)
    assert not opens(doors.request_for, charlie, request.code)
    assert not opens(doors.request_for, mateo, request.code)
    assert opens(doors.own_request, alice, request.code)
    assert not opens(doors.own_request, rita, request.code)


def test_it_shows_the_review_to_reviewers_of_that_account_only(account, alice, rita, adam, helen, otto):
    request = make_request(requester=alice, account=account)
    elsewhere = make_person("eli", Role.APPROVER, account=make_account("210987654321", "other"))
    assert [opens(doors.request_to_review, person, request.code) for person in (rita, adam, otto)] == [True] * 3
    assert [opens(doors.request_to_review, person, request.code) for person in (elsewhere, alice, helen)] == [False] * 3
    assert not opens(doors.account_for, elsewhere, account.account_id)
    assert opens(doors.account_for, rita, account.account_id)


def test_it_shows_nothing_to_a_disabled_owner(account, alice):
    diagnosis = make_diagnosis(person=alice, account=account)
    request = make_request(requester=alice, account=account)
    alice.is_active = False
    assert not opens(doors.diagnosis_for, alice, diagnosis.token)
    assert not opens(doors.request_for, alice, request.code)
    assert not opens(doors.own_request, alice, request.code)


def test_it_shows_proposed_changes_to_admins_only(adam, ada, otto, rita, charlie):
    change = people.propose_change(by=adam, kind=AdminChange.Kind.ADD_ROLE, person=charlie, role=Role.HELPDESK)
    for person, sees in ((ada, True), (otto, False), (rita, False)):
        assert (outcome(doors.change_to_decide, person, change.pk) == change) is sees
    assert isinstance(outcome(doors.change_to_decide, ada, 0), Http404)
