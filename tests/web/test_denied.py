"""What somebody was denied lately: one's own calls, from the account's trail, each one button from its diagnosis."""

import html
import json
import re

import pytest

from tests.builders import make_diagnosis
from tests.cast import MATEO_ARN
from tests.web.living import answer_with, go_live
from tests.web.signing_in import signed_in
from troubleshoot.aws.answers import DeniedEvent, DeniedEvents, NotAnswered
from troubleshoot.aws.errors import ProblemKind
from troubleshoot.models import Account, Diagnosis, Person

MESSAGE = f"User: {MATEO_ARN} is not authorized to perform: personalize:ListSchemas"
EVENT = json.dumps(
    {
        "eventTime": "2026-11-22T11:58:00Z",
        "errorCode": "AccessDenied",
        "errorMessage": MESSAGE,
        "eventSource": "personalize.amazonaws.com",
        "eventName": "ListSchemas",
        "awsRegion": "us-east-1",
        "userIdentity": {"type": "IAMUser", "arn": MATEO_ARN, "accountId": "123456789012"},
    }
)


def events(*texts: str, complete: bool = True, only_source: str | None = None) -> DeniedEvents:
    at, source = "2026-11-22T11:58:00+00:00", "personalize.amazonaws.com"
    found = tuple(
        DeniedEvent(str(number), at, "ListSchemas", source, "us-east-1", text) for number, text in enumerate(texts)
    )
    since, until = "2026-11-22T06:00:00+00:00", "2026-11-22T12:00:00+00:00"
    return DeniedEvents(MATEO_ARN, found, since, until, complete, ("us-east-1",), only_source)


def lately(person: Person) -> str:
    link = person.links.get()
    return str(signed_in(person).get(f"/denied/?of={link.pk}").content.decode())


def test_a_person_picks_one_of_their_own_principals(mateo: Person, account: Account) -> None:
    page = signed_in(mateo).get("/denied/").content.decode()
    assert "As whom did you make the call?" in page
    assert "user mateojackson" in page


def test_who_has_no_principal_is_told_what_to_do(charlie: Person) -> None:
    page = signed_in(charlie).get("/denied/").content.decode()
    assert "No IAM user or role is linked to you." in page
    assert "Paste an error" in page


def test_each_refused_call_is_listed_with_the_time_that_was_looked_through(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    go_live(monkeypatch, account)
    asked = answer_with(monkeypatch, events=events(EVENT))
    page = lately(mateo)
    assert asked.asked == [f"events {MATEO_ARN}"]
    assert "<code>personalize:ListSchemas</code>" in page
    assert "Looked through CloudTrail in us-east-1, from 06:00 to 12:00 UTC on 22 November." in page
    assert "CloudTrail lags by up to 15 minutes" in page
    assert "Older calls of these hours may be missing" not in page


def test_a_listed_call_is_diagnosed_with_one_button(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    go_live(monkeypatch, account)
    answer_with(monkeypatch, events=events(EVENT))
    hidden = re.search(r'name="text" value="([^"]*)"', lately(mateo))
    assert hidden is not None
    response = signed_in(mateo).post("/read/", {"text": html.unescape(hidden.group(1))})
    kept = Diagnosis.objects.get(person=mateo)
    assert response.headers["Location"] == f"/d/{kept.token}/"
    assert (kept.facts["action"], kept.facts["principal"]) == ("personalize:ListSchemas", MATEO_ARN)


def test_no_more_than_can_be_read_is_listed_and_the_page_says_so(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    go_live(monkeypatch, account)
    answer_with(monkeypatch, events=events(*[EVENT] * 40, only_source="personalize.amazonaws.com"))
    page = lately(mateo)
    assert page.count("<tr>") == 26
    assert "Older calls of these hours may be missing." in page
    assert "Only calls to personalize.amazonaws.com were looked at." in page


def test_nothing_found_is_said_with_the_way_on(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    go_live(monkeypatch, account)
    answer_with(monkeypatch, events=events())
    page = lately(mateo)
    assert "No refused call found" in page
    assert "CloudTrail lags by up to 15 minutes" in page


def test_a_trail_that_could_not_be_read_says_why(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    go_live(monkeypatch, account)
    denied = NotAnswered("The portal may not read it.", ProblemKind.ACCESS_DENIED, "cloudtrail:LookupEvents")
    answer_with(monkeypatch, events=denied)
    page = lately(mateo)
    assert "The portal may not read it. The permission cloudtrail:LookupEvents would help." in page
    assert "CloudTrail could not be read" in page


@pytest.mark.parametrize("asked", ["9999", "x", "arn:aws:iam::123456789012:user/mateojackson"])
def test_anothers_principal_cannot_be_looked_up(
    monkeypatch: pytest.MonkeyPatch, mary: Person, mateo: Person, account: Account, asked: str
) -> None:
    go_live(monkeypatch, account)
    trail = answer_with(monkeypatch, events=events(EVENT))
    for number in (asked, str(mateo.links.get().pk)):
        assert signed_in(mary).get("/denied/", {"of": number}).status_code == 404
    assert trail.asked == []


def test_staff_look_up_the_principal_of_a_case_and_a_stranger_does_not(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, charlie: Person, helen: Person, account: Account
) -> None:
    go_live(monkeypatch, account)
    trail = answer_with(monkeypatch, events=events(EVENT))
    case = make_diagnosis(person=mateo, account=account, facts={"principal": MATEO_ARN})
    page = signed_in(helen).get(f"/d/{case.token}/denied/").content.decode()
    assert "What the user mateojackson was denied lately" in page
    assert "What you were denied lately" in signed_in(mateo).get(f"/d/{case.token}/denied/").content.decode()
    assert len(trail.asked) == 2
    assert signed_in(charlie).get(f"/d/{case.token}/denied/").status_code == 404
    assert len(trail.asked) == 2


def test_a_pasted_arn_of_somebody_else_opens_nobodys_trail(
    monkeypatch: pytest.MonkeyPatch, charlie: Person, account: Account
) -> None:
    go_live(monkeypatch, account)
    trail = answer_with(monkeypatch, events=events(EVENT))
    case = make_diagnosis(person=charlie, account=account, facts={"principal": MATEO_ARN})
    assert signed_in(charlie).get(f"/d/{case.token}/denied/").status_code == 404
    assert trail.asked == []
