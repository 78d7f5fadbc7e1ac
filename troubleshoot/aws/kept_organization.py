"""Reads of the organization that are kept for pages: AWS allows a few of them a second, for everybody together.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Any, TypeVar

from troubleshoot.aws.connect import Connection
from troubleshoot.aws.organization import Chain, OrganizationReads, PolicyType
from troubleshoot.aws.textonly import now
from troubleshoot.iam.snapshot import StoredPolicy

T = TypeVar("T")

_MOST = 2048


class Answers:
    """What was answered, by what was asked, with when. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[float, str, Any]] = OrderedDict()

    def get(self, key: Hashable, max_age: float) -> tuple[str, Any] | None:
        """Return when it was answered (ISO 8601) and the answer, if that is no older than `max_age` seconds."""
        with self._lock:
            kept = self._kept.get(key)
        return kept[1:] if kept is not None and monotonic() - kept[0] <= max_age else None

    def put(self, key: Hashable, answer: Any) -> None:
        """Keep an answer in the place of the one before."""
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = (monotonic(), now(), answer)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()


ORGANIZATIONS = Answers()
"""The answers of the process."""


class KeptOrganization(OrganizationReads):
    """Reads that may be up to `max_age` seconds old; 0 reads anew and keeps that. What failed is not kept."""

    def __init__(self, connection: Connection, account: Hashable, max_age: float) -> None:
        """`account` stands for the account and the role that it is read as."""
        super().__init__(connection)
        self._account = account
        self._max_age = max_age
        self._oldest = ""

    @property
    def oldest(self) -> str:
        """When the oldest answer was given that has served here since the reader was made; empty where none has."""
        return self._oldest

    def chain(self, account_id: str) -> Chain | None:
        """Return the way from the root to the account; see `OrganizationReads.chain`."""
        read = super().chain
        return self._kept(("chain", account_id), lambda: read(account_id))

    def policy_ids(self, target_id: str, policy_type: PolicyType) -> tuple[str, ...]:
        """Return the ids of the policies of one kind that are attached to a node."""
        read = super().policy_ids
        return self._kept(("policies", target_id, policy_type), lambda: read(target_id, policy_type))

    def policy(self, policy_id: str) -> StoredPolicy:
        """Return one control policy; whoever asks fills in the node that holds it."""
        read = super().policy
        return self._kept(("policy", policy_id), lambda: read(policy_id))

    def _kept(self, asked: tuple[str, ...], read: Callable[[], T]) -> T:
        key = (self._account, *asked)
        kept = ORGANIZATIONS.get(key, self._max_age) if self._max_age > 0 else None
        if kept is not None:
            at, answer = kept
            self._oldest = min(self._oldest or at, at)
            found: T = answer
            return found
        answer = read()
        ORGANIZATIONS.put(key, answer)
        return answer
