"""Disabling a person at once, letting them in again by two, and a new password by a link that only they get."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from portal.receivers import Receiver
from tests.builders import make_approval, make_request
from tests.cast import make_person
from troubleshoot import audit
from troubleshoot.access import enabling, passwords, people, reconcile
from troubleshoot.access.erasing import erase
from troubleshoot.access.errors import Refused
from troubleshoot.access.mail import send_one
from troubleshoot.models import AdminChange, AuditEntry, OutboxMessage, Person, State

pytestmark = pytest.mark.django_db
NEW = "a-much-better-password"


@pytest.fixture
def disabled(alice, adam):
    enabling.disable(by=adam, person=alice, reason="Left the company.")
    return alice


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def all_steps():
    while reconcile.run_one("worker"):
        pass


def sent_link(person):
    while send_one("worker"):
        pass
    (path,) = set(re.findall(r"http://\S+?(/password/[^\s\"<]+)", mail.outbox[-1].body))
    assert mail.outbox[-1].to == [person.email]
    return path


def opened(path):
    """A browser in which the link was opened, and the address of the form that it leads to."""
    client = Client()
    response = client.get(path)
    assert response.status_code == 302
    return client, response["Location"]


class TestDisabling:
    def test_it_ends_every_session_at_once_and_is_audited(self, alice, rita, adam):
        client, other = signed_in(alice), signed_in(rita)
        enabling.disable(by=adam, person=alice, reason="Left.")
        assert client.get("/requests/").status_code == 302
        assert other.get("/requests/").status_code == 200
        assert authenticate(username="alice", password="alice-password-1") is None
        entry = AuditEntry.objects.get(event="person.disable")
        assert (entry.actor, entry.subject) == (str(adam.public_id), str(alice.public_id))

    def test_a_session_from_before_is_not_alive_again_afterwards(self, alice, adam, ada):
        client = signed_in(alice)
        enabling.disable(by=adam, person=alice, reason="Left.")
        assert not Session.objects.filter(pk=client.session.session_key).exists()
        people.confirm_change(change=enabling.propose_enabling(by=adam, person=alice), by=ada)
        assert client.get("/requests/").status_code == 302

    @pytest.mark.parametrize("state", [State.SUBMITTED, State.NEEDS_CHANGES, State.AWAITING_MANUAL_APPLY])
    def test_what_waits_for_the_person_ends_and_the_others_are_told(self, alice, rita, adam, account, state):
        later = timezone.now() + timedelta(days=1)
        request = make_request(requester=alice, account=account, state=state, due_at=later)
        enabling.disable(by=adam, person=alice, reason="Left.")
        all_steps()
        request.refresh_from_db()
        assert request.state == State.LAPSED
        assert "has been disabled" in request.failure
        told = OutboxMessage.objects.filter(template="withdrawn", person=rita).exists()
        assert told is (state == State.SUBMITTED)
        assert not OutboxMessage.objects.filter(template="lapsed").exists()

    def test_what_was_approved_is_not_applied(self, alice, rita, adam, account):
        request = make_request(requester=alice, account=account, state=State.APPROVED, due_at=timezone.now())
        make_approval(request, rita)
        enabling.disable(by=adam, person=alice, reason="Left.")
        all_steps()
        request.refresh_from_db()
        assert request.state == State.FAILED
        assert "has been disabled" in request.failure

    def test_what_they_filed_for_somebody_else_goes_on(self, alice, helen, adam, account):
        request = make_request(requester=helen, beneficiary=alice, account=account)
        enabling.disable(by=adam, person=helen, reason="Left.")
        all_steps()
        request.refresh_from_db()
        assert request.state == State.SUBMITTED

    def test_what_they_would_decide_is_handed_over(self, alice, rita, noor, adam, account):
        request = make_request(requester=alice, account=account, due_at=timezone.now())
        all_steps()
        assert OutboxMessage.objects.filter(template="to_decide", person=rita, request=request).exists()
        enabling.disable(by=adam, person=rita, reason="Left.")
        all_steps()
        assert OutboxMessage.objects.filter(template="handed_over", person=noor, request=request).exists()

    @pytest.mark.parametrize(
        ("who", "whom", "reason", "words"),
        [
            ("rita", "alice", "Left.", "Only an administrator"),
            ("adam", "adam", "Left.", "Nobody disables themselves"),
            ("adam", "alice", " ", "Say why"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, alice, rita, adam, who, whom, reason, words):
        cast = {"alice": alice, "rita": rita, "adam": adam}
        with pytest.raises(Refused, match=words):
            enabling.disable(by=cast[who], person=cast[whom], reason=reason)
        assert Person.objects.filter(is_active=False).count() == 0

    def test_it_is_done_once(self, disabled, adam):
        with pytest.raises(Refused, match="disabled already"):
            enabling.disable(by=adam, person=disabled, reason="Again.")


class TestEnabling:
    def test_it_takes_a_second_administrator(self, disabled, adam, ada):
        change = enabling.propose_enabling(by=adam, person=disabled)
        with pytest.raises(Refused):
            people.confirm_change(change=change, by=adam)
        disabled.refresh_from_db()
        assert not disabled.is_active
        people.confirm_change(change=change, by=ada)
        disabled.refresh_from_db()
        assert disabled.is_active
        assert audit.verify().fault is None

    def test_nobody_enables_somebody_who_is_erased_or_active(self, disabled, rita, adam, ada):
        with pytest.raises(Refused, match="can sign in already"):
            enabling.propose_enabling(by=adam, person=rita)
        erase(person=disabled, by=adam, confirmed_by=ada)
        with pytest.raises(Refused, match="was erased"):
            enabling.propose_enabling(by=adam, person=disabled)


class TestPasswords:
    def test_the_link_sets_a_password_once(self, alice, adam):
        passwords.send_link(by=adam, person=alice)
        path = sent_link(alice)
        client, form = opened(path)
        assert "Set a new password" in client.get(form).content.decode()
        response = client.post(form, {"password": NEW, "again": NEW}, follow=True)
        assert "Your new password is set." in response.content.decode()
        assert authenticate(username="alice", password=NEW) == alice
        assert client.get(path).status_code == 410
        assert client.post(form, {"password": "x" * 20, "again": "x" * 20}).status_code == 410
        assert authenticate(username="alice", password=NEW) == alice

    def test_two_browsers_that_opened_the_link_set_it_once(self, alice, adam):
        passwords.send_link(by=adam, person=alice)
        path = sent_link(alice)
        (first, form), (second, _) = opened(path), opened(path)
        assert first.post(form, {"password": NEW, "again": NEW}).status_code == 302
        assert second.post(form, {"password": "x" * 20, "again": "x" * 20}).status_code == 410
        assert authenticate(username="alice", password=NEW) == alice

    def test_the_form_without_the_link_sets_nothing(self, alice, adam):
        passwords.send_link(by=adam, person=alice)
        form = f"/password/{alice.public_id}/"
        assert Client().post(form, {"password": NEW, "again": NEW}).status_code == 410

    def test_the_old_password_and_every_session_end_at_once(self, alice, adam):
        client = signed_in(alice)
        passwords.send_link(by=adam, person=alice)
        assert client.get("/requests/").status_code == 302
        assert authenticate(username="alice", password="alice-password-1") is None

    def test_a_second_link_ends_the_first(self, alice, adam):
        passwords.send_link(by=adam, person=alice)
        first = sent_link(alice)
        passwords.send_link(by=adam, person=alice)
        second = sent_link(alice)
        assert Client().get(first).status_code == 410
        assert Client().get(second).status_code == 302

    def test_the_link_ends_after_a_day(self, alice, adam, settings):
        passwords.send_link(by=adam, person=alice)
        path = sent_link(alice)
        settings.PASSWORD_RESET_TIMEOUT = -1
        assert Client().get(path).status_code == 410

    def test_nothing_but_the_mail_holds_the_link(self, alice, adam, settings):
        settings.RECEIVERS = {
            channel: Receiver(channel, channel, "https://ops.example.com/", b"s3cret-key" * 4)
            for channel in ("slack", "webhook")
        }
        passwords.send_link(by=adam, person=alice)
        key = sent_link(alice).split("/")[3]
        rows = [*OutboxMessage.objects.values(), *AuditEntry.objects.values()]
        assert key not in str(rows)
        assert set(OutboxMessage.objects.filter(template="password_link").values_list("channel", "person")) == {
            ("mail", alice.pk)
        }

    def test_a_weak_password_and_two_that_differ_are_refused_with_words(self, alice, adam):
        passwords.send_link(by=adam, person=alice)
        path = sent_link(alice)
        client, form = opened(path)
        weak = client.post(form, {"password": "short", "again": "short"})
        differ = client.post(form, {"password": NEW, "again": NEW + "x"})
        assert (weak.status_code, differ.status_code) == (422, 422)
        assert "too short" in weak.content.decode()
        assert "These two passwords differ" in differ.content.decode()
        assert NEW not in differ.content.decode()

    def test_another_persons_id_makes_no_link(self, alice, rita, adam):
        passwords.send_link(by=adam, person=alice)
        path = sent_link(alice).replace(str(alice.public_id), str(rita.public_id))
        assert Client().get(path).status_code == 410

    def test_a_disabled_person_gets_none_and_keeps_none(self, alice, adam):
        passwords.send_link(by=adam, person=alice)
        path = sent_link(alice)
        enabling.disable(by=adam, person=alice, reason="Left.")
        assert Client().get(path).status_code == 410
        with pytest.raises(Refused, match="is disabled"):
            passwords.send_link(by=adam, person=alice)

    @pytest.mark.parametrize(("who", "words"), [("rita", "Only an administrator"), ("adam", "for themselves")])
    def test_only_another_administrator_sends_one(self, rita, adam, who, words):
        with pytest.raises(Refused, match=words):
            passwords.send_link(by={"rita": rita, "adam": adam}[who], person=adam)

    def test_without_an_address_the_password_stays(self, adam):
        solo = make_person("solo")
        Person.objects.filter(pk=solo.pk).update(email="")
        solo.refresh_from_db()
        with pytest.raises(Refused, match="no e-mail address"):
            passwords.send_link(by=adam, person=solo)
        assert authenticate(username="solo", password="solo-password-1") == solo


class TestThePage:
    def test_it_shows_what_is_theirs_and_costs_few_queries(
        self, alice, adam, ada, account, django_assert_max_num_queries
    ):
        enabling.disable(by=adam, person=alice, reason="Left.")
        enabling.propose_enabling(by=ada, person=alice)
        make_request(requester=alice, account=account, state=State.ACTIVE, call_digest="x" * 64)
        for number in range(5):
            make_request(requester=alice, account=account, resource=f"arn:{number}")
        client = signed_in(adam)
        with django_assert_max_num_queries(12):
            page = client.get(f"/people/{alice.public_id}/").content.decode()
        for words in ("Disabled: cannot sign in.", "until somebody revokes it", "Let Alice sign in again", "Confirm"):
            assert words in page

    def test_an_administrator_disables_and_another_one_has_to_undo_it(self, alice, adam, ada):
        address = f"/people/{alice.public_id}/"
        page = signed_in(adam).post(f"{address}disable/", {"reason": "Left."}, follow=True).content.decode()
        assert "Alice cannot sign in any more" in page
        page = signed_in(adam).post(f"{address}enable/", follow=True).content.decode()
        assert "Another administrator decides." in page
        change = AdminChange.objects.get()
        signed_in(ada).post(f"/people/changes/{change.pk}/confirm/")
        alice.refresh_from_db()
        assert alice.is_active

    def test_without_a_reason_nothing_happens(self, alice, adam):
        response = signed_in(adam).post(f"/people/{alice.public_id}/disable/", {"reason": ""})
        assert response.status_code == 422
        assert "Say why, such as the number of a ticket." in response.content.decode()
        alice.refresh_from_db()
        assert alice.is_active

    @pytest.mark.parametrize("deed", ["disable", "password"])
    def test_an_old_sign_in_has_to_be_shown_anew_and_the_reason_is_kept(self, alice, adam, deed):
        client = signed_in(adam)
        session = client.session
        session["signed_in_at"] = int((timezone.now() - timedelta(minutes=16)).timestamp())
        session.save()
        response = client.post(f"/people/{alice.public_id}/{deed}/", {"reason": "Left the company."})
        assert response["Location"].startswith("/sign-in/again/")
        alice.refresh_from_db()
        assert (alice.is_active, alice.has_usable_password()) == (True, True)
        if deed == "disable":
            assert "Left the company." in client.get(f"/people/{alice.public_id}/").content.decode()

    def test_a_link_is_sent_from_it_and_not_shown(self, alice, adam):
        page = signed_in(adam).post(f"/people/{alice.public_id}/password/", follow=True).content.decode()
        assert "signed out everywhere" in page
        assert "/password/" not in page.replace(f"/people/{alice.public_id}/password/", "")

    def test_nobody_looks_after_themselves(self, adam):
        page = signed_in(adam).get(f"/people/{adam.public_id}/").content.decode()
        assert "This is you." in page
        assert "/disable/" not in page

    def test_an_auditor_reads_and_a_missing_person_is_missing(self, alice, otto):
        client = signed_in(otto)
        page = client.get(f"/people/{alice.public_id}/").content.decode()
        assert "Access that they hold" in page
        assert "/disable/" not in page
        assert client.get("/people/00000000-0000-4000-8000-000000000000/").status_code == 404

    def test_a_request_of_a_disabled_person_says_why_it_ended(self, alice, adam, account):
        request = make_request(requester=alice, account=account)
        enabling.disable(by=adam, person=alice, reason="Left.")
        all_steps()
        page = signed_in(adam).get(f"/requests/{request.code}/").content.decode()
        assert "ended, nobody would use it" in page
        assert "nobody decided in time" not in page
