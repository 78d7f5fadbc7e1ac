"""The accounts that a person may look at, and what an administrator may set of one."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet

from troubleshoot import audit
from troubleshoot.access.errors import Refused
from troubleshoot.access.permissions import roles_of
from troubleshoot.access.tickets import unfit_pattern
from troubleshoot.access.words import cleaned
from troubleshoot.models import Account, Person

EDITABLE = ("name", "contact_name", "contact_email", "contact_note", "ticket_pattern")
SWITCHES = ("needs_ticket",)
"""What one administrator saves alone. The mode takes two (`modes`); roles, ceiling and paths are set where the portal
is installed, not on a page."""

_LABELS = {
    "name": "The name",
    "contact_name": "The administrator’s name",
    "contact_email": "The e-mail address",
    "contact_note": "How to reach them",
    "ticket_pattern": "The form of a ticket",
}


def accounts_for(person: Person) -> QuerySet[Account]:
    """Return the accounts that the person may look at: administrators and auditors all, approvers theirs."""
    roles = roles_of(person)
    if roles.is_admin or roles.is_auditor or roles.is_approver_everywhere:
        return Account.objects.order_by("name")
    return Account.objects.filter(pk__in=roles.approver_accounts).order_by("name")


def change_settings(*, account: Account, by: Person, values: Mapping[str, str | bool]) -> tuple[str, ...]:
    """Set what `values` changes of `EDITABLE`, and return the names of what changed.

    `Refused` for anybody but an administrator, and for what is empty or too long once it may be kept. Which settings
    changed stands in the audit trail; the words themselves are erasable, because a contact is a person.
    """
    if not roles_of(by).is_admin:
        raise Refused("not_admin", "Only an administrator may do this.")
    new = {name: cleaned(str(values[name])) for name in EDITABLE if name in values}
    _refuse_unfit(new)
    switched = {name: bool(values[name]) for name in SWITCHES if name in values}
    wanted: dict[str, str | bool] = {**new, **switched}
    with transaction.atomic():
        current = Account.objects.select_for_update().get(pk=account.pk)
        changed = {name: value for name, value in wanted.items() if getattr(current, name) != value}
        if changed:
            Account.objects.filter(pk=account.pk).update(**changed)
            _record(current, by, changed)
    account.refresh_from_db()
    return tuple(changed)


def _refuse_unfit(new: Mapping[str, str]) -> None:
    """Judge what would be kept, not what was typed: secrets give way to longer words, invisible characters to none."""
    for name, text in new.items():
        label, longest = _LABELS[name], getattr(Account._meta.get_field(name), "max_length", None)
        if longest and len(text) > longest:
            raise Refused("too_long", f"{label} is too long. It may have {longest} characters.")
        if text and not any(character.isprintable() and not character.isspace() for character in text):
            raise Refused("invisible", f"{label} holds nothing that can be seen. Please write it again.")
    if words := unfit_pattern(new.get("ticket_pattern", "")):
        raise Refused("ticket_pattern", words)
    if "name" in new and not new["name"]:
        raise Refused("no_name", "Please write the name of the account.")


def _record(account: Account, by: Person, changed: Mapping[str, str | bool]) -> None:
    texts = {name: value for name, value in changed.items() if isinstance(value, str)}
    audit.append(
        event="account.change",
        actor=by,
        subject=account.account_id,
        data={"changed": sorted(changed)},
        texts=texts,
    )
