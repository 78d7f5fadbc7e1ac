"""The commands with which an administrator applies an approved change where the portal may not write."""

import json
import shlex

from troubleshoot.models import Grant


def commands_of(grant: Grant) -> tuple[str, ...]:
    """Return the AWS CLI's commands that create the grant's policy and attach it, quoted for a POSIX shell.

    https://docs.aws.amazon.com/cli/latest/reference/iam/create-policy.html
    https://docs.aws.amazon.com/cli/latest/reference/iam/attach-user-policy.html
    https://docs.aws.amazon.com/cli/latest/reference/iam/attach-role-policy.html
    """
    path, _, name = grant.policy_arn.partition(":policy")[2].rpartition("/")
    kind, _, holder = grant.principal_arn.rpartition(":")[2].partition("/")
    document = json.dumps(json.loads(grant.document), separators=(",", ":"))
    create = ["create-policy", "--policy-name", name, "--path", f"{path}/", "--policy-document", document]
    attach = [f"attach-{kind}-policy", f"--{kind}-name", holder.rpartition("/")[2], "--policy-arn", grant.policy_arn]
    return tuple(shlex.join(["aws", "iam", *words]) for words in (create, attach))
