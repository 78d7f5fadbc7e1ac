"""Roles and links change by four eyes only."""

import pytest

from tests.cast import ACCOUNT_ID, ALICE_ARN, MATEO_ARN, make_account, make_person
from troubleshoot.access import people
from troubleshoot.access.errors import Refused, Stale
from troubleshoot.models import AdminChange, AuditEntry, OutboxMessage, PrincipalLink, Role, RoleAssignment

pytestmark = pytest.mark.django_db
Kind = AdminChange.Kind


def propose_role(by, person, role=Role.HELPDESK, **values):
    return people.propose_change(by=by, kind=Kind.ADD_ROLE, person=person, role=role, **values)


def has_role(person, role):
    return RoleAssignment.objects.filter(person=person, role=role).exists()


def test_a_role_is_given_when_a_second_admin_confirms(adam, ada, charlie):
    change = propose_role(adam, charlie)
    assert not has_role(charlie, Role.HELPDESK)
    people.confirm_change(change=change, by=ada)
    assert has_role(charlie, Role.HELPDESK)
    assert (change.state, change.decided_by) == (AdminChange.State.APPLIED, ada)
    assert list(AuditEntry.objects.values_list("event", flat=True)) == ["people.propose", "people.confirm"]
    assert [mail.person for mail in OutboxMessage.objects.filter(template="change_to_confirm")] == [ada]


def test_nobody_confirms_what_they_proposed(adam, ada, charlie):
    change = propose_role(adam, charlie)
    with pytest.raises(Refused, match="proposed this yourself"):
        people.confirm_change(change=change, by=adam)
    assert not has_role(charlie, Role.HELPDESK)


def test_nobody_confirms_a_change_about_themselves(adam, ada):
    third = make_person("abe", Role.ADMIN)
    change = propose_role(adam, ada, Role.APPROVER)
    with pytest.raises(Refused, match="about yourself"):
        people.confirm_change(change=change, by=ada)
    people.confirm_change(change=change, by=third)
    assert has_role(ada, Role.APPROVER)


def test_only_admins_propose_and_confirm(adam, ada, charlie, helen, otto, rita):
    for person in (charlie, helen, otto, rita):
        with pytest.raises(Refused, match="administrator"):
            propose_role(person, charlie)
    change = propose_role(adam, charlie)
    for person in (charlie, helen, otto, rita):
        with pytest.raises(Refused):
            people.confirm_change(change=change, by=person)


def test_an_admin_whose_role_was_taken_confirms_nothing(adam, ada, charlie):
    change = propose_role(adam, charlie)
    RoleAssignment.objects.filter(person=ada).delete()
    with pytest.raises(Refused):
        people.confirm_change(change=change, by=ada)


def test_it_refuses_where_no_second_admin_could_confirm(adam, charlie):
    with pytest.raises(Refused) as told:
        propose_role(adam, charlie)
    assert told.value.code == "no_second_admin"


def test_a_refused_change_changes_nothing(adam, ada, charlie):
    change = propose_role(adam, charlie)
    people.refuse_change(change=change, by=ada)
    assert change.state == AdminChange.State.REFUSED
    assert not has_role(charlie, Role.HELPDESK)


def test_a_change_is_decided_once(adam, ada, charlie):
    change = propose_role(adam, charlie)
    late = AdminChange.objects.get(pk=change.pk)
    people.refuse_change(change=change, by=ada)
    with pytest.raises(Stale):
        people.confirm_change(change=late, by=ada)
    assert not has_role(charlie, Role.HELPDESK)


def test_a_link_is_made_and_taken_away(account, adam, ada, charlie):
    add = people.propose_change(by=adam, kind=Kind.ADD_LINK, person=charlie, account=account, principal_arn=ALICE_ARN)
    people.confirm_change(change=add, by=ada)
    assert PrincipalLink.objects.get(person=charlie).principal_arn == ALICE_ARN
    take = people.propose_change(
        by=ada, kind=Kind.REMOVE_LINK, person=charlie, account=account, principal_arn=ALICE_ARN
    )
    people.confirm_change(change=take, by=adam)
    assert not PrincipalLink.objects.filter(person=charlie).exists()


def test_an_approvers_role_may_be_for_one_account(account, adam, ada, charlie):
    people.confirm_change(change=propose_role(adam, charlie, Role.APPROVER, account=account), by=ada)
    assert RoleAssignment.objects.get(person=charlie).account == account
    with pytest.raises(Refused):
        propose_role(adam, charlie, Role.AUDITOR, account=account)


@pytest.mark.parametrize(
    "arn",
    ["", "alice", "arn:aws:s3:::bucket", f"arn:aws:iam::{ACCOUNT_ID}:group/x", f"arn:aws:iam::{ACCOUNT_ID}:user/",
     "arn:aws:iam::999999999999:user/alice"],
)  # fmt: skip
def test_it_refuses_a_link_to_what_is_no_principal_of_the_account(account, adam, ada, charlie, arn):
    with pytest.raises(Refused):
        people.propose_change(by=adam, kind=Kind.ADD_LINK, person=charlie, account=account, principal_arn=arn)


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        (f"arn:aws:iam::{ACCOUNT_ID}:user/*", "no_principal"),
        (f"arn:aws:iam::{ACCOUNT_ID}:user/alic?", "no_principal"),
        (f"arn:aws:iam::{ACCOUNT_ID}:user/*/alice", "no_principal"),
        (f"arn:aws:iam::{ACCOUNT_ID}:user/<script>alert(1)</script>", "no_principal"),
        (f"arn:aws:iam::{ACCOUNT_ID}:user/al ice", "no_principal"),
        (f"arn:aws:iam::{ACCOUNT_ID}:user/alice/", "no_principal"),
        (f"arn:aws:iam::{ACCOUNT_ID}:user/{'a' * 65}", "no_principal"),
        (f"arn:aws:iam::{ACCOUNT_ID}:user/{'long/' * 200}alice", "no_principal"),
        (f"arn:aws:iam:us-east-1:{ACCOUNT_ID}:user/alice", "no_principal"),
        (f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/*/x", "no_principal"),
        (f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/Builder/*", "no_principal"),
        (f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/Builder", "no_principal"),
        (f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/a/b/c", "no_principal"),
        (f"arn:aws-cn:iam::{ACCOUNT_ID}:user/alice", "other_partition"),
    ],
)
def test_it_refuses_a_link_to_anything_but_one_exact_principal(account, adam, ada, charlie, arn, code):
    with pytest.raises(Refused) as told:
        people.propose_change(by=adam, kind=Kind.ADD_LINK, person=charlie, account=account, principal_arn=arn)
    assert told.value.code == code
    assert not AdminChange.objects.exists()


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{ACCOUNT_ID}:user/personalize-people/retail/alice+a=b,c.d@e-f_g",
        f"arn:aws:iam::{ACCOUNT_ID}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Data_0123456789abcdef",
        f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/Builder/alice@example.com",
    ],
)
def test_it_takes_every_form_of_one_principal(account, adam, ada, charlie, arn):
    change = people.propose_change(by=adam, kind=Kind.ADD_LINK, person=charlie, account=account, principal_arn=arn)
    assert change.principal_arn == arn


def test_a_link_that_would_not_be_taken_today_can_be_taken_away(account, adam, ada, charlie):
    arn = f"arn:aws:iam::{ACCOUNT_ID}:user/*"
    PrincipalLink.objects.create(person=charlie, account=account, principal_arn=arn)
    people.confirm_change(
        change=people.propose_change(
            by=adam, kind=Kind.REMOVE_LINK, person=charlie, account=account, principal_arn=arn
        ),
        by=ada,
    )
    assert not PrincipalLink.objects.filter(person=charlie).exists()


def test_it_refuses_what_is_so_already_or_proposed_already(account, adam, ada, mateo, charlie, rita):
    link = {"account": account, "principal_arn": MATEO_ARN}
    for values in (
        {"kind": Kind.ADD_LINK, "person": mateo, **link},
        {"kind": Kind.REMOVE_LINK, "person": charlie, **link},
        {"kind": Kind.ADD_ROLE, "person": rita, "role": Role.APPROVER, "account": account},
        {"kind": Kind.REMOVE_ROLE, "person": charlie, "role": Role.ADMIN},
    ):
        with pytest.raises(Refused) as told:
            people.propose_change(by=adam, **values)
        assert told.value.code == "no_change"
    propose_role(adam, charlie)
    with pytest.raises(Refused, match="proposed already"):
        propose_role(adam, charlie)


def test_confirming_what_became_so_in_between_is_no_error(adam, ada, charlie):
    change = propose_role(adam, charlie)
    RoleAssignment.objects.create(person=charlie, role=Role.HELPDESK)
    people.confirm_change(change=change, by=ada)
    assert RoleAssignment.objects.filter(person=charlie).count() == 1


def test_the_trail_names_nobody(account, adam, ada, charlie):
    people.propose_change(by=adam, kind=Kind.ADD_LINK, person=charlie, account=account, principal_arn=ALICE_ARN)
    chain = str(list(AuditEntry.objects.values()))
    assert "charlie" not in chain
    assert "alice" not in chain


def test_the_approver_of_one_account_is_not_another_ones(account):
    other = make_account("210987654321", "other")
    person = make_person("eli", Role.APPROVER, account=other)
    assert RoleAssignment.objects.get(person=person).account == other
