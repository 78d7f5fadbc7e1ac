"""Changes of roles and links: one administrator proposes, another one confirms. Nobody confirms their own.

Whatever kind of change waits for a second administrator is decided here; what the others do, `rules`, `erasing`,
`enabling` and `modes` know.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from troubleshoot.access import enabling, erasing, four_eyes, modes, rules
from troubleshoot.access.errors import Refused
from troubleshoot.access.nudges import look_again
from troubleshoot.iam.arn import Arn, parse_arn
from troubleshoot.models import Account, AdminChange, Person, PrincipalLink, Role, RoleAssignment
from troubleshoot.models.account import MAX_PRINCIPAL_ARN

Kind = AdminChange.Kind
_ROLES = (Kind.ADD_ROLE, Kind.REMOVE_ROLE)
_ADDS = (Kind.ADD_ROLE, Kind.ADD_LINK)

# A name, with the path before it where there is one, and no wildcard: a link is to one exact principal.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
_PATHS = r"(?:[\w+=,.@:~!$%()-]{1,512}/)*"
_NAMED = re.compile(_PATHS + r"[\w+=,.@-]{1,64}", re.ASCII)
_SESSION = re.compile(r"[\w+=,.@-]{1,64}/[\w+=,.@-]{2,64}", re.ASCII)
_LINKABLE: Final = {("iam", "user"): _NAMED, ("iam", "role"): _NAMED, ("sts", "assumed-role"): _SESSION}
_NO_PRINCIPAL = "Please give the full ARN of one IAM user, one role, or one session of a role. It may hold no wildcard."


def propose_change(
    *,
    by: Person,
    kind: AdminChange.Kind,
    person: Person,
    role: str = "",
    account: Account | None = None,
    principal_arn: str = "",
) -> AdminChange:
    """Propose to give or take a role or a link. The other administrators are asked by mail.

    A role needs `role` (an approver's may name an `account`), a link needs `account` and `principal_arn`.
    `Refused` where it does not fit, is so already, is proposed already, or nobody else could confirm it.
    """
    four_eyes.refuse_non_admin(by)
    change = AdminChange(
        kind=kind,
        person=person,
        role=role if kind in _ROLES else "",
        account=account,
        principal_arn="" if kind in _ROLES else principal_arn.strip(),
        proposed_by=by,
        proposed_at=timezone.now(),
    )
    _refuse_unfit(change)
    return four_eyes.propose(change, data=_data(change), texts=_texts(change), about=_DEED.about(change))


def confirm_change(*, change: AdminChange, by: Person) -> None:
    """Confirm a proposed change and carry it out. `Refused` or `Stale` in words; then nothing was changed."""
    _decide(change, by, AdminChange.State.APPLIED)


def refuse_change(*, change: AdminChange, by: Person) -> None:
    """Refuse a proposed change. `Refused` or `Stale` as in `confirm_change`."""
    _decide(change, by, AdminChange.State.REFUSED)


def _decide(change: AdminChange, by: Person, state: AdminChange.State) -> None:
    deed = _DEEDS[change.kind]
    four_eyes.refuse_non_admin(by)
    four_eyes.refuse_own(change, by, about=deed.about(change))
    applied = state == AdminChange.State.APPLIED
    with transaction.atomic():
        four_eyes.settle(change, by, state)
        if applied:
            deed.carry_out(change, by)
        event = "people.confirm" if applied else "people.refuse"
        four_eyes.record(change, by, event, data=deed.data(change), texts=deed.texts(change))


def _carry_out(change: AdminChange, _by: Person) -> None:
    """Make it so. A change that is so already, or was undone by another one, changes nothing."""
    try:
        with transaction.atomic():
            if change.kind in _ADDS:
                _row(change).save(force_insert=True)
            else:
                _existing(change).delete()
    except IntegrityError:
        if not _existing(change).exists():
            raise
    look_again(change.account)


def _row(change: AdminChange) -> RoleAssignment | PrincipalLink:
    if change.kind == Kind.ADD_ROLE:
        return RoleAssignment(person=change.person, role=change.role, account=change.account)
    return PrincipalLink(person=change.person, account=change.account, principal_arn=change.principal_arn)


def _existing(change: AdminChange) -> QuerySet[RoleAssignment] | QuerySet[PrincipalLink]:
    if change.kind in _ROLES:
        return RoleAssignment.objects.filter(person=change.person, role=change.role, account=change.account)
    return PrincipalLink.objects.filter(person=change.person, principal_arn=change.principal_arn)


def _refuse_unfit(change: AdminChange) -> None:
    if change.kind in _ROLES:
        _refuse_unfit_role(change)
    else:
        _refuse_unfit_link(change)
    there = _existing(change).exists()
    if there == (change.kind in _ADDS):
        raise Refused("no_change", "It is so already." if there else "There is nothing to take away.")
    four_eyes.refuse_proposed(**_content(change))


def _refuse_unfit_role(change: AdminChange) -> None:
    if change.role not in Role.values:
        raise Refused("no_such_role", "Please choose a role.")
    if change.account and change.role != Role.APPROVER:
        raise Refused("role_without_account", "Only the role of an approver is for one account.")


def _refuse_unfit_link(change: AdminChange) -> None:
    """What was linked once, in whatever form, can be taken away; only one exact principal can be added."""
    if change.kind not in _ADDS:
        return
    arn, account = parse_arn(change.principal_arn), change.account
    if arn is None or len(change.principal_arn) > MAX_PRINCIPAL_ARN or not _names_one_principal(arn):
        raise Refused("no_principal", _NO_PRINCIPAL)
    if account is None or arn.account != account.account_id:
        raise Refused("other_account", "The ARN names another account than the one that you chose.")
    if arn.partition != account.partition:
        raise Refused("other_partition", f"The ARN has to begin with arn:{account.partition}: for this account.")


def _names_one_principal(arn: Arn) -> bool:
    shape = _LINKABLE.get((arn.service, arn.resource_type))
    return shape is not None and not arn.region and shape.fullmatch(arn.resource_id) is not None


def _content(change: AdminChange) -> dict[str, object]:
    return {name: getattr(change, name) for name in ("kind", "person", "role", "account", "principal_arn")}


def _data(change: AdminChange) -> dict[str, Any]:
    return {
        "person": str(change.person.public_id) if change.person else None,
        "role": change.role,
        "account": change.account.account_id if change.account else None,
    }


def _texts(change: AdminChange) -> dict[str, str]:
    """An ARN can name a person, so it stands among the erasable texts."""
    return {"principal_arn": change.principal_arn}


_DEED: Final = four_eyes.Deed(_carry_out, _data, _texts)
_DEEDS: Final[Mapping[str, four_eyes.Deed]] = {
    Kind.ADD_ROLE: _DEED,
    Kind.REMOVE_ROLE: _DEED,
    Kind.ADD_LINK: _DEED,
    Kind.REMOVE_LINK: _DEED,
    Kind.ADD_RULE: rules.DEED,
    Kind.REMOVE_RULE: rules.DEED,
    Kind.ERASE_PERSON: erasing.DEED,
    Kind.ENABLE_PERSON: enabling.DEED,
    Kind.CHANGE_MODE: modes.DEED,
}
