"""What an account needs before the portal may work in it, as one template: both roles and the ceiling.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from troubleshoot.aws.policies import CEILING_NAME, CEILING_PATH, PolicyName, shipped_policy
from troubleshoot.iam.arn import parse_arn

# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}|", re.ASCII)
ROLE_PATH = "/portal/"
_ROLES: tuple[tuple[PolicyName, str], ...] = (("reader", "AccessDeskReader"), ("writer", "AccessDeskWriter"))


@dataclass(frozen=True, slots=True)
class Installation:
    """The values of one account. `trusts` is the ARN of the portal's own role or user, which becomes both roles."""

    account_id: str
    trusts: str
    external_id: str = ""
    partition: str = "aws"
    people_path: str = "/personalize-people/"
    data_buckets: str = "retail-personalize-*"

    def __post_init__(self) -> None:
        """Raise `ValueError`, with words, where a value has another form."""
        if parse_arn(self.trusts) is None:
            raise ValueError(f"`{self.trusts}` is not an ARN")
        if _EXTERNAL_ID.fullmatch(self.external_id) is None:
            raise ValueError(f"`{self.external_id}` is not an external ID")

    def document(self, name: PolicyName) -> str:
        """Return one shipped policy for this account."""
        return shipped_policy(
            name,
            account_id=self.account_id,
            partition=self.partition,
            people_path=self.people_path,
            data_buckets=self.data_buckets,
        )

    def trust(self) -> dict[str, Any]:
        """Return the trust policy of both roles."""
        statement: dict[str, Any] = {"Effect": "Allow", "Principal": {"AWS": self.trusts}, "Action": "sts:AssumeRole"}
        if self.external_id:
            statement["Condition"] = {"StringEquals": {"sts:ExternalId": self.external_id}}
        return {"Version": "2012-10-17", "Statement": [statement]}


def cloudformation(installation: Installation) -> str:
    """Return a CloudFormation template in JSON. It needs the capability CAPABILITY_NAMED_IAM."""
    resources: dict[str, Any] = {
        CEILING_NAME: {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {
                "ManagedPolicyName": CEILING_NAME,
                "Path": CEILING_PATH,
                "PolicyDocument": json.loads(installation.document("ceiling")),
            },
        }
    }
    for name, role in _ROLES:
        resources[role] = {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": role,
                "Path": ROLE_PATH,
                "AssumeRolePolicyDocument": installation.trust(),
                "Policies": [{"PolicyName": role, "PolicyDocument": json.loads(installation.document(name))}],
            },
        }
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The roles of Access Desk in this account, and the boundary of the people it grants to.",
        "Resources": resources,
    }
    return json.dumps(template, indent=2) + "\n"


def terraform(installation: Installation) -> str:
    """Return the same as Terraform."""
    ceiling = {
        "name": f'"{CEILING_NAME}"',
        "path": f'"{CEILING_PATH}"',
        "policy": _text(installation.document("ceiling")),
    }
    blocks = [_block("aws_iam_policy", "ceiling", ceiling)]
    for name, role in _ROLES:
        trust = _text(json.dumps(installation.trust(), indent=2))
        blocks += [
            _block("aws_iam_role", name, {"name": f'"{role}"', "path": f'"{ROLE_PATH}"', "assume_role_policy": trust}),
            _block(
                "aws_iam_role_policy",
                name,
                {"name": f'"{role}"', "role": f"aws_iam_role.{name}.id", "policy": _text(installation.document(name))},
            ),
        ]
    return "\n".join(blocks)


def _block(kind: str, name: str, arguments: dict[str, str]) -> str:
    width = max(map(len, arguments))
    lines = [f"  {argument:{width}} = {expression}" for argument, expression in arguments.items()]
    return "\n".join([f'resource "{kind}" "{name}" {{', *lines, "}", ""])


def _text(text: str) -> str:
    # Terraform would read these two as the beginning of an expression of its own.
    literal = text.strip().replace("${", "$${").replace("%{", "%%{")
    return f"<<JSON\n{literal}\nJSON"
