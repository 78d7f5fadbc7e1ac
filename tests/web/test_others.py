"""Who can make a requested call already: told to those who decide, and to nobody else."""

import pytest

from tests.builders import make_request
from tests.cast import ALICE_ARN, MARY_ARN, MATEO_ARN
from tests.web.living import answer_with, document, go_live
from tests.web.signing_in import signed_in
from troubleshoot.iam.account import AccountSnapshot, InlinePolicy, PrincipalState
from troubleshoot.iam.snapshot import Missing
from troubleshoot.models import AccessRequest, Account, Person

ROLE = "arn:aws:iam::123456789012:role/Builder"
ACTION = "personalize:DescribeCampaign"
READ_AT = "2026-11-22T12:00:00+00:00"


def holder(kind: str, arn: str, *documents: str) -> PrincipalState:
    inline = tuple(InlinePolicy(f"own{number}", text) for number, text in enumerate(documents))
    return PrincipalState(kind, arn, arn.rpartition("/")[2], "/", inline=inline)  # type: ignore[arg-type]


def state(*users: PrincipalState, roles: tuple[PrincipalState, ...] = ()) -> AccountSnapshot:
    by_arn = {one.arn: one for one in users}
    return AccountSnapshot("123456789012", READ_AT, by_arn, {one.arn: one for one in roles}, {}, {})


@pytest.fixture
def asked(mateo: Person, account: Account) -> AccessRequest:
    return make_request(
        requester=mateo,
        account=account,
        principal=MATEO_ARN,
        action=ACTION,
        resource="arn:aws:personalize:us-east-1:123456789012:campaign/retail",
    )


def page(person: Person, asked: AccessRequest) -> str:
    return str(signed_in(person).get(f"/queue/{asked.code}/who-can/").content.decode())


def test_users_and_roles_that_may_are_listed_with_whose_they_are(
    monkeypatch: pytest.MonkeyPatch, rita: Person, mary: Person, asked: AccessRequest, account: Account
) -> None:
    go_live(monkeypatch, account)
    given, other = document("Allow", ACTION), document("Allow", "s3:*")
    users = (holder("user", MARY_ARN, given), holder("user", ALICE_ARN, other), holder("user", MATEO_ARN, given))
    answer_with(monkeypatch, state=state(*users, roles=(holder("role", ROLE, given),)))
    text = page(rita, asked)
    assert "user marymajor" in text
    assert "role Builder" in text
    assert "nobody in this portal" in text
    assert "user alice" not in text
    assert "user mateojackson" not in text


def test_where_nobody_else_may_that_is_said(
    monkeypatch: pytest.MonkeyPatch, rita: Person, asked: AccessRequest, account: Account
) -> None:
    go_live(monkeypatch, account)
    answer_with(monkeypatch, state=state(holder("user", ALICE_ARN)))
    assert "Nobody else" in page(rita, asked)


def test_an_account_that_could_not_be_read_says_why(
    monkeypatch: pytest.MonkeyPatch, rita: Person, asked: AccessRequest, account: Account
) -> None:
    go_live(monkeypatch, account)
    answer_with(monkeypatch, state=Missing("The account is being read. Look again in a minute."))
    assert "The account is being read. Look again in a minute." in page(rita, asked)


def test_what_it_hangs_on_is_told(
    monkeypatch: pytest.MonkeyPatch, rita: Person, asked: AccessRequest, account: Account
) -> None:
    go_live(monkeypatch, account)
    hung = document("Allow", ACTION).replace(
        '"Resource"', '"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}},"Resource"'
    )
    answer_with(monkeypatch, state=state(holder("user", MARY_ARN, hung)))
    text = page(rita, asked)
    assert "depends" in text
    assert "It depends on aws:MultiFactorAuthPresent." in text


@pytest.mark.parametrize("who", ["mateo", "helen", "charlie"])
def test_nobody_else_learns_about_other_peoples_rights(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, asked: AccessRequest, account: Account, who: str
) -> None:
    go_live(monkeypatch, account)
    trail = answer_with(monkeypatch, state=state(holder("user", MARY_ARN, document("Allow", ACTION))))
    response = signed_in(request.getfixturevalue(who)).get(f"/queue/{asked.code}/who-can/")
    assert response.status_code in (403, 404)
    assert trail.asked == []
