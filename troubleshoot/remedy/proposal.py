"""The smallest change that flips a decision, as data, and what it means that there is none."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from troubleshoot.iam.decision import StatementReason
from troubleshoot.iam.layers import Layer
from troubleshoot.remedy.documents.plan import Paper


class ChangeKind(StrEnum):
    """What is written. Only a policy of its own may be written by the portal; the rest is edited by hand."""

    OWN_POLICY = "own_policy"
    STATEMENT_EDIT = "statement_edit"  # a policy that the principal itself holds
    GROUP_EDIT = "group_edit"  # a policy of a group that the principal is in
    PERMISSION_SET = "permission_set"  # the inline policy of a permission set in IAM Identity Center
    TRUST_EDIT = "trust_edit"  # the trust policy of the role that is to be assumed


@dataclass(frozen=True, slots=True)
class Edit:
    """One document that somebody edits by hand.

    `holder` is the ARN of the user, role or group that holds the policy; for a permission set, of the role that
    IAM Identity Center makes from it. `policy_arn` is None for an inline policy and for a trust policy, whose
    `policy_name` is empty too. `before` is the text as AWS returned it, byte for byte, and empty where there was
    no such policy. `after` is the document as JSON data without the end of the grant, which is added to the
    statements with the indexes in `dated`.
    """

    holder: str
    policy_name: str
    policy_arn: str | None
    before: str
    after: Mapping[str, Any]
    dated: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What a request asks for and an approval names: a new policy for one principal, or the edit of a document.

    `statements` are the new policy's statements without the end of the grant, which is added when the grant is
    applied: `hours` after that, or never where it is None. They are empty where `edit` alone is enough; a change
    that has both (a trust policy and the permission to assume the role) is applied by hand as a whole.
    """

    account: str
    principal: str
    statements: tuple[Mapping[str, Any], ...]
    hours: int | None
    kind: ChangeKind = ChangeKind.OWN_POLICY
    edit: Edit | None = None

    @property
    def is_manual(self) -> bool:
        """Whether only an administrator can apply it: the portal writes nothing but policies of its own."""
        return self.kind is not ChangeKind.OWN_POLICY

    @property
    def may_end(self) -> bool:
        """Whether an end can be written into it: into its own policy, or into the statement that an edit adds."""
        return bool(self.statements or (self.edit and self.edit.dated))

    def only_added(self) -> "Change":
        """Return the change with nothing of an edited document but the statements that it adds."""
        if self.edit is None:
            return self
        added = [self.edit.after["Statement"][index] for index in self.edit.dated]
        after = {"Version": "2012-10-17", "Statement": added}
        return replace(self, edit=replace(self.edit, before="", after=after, dated=tuple(range(len(added)))))

    def as_data(self) -> dict[str, Any]:
        """Return the change as plain JSON data; `change_from_data` is the way back.

        A policy of its own has the form that it had before there were other kinds, so that digests stay.
        """
        data = asdict(self)
        if not self.is_manual:
            del data["kind"], data["edit"]
        return data

    def digest(self) -> str:
        """Return the SHA-256 of the change's canonical JSON, in hexadecimal."""
        canonical = json.dumps(self.as_data(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


def change_from_data(data: Mapping[str, Any]) -> Change:
    """Return the change that `Change.as_data` was taken from. `KeyError` or `ValueError` on foreign data."""
    edit = data.get("edit")
    return Change(
        data["account"],
        data["principal"],
        tuple(data["statements"]),
        data["hours"],
        ChangeKind(data.get("kind", ChangeKind.OWN_POLICY)),
        Edit(**{**edit, "dated": tuple(edit["dated"])}) if edit else None,
    )


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that would flip the decision, and what was shown of it by evaluating the call again.

    `unchecked` names the layers that stay unknown after the change.
    """

    change: Change
    proven: bool
    unchecked: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class Blocker:
    """One layer that stops the call: its owner, what to ask them (ready to send), and the statements that decide.

    `statements` are those that deny, or where none does those that come closest to allowing. They quote policies, so
    they are for those who may read these. `paper` is a document for the owner to use, None where there is none.
    """

    layer: Layer
    explicit: bool
    owner: str
    ask: str
    statements: tuple[StatementReason, ...] = ()
    paper: Paper | None = None


@dataclass(frozen=True, slots=True)
class NoProposal:
    """Why a grant cannot help, and whom to ask instead. `code` is stable; `layer` the one that stops the call.

    `blockers` are all layers that stop it, in AWS's order, where a layer is the reason.
    """

    code: str
    layer: Layer | None
    owner: str
    ask: str
    blockers: tuple[Blocker, ...] = ()
