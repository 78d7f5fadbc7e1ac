"""The fixed cast of the tests: who they are, what they may do, and whose IAM user is whose.

Alice requests, Rita and Noor approve, Adam and Ada administer, Helen helps, Otto audits, Charlie is a stranger.
Mateo and Mary are the employees of AWS's own examples, linked to their IAM users in account 123456789012.
"""

import pytest

from troubleshoot.models import Account, Person, PrincipalLink, Role, RoleAssignment

ACCOUNT_ID = "123456789012"
ALICE_ARN = f"arn:aws:iam::{ACCOUNT_ID}:user/alice"
MATEO_ARN = f"arn:aws:iam::{ACCOUNT_ID}:user/mateojackson"
MARY_ARN = f"arn:aws:iam::{ACCOUNT_ID}:user/marymajor"


def make_account(account_id: str = ACCOUNT_ID, name: str = "retail", **values: object) -> Account:
    """Return an account, text only unless `mode` says otherwise."""
    return Account.objects.create(
        account_id=account_id,
        name=name,
        people_path="/",
        contact_name="Cloud team",
        contact_email="cloud-team@example.com",
        **values,
    )


def make_person(
    name: str,
    *roles: Role,
    account: Account | None = None,
    links: tuple[tuple[Account, str], ...] = (),
) -> Person:
    """Return somebody with these roles (an approver for `account`, or for all) and these linked principals."""
    person = Person.objects.create_user(
        username=name,
        password=f"{name}-password-1",
        email=f"{name}@example.com",
        first_name=name.capitalize(),
    )
    for role in roles:
        scope = account if role == Role.APPROVER else None
        RoleAssignment.objects.create(person=person, role=role, account=scope)
    for linked_account, arn in links:
        PrincipalLink.objects.create(person=person, account=linked_account, principal_arn=arn)
    return person


@pytest.fixture
def account(db: None) -> Account:
    return make_account()


@pytest.fixture
def alice(account: Account) -> Person:
    return make_person("alice", links=((account, ALICE_ARN),))


@pytest.fixture
def rita(account: Account) -> Person:
    return make_person("rita", Role.APPROVER, account=account)


@pytest.fixture
def noor(account: Account) -> Person:
    return make_person("noor", Role.APPROVER, account=account)


@pytest.fixture
def adam(db: None) -> Person:
    return make_person("adam", Role.ADMIN)


@pytest.fixture
def ada(db: None) -> Person:
    return make_person("ada", Role.ADMIN)


@pytest.fixture
def helen(db: None) -> Person:
    return make_person("helen", Role.HELPDESK)


@pytest.fixture
def otto(db: None) -> Person:
    return make_person("otto", Role.AUDITOR)


@pytest.fixture
def charlie(db: None) -> Person:
    return make_person("charlie")


@pytest.fixture
def mateo(account: Account) -> Person:
    return make_person("mateo", links=((account, MATEO_ARN),))


@pytest.fixture
def mary(account: Account) -> Person:
    return make_person("mary", links=((account, MARY_ARN),))
