"""Whose state may be shown to whom."""

import pytest
from django.contrib.auth.models import AnonymousUser

from tests.cast import ACCOUNT_ID, ALICE_ARN, MATEO_ARN, make_account, make_person
from troubleshoot.access.permissions import NOTHING, Sight, is_linked, roles_of, sight_of
from troubleshoot.models import Role, RoleAssignment

pytestmark = pytest.mark.django_db
EVERYTHING = Sight(live=True, policy_text=True, every_policy_text=True)


def test_it_shows_people_their_own_principal_without_the_organizations_texts(account, alice):
    assert sight_of(alice, account, ALICE_ARN) == Sight(live=True, policy_text=True)


def test_it_shows_people_nothing_of_another_principal(account, alice, charlie):
    assert sight_of(alice, account, MATEO_ARN) == NOTHING
    assert sight_of(charlie, account, ALICE_ARN) == NOTHING


def test_it_shows_helpdesk_live_state_without_any_text(account, helen):
    assert sight_of(helen, account, ALICE_ARN) == Sight(live=True)


def test_it_shows_everything_to_approvers_of_the_account_admins_and_auditors(account, rita, adam, otto):
    assert {sight_of(person, account, ALICE_ARN) for person in (rita, adam, otto)} == {EVERYTHING}


def test_it_shows_an_approver_of_another_account_nothing(account):
    elsewhere = make_person("eli", Role.APPROVER, account=make_account("210987654321", "other"))
    assert sight_of(elsewhere, account, ALICE_ARN) == NOTHING


def test_it_shows_disabled_and_anonymous_people_nothing(account, alice, rita):
    alice.is_active = rita.is_active = False
    assert sight_of(alice, account, ALICE_ARN) == NOTHING
    assert sight_of(rita, account, ALICE_ARN) == NOTHING
    assert sight_of(AnonymousUser(), account, ALICE_ARN) == NOTHING


@pytest.mark.parametrize("principal", [None, "", "alice", "anonymous", "arn:aws:iam::999999999999:user/alice"])
def test_it_shows_nothing_of_what_is_no_principal_of_the_account(account, adam, principal):
    assert sight_of(adam, account, principal) == NOTHING
    assert sight_of(adam, None, ALICE_ARN) == NOTHING


def test_it_reads_the_roles_once_for_each_object(account, rita, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert roles_of(rita).approver_of(account)
        assert not roles_of(rita).is_admin
    RoleAssignment.objects.filter(person=rita).delete()
    assert not roles_of(type(rita).objects.get(pk=rita.pk)).is_approver


SESSION = f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/analyst/alice"


@pytest.mark.parametrize(
    ("linked", "is_theirs"),
    [
        (f"arn:aws:iam::{ACCOUNT_ID}:role/analyst", True),
        (f"arn:aws:iam::{ACCOUNT_ID}:role/teams/data/analyst", True),
        (SESSION, True),
        (f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/analyst/mateo", False),
        (f"arn:aws:iam::{ACCOUNT_ID}:role/analysts", False),
        (f"arn:aws:iam::{ACCOUNT_ID}:role/analyst/other", False),
        ("arn:aws:iam::999999999999:role/analyst", False),
        (f"arn:aws-cn:iam::{ACCOUNT_ID}:role/analyst", False),
        (f"arn:aws:iam::{ACCOUNT_ID}:user/analyst", False),
        ("analyst", False),
    ],
)
def test_it_matches_a_role_session_with_its_role_or_itself(linked, is_theirs):
    assert is_linked(SESSION, [linked]) is is_theirs


def test_it_does_not_take_a_role_for_one_of_its_sessions():
    assert not is_linked(f"arn:aws:iam::{ACCOUNT_ID}:role/analyst", [SESSION])
