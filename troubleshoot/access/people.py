"""Changes of roles and links: one administrator proposes, another one confirms. Nobody confirms their own."""

import re
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from troubleshoot import audit
from troubleshoot.access import outbox, routing
from troubleshoot.access.errors import Refused, Stale
from troubleshoot.iam.arn import Arn, parse_arn
from troubleshoot.models import Account, AdminChange, AuditEntry, Person, PrincipalLink, Role, RoleAssignment
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
    _refuse_non_admin(by)
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
    confirmers = _confirmers(change)
    if not confirmers:
        raise Refused("no_second_admin", "No other administrator could confirm this. There must be a second one.")
    with transaction.atomic():
        change.save(force_insert=True)
        entry = _record(change, by, "people.propose")
        outbox.queue(_mails(change, confirmers), cause=f"step-{entry.sequence}")
    return change


def confirm_change(*, change: AdminChange, by: Person) -> None:
    """Confirm a proposed change and carry it out. `Refused` or `Stale` in words; then nothing was changed."""
    _decide(change, by, AdminChange.State.APPLIED)


def refuse_change(*, change: AdminChange, by: Person) -> None:
    """Refuse a proposed change. `Refused` or `Stale` as in `confirm_change`."""
    _decide(change, by, AdminChange.State.REFUSED)


def _decide(change: AdminChange, by: Person, state: AdminChange.State) -> None:
    _refuse_non_admin(by)
    if by.pk == change.proposed_by_id:
        raise Refused("own_change", "You proposed this yourself. Another administrator has to decide it.")
    if by.pk == change.person_id:
        raise Refused("own_change", "This is about yourself. Another administrator has to decide it.")
    with transaction.atomic():
        proposed = AdminChange.objects.filter(pk=change.pk, state=AdminChange.State.PROPOSED)
        if proposed.update(state=state, decided_by=by, decided_at=timezone.now()) != 1:
            raise Stale("stale", "Somebody has decided this already. Nothing was changed.")
        change.refresh_from_db()
        applied = state == AdminChange.State.APPLIED
        if applied:
            _carry_out(change)
        _record(change, by, "people.confirm" if applied else "people.refuse")


def _carry_out(change: AdminChange) -> None:
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


def _row(change: AdminChange) -> RoleAssignment | PrincipalLink:
    if change.kind == Kind.ADD_ROLE:
        return RoleAssignment(person=change.person, role=change.role, account=change.account)
    return PrincipalLink(person=change.person, account=change.account, principal_arn=change.principal_arn)


def _existing(change: AdminChange) -> QuerySet[RoleAssignment] | QuerySet[PrincipalLink]:
    if change.kind in _ROLES:
        return RoleAssignment.objects.filter(person=change.person, role=change.role, account=change.account)
    return PrincipalLink.objects.filter(person=change.person, principal_arn=change.principal_arn)


def _refuse_non_admin(by: Person) -> None:
    """Asked of the database: a role that was taken a moment ago does not count."""
    if not routing.admins().filter(pk=by.pk).exists():
        raise Refused("not_admin", "Only an administrator may do this.")


def _refuse_unfit(change: AdminChange) -> None:
    if change.kind in _ROLES:
        _refuse_unfit_role(change)
    else:
        _refuse_unfit_link(change)
    there = _existing(change).exists()
    if there == (change.kind in _ADDS):
        raise Refused("no_change", "It is so already." if there else "There is nothing to take away.")
    if AdminChange.objects.filter(state=AdminChange.State.PROPOSED, **_content(change)).exists():
        raise Refused("proposed", "This is proposed already and waits for a second administrator.")


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


def _confirmers(change: AdminChange) -> list[Person]:
    return list(routing.admins().exclude(pk__in=[change.proposed_by_id, change.person_id]))


def _record(change: AdminChange, actor: Person, event: str) -> AuditEntry:
    """The chain holds who, opaquely, and what; an ARN can name a person, so it stands among the erasable texts."""
    return audit.append(
        event=event,
        actor=actor,
        subject=f"change-{change.pk}",
        data={
            "kind": change.kind,
            "person": str(change.person.public_id) if change.person else None,
            "role": change.role,
            "account": change.account.account_id if change.account else None,
        },
        texts={"principal_arn": change.principal_arn},
    )


def _mails(change: AdminChange, confirmers: list[Person]) -> list[outbox.Mail]:
    return outbox.to_all("change_to_confirm", confirmers, change=change.pk)
