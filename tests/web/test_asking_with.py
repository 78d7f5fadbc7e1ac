"""What the same call needs too: offered as boxes that nobody ticked, judged together, and told to the approver."""

import json
import re

import pytest
from django.test import Client

from tests.cast import MATEO_ARN
from tests.web import markup
from tests.web.living import document, go_live
from tests.web.signing_in import pasted, signed_in
from troubleshoot.iam.snapshot import StoredPolicy
from troubleshoot.models import AccessRequest, Account, Person

IMPORT = "arn:aws:personalize:us-east-1:123456789012:dataset-import-job/weekly"
ROLE = "arn:aws:iam::123456789012:role/personalize/PersonalizeService"
TEXT = (
    "An error occurred (AccessDeniedException) when calling the CreateDatasetImportJob operation: "
    f"User: {MATEO_ARN} is not authorized to perform: personalize:CreateDatasetImportJob on resource: {IMPORT} "
    "because no identity-based policy allows the personalize:CreateDatasetImportJob action"
)
SENT = {"justification": "The weekly import needs it.", "hours": "168", "ticket": "", "key": "k" * 32}
PASSING = {"also": ["iam:PassRole"], "named_iam_passrole": ROLE}


def live(monkeypatch: pytest.MonkeyPatch, account: Account, **pieces: object) -> None:
    """Let the portal read the account: nothing is allowed, and nothing stands in the way but `pieces`."""
    go_live(monkeypatch, account, **{"identity": (), "scps": None, "rcps": None, "vpc_endpoint": None, **pieces})


def asking(person: Person) -> tuple[Client, str]:
    browser = signed_in(person)
    return browser, f"/d/{pasted(browser, TEXT).token}/request/"


def actions(asked: AccessRequest) -> list[str]:
    return [one["Action"] for one in asked.change["statements"]]


def test_they_are_offered_unticked_each_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, account: Account, mateo: Person, rita: Person
) -> None:
    live(monkeypatch, account)
    browser, address = asking(mateo)
    page = markup.read(browser.get(address).content)
    boxes = page.all("input", type="checkbox", name="also")
    assert [one["value"] for one in boxes] == ["personalize:TagResource", "iam:PassRole"]
    assert not [one for one in boxes if "checked" in one]
    assert "iam:PassRole. CreateDatasetImportJob passes a role, if the call names one." in page.text
    assert "TagResource on dataset-import-job/weekly. Only if CreateDatasetImportJob sets tags." in page.text


def test_nothing_is_slipped_in(monkeypatch: pytest.MonkeyPatch, account: Account, mateo: Person, rita: Person) -> None:
    live(monkeypatch, account)
    browser, address = asking(mateo)
    browser.post(address, {**SENT, "named_iam_passrole": ROLE})
    assert actions(AccessRequest.objects.get()) == ["personalize:CreateDatasetImportJob"]


def test_what_was_ticked_is_asked_for_and_the_review_says_who_ticked_it(
    monkeypatch: pytest.MonkeyPatch, account: Account, mateo: Person, rita: Person
) -> None:
    live(monkeypatch, account)
    browser, address = asking(mateo)
    browser.post(address, {**SENT, **PASSING})
    asked = AccessRequest.objects.get()
    assert actions(asked) == ["personalize:CreateDatasetImportJob", "iam:PassRole"]
    assert asked.change["statements"][1]["Resource"] == ROLE
    assert asked.change["statements"][1]["Condition"] == {
        "StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}
    }
    text = signed_in(rita).get(f"/queue/{asked.code}/").content.decode()
    assert "Mateo asks for these with it" in text
    assert "<code>iam:PassRole</code> on <code>role/personalize/PersonalizeService</code>" in text
    assert "CreateDatasetImportJob passes a role, if the call names one." in text
    assert "judged each of the 2 actions (iam and personalize)" in text


def test_looking_first_shows_the_policy_with_it_and_that_it_works_and_files_nothing(
    monkeypatch: pytest.MonkeyPatch, account: Account, mateo: Person, rita: Person
) -> None:
    live(monkeypatch, account)
    browser, address = asking(mateo)
    response = browser.post(address, {"check": "1", "key": SENT["key"], **PASSING})
    page = markup.read(response.content)
    assert response.status_code == 200
    assert "There is a problem" not in page.text
    assert "What you ask for with it" in page.text
    assert "Newly allowed." in page.text
    assert "AlsoAsked" in response.content.decode()
    assert page.all("input", name="also", value="iam:PassRole")[0]["checked"] is not None
    assert page.all("input", name="named_iam_passrole", value=ROLE)
    assert not AccessRequest.objects.exists()


@pytest.mark.parametrize("named", ["", "PersonalizeService", f"{ROLE}*", "arn:aws:iam::111122223333:role/Other"])
def test_a_role_that_cannot_be_meant_is_refused_beside_its_line_and_kept(
    monkeypatch: pytest.MonkeyPatch, account: Account, mateo: Person, rita: Person, named: str
) -> None:
    live(monkeypatch, account)
    browser, address = asking(mateo)
    response = browser.post(address, {**SENT, "also": ["iam:PassRole"], "named_iam_passrole": named})
    page = markup.read(response.content)
    assert response.status_code == 422
    assert page.all("a", href="#id_named_iam_passrole")
    assert "The weekly import needs it." in response.content.decode()
    assert not named or page.all("input", name="named_iam_passrole", value=named)
    assert not AccessRequest.objects.exists()


def boundary(*statements: dict[str, object]) -> StoredPolicy:
    text = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **one} for one in statements]})
    return StoredPolicy("boundary", "Ceiling", text, MATEO_ARN)


def test_what_a_boundary_stops_all_the_same_is_not_offered(
    monkeypatch: pytest.MonkeyPatch, account: Account, mateo: Person, rita: Person
) -> None:
    live(monkeypatch, account, boundary=boundary({"Action": "personalize:*", "Resource": "*"}))
    browser, address = asking(mateo)
    boxes = markup.read(browser.get(address).content).all("input", name="also")
    assert [one["value"] for one in boxes] == ["personalize:TagResource"]


def test_a_role_that_a_boundary_stops_all_the_same_is_not_asked_for(
    monkeypatch: pytest.MonkeyPatch, account: Account, mateo: Person, rita: Person
) -> None:
    others = {"Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/others/*"}
    live(monkeypatch, account, boundary=boundary({"Action": "personalize:*", "Resource": "*"}, others))
    browser, address = asking(mateo)
    response = browser.post(address, {**SENT, **PASSING})
    assert response.status_code == 422
    assert "The permissions boundary would stop it all the same. Untick it." in response.content.decode()
    assert not AccessRequest.objects.exists()


def test_what_is_allowed_already_is_not_offered(
    monkeypatch: pytest.MonkeyPatch, account: Account, mateo: Person, rita: Person
) -> None:
    held = StoredPolicy("inline", "Passing", document("Allow", "iam:PassRole"), MATEO_ARN)
    live(monkeypatch, account, identity=(held,))
    browser, address = asking(mateo)
    boxes = markup.read(browser.get(address).content).all("input", name="also")
    assert [one["value"] for one in boxes] == ["personalize:TagResource"]


def test_what_was_never_offered_cannot_be_ticked(
    monkeypatch: pytest.MonkeyPatch, account: Account, mateo: Person, rita: Person
) -> None:
    live(monkeypatch, account)
    browser, address = asking(mateo)
    response = browser.post(address, {**SENT, "also": ["iam:CreateUser"]})
    assert response.status_code == 422
    assert not AccessRequest.objects.exists()


def test_without_live_state_they_are_offered_too_and_called_unproven(
    account: Account, mateo: Person, rita: Person
) -> None:
    browser, address = asking(mateo)
    text = markup.read(browser.post(address, {"check": "1", "key": SENT["key"], **PASSING}).content).text
    assert "Not known: nothing live was read." in text


def test_a_whole_job_that_a_boundary_cuts_is_told_action_by_action(
    monkeypatch: pytest.MonkeyPatch, account: Account, mateo: Person, rita: Person
) -> None:
    live(monkeypatch, account, boundary=boundary({"Action": "personalize:Create*", "Resource": "*"}))
    browser, address = asking(mateo)
    page = browser.get(address).content.decode()
    (working, every), *_ = re.findall(r"(\d+) of its (\d+) actions would work", page)
    assert 0 < int(working) < int(every)
    looked = browser.post(address, {"check": "1", "key": SENT["key"], "what": "job-builder"}).content.decode()
    assert "<code>personalize:DeleteCampaign</code>: stopped by the permissions boundary" in looked


def test_the_case_says_that_what_would_stop_next_can_be_ticked(
    monkeypatch: pytest.MonkeyPatch, account: Account, mateo: Person, rita: Person
) -> None:
    live(monkeypatch, account)
    browser, address = asking(mateo)
    page = browser.get(address.removesuffix("request/")).content.decode()
    assert page.count("You can tick it when you ask for access.") == 2
    live(monkeypatch, account, identity=(StoredPolicy("inline", "No", document("Deny", "iam:PassRole"), MATEO_ARN),))
    browser, address = asking(mateo)
    page = browser.get(address.removesuffix("request/")).content.decode()
    assert page.count("You can tick it when you ask for access.") == 1
    boxes = markup.read(browser.get(address).content).all("input", name="also")
    assert [one["value"] for one in boxes] == ["personalize:TagResource"]
