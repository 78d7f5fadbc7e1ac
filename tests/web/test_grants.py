"""The pages of an active grant: more time, still denied, what others changed, undo, and what is made by hand."""

# ruff: noqa: F811 - fixtures that are imported are asked for by their names

import html
import json
import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.builders import denial_text, make_request
from tests.cast import ALICE_ARN, MATEO_ARN
from tests.faults.conftest import approved, iam, writable  # noqa: F401 - fixtures
from tests.faults.fake_iam import OWN, FakeIam, install
from tests.faults.steps import drain, let_it_expire, settle
from tests.web.signing_in import signed_in
from troubleshoot.access import drift, services, undo
from troubleshoot.access.mail import written
from troubleshoot.models import AccessRequest, Diagnosis, Grant, OutboxMessage, Person, State
from troubleshoot.remedy import change_from_data
from troubleshoot.remedy.narrowing import Fields

pytestmark = pytest.mark.django_db
MORE = {"justification": "It takes longer.", "hours": "168", "ticket": "", "key": "k" * 32}
OTHER = json.dumps({"Version": "2012-10-17", "Statement": []})


@pytest.fixture
def active(approved: AccessRequest, iam: FakeIam) -> AccessRequest:
    drain()
    approved.refresh_from_db()
    assert approved.state == State.ACTIVE
    return approved


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return html.unescape(response.content.decode().replace("<wbr>", ""))


def change_document(iam: FakeIam, request: AccessRequest) -> None:
    with iam.changing() as state:
        state["policies"][request.grant.policy_arn] = OTHER


def a_night_passes() -> None:
    Grant.objects.update(drift={"again": True})
    AccessRequest.objects.update(due_at=timezone.now())
    drain()


class TestMoreTime:
    def test_it_is_offered_while_the_access_is_active(self, active: AccessRequest, alice: Person) -> None:
        assert f"/requests/{active.code}/extend/" in text(signed_in(alice), f"/requests/{active.code}/")
        page = text(signed_in(alice), f"/requests/{active.code}/extend/")
        assert "How much longer do you need" in page
        assert "There is no gap" in page

    def test_it_files_a_request_that_names_the_first(self, active: AccessRequest, alice: Person) -> None:
        client = signed_in(alice)
        response = client.post(f"/requests/{active.code}/extend/", MORE)
        made = AccessRequest.objects.get(extends=active)
        assert response["Location"] == f"/requests/{made.code}/"
        assert made.change["hours"] == 168

    def test_a_second_one_is_shown_and_what_was_typed_is_kept(self, active: AccessRequest, alice: Person) -> None:
        client = signed_in(alice)
        client.post(f"/requests/{active.code}/extend/", MORE)
        response = client.post(f"/requests/{active.code}/extend/", {**MORE, "hours": "720", "key": "m" * 32})
        page = response.content.decode()
        assert response.status_code == 409
        assert AccessRequest.objects.get(extends=active).code in page
        assert "It takes longer." in page

    def test_only_lengths_that_end_later_than_now_are_offered(self, active: AccessRequest, alice: Person) -> None:
        Grant.objects.update(expires_at=timezone.now() + timedelta(days=6))
        page = text(signed_in(alice), f"/requests/{active.code}/extend/")
        assert re.findall(r'name="hours" value="(\d+)"', page.replace("\n", " ")) == ["168", "720"]

    def test_more_time_never_ends_the_access_sooner(self, active: AccessRequest, alice: Person) -> None:
        Grant.objects.update(expires_at=timezone.now() + timedelta(days=6))
        response = signed_in(alice).post(f"/requests/{active.code}/extend/", {**MORE, "hours": "24"})
        assert response.status_code == 422
        assert not AccessRequest.objects.filter(extends=active).exists()

    def test_an_answer_offers_and_takes_no_more_time_that_ends_sooner(
        self, active: AccessRequest, alice: Person, rita: Person
    ) -> None:
        Grant.objects.update(expires_at=timezone.now() + timedelta(days=6))
        client = signed_in(alice)
        client.post(f"/requests/{active.code}/extend/", MORE)
        made = AccessRequest.objects.get(extends=active)
        services.ask_for_changes(request=made, approver=rita, change_digest=made.change_digest, reason="How long?")
        page = text(client, f"/requests/{made.code}/answer/")
        assert re.findall(r'<option value="(\d+)"', page) == ["168", "720"]
        response = client.post(f"/requests/{made.code}/answer/", {"justification": "A day.", "hours": "24"})
        assert response.status_code == 422
        shorter = replace(change_from_data(made.change), hours=24)
        with pytest.raises(services.Refused, match="end sooner than it does now"):
            services.resubmit(request=made, person=alice, justification="A day.", change=shorter)
        client.post(f"/requests/{made.code}/answer/", {"justification": "A month.", "hours": "720"})
        made.refresh_from_db()
        assert (made.state, made.change["hours"]) == (State.SUBMITTED, 720)

    def test_its_review_and_mails_say_that_it_asks_for_more_time(
        self, active: AccessRequest, alice: Person, rita: Person
    ) -> None:
        ends = timezone.now() + timedelta(days=6)
        Grant.objects.update(expires_at=ends)
        signed_in(alice).post(f"/requests/{active.code}/extend/", MORE)
        made = AccessRequest.objects.get(extends=active)
        instead = f"instead of {ends:%-d %B %Y, %H:%M} UTC"
        page = text(signed_in(rita), f"/queue/{made.code}/")
        assert "asks for more time for <code>" in page
        assert re.search(rf"It goes on with {active.code}, until \d+ \w+ \d+, [\d:]+ UTC {instead}\.", page)
        assert f'What is judged below is the case of <a href="/queue/{active.code}/">{active.code}</a>' in page
        mail = written(OutboxMessage.objects.get(request=made, template="to_decide"))
        assert "asks for more time for" in mail.subject
        for words in (mail.body, mail.alternatives[0].content):
            assert "asks for more time" in words
            assert "asks for access" not in words
            assert f"goes on with {active.code}, until" in words
            assert instead in words
        assert "more time" not in text(signed_in(rita), f"/queue/{active.code}/").partition("<main")[2]

    def test_an_approver_narrows_no_more_time_to_less_than_runs_already(
        self, active: AccessRequest, alice: Person, rita: Person
    ) -> None:
        Grant.objects.update(expires_at=timezone.now() + timedelta(days=6))
        signed_in(alice).post(f"/requests/{active.code}/extend/", {**MORE, "hours": "720"})
        made = AccessRequest.objects.get(extends=active)
        page = text(signed_in(rita), f"/queue/{made.code}/narrow/")
        assert re.findall(r'<option value="(\d+)"', page) == ["168", "720"]
        with pytest.raises(services.Refused, match="end sooner than it does now"):
            services.narrow(
                request=made,
                approver=rita,
                change_digest=made.change_digest,
                wanted=Fields(actions=None, resources=None, hours=24),
                reason="A day is enough.",
            )

    @pytest.mark.parametrize(
        ("spoiled", "words"),
        [
            ({"justification": ""}, "Say in a sentence why you need it longer."),
            ({"hours": "9999"}, "9999 is not one of the available choices"),
            ({"key": "short"}, "This form is damaged"),
        ],
    )
    def test_an_error_stands_beside_its_field(
        self, active: AccessRequest, alice: Person, spoiled: dict[str, str], words: str
    ) -> None:
        response = signed_in(alice).post(f"/requests/{active.code}/extend/", {**MORE, **spoiled})
        assert response.status_code == 422
        assert words in html.unescape(response.content.decode())
        assert not AccessRequest.objects.filter(extends=active).exists()

    def test_what_is_over_says_why_it_cannot_be_extended(self, active: AccessRequest, alice: Person) -> None:
        AccessRequest.objects.update(state=State.EXPIRED)
        assert "Only active access can be extended." in text(signed_in(alice), f"/requests/{active.code}/extend/")
        response = signed_in(alice).post(f"/requests/{active.code}/extend/", MORE)
        assert response.status_code == 422
        assert "Only active access can be extended." in response.content.decode()

    def test_it_is_not_there_for_others(self, active: AccessRequest, charlie: Person, rita: Person) -> None:
        for person in (charlie, rita):
            assert signed_in(person).get(f"/requests/{active.code}/extend/").status_code == 404


class TestStillDenied:
    def test_the_call_is_checked_again_and_the_diagnosis_shown(
        self,
        active: AccessRequest,
        alice: Person,
        iam: FakeIam,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        deny = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
        install(monkeypatch, FakeIam(iam.file, boundary=deny))
        client = signed_in(alice)
        response = client.post(f"/requests/{active.code}/still-denied/", {"error": ""})
        found = Diagnosis.objects.get(follows=active)
        assert response["Location"] == f"/d/{found.token}/"
        assert "permissions boundary" in text(client, response["Location"])

    def test_without_a_new_error_it_says_that_it_rests_on_the_requests_own_call(
        self, active: AccessRequest, alice: Person
    ) -> None:
        client = signed_in(alice)
        page = text(client, client.post(f"/requests/{active.code}/still-denied/", {"error": ""})["Location"])
        assert f"No new error was pasted. This is the call of request {active.code}, checked once more." in page
        assert (
            f'No new error was pasted. The portal checked the call of request <a href="/requests/{active.code}/">'
            in page
        )
        for wrong in ("The message says", "ccording to the message", ">Your text<", "This was read wrongly"):
            assert wrong not in page

    def test_a_new_error_may_be_pasted(self, active: AccessRequest, alice: Person) -> None:
        pasted = denial_text(action="personalize:CreateSchema")
        client = signed_in(alice)
        page = text(client, client.post(f"/requests/{active.code}/still-denied/", {"error": pasted})["Location"])
        assert Diagnosis.objects.get(follows=active).facts["action"] == "personalize:CreateSchema"
        assert "No new error was pasted." not in page
        assert ">Your text<" in page

    def test_a_text_without_a_denial_is_told_and_kept_in_the_box(self, active: AccessRequest, alice: Person) -> None:
        response = signed_in(alice).post(f"/requests/{active.code}/still-denied/", {"error": "Good morning."})
        page = html.unescape(response.content.decode())
        assert response.status_code == 422
        assert "No denial was found in this text." in page
        assert "Good morning.</textarea>" in page

    def test_what_is_over_says_so(self, active: AccessRequest, alice: Person) -> None:
        AccessRequest.objects.update(state=State.EXPIRED)
        assert "Nothing to check again" in text(signed_in(alice), f"/requests/{active.code}/still-denied/")
        response = signed_in(alice).post(f"/requests/{active.code}/still-denied/", {"error": ""})
        assert response.status_code == 422


class TestGrant:
    def test_it_says_that_nobody_changed_it(self, active: AccessRequest, rita: Person) -> None:
        a_night_passes()
        page = text(signed_in(rita), f"/grants/{active.code}/")
        assert "as it was verified" in page
        assert "Nobody changed it." in page
        assert "#revoke" not in page
        assert active.grant.policy_arn in page

    def test_it_says_what_others_changed_and_what_to_do(
        self,
        active: AccessRequest,
        rita: Person,
        iam: FakeIam,
    ) -> None:
        with iam.changing() as state:
            state["attached"][MATEO_ARN] = [active.grant.policy_arn]
        a_night_passes()
        page = text(signed_in(rita), f"/grants/{active.code}/")
        assert drift.WORDS[drift.Drifted.ATTACHED_ELSEWHERE] in page
        assert "Detach it from the others by hand." in page
        assert f'<a href="/queue/{active.code}/#revoke">Revoke it on the page of its review</a>' in page
        assert '<form id="revoke"' in text(signed_in(rita), f"/queue/{active.code}/")
        assert "user/mateojackson" in page
        assert active.code in text(signed_in(rita), "/grants/")

    def test_a_comparison_can_be_asked_for(
        self,
        active: AccessRequest,
        adam: Person,
        iam: FakeIam,
    ) -> None:
        change_document(iam, active)
        page = signed_in(adam).post(f"/grants/{active.code}/compare/", follow=True).content.decode()
        assert "The worker compares it with IAM now. Open this page again in a moment." in page
        drain()
        assert "another document than the approved one" in text(signed_in(adam), f"/grants/{active.code}/")

    def test_undo_needs_a_reason(self, active: AccessRequest, rita: Person) -> None:
        response = signed_in(rita).post(f"/grants/{active.code}/undo/", {"reason": ""})
        assert response.status_code == 422
        assert "Give a reason." in response.content.decode()
        assert not undo.is_asked(Grant.objects.get())

    def test_undo_takes_it_away(self, active: AccessRequest, rita: Person, iam: FakeIam) -> None:
        client = signed_in(rita)
        page = client.post(f"/grants/{active.code}/undo/", {"reason": "Too much."}, follow=True).content.decode()
        assert "The worker undoes it now" in page
        drain()
        assert iam.policies == {}
        assert "Undo it" not in text(client, f"/grants/{active.code}/")

    def test_a_refused_undo_shows_the_difference_three_ways(
        self,
        active: AccessRequest,
        rita: Person,
        iam: FakeIam,
    ) -> None:
        change_document(iam, active)
        undo.ask(request=active, person=rita, reason="Too much.")
        drain()
        page = text(signed_in(rita), f"/grants/{active.code}/")
        assert "Why it was not undone" in page
        row = re.search(r"The document</div></th>(.*?)</tr>", page)
        assert row is not None
        assert re.findall(r"<div>([^<]*)</div>", row[1]) == ["none", "the approved one", "another one"]
        assert "policy__line--removed" in page
        assert "policy__line--added" in page
        assert active.code in text(signed_in(rita), "/grants/")

    def test_too_late_is_told(self, active: AccessRequest, rita: Person) -> None:
        AccessRequest.objects.update(state=State.EXPIRED)
        client = signed_in(rita)
        for path, data in [("undo", {"reason": "x"}), ("compare", {}), ("removed", {})]:
            page = client.post(f"/grants/{active.code}/{path}/", data, follow=True).content.decode()
            assert 'class="notice notice--error"' in page

    def test_an_auditor_looks_and_is_offered_nothing(self, active: AccessRequest, otto: Person) -> None:
        page = text(signed_in(otto), f"/grants/{active.code}/")
        assert "Undo it" not in page
        assert "Compare now" not in page
        assert signed_in(otto).post(f"/grants/{active.code}/undo/", {"reason": "x"}).status_code == 403

    def test_before_anything_was_written_it_says_so(self, approved: AccessRequest, rita: Person) -> None:
        assert "Nothing was written yet" in text(signed_in(rita), f"/grants/{approved.code}/")

    @pytest.mark.usefixtures("active")
    def test_the_list_is_empty_when_all_is_well(self, rita: Person) -> None:
        assert "Every grant is as it was verified" in text(signed_in(rita), "/grants/")

    def test_lists_and_pages_cost_few_queries(
        self, active: AccessRequest, rita: Person, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(5):
            made = make_request(
                requester=active.requester, account=active.account, state=State.ACTIVE, resource=f"arn:{number}"
            )
            document = active.grant.document
            arn = f"{OWN}{made.policy_name}"
            Grant.objects.create(
                request=made,
                policy_arn=arn,
                principal_arn=ALICE_ARN,
                document=document,
                before=[],
                verified_at=timezone.now(),
            )
        Grant.objects.update(drift={"codes": ["detached"]})
        client, own = signed_in(rita), signed_in(active.requester)
        for browser, path in [
            (client, "/grants/"),
            (client, f"/grants/{active.code}/"),
            (own, f"/requests/{active.code}/extend/"),
            (own, f"/requests/{active.code}/still-denied/"),
        ]:
            with django_assert_max_num_queries(12):
                text(browser, path)


class TestEndedEarly:
    """Whoever loses access reads who took it, and why: on the page, and the reason in the mail."""

    @pytest.mark.parametrize("end", [undo.ask, services.end_early])
    def test_its_people_read_who_and_why(
        self, active: AccessRequest, alice: Person, rita: Person, end: Callable[..., None]
    ) -> None:
        end(request=active, person=rita, reason="The project is over.")
        settle(active)
        page = text(signed_in(alice), f"/requests/{active.code}/")
        assert "Ended by Rita" in page
        assert "The project is over." in page
        assert "It did not work" not in page
        mail = written(OutboxMessage.objects.get(template__in=["revoked", "undone"], person=alice))
        assert "The reason: The project is over." in mail.body

    def test_what_its_own_people_gave_back_needs_no_reason(self, active: AccessRequest, alice: Person) -> None:
        services.end_early(request=active, person=alice)
        settle(active)
        assert "Ended by Alice" in text(signed_in(alice), f"/requests/{active.code}/")
        assert "The reason" not in written(OutboxMessage.objects.get(template="revoked", person=alice)).body


class TestByHand:
    @pytest.fixture
    def handed_over(
        self,
        approved: AccessRequest,
        iam: FakeIam,
        monkeypatch: pytest.MonkeyPatch,
    ) -> AccessRequest:
        install(monkeypatch, iam, may_write=False)
        settle(approved)
        return approved

    def test_waiting_for_it_is_no_failure_and_not_called_verified(
        self, handed_over: AccessRequest, alice: Person, rita: Person
    ) -> None:
        own = text(signed_in(alice), f"/requests/{handed_over.code}/")
        assert "It did not work" not in own
        assert "An administrator applies it by hand" in own
        page = text(signed_in(rita), f"/grants/{handed_over.code}/")
        assert "It is not in IAM yet" in page
        assert "It was verified" not in page

    def test_a_check_that_comes_too_early_says_what_is_missing_to_whoever_asked_for_it(
        self, handed_over: AccessRequest, rita: Person
    ) -> None:
        services.check_now(request=handed_over, person=rita)
        settle(handed_over)
        for path in (f"/grants/{handed_over.code}/", f"/queue/{handed_over.code}/"):
            assert "is not attached to the principal yet" in text(signed_in(rita), path)

    def commands(self, person: Person, request: AccessRequest) -> list[list[str]]:
        page = signed_in(person).get(f"/grants/{request.code}/").content.decode()
        shown = re.findall(r"<code data-copy-source>([^<]+)</code>", page)
        return [shlex.split(html.unescape(command)) for command in shown]

    def test_the_commands_make_exactly_what_was_approved_with_its_tag(
        self, handed_over: AccessRequest, rita: Person, otto: Person
    ) -> None:
        create, attach = self.commands(rita, handed_over)
        options = dict(zip(create[3::2], create[4::2], strict=True))
        assert json.loads(options["--policy-document"]) == json.loads(handed_over.grant.document)
        assert options["--tags"] == f"Key=access-desk-request,Value={handed_over.code}"
        assert attach[2] == "attach-user-policy"
        assert self.commands(otto, handed_over) == []

    def test_at_the_end_it_is_a_task_with_the_commands_and_a_check(
        self,
        handed_over: AccessRequest,
        rita: Person,
        iam: FakeIam,
    ) -> None:
        arn = handed_over.grant.policy_arn
        with iam.changing() as state:
            state["policies"][arn], state["attached"][ALICE_ARN] = handed_over.grant.document, [arn]
        services.check_now(request=handed_over, person=rita)
        settle(handed_over)
        let_it_expire(handed_over)
        drain()
        assert "has to be taken away by hand" in text(signed_in(rita), "/grants/")
        assert [command[2] for command in self.commands(rita, handed_over)] == ["detach-user-policy", "delete-policy"]
        with iam.changing() as state:
            state["policies"], state["attached"] = {}, {}
        signed_in(rita).post(f"/grants/{handed_over.code}/removed/")
        drain()
        assert Grant.objects.get().ended_at
        assert "has to be taken away" not in text(signed_in(rita), "/grants/")
        assert "nothing of it is left in IAM" in text(signed_in(rita), f"/grants/{handed_over.code}/")
        own = text(signed_in(handed_over.requester), f"/requests/{handed_over.code}/")
        assert "It did not work" not in own
        assert "could not be read" not in own
