"""One snapshot in the making: few calls, made side by side, each piece a value or the reason why not."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from troubleshoot.aws.errors import AwsProblem
from troubleshoot.aws.iam_reads import Holder, IamReads
from troubleshoot.aws.organization import Chain, Levels, OrganizationReads, PolicyType
from troubleshoot.iam.snapshot import Missing, OrganizationLevel, StoredPolicy

T = TypeVar("T")
P = ParamSpec("P")

# AWS's token buckets are small (Organizations: a few calls a second), so that more at once would only be put off.
SIDE_BY_SIDE = 6


def piece(read: Callable[[], T]) -> T | Missing:
    """Return what `read` returns, or why it could not be read."""
    try:
        return read()
    except AwsProblem as problem:
        return problem.missing()


class Reading:
    """Reads the parts of one snapshot. Its methods return at once; what they return waits for the answers.

    Nothing that runs in the pool waits for the pool, so that it cannot block itself.
    """

    def __init__(self, pool: ThreadPoolExecutor, iam: IamReads, organization: OrganizationReads) -> None:
        self._pool = pool
        self._iam = iam
        self._organization = organization
        self._control_policies: dict[str, Future[StoredPolicy]] = {}

    def later(self, read: Callable[P, T], *values: P.args, **named: P.kwargs) -> Future[T]:
        """Begin one read."""
        return self._pool.submit(read, *values, **named)

    def policies(self, holders: Iterable[Holder]) -> tuple[StoredPolicy, ...]:
        """Return the inline and attached policies of a principal and its groups. Raises `AwsProblem`."""
        listed = [
            (holder, self.later(self._iam.inline_names, holder), self.later(self._iam.attached_arns, holder))
            for holder in holders
        ]
        begun: list[Future[StoredPolicy]] = []
        for holder, names, arns in listed:
            begun += [self.later(self._iam.inline, holder, name) for name in names.result()]
            begun += [self.later(self._iam.managed, arn, attached_to=holder.arn) for arn in arns.result()]
        return tuple(policy.result() for policy in begun)

    def levels(self, chain: Chain | None, policy_type: PolicyType) -> Levels:
        """Return the control policies of one kind on each level; None where none are in force. Raises `AwsProblem`."""
        if chain is None or policy_type not in chain.enabled:
            return None
        listed = [(node, self.later(self._organization.policy_ids, node.id, policy_type)) for node in chain.nodes]
        begun = [(node, [self._control_policy(policy) for policy in ids.result()]) for node, ids in listed]
        return tuple(
            OrganizationLevel(node.id, node.name, tuple(_held(policy.result(), node.id) for policy in policies))
            for node, policies in begun
        )

    def _control_policy(self, policy_id: str) -> Future[StoredPolicy]:
        # The same policy often stands on several levels, and AWS lets nobody ask for many of them in a second.
        if policy_id not in self._control_policies:
            self._control_policies[policy_id] = self.later(self._organization.policy, policy_id)
        return self._control_policies[policy_id]


def _held(policy: StoredPolicy, target_id: str) -> StoredPolicy:
    return StoredPolicy(policy.kind, policy.name, policy.document, target_id, policy.arn)
