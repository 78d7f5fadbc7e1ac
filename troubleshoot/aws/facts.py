"""What goes into and comes out of this package: settings, values, and the three protocols.

Everything that talks to AWS stands behind `Reader`, `Answers` and `Writer`, so that a text-only portal, the sandbox and
AWS itself are used alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from troubleshoot.aws.answers import (
    AuthorizationDetails,
    DecodedMessage,
    DeniedEvents,
    NewAccess,
    NotAnswered,
    PolicyFinding,
    PolicyUse,
    Simulation,
)
from troubleshoot.iam.account import AccountSnapshot
from troubleshoot.iam.request import Request
from troubleshoot.iam.snapshot import Missing, Snapshot

PORTAL_PATH = "/portal-managed/"
"""The path of every policy that the portal writes."""


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """How to reach one account, as plain values.

    An empty `reader_role_arn` means that the account is answered from the text alone; an empty
    `writer_role_arn` that nothing is written. `endpoint_url` is empty for AWS itself.
    """

    account_id: str
    partition: str = "aws"
    region: str = "us-east-1"
    reader_role_arn: str = ""
    reader_external_id: str = ""
    writer_role_arn: str = ""
    writer_external_id: str = ""
    people_path: str = "/personalize-people/"
    ceiling_arn: str = ""
    requires_ceiling: bool = True
    endpoint_url: str = ""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """One access key, never its secret. `last_used` and `service` are None where AWS tracked no use.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
    """

    id: str
    active: bool
    created: datetime
    last_used: datetime | Missing | None = None
    service: str | None = None

    @property
    def status(self) -> str:
        return "Active" if self.active else "Inactive"


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """A role as IAM holds it. `arn` has the real path; `trust_policy` is AWS's own text."""

    arn: str
    name: str
    path: str
    trust_policy: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried in an account. `permission` is the IAM action that is missing, where one is.

    `optional`: the portal works without it, and says on the page what it therefore does not know.
    """

    works: bool
    words: str
    permission: str | None = None
    optional: bool = False


class Reader(Protocol):
    """Reads one account. It never raises: what could not be read is a `Missing` with the reason."""

    def snapshot(self, principal_arn: str, *, action: str, resource: str) -> Snapshot:
        """Return everything that decides whether `principal_arn` may call `action` on `resource`."""
        ...

    def access_keys(self, user_arn: str) -> tuple[AccessKey, ...] | Missing:
        """Return the access keys of an IAM user, oldest first."""
        ...

    def role(self, role_arn: str) -> RoleFacts | Missing | None:
        """Return the role that has this name (its real ARN may differ in the path), or None: no such role."""
        ...

    def check(self) -> tuple[Finding, ...]:
        """Try each kind of read once and tell what works. It reads about nobody."""
        ...


class Writer(Protocol):
    """Writes the portal's own policies in one account. Every method raises `AwsProblem`, and can be repeated.

    `NotWritable`, a kind of `AwsProblem`, means that the portal must not do it: a principal outside the people
    path, one without the ceiling, a policy that is not the portal's own. A principal that does not exist is
    a problem of the kind `NOT_FOUND`: nobody could do it by hand either.
    """

    def create_policy(self, name: str, document: str, tags: Mapping[str, str]) -> str:
        """Create `/portal-managed/NAME` and return its ARN. The same document again is a success."""
        ...

    def attach(self, policy_arn: str, principal_arn: str) -> None:
        """Attach one of the portal's policies to a user or role. Attached already is a success."""
        ...

    def detach(self, policy_arn: str, principal_arn: str) -> None:
        """Detach one of the portal's policies. Not attached, or nobody there any more, is a success."""
        ...

    def delete_policy(self, policy_arn: str) -> None:
        """Delete one of the portal's policies. Gone already is a success."""
        ...

    def policy_document(self, policy_arn: str) -> str | None:
        """Return the text of the policy's default version, or None where there is no such policy."""
        ...

    def attached_policies(self, principal_arn: str) -> frozenset[str]:
        """Return the ARNs of the managed policies that are attached to a user or role."""
        ...

    def holders(self, policy_arn: str) -> frozenset[str]:
        """Return to whom one of the portal's policies is attached, as `user/NAME`, `role/NAME` or `group/NAME`.

        IAM lists names without paths. Where there is no such policy, nobody holds it.
        """
        ...

    def unique_id(self, principal_arn: str) -> str:
        """Return IAM's unique ID of a user or role, which no other ever has; empty where there is none now."""
        ...

    def check_writable(self, principal_arn: str) -> None:
        """Raise `NotWritable` where the portal must not change this principal, `NOT_FOUND` where there is none.

        It changes nothing.
        """
        ...

    def check(self) -> tuple[Finding, ...]:
        """Tell whether the writer could work, and which risk the account's settings take. It writes nothing."""
        ...


class Answers(Protocol):
    """Asks AWS about one account. No method raises; each ends within seconds in a value or a `NotAnswered`.

    Who may see the answer is for the caller to settle: before `simulate` and `denied_events`, whose principal is
    given; after `authorization_details` and `decode`, whose answer names its principal.
    """

    def simulate(
        self, call: Request, *, adding: Sequence[str] = (), without: Sequence[str] = (), resource_policy: str = ""
    ) -> Simulation | NotAnswered:
        """Ask IAM's policy simulator whether the call's principal may make it.

        `adding` are documents that are taken for attached to the principal (a proposal's after); `without` ARNs of
        managed policies, or kinds (`scp`, `permission-boundary`), that are taken for gone. `call.context` is passed;
        for a role session its `aws:PrincipalArn` names the role.
        """
        ...

    def simulate_documents(
        self, call: Request, documents: Sequence[str], *, boundary: str = ""
    ) -> Simulation | NotAnswered:
        """Ask the simulator what these identity-based documents alone do with the call. Nobody's state is read."""
        ...

    def authorization_details(
        self, authorization_id: str, *, region: str = "", documents: bool = True
    ) -> AuthorizationDetails | NotAnswered:
        """Return what AWS recorded under an authorization ID; `region` is the denied call's (empty: the account's).

        AWS keeps it for about a day, and records it some seconds late: `not_found` may mean "not yet". With
        `documents`, the policies of the checks that stopped the call are fetched too.
        """
        ...

    def decode(self, message: str, *, region: str = "") -> DecodedMessage | NotAnswered:
        """Return what an encoded authorization failure message of this account says. Whose it is, it says itself."""
        ...

    def validate(self, document: str, use: PolicyUse = "identity") -> tuple[PolicyFinding, ...] | NotAnswered:
        """Return what Access Analyzer finds in a document, the worst first."""
        ...

    def new_access(
        self, existing: str, new: str, use: Literal["identity", "resource", "trust"] = "identity"
    ) -> NewAccess | NotAnswered:
        """Tell whether the document `new` allows more than `existing`, by Access Analyzer."""
        ...

    def denied_events(
        self, principal_arn: str, *, within: timedelta = timedelta(hours=6)
    ) -> DeniedEvents | NotAnswered:
        """Return the calls of one principal that were denied lately, from CloudTrail."""
        ...

    def account(self, *, fresh: bool = False) -> AccountSnapshot | Missing:
        """Return all principals and policies of the account, at most five minutes old; `fresh` reads them anew.

        A big account is read in the background: it is `Missing`, in words, until that has ended.
        """
        ...
