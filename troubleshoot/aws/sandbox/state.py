"""The sandbox's IAM and organization as the portal's engine reads them."""

from typing import Any

from moto.iam.models import IAMBackend
from moto.organizations.models import organizations_backends

from troubleshoot.iam.account import AccountSnapshot, GroupState, InlinePolicy, ManagedPolicy, PrincipalState
from troubleshoot.iam.document import parse_policy
from troubleshoot.iam.layers import Level

SCP = "SERVICE_CONTROL_POLICY"


def account_of(backend: IAMBackend) -> AccountSnapshot:
    """Return everything that one account of the sandbox holds."""
    users = [_principal("user", user, tuple(user.group_list)) for user in backend.users.values()]
    roles = [_principal("role", role, ()) for role in backend.roles.values()]
    groups = [
        GroupState(group.arn, group.name, group.path, _inline(group), tuple(group.managed_policies))
        for group in backend.groups.values()
    ]
    return AccountSnapshot(
        account=backend.account_id,
        read_at="",
        users={user.arn: user for user in users},
        roles={role.arn: role for role in roles},
        groups={group.name: group for group in groups},
        policies={policy.arn: _managed(policy) for policy in backend.managed_policies.values()},
    )


def control_policies(account_id: str) -> tuple[Level, ...] | None:
    """Return the SCPs of each level above an account, the root first; None where it is in no organization."""
    management, partition = organizations_backends.master_accounts.get(account_id, (None, "aws"))
    if management is None or management == account_id:
        return None
    organization = organizations_backends[management][partition]
    nodes = [account_id]
    while not nodes[0].startswith("r-"):
        nodes.insert(0, organization.list_parents(ChildId=nodes[0])["Parents"][0]["Id"])
    return tuple(_level(organization, node) for node in nodes)


def _level(organization: Any, node_id: str) -> Level:
    node = next(node for node in (*organization.ou, *organization.accounts) if node.id == node_id)
    return tuple(parse_policy(one.content, name=one.name) for one in node.attached_policies if one.type == SCP)


def _principal(kind: Any, held: Any, groups: tuple[str, ...]) -> PrincipalState:
    return PrincipalState(
        kind=kind,
        arn=held.arn,
        name=held.name,
        path=held.path,
        inline=_inline(held),
        attached=tuple(held.managed_policies),
        groups=groups,
        boundary=getattr(held, "permissions_boundary_arn", None),
        trust_policy=getattr(held, "assume_role_policy_document", ""),
    )


def _inline(held: Any) -> tuple[InlinePolicy, ...]:
    return tuple(InlinePolicy(name, document) for name, document in held.policies.items())


def _managed(policy: Any) -> ManagedPolicy:
    default = next(version for version in policy.versions if version.version_id == policy.default_version_id)
    return ManagedPolicy(policy.arn, policy.name, default.document, default.version_id)
