"""The AWS CLI's commands with which an administrator makes a change, and takes it back. Pure.

Each is for a POSIX shell, every value quoted. A document goes in as it stands, byte for byte.

https://docs.aws.amazon.com/cli/latest/reference/iam/
https://docs.aws.amazon.com/cli/latest/reference/sso-admin/
"""

import re
import shlex
from dataclasses import dataclass
from typing import Final

from troubleshoot.remedy.proposal import Change, ChangeKind, Edit

TAG: Final = "access-desk-request"
"""Set on what is created by hand, as on what the portal creates: the request's code."""

_RESERVED_ROLE: Final = re.compile(r"AWSReservedSSO_(?P<name>.+)_[0-9a-f]{16}")
_INSTANCE: Final = 'INSTANCE_ARN="$(aws sso-admin list-instances --query "Instances[0].InstanceArn" --output text)"'
_OF_THE_SET: Final = '--instance-arn "$INSTANCE_ARN" --permission-set-arn "$PERMISSION_SET_ARN"'


@dataclass(frozen=True, slots=True)
class Papers:
    """What the commands need beside the change. `own` is empty where it only edits, `edited` where it does not.

    `policy_arn` is the policy of its own, `code` the request's. `before` is the edited document as it was.
    """

    policy_arn: str
    code: str
    own: str = ""
    edited: str = ""
    before: str = ""


def make(change: Change, papers: Papers) -> tuple[str, ...]:
    """Return the commands that make the change, in the order in which they are run."""
    own = _create(change.principal, papers) if papers.own else ()
    return (*own, *(_put(change, change.edit, papers.edited) if change.edit else ()))


def take_back(change: Change, papers: Papers) -> tuple[str, ...]:
    """Return the commands that take the change away: its own policy deleted, the edited document as it was before."""
    own = _delete(change.principal, papers.policy_arn) if papers.own else ()
    return (*own, *(_put_back(change, change.edit, papers.before) if change.edit else ()))


def _create(principal: str, papers: Papers) -> tuple[str, ...]:
    path, _, name = papers.policy_arn.partition(":policy")[2].rpartition("/")
    kind, holder = _holder(principal)
    tags = f"Key={TAG},Value={papers.code}"
    create = ["create-policy", "--policy-name", name, "--path", f"{path}/", "--policy-document", papers.own]
    attach = [f"attach-{kind}-policy", f"--{kind}-name", holder, "--policy-arn", papers.policy_arn]
    return _iam(*create, "--tags", tags), _iam(*attach)


def _delete(principal: str, policy_arn: str) -> tuple[str, ...]:
    kind, holder = _holder(principal)
    detach = [f"detach-{kind}-policy", f"--{kind}-name", holder, "--policy-arn", policy_arn]
    return _iam(*detach), _iam("delete-policy", "--policy-arn", policy_arn)


def _put(change: Change, edit: Edit, document: str) -> tuple[str, ...]:
    if change.kind is ChangeKind.PERMISSION_SET:
        line = (
            f"aws sso-admin put-inline-policy-to-permission-set {_OF_THE_SET} --inline-policy {shlex.quote(document)}"
        )
        return _permission_set(edit, line)
    if edit.policy_arn is not None:
        arn = ["--policy-arn", edit.policy_arn]
        return (_iam("create-policy-version", *arn, "--policy-document", document, "--set-as-default"),)
    kind, holder = _holder(edit.holder)
    if change.kind is ChangeKind.TRUST_EDIT:
        return (_iam("update-assume-role-policy", "--role-name", holder, "--policy-document", document),)
    name = [f"--{kind}-name", holder, "--policy-name", edit.policy_name]
    return (_iam(f"put-{kind}-policy", *name, "--policy-document", document),)


def _put_back(change: Change, edit: Edit, before: str) -> tuple[str, ...]:
    if before:
        return _put(change, edit, before)
    if change.kind is ChangeKind.PERMISSION_SET:
        return _permission_set(edit, f"aws sso-admin delete-inline-policy-from-permission-set {_OF_THE_SET}")
    kind, holder = _holder(edit.holder)
    return (_iam(f"delete-{kind}-policy", f"--{kind}-name", holder, "--policy-name", edit.policy_name),)


def _permission_set(edit: Edit, line: str) -> tuple[str, ...]:
    """IAM Identity Center goes by ARNs of its own: they are looked up by the set's name, which the role's holds."""
    role = _holder(edit.holder)[1]
    found = _RESERVED_ROLE.fullmatch(role)
    name = shlex.quote(found["name"] if found else role)
    describe = 'describe-permission-set --instance-arn "$INSTANCE_ARN" --permission-set-arn "$arn"'
    look_up = (
        'PERMISSION_SET_ARN="$(for arn in $(aws sso-admin list-permission-sets --instance-arn "$INSTANCE_ARN"'
        ' --query "PermissionSets[]" --output text); do'
        f' aws sso-admin {describe} --query "PermissionSet.[Name,PermissionSetArn]" --output text;'
        f" done | awk -v name={name} '$1 == name {{ print $2 }}')\""
    )
    provision = f"aws sso-admin provision-permission-set {_OF_THE_SET} --target-type ALL_PROVISIONED_ACCOUNTS"
    return (_INSTANCE, look_up, line, provision)


def _holder(arn: str) -> tuple[str, str]:
    """Return the kind (user, role, group) and the name, without the path."""
    kind, _, rest = arn.rpartition(":")[2].partition("/")
    return kind, rest.rpartition("/")[2]


def _iam(*words: str) -> str:
    return shlex.join(["aws", "iam", *words])
