"""The live writer: immutable policies under `/portal-managed/`, handed only to principals that may have them.

AWS holds the same rules, in the shipped policy of the writer's role; here they come with words, and first.
Every method can be repeated after a crash at any point.
"""

import json
from collections.abc import Mapping

from troubleshoot.aws.checks import writer_findings
from troubleshoot.aws.connect import Connection, field
from troubleshoot.aws.errors import AwsProblem, NotWritable, ProblemKind
from troubleshoot.aws.facts import PORTAL_PATH, AccountSettings, Finding
from troubleshoot.aws.iam_reads import IamReads, LiveEntity
from troubleshoot.aws.principal import Entity, entity_of
from troubleshoot.aws.quotas import TOO_LONG, is_too_long

NOBODY_THERE = "There is no such user or role in the account any more. Nothing was changed."


class LiveWriter:
    """A `Writer` over AWS."""

    def __init__(self, settings: AccountSettings, connection: Connection) -> None:
        self._settings = settings
        self._connection = connection
        self._iam = IamReads(connection)

    def create_policy(self, name: str, document: str, tags: Mapping[str, str]) -> str:
        """Create `/portal-managed/NAME` and return its ARN. The same document again is a success."""
        arn = self._arn(name)
        if is_too_long(document):
            raise AwsProblem(ProblemKind.LIMIT, TOO_LONG, "iam:CreatePolicy")
        try:
            answer = self._connection.call(
                "iam",
                "CreatePolicy",
                PolicyName=name,
                Path=PORTAL_PATH,
                PolicyDocument=document,
                Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
            )
        except AwsProblem as found:
            if found.kind is ProblemKind.ALREADY_EXISTS and self._holds(arn, document):
                return arn
            raise
        return str(field(answer, "Policy", "Arn", permission="iam:CreatePolicy"))

    def attach(self, policy_arn: str, principal_arn: str) -> None:
        """Attach one of the portal's policies to a user or role. Attached already is a success."""
        self._check_own(policy_arn)
        holder = self._writable(principal_arn).holder
        if policy_arn in self._iam.attached_arns(holder):
            return
        self._connection.call("iam", f"Attach{holder.word}Policy", PolicyArn=policy_arn, **holder.parameters)

    def detach(self, policy_arn: str, principal_arn: str) -> None:
        """Detach one of the portal's policies. Not attached, or nobody there any more, is a success."""
        self._check_own(policy_arn)
        live = self._live(self._entity(principal_arn))
        if live is None or policy_arn not in self._iam.attached_arns(live.holder):
            return
        try:
            holder = self._writable(principal_arn).holder
            self._connection.call("iam", f"Detach{holder.word}Policy", PolicyArn=policy_arn, **holder.parameters)
        except AwsProblem as found:
            if found.kind is not ProblemKind.NOT_FOUND:
                raise

    def delete_policy(self, policy_arn: str) -> None:
        """Delete one of the portal's policies. Gone already is a success."""
        self._check_own(policy_arn)
        try:
            self._connection.call("iam", "DeletePolicy", PolicyArn=policy_arn)
        except AwsProblem as found:
            if found.kind is not ProblemKind.NOT_FOUND:
                raise

    def policy_document(self, policy_arn: str) -> str | None:
        """Return the text of the policy's default version, or None where there is no such policy."""
        try:
            return self._iam.managed(policy_arn, attached_to="").document
        except AwsProblem as found:
            if found.kind is ProblemKind.NOT_FOUND:
                return None
            raise

    def attached_policies(self, principal_arn: str) -> frozenset[str]:
        """Return the ARNs of the managed policies that are attached to a user or role."""
        live = self._live(self._entity(principal_arn))
        return frozenset() if live is None else frozenset(self._iam.attached_arns(live.holder))

    def holders(self, policy_arn: str) -> frozenset[str]:
        """Return to whom one of the portal's policies is attached. Nobody, where there is no such policy."""
        self._check_own(policy_arn)
        try:
            return self._iam.holders(policy_arn)
        except AwsProblem as found:
            if found.kind is ProblemKind.NOT_FOUND:
                return frozenset()
            raise

    def unique_id(self, principal_arn: str) -> str:
        """Return IAM's unique ID of a user or role, which no other ever has; empty where there is none now."""
        live = self._live(self._entity(principal_arn))
        return "" if live is None else live.unique_id

    def check_writable(self, principal_arn: str) -> None:
        """Raise `NotWritable` where the portal must not change this principal. It changes nothing."""
        self._writable(principal_arn)

    def check(self) -> tuple[Finding, ...]:
        """Tell whether the writer could work, and which risk the account's settings take. It writes nothing."""
        return writer_findings(self._settings, self._connection)

    def _writable(self, principal_arn: str) -> LiveEntity:
        entity = self._entity(principal_arn)
        if entity.path is not None:  # before asking: the writer's role may not even read other principals
            self._check_path(entity.path)
        live = self._live(entity)
        if live is None:
            raise AwsProblem(ProblemKind.NOT_FOUND, NOBODY_THERE)
        self._check_path(live.path)
        if self._settings.requires_ceiling and not self._has_ceiling(live):
            raise NotWritable(
                "The principal does not carry the portal's permissions boundary. An administrator must do this by hand."
            )
        return live

    def _check_path(self, path: str) -> None:
        if path.startswith("/aws-reserved/"):
            raise NotWritable("IAM Identity Center manages this role. Change its permission set instead, by hand.")
        if not path.startswith(self._settings.people_path):
            raise NotWritable(
                f"The portal changes principals under {self._settings.people_path} only. An administrator must do this."
            )

    def _has_ceiling(self, live: LiveEntity) -> bool:
        return bool(self._settings.ceiling_arn) and live.boundary_arn == self._settings.ceiling_arn

    def _entity(self, principal_arn: str) -> Entity:
        entity = entity_of(principal_arn)
        if entity.account != self._settings.account_id:
            raise NotWritable("This principal belongs to another account. Nothing was changed.")
        if not entity.has_own_policies:
            raise NotWritable("Only an IAM user or role can be given a policy. An administrator must do this by hand.")
        return entity

    def _live(self, entity: Entity) -> LiveEntity | None:
        live = self._iam.entity(entity)
        return live if live is not None and entity.is_same_as(live.holder.arn) else None

    def _check_own(self, policy_arn: str) -> None:
        if not policy_arn.startswith(self._arn("")):
            raise NotWritable(f"The portal writes its own policies under {PORTAL_PATH} only. Nothing was changed.")

    def _arn(self, name: str) -> str:
        return f"arn:{self._settings.partition}:iam::{self._settings.account_id}:policy{PORTAL_PATH}{name}"

    def _holds(self, arn: str, document: str) -> bool:
        there = self.policy_document(arn)
        return there is not None and _same(there, document)


def _same(one: str, other: str) -> bool:
    """Tell whether two documents are the same JSON: AWS keeps the text, but white space says nothing."""
    return one == other or bool(json.loads(one) == json.loads(other))
