"""A small IAM in a file, with the portal's reader and writer over it: for faults, kills and several processes.

It keeps the `Writer` protocol's promises (idempotent, `NotWritable`, another document is refused), so that the
worker meets the same answers as from AWS. `tests/faults/test_fake_iam.py` holds it to that.
"""

import fcntl
import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import timezone

from tests.cast import ACCOUNT_ID, ALICE_ARN
from troubleshoot.access import accounts
from troubleshoot.aws.errors import problem
from troubleshoot.aws.gateway import AwsProblem, NotWritable, ProblemKind
from troubleshoot.aws.writer import NOBODY_THERE
from troubleshoot.iam.snapshot import Missing, OrganizationLevel, Snapshot, StoredPolicy

OWN = f"arn:aws:iam::{ACCOUNT_ID}:policy/portal-managed/"
GROUP = f"arn:aws:iam::{ACCOUNT_ID}:group/team"
ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/Import"
NOBODY = f"arn:aws:iam::{ACCOUNT_ID}:user/nobody"
ALLOW_ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
ALLOW_NOTHING_HERE = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}
)

Hook = Callable[[str], None]


def nothing(_point: str) -> None:
    """The hook of a healthy IAM."""


@dataclass
class FakeIam:
    """Policies and attachments in one file, changed under a lock. `effects` are the writes that took effect."""

    file: Path
    boundary: str = ALLOW_ALL
    readable: bool = True
    lag: int = 0

    def lags(self) -> bool:
        """Tell whether this read does not see what was written yet, as with AWS's eventual consistency."""
        self.lag -= 1
        return self.lag >= 0

    def __post_init__(self) -> None:
        if not self.file.exists():
            self.file.write_text(
                json.dumps(
                    {
                        "policies": {},
                        "tags": {},
                        "attached": {},
                        "writable": [ALICE_ARN],
                        "gone": [NOBODY],
                        "ids": {},
                        "effects": [],
                    }
                )
            )

    @contextmanager
    def changing(self) -> Iterator[dict]:
        with self.file.open("r+") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            state = json.load(handle)
            yield state
            handle.seek(0)
            handle.truncate()
            json.dump(state, handle)

    @property
    def state(self) -> dict:
        with self.file.open() as handle:
            fcntl.flock(handle, fcntl.LOCK_SH)
            return json.load(handle)

    @property
    def policies(self) -> dict[str, str]:
        return self.state["policies"]

    def attached(self, principal: str = ALICE_ARN) -> list[str]:
        return self.state["attached"].get(principal, [])

    def recreate(self, principal: str = ALICE_ARN) -> None:
        """Delete a principal and make one of the same ARN anew: nothing is attached to it, and its ID is another."""
        with self.changing() as state:
            state["attached"].pop(principal, None)
            state["ids"][principal] = f"{_id(state, principal)}-ANEW"

    def effects(self) -> Counter:
        return Counter(tuple(effect) for effect in self.state["effects"])


@dataclass
class FakeWriter:
    """The writer. `hook` is called before and after every call, and may raise or kill."""

    iam: FakeIam
    hook: Hook = nothing

    def create_policy(self, name: str, document: str, tags: dict[str, str]) -> str:
        arn = OWN + name
        with self._call("create_policy"), self.iam.changing() as state:
            there = state["policies"].get(arn)
            if there is not None and json.loads(there) != json.loads(document):
                raise problem(ProblemKind.ALREADY_EXISTS, "iam:CreatePolicy")
            if there is None:
                state["policies"][arn] = document
                state["tags"][arn] = tags
                state["effects"].append(["create_policy", arn])
        return arn

    def attach(self, policy_arn: str, principal_arn: str) -> None:
        with self._call("attach"), self.iam.changing() as state:
            _check(state, principal_arn)
            if policy_arn not in state["policies"]:
                raise problem(ProblemKind.NOT_FOUND, "iam:AttachUserPolicy")
            attached = state["attached"].setdefault(principal_arn, [])
            if policy_arn not in attached:
                attached.append(policy_arn)
                state["effects"].append(["attach", policy_arn])

    def detach(self, policy_arn: str, principal_arn: str) -> None:
        with self._call("detach"), self.iam.changing() as state:
            attached = state["attached"].get(principal_arn, [])
            if policy_arn in attached:
                _check(state, principal_arn)
                attached.remove(policy_arn)
                state["effects"].append(["detach", policy_arn])

    def delete_policy(self, policy_arn: str) -> None:
        with self._call("delete_policy"), self.iam.changing() as state:
            if any(policy_arn in arns for arns in state["attached"].values()):
                raise problem(ProblemKind.STILL_IN_USE, "iam:DeletePolicy")
            if state["policies"].pop(policy_arn, None) is not None:
                state["effects"].append(["delete_policy", policy_arn])

    def policy_document(self, policy_arn: str) -> str | None:
        with self._call("policy_document"):
            return None if self.iam.lags() else self.iam.policies.get(policy_arn)

    def attached_policies(self, principal_arn: str) -> frozenset[str]:
        with self._call("attached_policies"):
            return frozenset() if self.iam.lags() else frozenset(self.iam.attached(principal_arn))

    def holders(self, policy_arn: str) -> frozenset[str]:
        with self._call("holders"):
            attached = self.iam.state["attached"]
            return frozenset(
                f"{arn.rpartition(':')[2].partition('/')[0]}/{arn.rpartition('/')[2]}"
                for arn, policies in attached.items()
                if policy_arn in policies
            )

    def unique_id(self, principal_arn: str) -> str:
        with self._call("unique_id"):
            return _id(self.iam.state, principal_arn)

    def check_writable(self, principal_arn: str) -> None:
        with self._call("check_writable"):
            _check(self.iam.state, principal_arn)

    @contextmanager
    def _call(self, name: str) -> Iterator[None]:
        self.hook(f"{name}:before")
        yield
        self.hook(f"{name}:after")


@dataclass
class FakeReader:
    """The reader: identity policies from the file, a boundary, one organization level, an unknown endpoint."""

    iam: FakeIam
    hook: Hook = nothing

    def snapshot(self, principal_arn: str, *, action: str, resource: str) -> Snapshot:
        assert action
        assert resource
        self.hook("snapshot:before")
        state = self.iam.state
        identity = [StoredPolicy("inline", "own", state.get("own", ALLOW_NOTHING_HERE), principal_arn)]
        if "group" in state:
            identity.append(StoredPolicy("inline", "team", state["group"], GROUP))
        identity += [
            StoredPolicy("managed", arn.rpartition("/")[2], state["policies"][arn], principal_arn, arn=arn)
            for arn in state["attached"].get(principal_arn, [])
            if not self.iam.lags()
        ]
        everything = StoredPolicy("scp", "FullAWSAccess", ALLOW_ALL, "r-root")
        self.hook("snapshot:after")
        return Snapshot(
            account=ACCOUNT_ID,
            principal=principal_arn,
            read_at=timezone.now().isoformat(),
            exists=principal_arn not in state["gone"] if self.iam.readable else Missing("the portal may not read this"),
            path="/",
            unique_id=_id(state, principal_arn) if self.iam.readable else "",
            identity=tuple(identity) if self.iam.readable else Missing("the portal may not read this"),
            boundary=StoredPolicy("boundary", "ceiling", self.iam.boundary, principal_arn)
            if self.iam.boundary
            else None,
            resource=StoredPolicy("resource", "trust", state["trust"], ROLE) if "trust" in state else None,
            scps=(OrganizationLevel("r-root", "root", (everything,)),),
            vpc_endpoint=Missing("nobody can see it"),
        )


@dataclass
class Script:
    """Faults by point (`attach:before`): each is raised so many times, then the call goes well."""

    faults: dict[str, list[AwsProblem]] = field(default_factory=dict)
    seen: Counter = field(default_factory=Counter)

    def __call__(self, point: str) -> None:
        self.seen[point] += 1
        waiting = self.faults.get(point)
        if waiting:
            raise waiting.pop(0)


def kill_at(point: str, occurrence: int = 1) -> Hook:
    """Return a hook that kills its own process with SIGKILL when it comes to the point."""
    seen: Counter = Counter()

    def hook(here: str) -> None:
        seen[here] += 1
        if (here, seen[here]) == (point, occurrence):
            os.kill(os.getpid(), signal.SIGKILL)

    return hook


def install(monkeypatch, iam: FakeIam, hook: Hook = nothing, *, may_write: bool = True) -> None:
    """Let the worker meet this IAM instead of AWS."""
    writer = FakeWriter(iam, hook) if may_write else None
    monkeypatch.setattr(accounts, "writer", lambda _account, **_case: writer)
    monkeypatch.setattr(accounts, "reader", lambda _account, **_case: FakeReader(iam, hook))


def _id(state: dict, principal: str) -> str:
    """Return the unique ID that IAM keeps beside the name; empty where there is nobody."""
    return "" if principal in state["gone"] else state["ids"].get(principal, f"AIDA-{principal.rpartition('/')[2]}")


def _check(state: dict, principal: str) -> None:
    if principal in state["gone"]:
        raise AwsProblem(ProblemKind.NOT_FOUND, NOBODY_THERE)
    if principal not in state["writable"]:
        raise NotWritable("The portal may not change this principal.")
