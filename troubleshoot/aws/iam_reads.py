"""Reading IAM: users, roles, groups and their policies, each document as AWS's own text.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from troubleshoot.aws.connect import Answer, Connection, field
from troubleshoot.aws.errors import AwsProblem, ProblemKind, problem
from troubleshoot.aws.principal import Entity
from troubleshoot.iam.snapshot import PolicyKind, StoredPolicy


@dataclass(frozen=True, slots=True)
class Holder:
    """Something that policies are attached to: the word in IAM's operation names, its name, its real ARN."""

    word: str  # User, Role or Group
    name: str
    arn: str

    @property
    def parameters(self) -> dict[str, str]:
        return {f"{self.word}Name": self.name}


@dataclass(frozen=True, slots=True)
class LiveEntity:
    """A user or role as IAM holds it. `trust_policy` is empty for a user.

    `unique_id` (AIDA…, AROA…) is IAM's own: one that is deleted and made anew under the same name has another.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    """

    holder: Holder
    unique_id: str
    path: str
    boundary_arn: str | None
    tags: Mapping[str, str]
    trust_policy: str = ""


class IamReads:
    """Reads of IAM through one connection. Every method raises `AwsProblem`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def entity(self, entity: Entity) -> LiveEntity | None:
        """Return the user or role of this name, or None: there is none."""
        word = "User" if entity.is_user else "Role"
        permission = f"iam:Get{word}"
        try:
            answer = self._connection.call("iam", f"Get{word}", **{f"{word}Name": entity.name})
        except AwsProblem as refused:
            if refused.kind is ProblemKind.NOT_FOUND:
                return None
            raise
        found = field(answer, word, permission=permission, kind=dict)
        trust = "" if entity.is_user else document(found, "AssumeRolePolicyDocument", permission=permission)
        return LiveEntity(
            holder=Holder(word, entity.name, field(found, "Arn", permission=permission)),
            unique_id=field(found, f"{word}Id", permission=permission),
            path=field(found, "Path", permission=permission),
            boundary_arn=boundary_arn(found, permission),
            tags=tags(found, permission),
            trust_policy=trust,
        )

    def groups(self, user_name: str) -> tuple[Holder, ...]:
        """Return the groups that a user is in."""
        permission = "iam:ListGroupsForUser"
        groups = self._connection.pages("iam", "ListGroupsForUser", "Groups", UserName=user_name)
        return tuple(
            Holder(
                "Group", field(group, "GroupName", permission=permission), field(group, "Arn", permission=permission)
            )
            for group in groups
        )

    def inline_names(self, holder: Holder) -> tuple[str, ...]:
        """Return the names of the policies that are written into a user, role or group."""
        return tuple(self._connection.pages("iam", f"List{holder.word}Policies", "PolicyNames", **holder.parameters))

    def inline(self, holder: Holder, name: str) -> StoredPolicy:
        """Return one inline policy."""
        operation = f"Get{holder.word}Policy"
        answer = self._connection.call("iam", operation, PolicyName=name, **holder.parameters)
        text = document(answer, "PolicyDocument", permission=f"iam:{operation}")
        return StoredPolicy("inline", name, text, holder.arn)

    def attached_arns(self, holder: Holder) -> tuple[str, ...]:
        """Return the ARNs of the managed policies that are attached to a user, role or group."""
        operation = f"ListAttached{holder.word}Policies"
        policies = self._connection.pages("iam", operation, "AttachedPolicies", **holder.parameters)
        return tuple(field(policy, "PolicyArn", permission=f"iam:{operation}") for policy in policies)

    def holders(self, policy_arn: str) -> frozenset[str]:
        """Return who holds a managed policy: the kind and the name, for IAM tells neither path nor ARN here.

        https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html
        """
        permission = "iam:ListEntitiesForPolicy"
        return frozenset(
            f"{word.lower()}/{field(entity, f'{word}Name', permission=permission)}"
            for word in ("User", "Role", "Group")
            for entity in self._connection.pages(
                "iam", "ListEntitiesForPolicy", f"Policy{word}s", PolicyArn=policy_arn, EntityFilter=word
            )
        )

    def managed(self, arn: str, *, attached_to: str, kind: PolicyKind | None = None) -> StoredPolicy:
        """Return the default version of a managed policy."""
        permission = "iam:GetPolicy"
        policy = field(
            self._connection.call("iam", "GetPolicy", PolicyArn=arn), "Policy", permission=permission, kind=dict
        )
        version = field(policy, "DefaultVersionId", permission=permission)
        name = field(policy, "PolicyName", permission=permission)
        return StoredPolicy(
            kind=kind or ("aws-managed" if ":iam::aws:policy/" in arn else "managed"),
            name=name,
            document=self._version(arn, version),
            attached_to=attached_to,
            arn=arn,
            version=version,
        )

    def access_keys(self, user_name: str) -> Iterator[Answer]:
        """Yield what IAM tells of a user's access keys; it never tells a secret."""
        return self._connection.pages("iam", "ListAccessKeys", "AccessKeyMetadata", UserName=user_name)

    def last_used(self, key_id: str) -> Answer:
        """Return when and for which service a key was last used."""
        answer = self._connection.call("iam", "GetAccessKeyLastUsed", AccessKeyId=key_id)
        found = field(answer, "AccessKeyLastUsed", permission="iam:GetAccessKeyLastUsed", kind=dict)
        return dict(found)

    def _version(self, arn: str, version: str) -> str:
        answer = self._connection.call("iam", "GetPolicyVersion", PolicyArn=arn, VersionId=version)
        return document(answer, "PolicyVersion", "Document", permission="iam:GetPolicyVersion")


def document(answer: object, *names: str, permission: str) -> str:
    """Return the policy that stands at the end of `names` in an answer, as AWS's own text.

    IAM sends it URL-encoded (RFC 3986). `AwsProblem` where it is not there, or is no JSON object.
    """
    text = unquote(field(answer, *names, permission=permission))
    check_document(text, permission)
    return text


def check_document(text: str, permission: str) -> None:
    """Raise `AwsProblem` where an answer holds something else than a policy document."""
    try:
        is_object = isinstance(json.loads(text), dict)
    except ValueError:
        is_object = False
    if not is_object:
        raise problem(ProblemKind.BAD_ANSWER, permission)


def boundary_arn(found: Mapping[str, Any], permission: str) -> str | None:
    """Return the ARN of the permissions boundary that IAM tells of a principal, or None where it has none."""
    boundary = found.get("PermissionsBoundary")
    if not boundary:
        return None
    return str(field(boundary, "PermissionsBoundaryArn", permission=permission))


def tags(found: Mapping[str, Any], permission: str) -> dict[str, str]:
    """Return the tags that IAM tells of a principal."""
    return {
        field(tag, "Key", permission=permission): field(tag, "Value", permission=permission)
        for tag in found.get("Tags") or ()
    }
