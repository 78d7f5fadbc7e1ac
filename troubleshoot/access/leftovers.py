"""What of a grant exists in IAM, read anew, in words that name each thing exactly."""

import json
from dataclasses import dataclass
from typing import Final

from troubleshoot.access.same_principal import is_another
from troubleshoot.aws.gateway import AwsProblem, Writer
from troubleshoot.models import Grant

RECREATED: Final = "That principal was deleted and made anew since, so it is somebody else now."


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What was found. `policy` and `attached` are None where it could not be read; `foreign`: not our document.

    `edited` names the policy that was edited by hand; then `attached` tells whether a statement of the edit remains.
    `recreated`: the principal was deleted and made anew, so that whoever bears the name now is somebody else.
    """

    policy: bool | None
    attached: bool | None
    foreign: bool = False
    edited: str = ""
    recreated: bool = False

    @property
    def nothing(self) -> bool:
        """Whether it is certain that nothing is left."""
        return self.policy is False and self.attached is False

    def words(self, grant: Grant) -> str:
        """Return the list for people."""
        if self.edited:
            return self._edit_words()
        there = "exists, changed by somebody else" if self.foreign else "exists"
        policy = {True: there, False: "does not exist", None: "may exist still: that was not read"}[self.policy]
        attached = {True: "is attached", False: "is not attached", None: "may be attached still: that was not read"}
        words = f"In IAM, the policy {grant.policy_arn} {policy}. It {attached[self.attached]} ({grant.principal_arn})."
        return f"{words} {RECREATED}" if self.recreated and self.attached is not False else words

    def as_data(self) -> dict[str, bool | None]:
        """Return the list for the audit trail."""
        found = {"policy": self.policy, "attached": self.attached, "foreign": self.foreign}
        return {**found, "recreated": True} if self.recreated else found

    def _edit_words(self) -> str:
        holds = {
            True: "still holds the change",
            False: "does not hold the change any more",
            None: "may hold the change still: that was not read",
        }[self.attached]
        return f"In IAM, the policy {self.edited} {holds}."


def read_leftovers(writer: Writer | None, grant: Grant) -> Leftovers:
    """Read what exists. What could not be read is None: unknown, never "nothing"."""
    if writer is None:
        return Leftovers(None, None)
    document: str | None = ""
    try:
        document = writer.policy_document(grant.policy_arn)
        policy: bool | None = document is not None
    except AwsProblem:
        policy = None
    try:
        attached: bool | None = grant.policy_arn in writer.attached_policies(grant.principal_arn)
    except AwsProblem:
        attached = None
    foreign = bool(document) and not same_document(document or "", grant.document)
    return Leftovers(policy, attached, foreign=foreign, recreated=_is_recreated(writer, grant))


def _is_recreated(writer: Writer, grant: Grant) -> bool:
    try:
        return is_another(grant.request, writer.unique_id(grant.principal_arn))
    except AwsProblem:
        return False


def same_document(one: str, other: str) -> bool:
    """Tell whether two documents are the same JSON; white space says nothing."""
    try:
        return one == other or bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False
