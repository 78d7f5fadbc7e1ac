"""Who a person is to the portal, and whose live state they may see. The only place that decides it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.utils import timezone

from troubleshoot.iam.arn import Arn, parse_arn
from troubleshoot.models import Account, PrincipalLink, Role, RoleAssignment, RuleApprover

_CACHE = "_access_desk_roles"


@dataclass(frozen=True, slots=True)
class Roles:
    """A person's roles beside being an employee. A disabled or anonymous person has none.

    Whom a routing rule names, or who stands in for such a person today, is an approver of the rule's account.
    """

    is_active: bool = False
    is_helpdesk: bool = False
    is_admin: bool = False
    is_auditor: bool = False
    is_approver_everywhere: bool = False
    approver_accounts: frozenset[int] = frozenset()

    @property
    def is_approver(self) -> bool:
        """Whether the person is an approver of any account."""
        return self.is_approver_everywhere or bool(self.approver_accounts)

    @property
    def is_staff(self) -> bool:
        """Whether the person has any role at all."""
        return self.is_helpdesk or self.is_admin or self.is_auditor or self.is_approver

    def approver_of(self, account: Account | None) -> bool:
        """Tell whether the person is an approver of `account`; of no account where it is None, unless of all."""
        if self.is_approver_everywhere:
            return True
        return account is not None and account.pk in self.approver_accounts


@dataclass(frozen=True, slots=True)
class Sight:
    """What of a principal's live state a person may see: anything, the texts of its own policies, and all others'.

    Others' are the organization's policies and those of resources and VPC endpoints, which a made-up message may name.
    """

    live: bool = False
    policy_text: bool = False
    every_policy_text: bool = False


NOTHING = Sight()
_OWN = Sight(live=True, policy_text=True)
_OUTLINE = Sight(live=True)
_EVERYTHING = Sight(live=True, policy_text=True, every_policy_text=True)


def roles_of(person: Any) -> Roles:
    """Return the roles of `person` (a Person or Django's anonymous user), read once for each object.

    Decisions never rest on this: `routing` asks the database again.
    """
    cached = getattr(person, _CACHE, None)
    if isinstance(cached, Roles):
        return cached
    roles = _read_roles(person)
    setattr(person, _CACHE, roles)
    return roles


def sight_of(person: Any, account: Account | None, principal_arn: str | None) -> Sight:
    """Return what `person` may see of the principal `principal_arn` in `account`.

    Their own linked principals: live state and the text of the policies that these hold. Any principal: to helpdesk
    without any text, to approvers of the account, administrators and auditors with all.
    """
    if account is None or not principal_arn:
        return NOTHING
    arn = parse_arn(principal_arn)
    if arn is None or arn.account != account.account_id:
        return NOTHING
    roles = roles_of(person)
    if roles.is_admin or roles.is_auditor or roles.approver_of(account):
        return _EVERYTHING
    if roles.is_active and owns(person, account, principal_arn):
        return _OWN
    return _OUTLINE if roles.is_helpdesk else NOTHING


def owns(person: Any, account: Account, principal_arn: str) -> bool:
    """Tell whether `principal_arn` is linked to `person` in `account`, or is a session of a role that is."""
    links = PrincipalLink.objects.filter(person_id=person.pk, account=account)
    return is_linked(principal_arn, links.values_list("principal_arn", flat=True))


def is_linked(principal_arn: str, linked: Iterable[str]) -> bool:
    """Tell whether one of the ARNs in `linked` is this principal, or the role that this session is of.

    A session's ARN holds the role's name without its path:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    session_of = _role_of_session(principal_arn)
    return any(link == principal_arn or (session_of and _role_name(link) == session_of) for link in linked)


def _role_of_session(text: str) -> tuple[str, str, str] | None:
    arn = parse_arn(text)
    if arn is None or arn.service != "sts" or arn.resource_type != "assumed-role":
        return None
    name, slash, session = arn.resource_id.partition("/")
    return _key(arn, name) if slash and name and session else None


def _role_name(text: str) -> tuple[str, str, str] | None:
    arn = parse_arn(text)
    if arn is None or arn.service != "iam" or arn.resource_type != "role":
        return None
    return _key(arn, arn.resource_id.rpartition("/")[2])


def _key(arn: Arn, role: str) -> tuple[str, str, str]:
    return arn.partition, arn.account, role


def _read_roles(person: Any) -> Roles:
    if not (person.is_authenticated and person.is_active):
        return Roles()
    assignments = list(_assignments(person))
    held = {role for role, _ in assignments}
    accounts = [account for role, account in assignments if role == Role.APPROVER]
    return Roles(
        is_active=True,
        is_helpdesk=Role.HELPDESK in held,
        is_admin=Role.ADMIN in held,
        is_auditor=Role.AUDITOR in held,
        is_approver_everywhere=None in accounts,
        approver_accounts=frozenset(account for account in accounts if account is not None),
    )


def _assignments(person: Any) -> QuerySet[Any, Any]:
    """Return the person's roles with their accounts, the places in routing rules among them, in one query."""
    today = timezone.localdate()
    standing_in = Q(substitute=person, substitute_from__lte=today, substitute_until__gte=today)
    places = RuleApprover.objects.filter(Q(person=person) | standing_in, rule__ended_at__isnull=True).order_by()
    named = places.values_list(Value(str(Role.APPROVER)), F("rule__account_id"))
    given = RoleAssignment.objects.filter(person=person).values_list("role", "account_id")
    return given.union(named)
