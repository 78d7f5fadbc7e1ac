"""What IAM's policy simulator says of a requested call, now and with the change: on the review, asked twice at most."""

import json
from dataclasses import replace
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.builders import denial_text, make_request
from tests.cast import ALICE_ARN, MATEO_ARN
from tests.web.living import answer_with, document, go_live, identity_policy
from tests.web.signing_in import pasted, signed_in
from troubleshoot.access.simulated import simulate, simulated_of
from troubleshoot.aws.answers import NotAnswered, Simulation
from troubleshoot.aws.errors import ProblemKind
from troubleshoot.iam.snapshot import StoredPolicy
from troubleshoot.models import AccessRequest, Account, Person

SENT = {"justification": "The weekly import needs it.", "hours": "24", "ticket": "", "key": "k" * 32}
AT = "2026-11-22T12:00:00+00:00"


def said(decision: Any, **more: Any) -> Simulation:
    return Simulation(MATEO_ARN, "personalize:ListSchemas", "*", decision, asked_at=AT, **more)


class Simulator:
    """Says that the call is denied as it is, and allowed with anything that is added; notes what it was asked."""

    def __init__(self, **told: Any) -> None:
        self.asked: list[dict[str, Any]] = []
        self.told = told

    def simulate(self, call: Any, **parts: Any) -> Any:
        self.asked.append({"time": call.context.get("aws:CurrentTime"), **parts})
        return self._answer("after" if parts.get("adding") else "before")

    def simulate_documents(self, _: Any, documents: Any, **parts: Any) -> Any:
        self.asked.append({"documents": tuple(documents), **parts})
        return self._answer("after" if "ListSchemas" in "".join(documents) else "before")

    def _answer(self, when: str) -> Any:
        plain = {"before": said("implicitDeny"), "after": said("allowed")}
        return self.told.get(when, plain[when])


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch, account: Account, mateo: Person, rita: Person) -> Account:
    """An account in which nothing is allowed, and nothing stands in the way."""
    Account.objects.filter(pk=account.pk).update(allows_permanent=True)
    go_live(monkeypatch, account, identity=(), scps=None, rcps=None, vpc_endpoint=None)
    return account


def simulator(monkeypatch: pytest.MonkeyPatch, **told: Any) -> Simulator:
    given = answer_with(monkeypatch, simulation=said("implicitDeny"))
    found = Simulator(**told)
    monkeypatch.setattr(given, "simulate", found.simulate, raising=False)
    monkeypatch.setattr(given, "simulate_documents", found.simulate_documents, raising=False)
    return found


def filed(mateo: Person, **values: str) -> AccessRequest:
    browser = signed_in(mateo)
    address = f"/d/{pasted(browser, denial_text(MATEO_ARN)).token}/request/"
    browser.post(address, {**SENT, **values})
    return AccessRequest.objects.get()


def review(person: Person, asked: AccessRequest) -> str:
    page = signed_in(person).get(f"/queue/{asked.code}/").content.decode()
    return str(page.partition('id="simulated-title"')[2].partition("</section>")[0])


def test_filing_asks_now_and_with_the_change_and_the_review_shows_both(
    monkeypatch: pytest.MonkeyPatch, live: Account, mateo: Person, rita: Person
) -> None:
    found = simulator(monkeypatch)
    asked = filed(mateo)
    pair = [one for one in found.asked if one["time"]][-2:]
    assert [len(one.get("adding", ())) for one in sorted(pair, key=lambda one: len(one.get("adding", ())))] == [0, 1]
    part = review(rita, asked)
    assert part.index("no policy allows it") < part.index("allowed")
    assert "It does not look at resource control policies." in part
    assert "Ask it again" in part


def test_looking_at_the_review_asks_nothing(
    monkeypatch: pytest.MonkeyPatch,
    live: Account,
    mateo: Person,
    rita: Person,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    found = simulator(monkeypatch)
    asked = filed(mateo)
    before, browser = len(found.asked), signed_in(rita)
    with django_assert_max_num_queries(12):
        browser.get(f"/queue/{asked.code}/")
    assert len(found.asked) == before


def test_the_document_is_asked_as_it_is_while_the_grant_lasts(
    monkeypatch: pytest.MonkeyPatch, live: Account, mateo: Person
) -> None:
    found = simulator(monkeypatch)
    filed(mateo)
    (text,) = next(one["adding"] for one in found.asked if one.get("adding"))
    (statement,) = json.loads(text)["Statement"]
    assert statement["Action"] == "personalize:ListSchemas"
    assert "Condition" not in statement


def test_an_inline_policy_that_is_edited_takes_the_place_of_the_old_one(
    monkeypatch: pytest.MonkeyPatch, live: Account, mateo: Person, noor: Person
) -> None:
    team = identity_policy(document("Allow", "personalize:ListDatasets"), holder="group/ml-readers")
    other = StoredPolicy("inline", "Other", document("Allow", "s3:ListBucket"), MATEO_ARN)
    go_live(monkeypatch, live, identity=(team, other), scps=None, rcps=None, vpc_endpoint=None)
    found = simulator(monkeypatch)
    filed(mateo, what="edit-1", hours="")
    now, then = [one["documents"] for one in found.asked if "documents" in one]
    if "ListSchemas" in "".join(now):
        now, then = then, now
    assert now == (team.document, other.document)
    assert then[0] == other.document
    given = [one["Action"] for one in json.loads(then[1])["Statement"]]
    assert given == ["personalize:ListDatasets", "personalize:ListSchemas"]


def test_a_managed_policy_that_is_edited_is_taken_for_gone(
    monkeypatch: pytest.MonkeyPatch, live: Account, mateo: Person, noor: Person
) -> None:
    arn = "arn:aws:iam::123456789012:policy/Retail"
    group = "arn:aws:iam::123456789012:group/ml-readers"
    held = StoredPolicy("managed", "Retail", document("Allow", "personalize:ListDatasets"), group, arn)
    go_live(monkeypatch, live, identity=(held,), scps=None, rcps=None, vpc_endpoint=None)
    found = simulator(monkeypatch)
    filed(mateo, what="edit-1", hours="")
    (after,) = [one for one in found.asked if one.get("adding")]
    assert after["without"] == (arn,)


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (ProblemKind.ACCESS_DENIED, "The portal's reader may not do this."),
        (ProblemKind.THROTTLED, "AWS asks to wait. Check again in a minute."),
        (ProblemKind.NOT_SUPPORTED, "The simulator is not there."),
        (ProblemKind.TIMED_OUT, "AWS took too long to answer."),
    ],
)
def test_no_answer_is_said_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, live: Account, mateo: Person, rita: Person, kind: ProblemKind, why: str
) -> None:
    simulator(monkeypatch, after=NotAnswered(why, kind, "iam:SimulatePrincipalPolicy"))
    part = review(rita, filed(mateo))
    assert "no answer" in part
    assert why.replace("'", "&#x27;") in part
    assert "The permission iam:SimulatePrincipalPolicy would help." in part


def test_where_it_says_otherwise_than_the_portal_that_is_said(
    monkeypatch: pytest.MonkeyPatch, live: Account, mateo: Person, rita: Person
) -> None:
    simulator(monkeypatch, after=said("explicitDeny", by_organizations=False))
    part = review(rita, filed(mateo))
    assert "would let it through with the change. Find out why they differ" in part
    assert "A policy of the organization denies it." in part


def test_an_answer_about_another_change_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, live: Account, mateo: Person, rita: Person
) -> None:
    simulator(monkeypatch)
    asked = filed(mateo)
    AccessRequest.objects.filter(pk=asked.pk).update(change_digest="0" * 64)
    part = review(rita, asked)
    assert "It was not asked about this change yet." in part
    assert "Ask it now" in part


def test_whoever_decides_may_ask_it_again(
    monkeypatch: pytest.MonkeyPatch, live: Account, mateo: Person, rita: Person
) -> None:
    simulator(monkeypatch, after=NotAnswered("Wait.", ProblemKind.THROTTLED))
    asked = filed(mateo)
    simulator(monkeypatch)
    response = signed_in(rita).post(f"/queue/{asked.code}/simulate/")
    assert response["Location"] == f"/queue/{asked.code}/#simulated-title"
    assert "no answer" not in review(rita, asked)


def test_without_a_case_the_answers_are_shown_and_not_kept(
    monkeypatch: pytest.MonkeyPatch, live: Account, mateo: Person, rita: Person
) -> None:
    simulator(monkeypatch)
    asked = make_request(requester=mateo, account=live, principal=MATEO_ARN)
    page = signed_in(rita).post(f"/queue/{asked.code}/simulate/").content.decode()
    assert "With the change" in page
    assert "no policy allows it" in page
    assert "It was not asked about this change yet." in review(rita, asked)


def test_a_stranger_lets_it_be_asked_about_nobody(
    monkeypatch: pytest.MonkeyPatch, live: Account, mateo: Person, charlie: Person, rita: Person
) -> None:
    found = simulator(monkeypatch)
    browser = signed_in(charlie)
    address = f"/d/{pasted(browser, denial_text(MATEO_ARN)).token}/request/"
    browser.post(address, {**SENT, "on_behalf": "on"})
    assert AccessRequest.objects.exists()
    assert found.asked == []


def test_in_a_text_only_account_nothing_is_asked_and_nothing_offered(
    account: Account, alice: Person, rita: Person
) -> None:
    asked = make_request(requester=alice, account=account, principal=ALICE_ARN)
    part = review(rita, asked)
    assert "It was not asked about this change yet." in part
    assert "Ask it" not in part


def test_what_is_kept_comes_back_as_it_was_and_spares_the_case(
    monkeypatch: pytest.MonkeyPatch, live: Account, mateo: Person
) -> None:
    simulator(monkeypatch)
    asked = filed(mateo)
    asked.refresh_from_db()
    kept = simulated_of(asked)
    assert kept is not None
    assert asked.diagnosis is not None
    assert asked.diagnosis.aws_answers is not None
    assert asked.diagnosis.aws_answers["simulation"]["decision"] == "implicitDeny"
    assert simulate(asked) == replace(kept)
