"""The queue, the review and the decision."""

import html
import json
import re
import shlex
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import make_diagnosis, make_request
from tests.cast import ALICE_ARN, MATEO_ARN, make_account
from tests.web.signing_in import signed_in
from troubleshoot.models import AccessRequest, Account, AuditEntry, Diagnosis, Grant, Person, State
from troubleshoot.remedy import change_from_data, grant_document


@pytest.fixture
def asked(alice: Person, account: Account) -> AccessRequest:
    kept = make_diagnosis(person=alice, account=account, principal=ALICE_ARN)
    return make_request(requester=alice, account=account, diagnosis=kept, age=timedelta(hours=5))


def test_the_queue_shows_what_waits_oldest_first(asked: AccessRequest, alice: Person, rita: Person) -> None:
    older = make_request(
        requester=alice, account=asked.account, action="personalize:ListDatasets", age=timedelta(days=3)
    )
    done = make_request(requester=alice, account=asked.account, action="personalize:X", state=State.ACTIVE)
    page = signed_in(rita).get("/queue/").content.decode()
    assert page.index(older.code) < page.index(asked.code)
    assert done.code not in page
    assert "5 h" in page
    assert "3 days" in page


@pytest.mark.parametrize("state", ["waiting", "work", "active", "failed", "over", "all", "nonsense"])
def test_every_filter_answers(asked: AccessRequest, rita: Person, state: str) -> None:
    page = signed_in(rita).get("/queue/", {"state": state}).content.decode()
    assert (asked.code in page) == (state in {"waiting", "all", "nonsense"})


@pytest.mark.parametrize("words", ["ALICE", "listschemas", "user/alice"])
def test_the_search_finds_by_person_action_and_principal(asked: AccessRequest, rita: Person, words: str) -> None:
    assert asked.code in signed_in(rita).get("/queue/", {"q": words}).content.decode()
    assert asked.code not in signed_in(rita).get("/queue/", {"q": words + "zzz"}).content.decode()


def test_a_search_without_a_hit_says_so_and_keeps_the_words(asked: AccessRequest, rita: Person) -> None:
    page = signed_in(rita).get("/queue/", {"q": 'no"such<thing>'}).content.decode()
    assert "Nothing fits" in page
    assert "no&quot;such&lt;thing&gt;" in page


def test_a_search_without_a_hit_offers_to_search_every_state(asked: AccessRequest, rita: Person) -> None:
    AccessRequest.objects.update(state=State.REJECTED)
    client = signed_in(rita)
    page = client.get("/queue/", {"q": "ListSchemas"}).content.decode()
    found = re.search(r'href="(/queue/\?[^"]+)">Search every state<', page)
    assert found
    assert asked.code in client.get(html.unescape(found[1])).content.decode()
    nowhere = client.get("/queue/", {"q": "zzz", "state": "all"}).content.decode()
    assert "Search every state" not in nowhere
    assert "Show what waits" in nowhere


def test_an_empty_queue_is_good_news(rita: Person) -> None:
    assert "Nothing waits for you" in signed_in(rita).get("/queue/").content.decode()


def test_an_approver_sees_the_requests_of_their_accounts_only(asked: AccessRequest, rita: Person) -> None:
    other = make_account("444455556666", "analytics")
    foreign = make_request(
        requester=asked.requester,
        account=other,
        principal="arn:aws:iam::444455556666:user/alice",
        action="s3:GetObject",
    )
    page = signed_in(rita).get("/queue/").content.decode()
    assert asked.code in page
    assert foreign.code not in page


def test_a_long_queue_is_turned_by_place(alice: Person, account: Account, rita: Person) -> None:
    for number in range(60):
        make_request(requester=alice, account=account, action=f"personalize:A{number}", age=timedelta(minutes=number))
    client = signed_in(rita)
    first = client.get("/queue/").content.decode()
    assert first.count('data-label="Request"') == 50
    after = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(f"/queue/{after}").content.decode().count('data-label="Request"') == 10
    assert client.get("/queue/?after=nonsense").status_code == 200


def test_the_review_shows_evidence_change_and_digest(asked: AccessRequest, rita: Person) -> None:
    page = signed_in(rita).get(f"/queue/{asked.code}/").content.decode()
    for said in ("Alice asks for", "What it newly allows", "The evidence", "according to the message", "List)"):
        assert said in page
    assert f'name="digest" value="{asked.change_digest}"' in page
    assert "It rests on the text alone" in page


def test_approving_takes_one_form(asked: AccessRequest, rita: Person) -> None:
    client = signed_in(rita)
    response = client.post(f"/queue/{asked.code}/approve/", {"digest": asked.change_digest}, follow=True)
    asked.refresh_from_db()
    assert asked.state == State.APPROVED
    assert asked.approvals.get().approver == rita
    page = response.content.decode()
    assert "Approved." in page
    assert "Approve and apply" not in page
    assert "Nothing is left to decide." in page


@pytest.mark.parametrize("digest", ["", "0" * 64, "nonsense", "{0.__class__}"])
def test_another_digest_approves_nothing(asked: AccessRequest, rita: Person, digest: str) -> None:
    page = signed_in(rita).post(f"/queue/{asked.code}/approve/", {"digest": digest}, follow=True).content.decode()
    asked.refresh_from_db()
    assert asked.state == State.SUBMITTED
    assert not asked.approvals.exists()
    assert "The change is not the one that you were shown." in page


@pytest.mark.parametrize("who", ["helen", "otto"])
def test_who_cannot_decide_is_promised_no_mails(who: str, request: pytest.FixtureRequest, account: Account) -> None:
    page = signed_in(request.getfixturevalue(who)).get("/queue/").content.decode()
    assert "No request waits for a decision" in page
    assert "e-mail" not in page.split("<main")[1].split("</main>")[0]


def test_rejecting_is_asked_for_a_reason_by_its_name(asked: AccessRequest, rita: Person) -> None:
    page = signed_in(rita).get(f"/queue/{asked.code}/").content.decode()
    assert "Reason for rejecting" in page
    assert "Why not?" not in page


def test_rejecting_needs_a_reason(asked: AccessRequest, rita: Person) -> None:
    client = signed_in(rita)
    sent = {"digest": asked.change_digest, "reason": "  "}
    response = client.post(f"/queue/{asked.code}/reject/", sent)
    assert response.status_code == 422
    assert "Give a reason." in response.content.decode()
    client.post(f"/queue/{asked.code}/reject/", {**sent, "reason": "Use the builder role."})
    asked.refresh_from_db()
    assert asked.state == State.REJECTED
    assert asked.approvals.get().reason == "Use the builder role."


def test_the_review_asks_anew_and_turns_once_the_state_is_another(asked: AccessRequest, rita: Person) -> None:
    client = signed_in(rita)
    address = f"/queue/{asked.code}/?state=submitted"
    assert f'hx-get="{address}"' in client.get(f"/queue/{asked.code}/").content.decode()
    assert client.get(address).status_code == 204
    AccessRequest.objects.filter(pk=asked.pk).update(state=State.ACTIVE)
    response = client.get(address)
    assert response.status_code == 200
    assert "hx-get" not in response.content.decode().split(">Decision<")[1]


def test_who_comes_second_is_told(asked: AccessRequest, rita: Person, noor: Person) -> None:
    sent = {"digest": asked.change_digest}
    signed_in(rita).post(f"/queue/{asked.code}/approve/", sent)
    page = signed_in(noor).post(f"/queue/{asked.code}/approve/", sent, follow=True).content.decode()
    assert 'class="notice notice--error"' in page
    assert asked.approvals.count() == 1


def test_nobody_decides_their_own_request(account: Account, rita: Person, noor: Person) -> None:
    own = make_request(requester=rita, account=account, principal="arn:aws:iam::123456789012:user/rita")
    client = signed_in(rita)
    page = client.get(f"/queue/{own.code}/").content.decode()
    assert "Nobody decides their own request." in page
    assert "Approve" not in page.split(">Decision<")[1].split("What was asked")[0]
    client.post(f"/queue/{own.code}/approve/", {"digest": own.change_digest})
    own.refresh_from_db()
    assert own.state == State.SUBMITTED


def test_nobody_decides_what_was_asked_on_their_behalf(alice: Person, account: Account, rita: Person) -> None:
    own = make_request(requester=alice, beneficiary=rita, account=account)
    signed_in(rita).post(f"/queue/{own.code}/approve/", {"digest": own.change_digest})
    own.refresh_from_db()
    assert own.state == State.SUBMITTED


def test_on_behalf_of_somebody_else_is_a_warning(helen: Person, mateo: Person, account: Account, rita: Person) -> None:
    asked = make_request(requester=helen, beneficiary=mateo, account=account, principal=MATEO_ARN)
    page = signed_in(rita).get(f"/queue/{asked.code}/").content.decode()
    assert "Asked on behalf of somebody else" in page
    assert "which belongs to Mateo" in page


@pytest.mark.parametrize("who", ["adam", "otto"])
def test_admins_and_auditors_look_and_do_not_decide(
    asked: AccessRequest, who: str, request: pytest.FixtureRequest
) -> None:
    page = signed_in(request.getfixturevalue(who)).get(f"/queue/{asked.code}/").content.decode()
    assert "You may look, not decide." in page
    assert "/approve/" not in page


def test_helpdesk_reads_the_state_of_every_case_and_no_review(asked: AccessRequest, helen: Person) -> None:
    client = signed_in(helen)
    assert f"/requests/{asked.code}/" in client.get("/queue/").content.decode()
    assert client.get(f"/requests/{asked.code}/").status_code == 200
    assert client.get(f"/queue/{asked.code}/").status_code == 403


def test_evidence_of_another_call_is_not_shown(asked: AccessRequest, rita: Person) -> None:
    facts = asked.diagnosis.facts | {"action": "personalize:DeleteDataset"}
    Diagnosis.objects.filter(pk=asked.diagnosis_id).update(facts=facts)
    page = signed_in(rita).get(f"/queue/{asked.code}/").content.decode()
    assert "speaks of another call by now" in page
    assert "DeleteDataset" not in page


def test_every_decision_is_in_the_audit_trail(asked: AccessRequest, rita: Person) -> None:
    signed_in(rita).post(f"/queue/{asked.code}/approve/", {"digest": asked.change_digest})
    assert list(AuditEntry.objects.filter(subject=asked.code).values_list("event", flat=True)) == ["request.approve"]


@pytest.fixture
def granted(asked: AccessRequest) -> AccessRequest:
    """The same request, active, with what the worker wrote for it."""
    AccessRequest.objects.filter(pk=asked.pk).update(state=State.ACTIVE)
    Grant.objects.create(
        request=asked,
        policy_arn=f"arn:aws:iam::123456789012:policy/portal-managed/AD-{asked.code}",
        principal_arn=asked.principal_arn,
        document="{}",
        before=[],
        verified_at=timezone.now(),
        verification={"outcome": "depends", "unchecked": ["vpc_endpoint"], "stopped_by": []},
    )
    return asked


def test_revoking_needs_a_reason_and_asks_the_worker(granted: AccessRequest, rita: Person) -> None:
    client = signed_in(rita)
    assert "Revoke now" in client.get(f"/queue/{granted.code}/").content.decode()
    assert client.post(f"/queue/{granted.code}/revoke/", {"reason": " "}).status_code == 422
    assert not granted.grant.revoked
    page = client.post(f"/queue/{granted.code}/revoke/", {"reason": "The project is over."}, follow=True)
    assert "Revoked." in page.content.decode()
    granted.grant.refresh_from_db()
    assert granted.grant.revoked


def test_the_holder_gives_back_without_a_reason(granted: AccessRequest, alice: Person) -> None:
    client = signed_in(alice)
    page = client.get(f"/requests/{granted.code}/").content.decode()
    assert "Give the access back" in page
    assert "Not checked, because nobody can read it back: VPC endpoint policy." in page
    assert "Given back." in client.post(f"/requests/{granted.code}/end/", follow=True).content.decode()
    granted.grant.refresh_from_db()
    assert granted.grant.revoked


def test_nobody_gives_back_what_is_not_active(asked: AccessRequest, alice: Person) -> None:
    page = signed_in(alice).post(f"/requests/{asked.code}/end/", follow=True).content.decode()
    assert 'class="notice notice--error"' in page


def test_what_was_applied_by_hand_is_checked_on_demand(asked: AccessRequest, rita: Person) -> None:
    Account.objects.filter(pk=asked.account_id).update(mode="read")
    AccessRequest.objects.filter(pk=asked.pk).update(state=State.AWAITING_MANUAL_APPLY)
    client = signed_in(rita)
    assert "I applied it, check now" in client.get(f"/queue/{asked.code}/").content.decode()
    client.post(f"/queue/{asked.code}/check/")
    asked.refresh_from_db()
    assert asked.state == State.VERIFYING


def test_an_auditor_is_offered_nothing_to_change(granted: AccessRequest, otto: Person) -> None:
    client = signed_in(otto)
    assert "Revoke now" not in client.get(f"/queue/{granted.code}/").content.decode()
    assert client.post(f"/queue/{granted.code}/revoke/", {"reason": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("principal", "attach"),
    [
        ("user/people/o'neil", ["attach-user-policy", "--user-name", "o'neil"]),
        ("role/Import", ["attach-role-policy", "--role-name", "Import"]),
    ],
)
def test_what_is_applied_by_hand_shows_exact_commands(
    asked: AccessRequest, rita: Person, otto: Person, principal: str, attach: list[str]
) -> None:
    policy = f"arn:aws:iam::{asked.account.account_id}:policy/portal-managed/{asked.policy_name}"
    document = grant_document(change_from_data(asked.change), ends_at=timezone.now())
    Grant.objects.create(
        request=asked,
        policy_arn=policy,
        principal_arn=f"arn:aws:iam::{asked.account.account_id}:{principal}",
        document=document,
        before=[],
        manual=True,
    )
    AccessRequest.objects.update(state=State.AWAITING_MANUAL_APPLY)
    page = signed_in(rita).get(f"/queue/{asked.code}/").content.decode()
    shown = re.findall(r"<code data-copy-source>(aws iam [^<]+)</code>", page)
    create, attached = [shlex.split(html.unescape(command)) for command in shown]
    assert create[:3] == ["aws", "iam", "create-policy"]
    options = dict(zip(create[3::2], create[4::2], strict=True))
    assert options["--path"] + options["--policy-name"] == f"/portal-managed/{asked.policy_name}"
    assert json.loads(options["--policy-document"]) == json.loads(document)
    assert attached == ["aws", "iam", *attach, "--policy-arn", policy]
    assert "aws iam" not in signed_in(otto).get(f"/queue/{asked.code}/").content.decode()
