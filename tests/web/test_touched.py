"""How many people an edit of a shared policy touches: counted, named to those who may know, or why it is not known."""

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.builders import denial_text
from tests.cast import MATEO_ARN
from tests.web.living import answer_with, document, go_live, identity_policy
from tests.web.signing_in import pasted, signed_in
from troubleshoot.aws.answers import NotAnswered
from troubleshoot.aws.errors import ProblemKind
from troubleshoot.iam.account import AccountSnapshot, GroupState, PrincipalState
from troubleshoot.iam.snapshot import Missing
from troubleshoot.models import AccessRequest, Account, Person
from troubleshoot.remedy import Change, ChangeKind, Edit
from troubleshoot.web.presenters.touched import touched

GROUP = "arn:aws:iam::123456789012:group/ml-readers"
SENT = {"what": "edit-1", "justification": "The team needs it.", "hours": "", "ticket": "", "key": "k" * 32}
SILENT = NotAnswered("The simulator is not there.", ProblemKind.NOT_SUPPORTED)
NAMES = ("mateojackson", "marymajor", "ana", "ben", "cleo")


def listing(*names: str) -> AccountSnapshot:
    users = [
        PrincipalState("user", f"arn:aws:iam::123456789012:user/{name}", name, "/", groups=("ml-readers",))
        for name in names
    ]
    groups = {"ml-readers": GroupState(GROUP, "ml-readers", "/")}
    return AccountSnapshot("123456789012", "2026-11-22T12:00:00+00:00", {one.arn: one for one in users}, {}, groups, {})


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch, account: Account, mateo: Person, rita: Person, noor: Person) -> Account:
    """An account in which Mateo's group may list datasets, and edits by hand may be asked for."""
    Account.objects.filter(pk=account.pk).update(allows_permanent=True)
    team = identity_policy(document("Allow", "personalize:ListDatasets"), holder="group/ml-readers")
    go_live(monkeypatch, account, identity=(team,), scps=None, rcps=None, vpc_endpoint=None)
    return account


def filed(mateo: Person) -> AccessRequest:
    browser = signed_in(mateo)
    browser.post(f"/d/{pasted(browser, denial_text(MATEO_ARN)).token}/request/", SENT)
    return AccessRequest.objects.get()


def test_the_requester_reads_how_many_and_not_who(
    monkeypatch: pytest.MonkeyPatch, live: Account, mateo: Person
) -> None:
    answer_with(monkeypatch, simulation=SILENT, state=listing(*NAMES))
    browser = signed_in(mateo)
    page = browser.get(f"/d/{pasted(browser, denial_text(MATEO_ARN)).token}/request/").content.decode()
    assert "Everybody in the group ml-readers gains by it. That is 5 users." in page
    assert "marymajor" not in page


def test_the_approver_reads_the_first_names_too(
    monkeypatch: pytest.MonkeyPatch, live: Account, mateo: Person, rita: Person
) -> None:
    answer_with(monkeypatch, simulation=SILENT, state=listing(*NAMES))
    page = signed_in(rita).get(f"/queue/{filed(mateo).code}/").content.decode()
    assert "That is 5 users: user ana, user ben, user cleo and 2 more." in page


def test_what_could_not_be_read_is_said_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, live: Account, mateo: Person, rita: Person
) -> None:
    answer_with(
        monkeypatch, simulation=SILENT, state=Missing("The portal may not call iam:GetAccountAuthorizationDetails.")
    )
    page = signed_in(rita).get(f"/queue/{filed(mateo).code}/").content.decode()
    assert "How many is not known. The portal may not call iam:GetAccountAuthorizationDetails." in page


def test_a_group_that_is_gone_by_now_is_not_counted_as_nobody(
    monkeypatch: pytest.MonkeyPatch, live: Account, mateo: Person, rita: Person
) -> None:
    answer_with(
        monkeypatch,
        simulation=SILENT,
        state=AccountSnapshot("123456789012", "2026-11-22T12:00:00+00:00", {}, {}, {}, {}),
    )
    page = signed_in(rita).get(f"/queue/{filed(mateo).code}/").content.decode()
    assert "How many is not known. Nobody was found who holds this policy" in page


def test_counting_costs_the_page_no_query_and_one_reading(
    monkeypatch: pytest.MonkeyPatch,
    live: Account,
    mateo: Person,
    rita: Person,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    asked = filed(mateo)
    answers = answer_with(monkeypatch, simulation=SILENT, state=listing(*NAMES))
    browser = signed_in(rita)
    with django_assert_max_num_queries(12):
        browser.get(f"/queue/{asked.code}/")
    assert answers.asked.count("account") == 1


def test_of_a_permission_set_it_is_said_where_to_look() -> None:
    role = "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Retail_1"
    change = Change(
        "123456789012", role, (), 24, ChangeKind.PERMISSION_SET, Edit(role, "AwsSSOInlinePolicy", None, "", {})
    )
    words = touched(change)
    assert "IAM cannot count them." in words
    assert "open AWS accounts there" in words
