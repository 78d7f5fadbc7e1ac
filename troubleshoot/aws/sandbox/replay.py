"""Bringing applied grants back into a fresh sandbox: moto forgets everything when its process ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from troubleshoot.aws.facts import PORTAL_PATH
from troubleshoot.aws.principal import EntityKind, entity_of
from troubleshoot.aws.sandbox.seed import client, unguarded


@dataclass(frozen=True, slots=True)
class AppliedGrant:
    """One policy that the portal had written, and the user or role that it was attached to."""

    policy_name: str
    document: str
    principal_arn: str


def replay(endpoint_url: str, grants: Iterable[AppliedGrant]) -> int:
    """Create and attach the policies of `grants` again; return how many. One that is there already stays."""
    replayed = 0
    with unguarded(endpoint_url):
        iam = client("iam", endpoint_url)
        for grant in grants:
            _recreate(iam, grant)
            replayed += 1
    return replayed


def _recreate(iam: Any, grant: AppliedGrant) -> None:
    try:
        iam.create_policy(PolicyName=grant.policy_name, Path=PORTAL_PATH, PolicyDocument=grant.document)
    except iam.exceptions.EntityAlreadyExistsException:
        pass
    entity = entity_of(grant.principal_arn)
    arn = f"arn:aws:iam::{entity.account}:policy{PORTAL_PATH}{grant.policy_name}"
    if entity.kind is EntityKind.USER:
        iam.attach_user_policy(UserName=entity.name, PolicyArn=arn)
    else:
        iam.attach_role_policy(RoleName=entity.name, PolicyArn=arn)
