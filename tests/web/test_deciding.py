"""Deciding in the browser: fresh, told, narrowed, asked anew, commented."""

import html
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.builders import make_approval, make_diagnosis, make_request, make_rule
from tests.cast import ALICE_ARN, make_person
from tests.web import living, markup
from tests.web.signing_in import pasted, signed_in
from troubleshoot.access import services
from troubleshoot.access.mail import written
from troubleshoot.models import (
    UNSETTLED,
    AccessRequest,
    Account,
    Approval,
    Grant,
    Mode,
    OutboxMessage,
    Person,
    Risk,
    Role,
    State,
)
from troubleshoot.remedy import Change, change_from_data
from troubleshoot.remedy.narrowing import Fields
from troubleshoot.remedy.risk import Finding, Level
from troubleshoot.web.sign_in import TRIES

WIDE = ["personalize:ListSchemas", "personalize:ListDatasets"]


@pytest.fixture
def asked(alice: Person, account: Account) -> AccessRequest:
    statement = {"Sid": "AccessDesk", "Effect": "Allow", "Action": WIDE, "Resource": "*"}
    change = Change(account.account_id, ALICE_ARN, (statement,), 24)
    kept = make_diagnosis(person=alice, account=account)
    return make_request(
        requester=alice, account=account, diagnosis=kept, change=change.as_data(), change_digest=change.digest()
    )


def stale(person: Person) -> Client:
    """A browser in which the person signed in 16 minutes ago."""
    cache.clear()
    client = signed_in(person)
    session = client.session
    session["signed_in_at"] = int((timezone.now() - timedelta(minutes=16)).timestamp())
    session.save()
    return client


def send(client: Client, asked: AccessRequest, **more: str) -> object:
    return client.post(f"/queue/{asked.code}/approve/", {"digest": asked.change_digest, **more})


def test_an_approval_needs_a_fresh_sign_in_and_keeps_what_was_typed(asked: AccessRequest, rita: Person) -> None:
    client = stale(rita)
    response = send(client, asked, note="Only for the import.")
    assert response["Location"] == f"/sign-in/again/?next=%2Fqueue%2F{asked.code}%2F"
    asked.refresh_from_db()
    assert asked.state == State.SUBMITTED
    page = markup.read(client.get(response["Location"]).content)
    (hidden,) = page.all("input", name="next")
    again = client.post("/sign-in/again/", {"password": "rita-password-1", "next": hidden["value"]})
    assert again["Location"] == f"/queue/{asked.code}/"
    review = client.get(again["Location"]).content.decode()
    assert "Only for the import." in review
    assert "Nothing was decided yet: press the button again." in review
    assert "Nothing was decided yet" not in client.get(again["Location"]).content.decode()
    assert "Only for the import." not in client.get(again["Location"]).content.decode()
    send(client, asked, note="Only for the import.")
    asked.refresh_from_db()
    assert asked.state == State.APPROVED
    assert asked.approvals.get().reason == "Only for the import."


def test_a_wrong_password_is_told_and_counted(asked: AccessRequest, rita: Person) -> None:
    client = stale(rita)
    for _ in range(TRIES):
        response = client.post("/sign-in/again/", {"password": "wrong"})
        assert response.status_code == 422
        assert "This is not your password." in response.content.decode()
    page = client.post("/sign-in/again/", {"password": "rita-password-1"}).content.decode()
    assert "Too many tries." in page
    assert send(client, asked)["Location"].startswith("/sign-in/again/")


def test_another_persons_password_is_not_ones_own(rita: Person, noor: Person) -> None:
    assert stale(rita).post("/sign-in/again/", {"password": "noor-password-1"}).status_code == 422


def test_the_way_back_leads_to_this_site_only(rita: Person) -> None:
    sent = {"password": "rita-password-1", "next": "https://example.com/"}
    assert stale(rita).post("/sign-in/again/", sent)["Location"] == "/"


def test_who_signs_in_through_the_company_is_told_how(rita: Person) -> None:
    rita.set_unusable_password()
    rita.save()
    page = stale(rita).get("/sign-in/again/").content.decode()
    assert "through your company" in page
    assert 'type="password"' not in page


def test_a_session_that_does_not_know_when_is_not_fresh(asked: AccessRequest, rita: Person) -> None:
    client = signed_in(rita)
    session = client.session
    del session["signed_in_at"]
    session.save()
    assert send(client, asked)["Location"].startswith("/sign-in/again/")


def test_rejecting_and_asking_need_no_second_sign_in(asked: AccessRequest, rita: Person) -> None:
    stale(rita).post(f"/queue/{asked.code}/ask/", {"digest": asked.change_digest, "reason": "Why both?"})
    asked.refresh_from_db()
    assert asked.state == State.NEEDS_CHANGES


def test_a_reason_that_came_too_late_is_not_lost(asked: AccessRequest, rita: Person) -> None:
    client = signed_in(rita)
    page = client.post(f"/queue/{asked.code}/reject/", {"digest": "0" * 64, "reason": "Too broad."}, follow=True)
    assert "The change is not the one that you were shown." in page.content.decode()
    assert ">\nToo broad.</textarea>" in page.content.decode()


def test_a_high_risk_tells_that_two_people_approve_and_who_did(
    asked: AccessRequest, rita: Person, noor: Person
) -> None:
    AccessRequest.objects.update(risk=Risk.HIGH)
    page = signed_in(rita).get(f"/queue/{asked.code}/").content.decode()
    assert "Two of these people have to approve it: Rita and Noor. Nobody has approved it yet." in page
    told = signed_in(rita).post(f"/queue/{asked.code}/approve/", {"digest": asked.change_digest}, follow=True)
    assert "Another approver has to approve it too." in told.content.decode()
    assert "Approved so far by Rita." in signed_in(noor).get(f"/queue/{asked.code}/").content.decode()
    send(signed_in(noor), asked)
    asked.refresh_from_db()
    assert asked.state == State.APPROVED


def test_who_has_approved_is_offered_no_second_approval(asked: AccessRequest, rita: Person, noor: Person) -> None:
    AccessRequest.objects.update(risk=Risk.HIGH)
    Account.objects.update(mode=Mode.WRITE)
    first = signed_in(rita).get(f"/queue/{asked.code}/").content.decode()
    assert ">Approve</button>" in first
    assert "Approve and apply" not in first
    send(signed_in(rita), asked)
    page = signed_in(rita).get(f"/queue/{asked.code}/").content.decode()
    assert "You have approved it. Another approver has to, before it is applied." in page
    for address in ("approve", "reject"):
        assert f'action="/queue/{asked.code}/{address}/"' not in page
    assert f'href="/queue/{asked.code}/narrow/"' in page
    assert "Approve and apply" in signed_in(noor).get(f"/queue/{asked.code}/").content.decode()


def test_in_an_account_that_is_only_read_an_approval_says_who_applies_it(asked: AccessRequest, rita: Person) -> None:
    Account.objects.update(mode=Mode.READ)
    client = signed_in(rita)
    assert ">Approve</button>" in client.get(f"/queue/{asked.code}/").content.decode()
    page = client.post(f"/queue/{asked.code}/approve/", {"digest": asked.change_digest}, follow=True).content.decode()
    assert f"An administrator applies {asked.code} by hand; the portal then checks it." in page
    assert "An administrator of the account applies it by hand." in page
    assert "is applied and verified next" not in page
    mail = written(OutboxMessage.objects.get(template="approved"))
    for words in (mail.body, mail.alternatives[0].content):
        assert "An administrator of the account applies it by hand." in words
        assert "It is being applied now." not in words


def test_whom_a_rule_names_decides_in_the_browser(asked: AccessRequest, rita: Person, charlie: Person) -> None:
    make_rule(charlie)
    assert "You may look, not decide." in signed_in(rita).get(f"/queue/{asked.code}/").content.decode()
    assert asked.code in signed_in(charlie).get("/queue/").content.decode()
    send(signed_in(charlie), asked)
    asked.refresh_from_db()
    assert asked.approvals.get().approver == charlie


def test_who_asked_reads_what_was_taken_out_and_helpdesk_no_policy(
    asked: AccessRequest, alice: Person, rita: Person, helen: Person
) -> None:
    wanted = Fields(actions=(WIDE[0],), resources=None, hours=8)
    digest = asked.change_digest
    services.narrow(request=asked, approver=rita, change_digest=digest, wanted=wanted, reason="One is enough.")
    notice = "An approver narrowed it: it asks for less now"
    page = signed_in(alice).get(f"/requests/{asked.code}/").content.decode()
    assert notice in page
    assert f"Taken out: <code>{WIDE[1]}</code>." in page
    assert "It lasts 8 hours instead of 1 day." in page
    assert notice not in signed_in(helen).get(f"/requests/{asked.code}/").content.decode()


def test_what_the_requester_changed_is_not_called_narrowed(asked: AccessRequest, alice: Person, rita: Person) -> None:
    services.ask_for_changes(request=asked, approver=rita, change_digest=asked.change_digest, reason="Why?")
    shorter = replace(change_from_data(asked.change), hours=8)
    services.resubmit(request=asked, person=alice, justification="A day less.", change=shorter)
    assert "narrowed it" not in signed_in(alice).get(f"/requests/{asked.code}/").content.decode()


def test_why_it_is_asked_stands_before_the_change(asked: AccessRequest, rita: Person) -> None:
    page = signed_in(rita).get(f"/queue/{asked.code}/").content.decode()
    places = [page.index(part) for part in ("</h1>", "The weekly import needs it.", "What it newly allows")]
    assert places == sorted(places)
    assert page.count("The weekly import needs it.") == 1


def test_a_request_is_narrowed_on_a_page(asked: AccessRequest, rita: Person) -> None:
    client = signed_in(rita)
    page = markup.read(client.get(f"/queue/{asked.code}/narrow/").content)
    assert [box["value"] for box in page.all("input", name="actions")] == WIDE
    sent = {"digest": asked.change_digest, "actions": WIDE[:1], "hours": "8", "reason": "One is enough."}
    told = client.post(f"/queue/{asked.code}/narrow/", sent, follow=True).content.decode()
    assert "Narrowed." in told
    assert "It asks for something else than at first" in told
    asked.refresh_from_db()
    change = change_from_data(asked.change)
    assert (change.statements[0]["Action"], change.hours) == (WIDE[0], 8)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"actions": WIDE, "hours": "24"}, "This is what was asked for already."),
        ({"actions": WIDE[1:], "hours": "24"}, "With this the call would be denied still."),
        ({"actions": ["s3:*"], "hours": "24"}, "Select a valid choice."),
        ({"actions": WIDE, "hours": "720"}, "Select a valid choice."),
        ({"hours": "24"}, "Leave at least one action."),
    ],
)
def test_what_is_not_narrower_is_told_and_nothing_typed_is_lost(
    asked: AccessRequest, rita: Person, sent: dict[str, object], words: str
) -> None:
    sent |= {"digest": asked.change_digest, "reason": "One is enough."}
    response = signed_in(rita).post(f"/queue/{asked.code}/narrow/", sent)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert "One is enough." in response.content.decode()


def test_who_may_not_decide_is_offered_no_form(asked: AccessRequest, rita: Person) -> None:
    AccessRequest.objects.update(state=State.ACTIVE)
    for name in ("ask", "narrow"):
        page = signed_in(rita).get(f"/queue/{asked.code}/{name}/").content.decode()
        assert "There is nothing for you to decide" in page
        assert 'name="reason"' not in page


def test_a_question_is_answered_on_a_page(asked: AccessRequest, alice: Person, rita: Person) -> None:
    services.ask_for_changes(request=asked, approver=rita, change_digest=asked.change_digest, reason="Why both?")
    client = signed_in(alice)
    assert f"/requests/{asked.code}/answer/" in client.get(f"/requests/{asked.code}/").content.decode()
    page = client.get(f"/requests/{asked.code}/answer/").content.decode()
    assert "Why both?" in page
    assert "The weekly import needs it." in page
    response = client.post(f"/requests/{asked.code}/answer/", {"justification": " ", "hours": "24"})
    assert response.status_code == 422
    before = asked.change_digest
    client.post(f"/requests/{asked.code}/answer/", {"justification": "For Monday.", "hours": "8"})
    asked.refresh_from_db()
    assert (asked.state, asked.justification) == (State.SUBMITTED, "For Monday.")
    assert change_from_data(asked.change).hours == 8
    assert asked.change_digest != before


def test_nobody_answers_where_nobody_asked(asked: AccessRequest, alice: Person) -> None:
    response = signed_in(alice).get(f"/requests/{asked.code}/answer/", follow=True)
    assert "Nobody waits for an answer" in response.content.decode()


def test_both_sides_comment_where_they_read(asked: AccessRequest, alice: Person, rita: Person) -> None:
    signed_in(rita).post(f"/requests/{asked.code}/comment/", {"text": "Which import?", "back": "review"})
    page = signed_in(alice).get(f"/requests/{asked.code}/").content.decode()
    assert "Which import?" in page
    told = signed_in(alice).post(f"/requests/{asked.code}/comment/", {"text": "<b>Monday</b>\nnine"}, follow=True)
    assert "&lt;b&gt;Monday&lt;/b&gt;<br>nine" in told.content.decode()
    response = signed_in(rita).post(f"/requests/{asked.code}/comment/", {"text": " ", "back": "review"})
    assert response.status_code == 422
    assert "Write what you want to say." in response.content.decode()


def test_an_auditor_reads_comments_and_writes_none(asked: AccessRequest, otto: Person) -> None:
    client = signed_in(otto)
    assert "Send the comment" not in client.get(f"/requests/{asked.code}/").content.decode()
    assert client.post(f"/requests/{asked.code}/comment/", {"text": "Hm"}).status_code == 422


def test_another_request_for_the_same_call_is_a_warning(
    asked: AccessRequest, charlie: Person, alice: Person, rita: Person
) -> None:
    other = make_request(requester=charlie, beneficiary=alice, account=asked.account, call_digest="x" * 64)
    page = signed_in(rita).get(f"/queue/{asked.code}/").content.decode()
    assert "The same call is asked for elsewhere too" in page
    assert other.code in page


def test_the_queue_is_narrowed_by_account_risk_and_age(
    asked: AccessRequest, alice: Person, rita: Person, django_assert_max_num_queries: object
) -> None:
    old = make_request(
        requester=alice, account=asked.account, action="s3:GetObject", age=timedelta(days=8), risk=Risk.HIGH
    )
    client = signed_in(rita)
    for query, codes in (
        ({"risk": "high"}, {old.code}),
        ({"risk": "low"}, {asked.code}),
        ({"age": "week"}, {old.code}),
        ({"age": "month"}, set()),
        ({"account": asked.account.account_id}, {asked.code, old.code}),
        ({"account": "444455556666"}, set()),
        ({"risk": "nonsense", "age": "x", "account": "'"}, {asked.code, old.code}),
    ):
        with django_assert_max_num_queries(12):  # type: ignore[operator]
            page = client.get("/queue/", query).content.decode()
        assert {code for code in (asked.code, old.code) if f"/queue/{code}/" in page} == codes, query
    assert "risk=high" in client.get("/queue/", {"risk": "high"}).content.decode().split('class="chips"')[1]


FINDING = Finding("wildcard", Level.HIGH, "It names every dataset.", "Name one.").as_data()


def two_rounds(asked: AccessRequest, people: list[Person]) -> None:
    """Approve a request on three days, narrow it, approve it on two days again, and say something each time."""
    services.narrow(
        request=asked,
        approver=people[0],
        change_digest=approved_on(asked, people).change_digest,
        wanted=Fields(hours=8),
        reason="Less.",
    )
    approved_on(asked, people[1:3])
    for number in range(5):
        services.add_comment(request=asked, author=people[number % 3], text=f"Comment {number}")


def approved_on(asked: AccessRequest, people: list[Person]) -> AccessRequest:
    for days, approver in enumerate(people):
        approval = make_approval(asked, approver)
        Approval.objects.filter(pk=approval.pk).update(decided_at=timezone.now() - timedelta(days=days))
    return asked


def with_everything(asked: AccessRequest, state: State) -> None:
    """Let the request have all that a review shows beside: findings, what it extends and follows, a grant."""
    before = make_request(requester=asked.requester, account=asked.account, state=State.ACTIVE, action="s3:GetObject")
    after = make_request(requester=asked.requester, account=asked.account, action="s3:PutObject")
    AccessRequest.objects.filter(pk=after.pk).update(extends=asked)
    values = {"state": state, "risk": Risk.HIGH, "findings": [FINDING], "extends": before, "follows": before}
    AccessRequest.objects.filter(pk=asked.pk).update(**values)
    if state not in (State.SUBMITTED, State.NEEDS_CHANGES):
        Grant.objects.create(
            request=asked,
            policy_arn=f"arn:aws:iam::{asked.account.account_id}:policy/portal-managed/AD-{asked.code}",
            principal_arn=asked.principal_arn,
            document=living.document("Allow", WIDE[0]),
            before=[],
            manual=state == State.AWAITING_MANUAL_APPLY,
        )


@pytest.mark.parametrize("state", [*UNSETTLED, State.REVOKED])
def test_the_review_and_the_requests_own_page_cost_twelve_queries_at_most(
    monkeypatch: pytest.MonkeyPatch,
    account: Account,
    alice: Person,
    state: State,
    django_assert_max_num_queries: Any,
) -> None:
    """With all that it can hold: a live case, two rules, two rounds of approvals on several days, comments, a grant."""
    living.go_live(monkeypatch, account, principal=ALICE_ARN)
    case = pasted(signed_in(alice))
    asked = make_request(requester=alice, account=Account.objects.get(), diagnosis=case)
    people = [make_person(f"approver{number}", Role.APPROVER, account=account) for number in range(4)]
    make_rule(*people, position=1, approvals=3)
    make_rule(*people[:3], position=2, action_pattern="personalize:List*")
    make_request(requester=make_person("bea"), account=account, call_digest="x" * 64)
    two_rounds(asked, people[:3])
    with_everything(asked, state)
    client = signed_in(people[0])
    with django_assert_max_num_queries(12):
        page = html.unescape(client.get(f"/queue/{asked.code}/").content.decode())
    assert "Comment 4" in page
    assert "The same call is asked for elsewhere too" in page
    assert ("Approved so far by Approver2 and Approver1." in page) is (state == State.SUBMITTED)
    for reader in (alice, people[0]):
        client = signed_in(reader)
        with django_assert_max_num_queries(12):
            assert client.get(f"/requests/{asked.code}/").status_code == 200
