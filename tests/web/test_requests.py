"""Asking for access and following a request."""

import re
from datetime import UTC, datetime

import pytest
from django.core import mail

from tests.builders import denial_text, make_approval, make_diagnosis, make_request
from tests.cast import ALICE_ARN, MARY_ARN, MATEO_ARN, make_account, make_person
from tests.web.signing_in import pasted, signed_in
from troubleshoot.models import AccessRequest, Account, Approval, AuditEntry, Grant, Person, PrincipalLink, Role, State

SENT = {"justification": "The weekly import needs it.", "hours": "168", "ticket": "OPS-1234", "key": "k" * 32}


@pytest.fixture
def asking(mateo: Person, rita: Person) -> str:
    """The address of the form with which Mateo asks for what he was denied."""
    kept = pasted(signed_in(mateo), denial_text(MATEO_ARN))
    return f"/d/{kept.token}/request/"


def test_the_form_shows_the_exact_policy_and_who_decides(asking: str, mateo: Person) -> None:
    page = signed_in(mateo).get(asking).content.decode()
    assert "Rita decides." in page
    assert "&quot;Action&quot;: &quot;personalize:ListSchemas&quot;" in page
    assert "Only the user mateojackson gains by it." in page
    assert re.search(r'name="key" value="[\w-]{16,64}"', page)


def test_a_filed_request_has_a_page_that_says_where_it_stands(asking: str, mateo: Person) -> None:
    client = signed_in(mateo)
    response = client.post(asking, SENT)
    asked = AccessRequest.objects.get()
    assert response["Location"] == f"/requests/{asked.code}/"
    page = client.get(response["Location"]).content.decode()
    for said in ("waiting for a decision", "by Mateo", "7 days", "OPS-1234", "The weekly import needs it."):
        assert said in page
    assert asked.change_digest in page


def test_the_same_form_sent_ten_times_is_one_request(asking: str, mateo: Person) -> None:
    client = signed_in(mateo)
    places = {client.post(asking, SENT)["Location"] for _ in range(10)}
    assert len(places) == AccessRequest.objects.count() == 1


def test_the_same_asked_again_is_shown_and_not_filed_twice(asking: str, mateo: Person) -> None:
    client = signed_in(mateo)
    client.post(asking, SENT)
    response = client.post(asking, {**SENT, "key": "another-key-of-another-form"})
    assert response.status_code == 409
    page = response.content.decode()
    assert "This was asked for already" in page
    assert f"/requests/{AccessRequest.objects.get().code}/" in page
    assert "The weekly import needs it." in page


def test_a_stranger_learns_nothing_of_the_owners_request(asking: str, charlie: Person, mateo: Person) -> None:
    signed_in(mateo).post(asking, SENT)
    client = signed_in(charlie)
    kept = pasted(client, denial_text(MATEO_ARN))
    response = client.post(f"/d/{kept.token}/request/", {**SENT, "key": "c" * 32, "on_behalf": "on"})
    filed = AccessRequest.objects.get(requester=charlie)
    assert response["Location"] == f"/requests/{filed.code}/"
    assert AccessRequest.objects.get(requester=mateo).code not in client.get(response["Location"]).content.decode()


def test_who_shares_the_principal_is_told_without_a_link(asking: str, charlie: Person, mateo: Person) -> None:
    signed_in(mateo).post(asking, SENT)
    PrincipalLink.objects.create(person=charlie, account=Account.objects.get(), principal_arn=MATEO_ARN)
    client = signed_in(charlie)
    kept = pasted(client, denial_text(MATEO_ARN))
    response = client.post(f"/d/{kept.token}/request/", {**SENT, "key": "c" * 32})
    assert response.status_code == 409
    page = response.content.decode()
    assert "Somebody else asks for the same" in page
    assert AccessRequest.objects.get().code not in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"justification": ""}, "Say in a sentence what you need the access for."),
        ({"justification": "  "}, "Say in a sentence what you need the access for."),
        ({"hours": ""}, "Choose how long you need it."),
        ({"hours": "99999"}, "Select a valid choice"),
        ({"hours": "none"}, "Select a valid choice"),
        ({"key": "short"}, "This form is damaged"),
        ({"ticket": "x" * 65}, "at most 64 characters"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    asking: str, mateo: Person, changed: dict[str, str], words: str
) -> None:
    response = signed_in(mateo).post(asking, {**SENT, "justification": "The weekly import needs it.", **changed})
    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    assert "There is a problem" in page
    assert "OPS-1234" in page or "ticket" in changed
    assert not AccessRequest.objects.exists()


def test_without_an_end_may_be_asked_for_only_where_the_account_allows_it(
    asking: str, mateo: Person, account: Account
) -> None:
    Account.objects.filter(pk=account.pk).update(allows_permanent=True)
    client = signed_in(mateo)
    assert "until it is revoked" in client.get(asking).content.decode()
    client.post(asking, {**SENT, "hours": "none"})
    assert AccessRequest.objects.get().change["hours"] is None


def test_a_change_sent_with_the_form_is_not_listened_to(asking: str, mateo: Person) -> None:
    forged = {**SENT, "change": '{"statements": [{"Effect": "Allow", "Action": "*"}]}', "principal": MARY_ARN}
    signed_in(mateo).post(asking, forged)
    asked = AccessRequest.objects.get()
    assert asked.change["principal"] == MATEO_ARN
    assert asked.change["statements"][0]["Action"] == "personalize:ListSchemas"


def test_nobody_who_may_approve_is_told_in_words(mateo: Person, adam: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, denial_text(MATEO_ARN))
    assert "Nobody can approve it yet" in client.get(f"/d/{kept.token}/request/").content.decode()
    response = client.post(f"/d/{kept.token}/request/", SENT)
    assert response.status_code == 422
    assert "Nobody may approve this at the moment" in response.content.decode()
    assert not AccessRequest.objects.exists()


def test_for_somebody_elses_principal_it_is_on_behalf_only(charlie: Person, mateo: Person, rita: Person) -> None:
    client = signed_in(charlie)
    kept = pasted(client, denial_text(MATEO_ARN))
    address = f"/d/{kept.token}/request/"
    assert "The portal does not know that mateojackson is you" in client.get(address).content.decode()
    assert client.post(address, SENT).status_code == 422
    client.post(address, {**SENT, "on_behalf": "on"})
    asked = AccessRequest.objects.get()
    assert asked.on_behalf
    assert asked.beneficiary == mateo
    assert f"/requests/{asked.code}/" in signed_in(mateo).get("/requests/").content.decode()


def test_who_has_a_principal_is_told_that_another_one_is_not_theirs(mary: Person, mateo: Person, rita: Person) -> None:
    client = signed_in(mary)
    kept = pasted(client, denial_text(MATEO_ARN))
    page = client.get(f"/d/{kept.token}/request/").content.decode()
    assert "This message is about mateojackson, not about you" in page


def test_what_is_allowed_is_told_in_words(asking: str, mateo: Person) -> None:
    page = signed_in(mateo).get(asking).content.decode()
    assert "List schemas (access level: List)." in page


def test_a_request_can_be_withdrawn_once(alice: Person, account: Account, rita: Person) -> None:
    asked = make_request(requester=alice, account=account)
    client = signed_in(alice)
    assert "Withdraw the request" in client.get(f"/requests/{asked.code}/").content.decode()
    page = client.post(f"/requests/{asked.code}/withdraw/", follow=True).content.decode()
    assert "Nobody will decide on it." in page
    again = client.post(f"/requests/{asked.code}/withdraw/", follow=True).content.decode()
    assert 'class="notice notice--error"' in again
    asked.refresh_from_db()
    assert asked.state == State.WITHDRAWN
    assert AuditEntry.objects.filter(subject=asked.code).count() == 1


def test_a_reader_of_somebody_elses_request_cannot_withdraw_it(alice: Person, account: Account, helen: Person) -> None:
    asked = make_request(requester=alice, account=account)
    assert "Withdraw the request" not in signed_in(helen).get(f"/requests/{asked.code}/").content.decode()


def test_helpdesk_follows_a_case_without_its_policy_text(alice: Person, account: Account, helen: Person) -> None:
    asked = make_request(requester=alice, account=account)
    page = signed_in(helen).get(f"/requests/{asked.code}/").content.decode()
    assert "waiting for a decision" in page
    assert "&quot;Effect&quot;" not in page
    assert "&quot;Effect&quot;" in signed_in(alice).get(f"/requests/{asked.code}/").content.decode()


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_its_own_words(alice: Person, account: Account, state: State) -> None:
    asked = make_request(requester=alice, account=account, state=state, failure="IAM refused." * (state == "failed"))
    page = signed_in(alice).get(f"/requests/{asked.code}/").content.decode()
    assert 'class="status status--' in page
    assert "step__mark" in page
    assert ("IAM refused." in page) == (state == State.FAILED)


@pytest.mark.parametrize(("state", "asks"), [(State.APPLYING, True), (State.VERIFYING, True), (State.ACTIVE, False)])
def test_the_status_looks_again_by_itself_only_until_it_is_settled(
    alice: Person, account: Account, state: State, asks: bool
) -> None:
    asked = make_request(requester=alice, account=account, state=state)
    fragment = signed_in(alice).get(f"/requests/{asked.code}/status/").content.decode()
    assert ('hx-trigger="every 2s"' in fragment) == asks
    assert "<html" not in fragment
    assert ("Check now" in fragment) == asks


def test_the_whole_page_turns_once_the_state_is_another(alice: Person, account: Account) -> None:
    asked = make_request(requester=alice, account=account)
    client = signed_in(alice)
    assert (
        f'hx-get="/requests/{asked.code}/status/?state=submitted"'
        in client.get(f"/requests/{asked.code}/").content.decode()
    )
    same = client.get(f"/requests/{asked.code}/status/?state=submitted")
    assert "HX-Retarget" not in same.headers
    AccessRequest.objects.filter(pk=asked.pk).update(state=State.ACTIVE)
    other = client.get(f"/requests/{asked.code}/status/?state=submitted")
    assert (other["HX-Retarget"], other["HX-Reselect"]) == ("#main", "#main")
    page = other.content.decode()
    assert 'id="main"' in page
    assert "Withdraw the request" not in page
    assert "Give the access back" in page


def test_only_where_scripts_run_the_page_says_that_it_looks_again(alice: Person, account: Account) -> None:
    asked = make_request(requester=alice, account=account)
    page = signed_in(alice).get(f"/requests/{asked.code}/").content.decode()
    assert "<span data-if-scripts>This page looks again by itself." in page


def test_the_policy_shows_where_its_end_will_stand(asking: str, mateo: Person, rita: Person) -> None:
    client = signed_in(mateo)
    form = client.get(asking).content.decode()
    assert "&quot;aws:CurrentTime&quot;: &quot;(the time that you choose, after it is applied)&quot;" in form
    page = client.get(client.post(asking, SENT)["Location"]).content.decode()
    review = signed_in(rita).get(f"/queue/{AccessRequest.objects.get().code}/").content.decode()
    for shown in (page, review):
        assert "&quot;DateLessThan&quot;" in shown
        assert "&quot;(7 days after it is applied)&quot;" in shown
        assert "The digest covers how long it lasts, too." in shown


def test_a_policy_without_an_end_shows_none(alice: Person, account: Account) -> None:
    asked = make_request(requester=alice, account=account, hours=None)
    assert "DateLessThan" not in signed_in(alice).get(f"/requests/{asked.code}/").content.decode()


def test_a_rejected_request_promises_nothing_and_leads_on(alice: Person, account: Account, rita: Person) -> None:
    kept = make_diagnosis(person=alice, account=account, principal=ALICE_ARN)
    asked = make_request(requester=alice, account=account, diagnosis=kept, state=State.REJECTED)
    decision = make_approval(asked, rita, Approval.Verdict.REJECT)
    Approval.objects.filter(pk=decision.pk).update(reason="Use the builder role instead.")
    page = signed_in(alice).get(f"/requests/{asked.code}/").content.decode()
    assert page.count("Use the builder role instead.") == 1
    assert "when it is applied" not in page
    assert "An approval names it" not in page
    assert re.search(rf'href="/d/{kept.token}/">Ask again from this case', page)
    assert "mailto:cloud-team@example.com" in page
    assert "Use the builder role instead." in signed_in(rita).get(f"/queue/{asked.code}/").content.decode()


def test_only_who_waits_for_it_is_told_to_try_again(alice: Person, account: Account, rita: Person) -> None:
    asked = make_request(requester=alice, account=account, state=State.ACTIVE)
    Grant.objects.create(
        request=asked,
        policy_arn=f"arn:aws:iam::123456789012:policy/portal-managed/AD-{asked.code}",
        principal_arn=asked.principal_arn,
        document="{}",
        before=[],
        expires_at=datetime(2026, 11, 23, 1, 49, tzinfo=UTC),
    )
    own = signed_in(alice)
    assert "verified, try again now" in own.get(f"/requests/{asked.code}/").content.decode()
    approver = signed_in(rita)
    for page in (
        own.get("/requests/"),
        approver.get(f"/queue/{asked.code}/"),
        approver.get(f"/requests/{asked.code}/"),
        approver.get("/queue/?state=active"),
    ):
        assert "active until 23 Nov 01:49 UTC" in page.content.decode()
        assert "ry again now" not in page.content.decode()
        assert "Try the call again now" not in page.content.decode()


def test_a_rejection_shows_its_reason(alice: Person, account: Account, rita: Person) -> None:
    asked = make_request(requester=alice, account=account, state=State.REJECTED)
    decision = make_approval(asked, rita, Approval.Verdict.REJECT)
    Approval.objects.filter(pk=decision.pk).update(reason="Use the builder role instead.")
    page = signed_in(alice).get(f"/requests/{asked.code}/").content.decode()
    assert "Rita rejected it" in page
    assert "Use the builder role instead." in page


def test_my_requests_are_empty_with_a_way_on(charlie: Person) -> None:
    page = signed_in(charlie).get("/requests/").content.decode()
    assert "You have not asked for anything" in page
    assert 'href="/read/"' in page


def test_my_requests_hold_mine_and_those_for_my_principal_only(alice: Person, mary: Person, account: Account) -> None:
    mine = make_request(requester=alice, account=account)
    theirs = make_request(requester=mary, account=account, principal=MARY_ARN)
    for_me = make_request(requester=mary, beneficiary=alice, account=account, action="personalize:ListDatasets")
    page = signed_in(alice).get("/requests/").content.decode()
    assert mine.code in page
    assert for_me.code in page
    assert theirs.code not in page


def test_a_long_list_is_turned_page_by_page(alice: Person, account: Account) -> None:
    for number in range(55):
        make_request(requester=alice, account=account, action=f"personalize:Action{number}", state=State.EXPIRED)
    client = signed_in(alice)
    first = client.get("/requests/").content.decode()
    assert first.count('data-label="Request"') == 50
    assert 'href="?page=2"' in first
    assert client.get("/requests/?page=2").content.decode().count('data-label="Request"') == 5
    assert client.get("/requests/?page=nonsense").status_code == 200


def test_a_case_in_an_account_of_another_mode_says_who_applies(mateo: Person, rita: Person) -> None:
    make_account("444455556666", "analytics", mode="read")
    asked = make_request(requester=mateo, account=Account.objects.get(account_id="123456789012"), principal=MATEO_ARN)
    page = signed_in(rita).get(f"/queue/{asked.code}/").content.decode()
    assert "The portal may not write here" in page


def test_mails_lead_to_the_pages(asking: str, mateo: Person) -> None:
    signed_in(mateo).post(asking, SENT)
    assert mail.outbox == []  # the worker sends them, never a page


def test_no_secret_of_a_justification_is_kept(asking: str, mateo: Person) -> None:
    secret = "hT4vX9qLm2Rz8Kp1Wd6Yb3Nc7Jf5Gs0AeUoIiQaZ"
    client = signed_in(mateo)
    client.post(asking, {**SENT, "justification": f"My key is aws_secret_access_key={secret}", "ticket": "OPS-1"})
    asked = AccessRequest.objects.get()
    assert secret not in asked.justification
    assert secret not in client.get(f"/requests/{asked.code}/").content.decode()


def test_a_case_without_its_own_request_page_is_linked_for_its_owner_only(
    alice: Person, account: Account, rita: Person
) -> None:
    kept = make_diagnosis(person=alice, account=account, principal=ALICE_ARN)
    asked = make_request(requester=alice, account=account, diagnosis=kept)
    assert "The case behind it" in signed_in(alice).get(f"/requests/{asked.code}/").content.decode()
    assert "The case behind it" not in signed_in(rita).get(f"/requests/{asked.code}/").content.decode()


def test_the_page_says_who_decides_while_nobody_has(alice: Person, account: Account, rita: Person) -> None:
    asked = make_request(requester=alice, account=account)
    page = signed_in(alice).get(f"/requests/{asked.code}/").content.decode()
    assert f"{rita} decides." in page


def test_a_request_that_was_sent_back_waits_for_its_answer_and_no_decision(alice: Person, account: Account) -> None:
    asked = make_request(requester=alice, account=account, state=State.NEEDS_CHANGES)
    page = signed_in(alice).get(f"/requests/{asked.code}/").content.decode()
    assert "It goes on with the answer." in page
    assert "decides." not in page


def test_the_approvers_question_stands_beside_the_button_to_answer_it(
    alice: Person, rita: Person, account: Account
) -> None:
    asked = make_request(requester=alice, account=account)
    sent = {"digest": asked.change_digest, "reason": "Which <b>dataset</b>?"}
    signed_in(rita).post(f"/queue/{asked.code}/ask/", sent)
    page = _steps(asked, alice)
    notice = page[page.index("An approver waits for your answer") :]
    assert notice.index("Which &lt;b&gt;dataset&lt;/b&gt;?") < notice.index("/answer/")


def test_both_who_approved_are_named_and_nobody_who_approved_another_change(
    alice: Person, rita: Person, noor: Person, account: Account
) -> None:
    asked = make_request(requester=alice, account=account, state=State.APPLYING)
    make_approval(asked, rita)
    AccessRequest.objects.update(change_digest="1" * 64)
    Approval.objects.update(change_digest="2" * 64)
    asked.refresh_from_db()
    make_approval(asked, noor)
    assert "by Noor<" in _steps(asked, alice)
    make_approval(asked, make_person("ben", Role.APPROVER, account=account))
    assert "by Noor and Ben<" in _steps(asked, alice)


def test_what_failed_has_no_end_to_come_and_says_why_once(alice: Person, account: Account) -> None:
    asked = make_request(requester=alice, account=account, state=State.FAILED)
    AccessRequest.objects.update(failure="The permissions boundary stops it.")
    page = signed_in(alice).get(f"/requests/{asked.code}/").content.decode()
    assert page.count("The permissions boundary stops it.") == 1
    assert "The policy itself stops allowing it" not in page
    assert "It did not work" in page


def _steps(request: AccessRequest, person: Person) -> str:
    return signed_in(person).get(f"/requests/{request.code}/").content.decode()
