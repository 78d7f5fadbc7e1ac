"""One snapshot in the making: few calls, made side by side, each piece a value or the reason why not."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import ParamSpec, Self, TypeVar

from troubleshoot.aws.errors import AwsProblem, ProblemKind, problem
from troubleshoot.aws.iam_reads import Holder, IamReads
from troubleshoot.aws.organization import Chain, Levels, OrganizationReads, PolicyType
from troubleshoot.iam.snapshot import Missing, OrganizationLevel, StoredPolicy

T = TypeVar("T")
P = ParamSpec("P")

# AWS's token buckets are small (Organizations: a few calls a second), so that more at once would only be put off.
SIDE_BY_SIDE = 6
# Seconds after which a person is told what is not known, instead of waiting on.
PATIENCE = 8.0


def piece(read: Callable[[], T]) -> T | Missing:
    """Return what `read` returns, or why it could not be read."""
    try:
        return read()
    except AwsProblem as found:
        return found.missing()


class Reading:
    """Reads the parts of one snapshot side by side, and gives up together after `PATIENCE` seconds.

    Nothing that runs in the pool waits for the pool, so that it cannot block itself. What is still on its way when
    the reading ends is left to its own timeouts; what has not begun is dropped.
    """

    def __init__(self, iam: IamReads, organization: OrganizationReads, *, give_up: Callable[[], None]) -> None:
        """`give_up` is called when the patience is used up, so that the next reading does not wait as long."""
        self._pool = ThreadPoolExecutor(max_workers=SIDE_BY_SIDE, thread_name_prefix="aws-read")
        self._deadline = monotonic() + PATIENCE
        self._give_up = give_up
        self._iam = iam
        self._organization = organization
        self._control_policies: dict[str, Future[StoredPolicy]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def later(self, read: Callable[P, T], *values: P.args, **named: P.kwargs) -> Future[T]:
        """Begin one read."""
        return self._pool.submit(read, *values, **named)

    def value(self, begun: Future[T]) -> T:
        """Wait for a read that was begun. `AwsProblem` where it met one, or where the patience is used up."""
        try:
            return begun.result(max(0.0, self._deadline - monotonic()))
        except TimeoutError:
            self._give_up()
            raise problem(ProblemKind.TIMED_OUT, None) from None

    def piece(self, begun: Future[T]) -> T | Missing:
        """Wait for a read that was begun; return why, where it could not be read."""
        return piece(lambda: self.value(begun))

    def policies(self, holders: Iterable[Holder]) -> tuple[StoredPolicy, ...]:
        """Return the inline and attached policies of a principal and its groups. Raises `AwsProblem`."""
        listed = [
            (holder, self.later(self._iam.inline_names, holder), self.later(self._iam.attached_arns, holder))
            for holder in holders
        ]
        begun: list[Future[StoredPolicy]] = []
        for holder, names, arns in listed:
            begun += [self.later(self._iam.inline, holder, name) for name in self.value(names)]
            begun += [self.later(self._iam.managed, arn, attached_to=holder.arn) for arn in self.value(arns)]
        return tuple(self.value(policy) for policy in begun)

    def levels(self, chain: Chain | None, policy_type: PolicyType) -> Levels:
        """Return the control policies of one kind on each level; None where none are in force. Raises `AwsProblem`."""
        if chain is None or policy_type not in chain.enabled:
            return None
        listed = [(node, self.later(self._organization.policy_ids, node.id, policy_type)) for node in chain.nodes]
        begun = [(node, [self._control_policy(policy) for policy in self.value(ids)]) for node, ids in listed]
        return tuple(
            OrganizationLevel(node.id, node.name, tuple(_held(self.value(policy), node.id) for policy in policies))
            for node, policies in begun
        )

    def _control_policy(self, policy_id: str) -> Future[StoredPolicy]:
        # The same policy often stands on several levels, and AWS lets nobody ask for many of them in a second.
        if policy_id not in self._control_policies:
            self._control_policies[policy_id] = self.later(self._organization.policy, policy_id)
        return self._control_policies[policy_id]


def _held(policy: StoredPolicy, target_id: str) -> StoredPolicy:
    return StoredPolicy(policy.kind, policy.name, policy.document, target_id, policy.arn)
