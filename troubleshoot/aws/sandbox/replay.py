"""Bringing applied grants back into a fresh sandbox: moto forgets everything when its process ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from troubleshoot.aws.principal import entity_of
from troubleshoot.aws.sandbox.seed import client, unguarded
from troubleshoot.iam.arn import parse_arn


@dataclass(frozen=True, slots=True)
class AppliedGrant:
    """One policy that stood in IAM, and the user or role that it was attached to; None: to nobody."""

    policy_arn: str
    document: str
    principal_arn: str | None


def replay(endpoint_url: str, grants: Iterable[AppliedGrant]) -> int:
    """Create and attach the policies of `grants` again; return how many. What is there already stays."""
    replayed = 0
    with unguarded(endpoint_url):
        iam = client("iam", endpoint_url)
        for grant in grants:
            _recreate(iam, grant)
            replayed += 1
    return replayed


def _recreate(iam: Any, grant: AppliedGrant) -> None:
    path, name = _path_and_name(grant.policy_arn)
    try:
        iam.create_policy(PolicyName=name, Path=path, PolicyDocument=grant.document)
    except iam.exceptions.EntityAlreadyExistsException:
        pass
    if grant.principal_arn is None:
        return
    entity = entity_of(grant.principal_arn)
    if entity.is_user:
        iam.attach_user_policy(UserName=entity.name, PolicyArn=grant.policy_arn)
    else:
        iam.attach_role_policy(RoleName=entity.name, PolicyArn=grant.policy_arn)


def _path_and_name(policy_arn: str) -> tuple[str, str]:
    arn = parse_arn(policy_arn)
    if arn is None or arn.resource_type != "policy":
        raise ValueError(f"`{policy_arn}` is not the ARN of a managed policy.")
    path, _, name = f"/{arn.resource_id}".rpartition("/")
    return f"{path}/", name
