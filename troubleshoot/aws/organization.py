"""Reading the organization: the control policies of each level from the root to the account.

Only the management account, or a member that it delegated this to, may read them:
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html
"""

from dataclasses import dataclass
from typing import Literal

from troubleshoot.aws.connect import Connection, field
from troubleshoot.aws.errors import AwsProblem, ProblemKind, problem
from troubleshoot.aws.iam_reads import check_document
from troubleshoot.iam.snapshot import OrganizationLevel, StoredPolicy

PolicyType = Literal["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"]
Levels = tuple[OrganizationLevel, ...] | None

# An account lies under the root and at most five organizational units.
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
_DEEPEST = 7


@dataclass(frozen=True, slots=True)
class Node:
    """The root, an organizational unit, or the account."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The nodes from the root to the account, and the kinds of control policy that the root has switched on."""

    nodes: tuple[Node, ...]
    enabled: frozenset[str]


class OrganizationReads:
    """Reads of AWS Organizations through one connection. Every method raises `AwsProblem`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def oldest(self) -> str:
        """When the oldest answer was given that was not given just now: there is none."""
        return ""

    def chain(self, account_id: str) -> Chain | None:
        """Return the way from the root to the account.

        None where control policies do not reach it: an account outside any organization, or the management account.
        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
        """
        management = self._management_account()
        if management is None or management == account_id:
            return None
        roots = tuple(self._connection.pages("organizations", "ListRoots", "Roots"))
        if not roots:
            raise problem(ProblemKind.BAD_ANSWER, "organizations:ListRoots")
        nodes = [Node(account_id, self._account_name(account_id))]
        while not nodes[-1].id.startswith("r-"):
            if len(nodes) > _DEEPEST:
                raise problem(ProblemKind.BAD_ANSWER, "organizations:ListParents")
            nodes.append(self._parent(nodes[-1].id))
        return Chain(tuple(reversed(nodes)), _enabled_types(roots[0]))

    def policy_ids(self, target_id: str, policy_type: PolicyType) -> tuple[str, ...]:
        """Return the ids of the policies of one kind that are attached to a node."""
        permission = "organizations:ListPoliciesForTarget"
        summaries = self._connection.pages(
            "organizations", "ListPoliciesForTarget", "Policies", TargetId=target_id, Filter=policy_type
        )
        return tuple(field(summary, "Id", permission=permission) for summary in summaries)

    def policy(self, policy_id: str) -> StoredPolicy:
        """Return one control policy; whoever asks fills in the node that holds it."""
        permission = "organizations:DescribePolicy"
        answer = self._connection.call("organizations", "DescribePolicy", PolicyId=policy_id)
        summary = field(answer, "Policy", "PolicySummary", permission=permission, kind=dict)
        text = str(field(answer, "Policy", "Content", permission=permission))
        check_document(text, permission)
        is_scp = field(summary, "Type", permission=permission) == "SERVICE_CONTROL_POLICY"
        return StoredPolicy(
            kind="scp" if is_scp else "rcp",
            name=field(summary, "Name", permission=permission),
            document=text,
            attached_to="",
            arn=field(summary, "Arn", permission=permission),
        )

    def _management_account(self) -> str | None:
        permission = "organizations:DescribeOrganization"
        try:
            answer = self._connection.call("organizations", "DescribeOrganization")
        except AwsProblem as found:
            if found.code == "AWSOrganizationsNotInUseException":
                return None
            raise
        return str(field(answer, "Organization", "MasterAccountId", permission=permission))

    def _parent(self, child_id: str) -> Node:
        permission = "organizations:ListParents"
        parents = tuple(self._connection.pages("organizations", "ListParents", "Parents", ChildId=child_id))
        if not parents:
            raise problem(ProblemKind.BAD_ANSWER, permission)
        parent_id = field(parents[0], "Id", permission=permission)
        return Node(parent_id, "Root" if parent_id.startswith("r-") else self._unit_name(parent_id))

    def _account_name(self, account_id: str) -> str:
        return self._name("DescribeAccount", "Account", account_id, AccountId=account_id)

    def _unit_name(self, unit_id: str) -> str:
        return self._name("DescribeOrganizationalUnit", "OrganizationalUnit", unit_id, OrganizationalUnitId=unit_id)

    def _name(self, operation: str, key: str, otherwise: str, **parameters: str) -> str:
        # A name decides nothing: where it may not be read, the id stands in its place.
        try:
            answer = self._connection.call("organizations", operation, **parameters)
            return str(field(answer, key, "Name", permission=f"organizations:{operation}"))
        except AwsProblem as found:
            if found.kind is ProblemKind.ACCESS_DENIED:
                return otherwise
            raise


def _enabled_types(root: object) -> frozenset[str]:
    permission = "organizations:ListRoots"
    types = field(root, "PolicyTypes", permission=permission, kind=list)
    return frozenset(
        field(entry, "Type", permission=permission)
        for entry in types
        if field(entry, "Status", permission=permission) != "PENDING_DISABLE"
    )
