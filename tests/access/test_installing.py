"""Accounts and people, as whoever installs the portal sets them."""

import io

import pytest
from django.core.management import CommandError, call_command

from tests.cast import ACCOUNT_ID
from troubleshoot.access.permissions import roles_of
from troubleshoot.models import Account, AuditEntry, Mode, Person, Role, RoleAssignment

pytestmark = pytest.mark.django_db
READER = f"arn:aws:iam::{ACCOUNT_ID}:role/portal/AccessDeskReader"
OTHER_ACCOUNT_ID = "210987654321"
PASSWORD = "a long walk by the lake"


def said(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_new_account_answers_from_the_text_alone():
    said("set_account", ACCOUNT_ID, "--name", "Retail", "--reader-role-arn", READER)
    made = Account.objects.get()
    assert (made.account_id, made.name, made.reader_role_arn, made.mode) == (ACCOUNT_ID, "Retail", READER, Mode.TEXT)
    assert made.requires_ceiling
    entry = AuditEntry.objects.get(event="account.install")
    assert (entry.subject, entry.data["changed"]) == (ACCOUNT_ID, ["name", "reader_role_arn"])


def test_what_is_not_named_stays(account):
    account.mode, account.max_hours = Mode.READ, 24
    account.save()
    assert "allows_permanent" in said("set_account", account.account_id, "--allows-permanent", "yes")
    account.refresh_from_db()
    assert (account.mode, account.max_hours, account.allows_permanent) == (Mode.READ, 24, True)


def test_the_same_again_changes_nothing_and_leaves_no_entry(account):
    assert "Nothing" in said("set_account", account.account_id, "--name", account.name)
    assert not AuditEntry.objects.filter(event="account.install").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        ("--reader-role-arn", f"arn:aws:iam::{OTHER_ACCOUNT_ID}:role/AccessDeskReader"),
        ("--reader-role-arn", f"arn:aws:iam::{ACCOUNT_ID}:user/alice"),
        ("--ceiling-arn", READER),
        ("--people-path", "people"),
        ("--max-hours", "-1"),
        ("--partition", "aws-cn", "--reader-role-arn", READER),
    ],
)
def test_it_refuses_what_does_not_fit_and_keeps_nothing(wrong):
    with pytest.raises(CommandError):
        said("set_account", ACCOUNT_ID, "--name", "Retail", *wrong)
    assert not Account.objects.exists()


@pytest.mark.parametrize("arguments", [("123", "--name", "Retail"), (ACCOUNT_ID,)])
def test_an_account_needs_its_twelve_digits_and_a_name(arguments):
    with pytest.raises(CommandError):
        said("set_account", *arguments)
    assert not Account.objects.exists()


def test_a_new_person_signs_in_and_has_no_role(client, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    said("add_person", "nora", "--first-name", "Nora", "--email", "nora@example.com")
    nora = Person.objects.get(username="nora")
    assert client.login(username="nora", password=PASSWORD)
    assert (nora.is_superuser, nora.is_staff, roles_of(nora).is_staff) == (False, False, False)
    assert AuditEntry.objects.get(event="person.add").subject == str(nora.public_id)


@pytest.mark.parametrize(("username", "password"), [("nora", "short"), ("", PASSWORD), ("alice", PASSWORD)])
def test_a_weak_password_or_a_taken_name_is_refused(alice, monkeypatch, username, password):
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    with pytest.raises(CommandError):
        said("add_person", username)
    assert Person.objects.count() == 1


def admins():
    return set(RoleAssignment.objects.filter(role=Role.ADMIN).values_list("person__username", flat=True))


def test_the_first_two_administrators_are_made_where_it_is_installed(alice, charlie):
    said("first_admins", "alice", "charlie")
    assert admins() == {"alice", "charlie"}
    assert AuditEntry.objects.filter(event="role.first_admin").count() == 2


def test_once_there_are_two_they_change_roles_themselves(adam, ada, alice, charlie):
    with pytest.raises(CommandError, match="two administrators already"):
        call_command("first_admins", "alice", "charlie")
    assert admins() == {"adam", "ada"}


def test_where_one_of_the_two_was_disabled_there_is_a_way_back(adam, ada, alice):
    Person.objects.filter(pk=ada.pk).update(is_active=False)
    said("first_admins", "adam", "alice")
    assert admins() == {"adam", "ada", "alice"}


@pytest.mark.parametrize("names", [("alice", "nobody"), ("alice", "alice")])
def test_the_first_administrators_are_two_people_who_can_sign_in(alice, names):
    with pytest.raises(CommandError, match="two different active people are needed"):
        call_command("first_admins", *names)
    assert admins() == set()
