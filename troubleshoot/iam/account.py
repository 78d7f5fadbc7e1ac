"""A whole account as read at one moment: its users, groups, roles and policies, each document as AWS's own text.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from troubleshoot.iam.snapshot import Missing, Snapshot, StoredPolicy

_NOT_READ = Missing("This layer was not read together with the account.")
_NO_SUCH_POLICY = "A policy that is attached here was not among the policies that AWS listed."


@dataclass(frozen=True, slots=True)
class InlinePolicy:
    """A policy that is written into a user, group or role."""

    name: str
    document: str


@dataclass(frozen=True, slots=True)
class ManagedPolicy:
    """A managed policy and its default version. `versions` are the ids of all its versions."""

    arn: str
    name: str
    document: str
    version: str
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupState:
    """A group of users."""

    arn: str
    name: str
    path: str
    inline: tuple[InlinePolicy, ...] = ()
    attached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrincipalState:
    """A user or a role. `trust_policy` is empty for a user; `attached` and `boundary` are ARNs of managed policies."""

    kind: Literal["user", "role"]
    arn: str
    name: str
    path: str
    inline: tuple[InlinePolicy, ...] = ()
    attached: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    boundary: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    trust_policy: str = ""
    last_used: str | None = None


@dataclass(frozen=True, slots=True)
class AccountSnapshot:
    """Everything that IAM holds of one account, by ARN (groups by name). `read_at` is an ISO 8601 time in UTC."""

    account: str
    read_at: str
    users: Mapping[str, PrincipalState]
    roles: Mapping[str, PrincipalState]
    groups: Mapping[str, GroupState]
    policies: Mapping[str, ManagedPolicy]

    def principal(self, arn: str) -> PrincipalState | None:
        """Return the user or role of this ARN, or of the role session of this ARN; None where there is none."""
        found = self.users.get(arn) or self.roles.get(arn)
        if found is not None or ":assumed-role/" not in arn:
            return found
        name = arn.split("/")[1]
        return next((role for role in self.roles.values() if role.name == name), None)

    def snapshot_of(self, state: PrincipalState, *, beside: Snapshot | None = None) -> Snapshot:
        """Return the snapshot of one principal, as a reader of that principal alone would fill it.

        The account's control policies come from `beside`, a snapshot of any principal of the same account; without
        it they are missing. The resource's policy, a session policy and a VPC endpoint policy are for the caller to
        fill in: they are taken for absent, missing for a VPC endpoint unless `beside` says otherwise.
        """
        blank = Snapshot(
            account=self.account,
            principal=state.arn,
            read_at=self.read_at,
            path=state.path,
            groups=state.groups,
            identity=self.identity_of(state),
            boundary=self.boundary_of(state),
            tags=state.tags,
            scps=_NOT_READ,
            rcps=_NOT_READ,
            vpc_endpoint=_NOT_READ,
        )
        if beside is None:
            return blank
        return replace(blank, scps=beside.scps, rcps=beside.rcps, vpc_endpoint=beside.vpc_endpoint)

    def identity_of(self, state: PrincipalState) -> tuple[StoredPolicy, ...] | Missing:
        """Return the inline and attached policies of a principal and its groups."""
        holders: list[PrincipalState | GroupState] = [state]
        for name in state.groups:
            if name not in self.groups:
                return Missing(f"The group {name} was not among the groups that AWS listed.")
            holders.append(self.groups[name])
        policies = [policy for holder in holders for policy in self._held(holder)]
        missing = next((policy for policy in policies if isinstance(policy, Missing)), None)
        return missing or tuple(policy for policy in policies if isinstance(policy, StoredPolicy))

    def _held(self, holder: PrincipalState | GroupState) -> Iterator[StoredPolicy | Missing]:
        for inline in holder.inline:
            yield StoredPolicy("inline", inline.name, inline.document, holder.arn)
        for arn in holder.attached:
            yield self._stored(arn, holder.arn)

    def boundary_of(self, state: PrincipalState) -> StoredPolicy | Missing | None:
        """Return the permissions boundary of a principal, or None where it has none."""
        if state.boundary is None:
            return None
        found = self._stored(state.boundary, state.arn)
        return found if isinstance(found, Missing) else replace(found, kind="boundary")

    def _stored(self, arn: str, attached_to: str) -> StoredPolicy | Missing:
        policy = self.policies.get(arn)
        if policy is None:
            return Missing(_NO_SUCH_POLICY)
        kind: Literal["aws-managed", "managed"] = "aws-managed" if ":iam::aws:policy/" in arn else "managed"
        return StoredPolicy(kind, policy.name, policy.document, attached_to, arn, policy.version)
