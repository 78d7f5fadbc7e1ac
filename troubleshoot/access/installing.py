"""What is set where the portal is installed: its AWS accounts, with the roles it uses there, who can sign in,
and the first two administrators.

No page changes these: whoever could point the portal at another role could show it another state of IAM.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from troubleshoot import audit
from troubleshoot.access import routing
from troubleshoot.access.errors import Refused
from troubleshoot.iam.arn import parse_arn
from troubleshoot.models import Account, Person, Role, RoleAssignment

INSTALLED: Final = (
    "name",
    "partition",
    "region",
    "reader_role_arn",
    "reader_external_id",
    "people_path",
    "ceiling_arn",
    "requires_ceiling",
    "max_hours",
    "allows_permanent",
)
_ADMINS: Final = 2
_PATH: Final = re.compile(r"/(?:[!-.0-~]+/)*")  # https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
_ARNS: Final = {"reader_role_arn": "role", "ceiling_arn": "policy"}


@transaction.atomic
def set_account(account_id: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Add the account, or change it, and return the names of what changed; `values` holds some of `INSTALLED`.

    `Refused` where a value is none, where a role or the boundary lies in another account, or a new one has no name.
    """
    account = Account.objects.select_for_update().filter(account_id=account_id).first() or Account(
        account_id=account_id
    )
    changed = tuple(name for name in INSTALLED if name in values and getattr(account, name) != values[name])
    for name in changed:
        setattr(account, name, values[name])
    _refuse_unfit(account)
    if account.pk is None or changed:
        account.save()
        audit.append(event="account.install", actor=None, subject=account_id, data={"changed": sorted(changed)})
    return changed


def _refuse_unfit(account: Account) -> None:
    try:
        account.full_clean()
    except ValidationError as error:
        name, words = next(iter(error.message_dict.items()))
        raise Refused("unfit", f"`{name}`: {words[0]}") from None
    if _PATH.fullmatch(account.people_path) is None:
        raise Refused("unfit", f"`{account.people_path}` is not a path: it begins and ends with a slash.")
    for name, kind in _ARNS.items():
        text = getattr(account, name)
        arn = parse_arn(text)
        found = (arn.partition, arn.service, arn.account, arn.resource_type) if arn else ()
        if text and found != (account.partition, "iam", account.account_id, kind):
            raise Refused("unfit", f"`{text}` is not the ARN of a {kind} in this account.")


@transaction.atomic
def add_person(*, username: str, password: str, first_name: str = "", last_name: str = "", email: str = "") -> Person:
    """Let somebody sign in, as an employee: roles and links are for two administrators. `Refused` in words."""
    person = Person(username=username, first_name=first_name, last_name=last_name, email=email)
    try:
        validate_password(password, person)
        person.set_password(password)
        person.full_clean()
    except ValidationError as error:
        raise Refused("unfit", " ".join(error.messages)) from None
    person.save()
    audit.append(event="person.add", actor=None, subject=str(person.public_id), data={})
    return person


@transaction.atomic
def make_first_admins(usernames: Collection[str]) -> None:
    """Give two people the administrator's role: every later change of roles needs two of them.

    `Refused` once there are two administrators who can sign in, and where it is not two different active people.
    """
    if routing.admins().count() >= _ADMINS:
        words = "there are two administrators already; they change roles under People, in the portal"
        raise Refused("enough_admins", words)
    people = list(Person.objects.filter(username__in=usernames, is_active=True))
    if len(people) != _ADMINS:
        known = {person.username for person in people}
        unknown = ", ".join(f"`{name}`" for name in usernames if name not in known) or "the same name twice"
        raise Refused("no_two_people", f"two different active people are needed; not found: {unknown}")
    for person in people:
        RoleAssignment.objects.get_or_create(person=person, role=Role.ADMIN, account=None)
        data = {"role": str(Role.ADMIN)}
        audit.append(event="role.first_admin", actor=None, subject=str(person.public_id), data=data)
