"""Still denied: the call is judged again on live state, and the next request follows the first."""

import json

import pytest

from tests.builders import denial_text, make_change, make_request
from tests.cast import ALICE_ARN
from tests.faults.conftest import approved, iam, writable  # noqa: F401 - fixtures
from tests.faults.fake_iam import FakeIam, install
from tests.faults.steps import drain
from troubleshoot.access import diagnosis as diagnoses
from troubleshoot.access import services, still_denied
from troubleshoot.access.calls import call_from_data
from troubleshoot.access.errors import Duplicate, Refused
from troubleshoot.models import AuditEntry, Diagnosis, State

pytestmark = pytest.mark.django_db
NO_IMPORTS = {"Sid": "NoImports", "Effect": "Deny", "Action": "personalize:*", "Resource": "*"}
DENY = json.dumps({"Version": "2012-10-17", "Statement": [NO_IMPORTS]})


@pytest.fixture
def active(approved, iam):  # noqa: F811
    drain()
    approved.refresh_from_db()
    assert approved.state == State.ACTIVE
    return approved


def test_the_original_call_is_read_and_judged_again(active, alice):
    found = still_denied.look_again(request=active, person=alice)
    assert found.follows == active
    assert (found.facts["principal"], found.facts["action"]) == (ALICE_ARN, active.action)
    assert found.checked_at > active.grant.verified_at
    assert AuditEntry.objects.get(event="request.still_denied").data["case"] == found.code


def test_the_next_blocker_is_shown(active, alice, iam, monkeypatch):  # noqa: F811
    install(monkeypatch, FakeIam(iam.file, boundary=DENY))
    found = still_denied.look_again(request=active, person=alice)
    answer = diagnoses.answer(found, viewer=alice)
    assert [str(result.layer) for result in answer.decision.stopping] == ["boundary"]
    assert answer.proposal is None


def test_a_new_error_is_diagnosed_in_its_place(active, alice):
    reading = diagnoses.read_paste(denial_text(action="personalize:CreateSchema"))
    found = still_denied.look_again(request=active, person=alice, reading=reading)
    assert found.facts["action"] == "personalize:CreateSchema"
    assert found.follows == active


def ask(person, account, request, found, key, **values):
    change = make_change(account, action=values.get("action", request.action))
    call = call_from_data({**request.call, "action": values.get("action", request.action)})
    return services.submit(
        requester=person,
        account=account,
        call=call,
        change=change,
        justification="It is still denied.",
        idempotency_key=key,
        diagnosis=found,
    )


def test_the_next_request_follows_and_is_no_duplicate_of_the_first(active, alice, rita, account):
    found = still_denied.look_again(request=active, person=alice)
    made = ask(alice, account, active, found, "the-follower-form")
    assert (made.follows, made.state) == (active, State.SUBMITTED)
    with pytest.raises(Duplicate) as again:
        ask(alice, account, active, found, "the-follower-form-again")
    assert again.value.request == made


def test_without_looking_again_the_same_is_a_duplicate_as_ever(active, alice, rita, account):
    with pytest.raises(Duplicate) as found:
        ask(alice, account, active, None, "the-same-again-form")
    assert found.value.request == active


def test_a_text_without_a_denial_is_told(active, alice):
    with pytest.raises(Refused, match="No denial"):
        still_denied.look_again(request=active, person=alice, reading=diagnoses.read_paste("Good morning."))
    assert not Diagnosis.objects.filter(follows=active).exists()


def test_only_its_people_and_only_while_it_is_active(active, alice, charlie, rita, account):
    for person in (charlie, rita):
        with pytest.raises(Refused):
            still_denied.look_again(request=active, person=person)
    over = make_request(requester=alice, account=account, action="personalize:CreateSchema", state=State.EXPIRED)
    with pytest.raises(Refused, match="Only active"):
        still_denied.look_again(request=over, person=alice)
