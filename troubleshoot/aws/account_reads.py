"""A whole account in one paginated call, each document as AWS's own text.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from time import monotonic
from typing import Any

from troubleshoot.aws.connect import Answer, Connection, field
from troubleshoot.aws.errors import AwsProblem, ProblemKind, problem
from troubleshoot.aws.iam_reads import boundary_arn, document, tags
from troubleshoot.aws.textonly import now
from troubleshoot.iam.account import AccountSnapshot, GroupState, InlinePolicy, ManagedPolicy, PrincipalState

PERMISSION = "iam:GetAccountAuthorizationDetails"
LONGEST_READING = 120.0
"""Seconds after which a reading of a whole account is given up."""

MOST_CHARACTERS = 64 * 1024 * 1024
"""Characters of policy documents, each counted once, that are kept of one account."""

_TOO_LARGE = "This account's policies are larger than the portal reads at once, so others' access is not known."


class _Texts:
    """Documents by their text, so that one which many hold is kept once; within bounds."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}
        self._characters = 0

    def document(self, found: Answer, name: str) -> str:
        text = document(found, name, permission=PERMISSION)
        if text not in self._kept:
            self._characters += len(text)
            if self._characters > MOST_CHARACTERS:
                raise AwsProblem(ProblemKind.LIMIT, _TOO_LARGE, PERMISSION)
            self._kept[text] = text
        return self._kept[text]


def read_account(connection: Connection, account_id: str) -> AccountSnapshot:
    """Return everything that IAM holds of the account. Raises `AwsProblem`."""
    read_at = now()
    texts = _Texts()
    users: dict[str, PrincipalState] = {}
    roles: dict[str, PrincipalState] = {}
    groups: dict[str, GroupState] = {}
    policies: dict[str, ManagedPolicy] = {}
    for page in _pages(connection):
        users |= {user.arn: user for user in (_user(item, texts) for item in _listed(page, "UserDetailList"))}
        roles |= {role.arn: role for role in (_role(item, texts) for item in _listed(page, "RoleDetailList"))}
        groups |= {group.name: group for group in (_group(item, texts) for item in _listed(page, "GroupDetailList"))}
        policies |= {one.arn: one for one in (_policy(item, texts) for item in _listed(page, "Policies"))}
    used = set(_used((*users.values(), *roles.values()), groups.values()))
    return AccountSnapshot(
        account=account_id,
        read_at=read_at,
        users=users,
        roles=roles,
        groups=groups,
        policies={arn: policy for arn, policy in policies.items() if arn in used},
    )


def _pages(connection: Connection) -> Iterator[Answer]:
    deadline = monotonic() + LONGEST_READING
    for page in connection.whole_pages("iam", "GetAccountAuthorizationDetails", PaginationConfig={"PageSize": 1000}):
        if monotonic() > deadline:
            raise problem(ProblemKind.TIMED_OUT, PERMISSION)
        yield page


def _listed(page: Answer, name: str) -> list[Any]:
    found: list[Any] = field(page, name, permission=PERMISSION, kind=list) if name in page else []
    return found


def _user(item: Answer, texts: _Texts) -> PrincipalState:
    return PrincipalState(
        kind="user",
        arn=field(item, "Arn", permission=PERMISSION),
        name=field(item, "UserName", permission=PERMISSION),
        path=field(item, "Path", permission=PERMISSION),
        inline=_inline(item, "UserPolicyList", texts),
        attached=_attached(item),
        groups=tuple(map(str, field(item, "GroupList", permission=PERMISSION, kind=list))),
        boundary=boundary_arn(item, PERMISSION),
        tags=tags(item, PERMISSION),
    )


def _role(item: Answer, texts: _Texts) -> PrincipalState:
    used = (item.get("RoleLastUsed") or {}).get("LastUsedDate")
    return PrincipalState(
        kind="role",
        arn=field(item, "Arn", permission=PERMISSION),
        name=field(item, "RoleName", permission=PERMISSION),
        path=field(item, "Path", permission=PERMISSION),
        inline=_inline(item, "RolePolicyList", texts),
        attached=_attached(item),
        boundary=boundary_arn(item, PERMISSION),
        tags=tags(item, PERMISSION),
        trust_policy=texts.document(item, "AssumeRolePolicyDocument"),
        last_used=used.isoformat(timespec="seconds") if isinstance(used, datetime) else None,
    )


def _group(item: Answer, texts: _Texts) -> GroupState:
    return GroupState(
        arn=field(item, "Arn", permission=PERMISSION),
        name=field(item, "GroupName", permission=PERMISSION),
        path=field(item, "Path", permission=PERMISSION),
        inline=_inline(item, "GroupPolicyList", texts),
        attached=_attached(item),
    )


def _policy(item: Answer, texts: _Texts) -> ManagedPolicy:
    default = field(item, "DefaultVersionId", permission=PERMISSION)
    versions = field(item, "PolicyVersionList", permission=PERMISSION, kind=list)
    ids = tuple(field(version, "VersionId", permission=PERMISSION) for version in versions)
    if default not in ids:
        raise problem(ProblemKind.BAD_ANSWER, PERMISSION)
    return ManagedPolicy(
        arn=field(item, "Arn", permission=PERMISSION),
        name=field(item, "PolicyName", permission=PERMISSION),
        document=texts.document(versions[ids.index(default)], "Document"),
        version=default,
        versions=ids,
    )


def _inline(item: Answer, name: str, texts: _Texts) -> tuple[InlinePolicy, ...]:
    return tuple(
        InlinePolicy(field(policy, "PolicyName", permission=PERMISSION), texts.document(policy, "PolicyDocument"))
        for policy in _listed(item, name)
    )


def _attached(item: Answer) -> tuple[str, ...]:
    policies = field(item, "AttachedManagedPolicies", permission=PERMISSION, kind=list)
    return tuple(field(policy, "PolicyArn", permission=PERMISSION) for policy in policies)


def _used(principals: Iterable[PrincipalState], groups: Iterable[GroupState]) -> Iterator[str]:
    for state in principals:
        yield from state.attached
        if state.boundary:
            yield state.boundary
    for group in groups:
        yield from group.attached
