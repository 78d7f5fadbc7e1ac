"""Asking for access: what can be asked for, side by side, and what is refused before it is filed."""

import json
import re
from dataclasses import replace

import pytest

from tests.builders import denial_text, make_request
from tests.cast import MATEO_ARN, make_person
from tests.web.living import control_policies, document, go_live, identity_policy
from tests.web.signing_in import pasted, signed_in
from troubleshoot.access import services
from troubleshoot.access.diagnosis import answer
from troubleshoot.access.options import options_of
from troubleshoot.iam.snapshot import StoredPolicy
from troubleshoot.models import AccessRequest, Account, Person, Role, State

SENT = {"justification": "The weekly import needs it.", "hours": "168", "ticket": "OPS-1234", "key": "k" * 32}
HIGH = "sqs:AddPermission"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:jobs"


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch, account: Account, mateo: Person, rita: Person) -> Account:
    """An account in which Mateo's group may list datasets, and nothing stands in the way."""
    Account.objects.filter(pk=account.pk).update(allows_permanent=True)
    team = identity_policy(document("Allow", "personalize:ListDatasets"), holder="group/ml-readers")
    go_live(monkeypatch, account, identity=(team,), scps=None, rcps=None, vpc_endpoint=None)
    return account


def form_of(person: Person, text: str | None = None) -> str:
    kept = pasted(signed_in(person), text or denial_text(MATEO_ARN))
    return f"/d/{kept.token}/request/"


def shown(person: Person, address: str) -> str:
    return signed_in(person).get(address).content.decode()


def test_this_action_the_job_and_the_edit_stand_side_by_side_with_their_risks(live: Account, mateo: Person) -> None:
    page = shown(mateo, form_of(mateo))
    for said in ("Just this action", "The whole job: look at everything, change nothing", "By hand: a change of"):
        assert said in page
    assert page.count("low risk") >= 2
    assert "medium risk" in page
    assert "One approver decides." in page
    assert "Shown to be enough." in page
    assert "1 action<" in page
    assert re.search(r"Shown to be enough\. \d+ of its \d+ actions would work\.", page)


def test_the_smallest_is_chosen_where_nobody_chooses(live: Account, mateo: Person) -> None:
    signed_in(mateo).post(form_of(mateo), SENT)
    (statement,) = AccessRequest.objects.get().change["statements"]
    assert statement["Action"] == "personalize:ListSchemas"


def test_the_whole_job_can_be_asked_for(live: Account, mateo: Person) -> None:
    signed_in(mateo).post(form_of(mateo), {**SENT, "what": "job-auditor"})
    asked = AccessRequest.objects.get()
    assert asked.change["hours"] == 168
    actions = [name for one in asked.change["statements"] for name in one["Action"]]
    assert "personalize:Describe*" in actions


def test_an_edit_by_hand_has_no_end_and_keeps_what_it_was_before(live: Account, mateo: Person, noor: Person) -> None:
    signed_in(mateo).post(form_of(mateo), {**SENT, "what": "edit-1", "hours": ""})
    change = AccessRequest.objects.get().change
    assert (change["hours"], change["kind"]) == (None, "group_edit")
    assert json.loads(change["edit"]["before"])["Statement"][0]["Action"] == "personalize:ListDatasets"
    assert AccessRequest.objects.get().risk == "medium"


def test_an_edit_is_shown_side_by_side_and_says_whom_it_touches(live: Account, mateo: Person) -> None:
    page = shown(mateo, form_of(mateo))
    assert "Everybody in the group ml-readers gains by it." in page
    assert "policy__line--added" in page


def test_what_is_not_offered_cannot_be_chosen(live: Account, mateo: Person) -> None:
    response = signed_in(mateo).post(form_of(mateo), {**SENT, "what": "job-builder"})
    assert response.status_code == 422
    assert "Choose one of what is offered here." in response.content.decode()
    assert not AccessRequest.objects.exists()


def test_what_the_risk_does_not_allow_for_so_long_is_refused_beside_the_field(live: Account, mateo: Person) -> None:
    response = signed_in(mateo).post(form_of(mateo), {**SENT, "what": "job-operations", "hours": "none"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "The risk is medium, so it may last 30 days at most." in page
    assert 'href="#id_hours_0"' in page
    assert "The weekly import needs it." in page
    assert not AccessRequest.objects.exists()


def test_a_high_risk_asks_for_two_approvers_and_offers_a_week_at_most(
    live: Account, mateo: Person, noor: Person
) -> None:
    text = f"User: {MATEO_ARN} is not authorized to perform: {HIGH} on resource: {QUEUE}"
    page = shown(mateo, form_of(mateo, text))
    assert "high risk" in page
    assert "2 different people must approve it: Rita or Noor." in page
    assert "Narrower:" in page
    assert re.search(r'name="hours"[^>]*value="168"', page)
    assert not re.search(r'name="hours"[^>]*value="(720|none)"', page)


def test_a_quota_that_is_full_is_told_first_and_nothing_is_filed(
    monkeypatch: pytest.MonkeyPatch, account: Account, mateo: Person, rita: Person
) -> None:
    arns = [f"arn:aws:iam::123456789012:policy/P{number}" for number in range(10)]
    text = document("Allow", "personalize:ListDatasets")
    held = tuple(StoredPolicy("managed", arn.rpartition("/")[2], text, MATEO_ARN, arn) for arn in arns)
    go_live(monkeypatch, account, identity=held, scps=None, rcps=None, vpc_endpoint=None)
    address = form_of(mateo)
    assert "AWS would refuse this" in shown(mateo, address)
    response = signed_in(mateo).post(address, SENT)
    assert response.status_code == 422
    assert "One must be detached first." in response.content.decode()
    assert not AccessRequest.objects.exists()


def test_what_is_active_and_overlaps_is_shown_before_filing(live: Account, mateo: Person) -> None:
    active = make_request(
        requester=mateo, account=live, principal=MATEO_ARN, action="personalize:List*", state=State.ACTIVE
    )
    page = shown(mateo, form_of(mateo))
    assert "Look at these first" in page
    assert active.code in page


def test_on_behalf_nothing_of_the_owners_rights_is_shown(live: Account, mateo: Person, charlie: Person) -> None:
    page = shown(charlie, form_of(charlie))
    assert "ml-readers" not in page
    assert "By hand" not in page
    assert "What is held already was not read" in page


def test_helpdesk_sees_no_policy_text_in_the_choices(live: Account, mateo: Person) -> None:
    helen = make_person("helena", Role.HELPDESK)
    page = shown(helen, form_of(helen))
    assert "By hand" not in page
    assert "RetailDatasets" not in page


def test_every_layer_that_no_request_can_change_gets_its_own_text_to_send(
    monkeypatch: pytest.MonkeyPatch, account: Account, mateo: Person
) -> None:
    deny, other = document("Deny", "personalize:*"), document("Allow", "s3:*")
    boundary = StoredPolicy("boundary", "Ceiling", other, MATEO_ARN, "arn:aws:iam::123456789012:policy/Ceiling")
    go_live(monkeypatch, account, identity=(), scps=control_policies(deny), boundary=boundary)
    client = signed_in(mateo)
    page = client.get(f"/d/{pasted(client, denial_text(MATEO_ARN)).token}/").content.decode()
    assert "Ask whoever manages your organization’s service control policies" in page.replace("&#x27;", "’")
    assert "Ask the administrator who set the permissions boundary" in page
    assert "A statement in a service control policy denies it. Could you" in page
    assert "No permissions boundary allows it. Could you" in page
    assert "Request access" not in page


def test_what_has_no_room_is_refused_whoever_files_it(
    monkeypatch: pytest.MonkeyPatch, account: Account, mateo: Person, rita: Person
) -> None:
    arns = [f"arn:aws:iam::123456789012:policy/P{number}" for number in range(10)]
    held = tuple(
        StoredPolicy("managed", f"P{number}", document("Allow", "s3:GetObject"), MATEO_ARN, arn)
        for number, arn in enumerate(arns)
    )
    go_live(monkeypatch, account, identity=held, scps=None, rcps=None, vpc_endpoint=None)
    kept = pasted(signed_in(mateo), denial_text(MATEO_ARN))
    options = options_of(answer(kept, viewer=mateo), kept)
    assert options is not None
    change = replace(options.choices[0].change, hours=8)
    with pytest.raises(services.Refused) as refused:
        services.submit(
            requester=mateo,
            account=account,
            call=options.call,
            change=change,
            justification="The import needs it.",
            idempotency_key="k" * 32,
            diagnosis=kept,
        )
    assert refused.value.code == "no_room"
