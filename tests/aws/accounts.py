"""Generated AWS accounts of any size, in the form in which AWS lists them, always the same for the same numbers."""

import json
import random
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.aws.faulty import Wire
from tests.aws.wire import wire

ACCOUNT = "123456789012"
OPERATION = "GetAccountAuthorizationDetails"
_CREATED = 1_780_000_000
_SERVICES = ("s3", "dynamodb", "lambda", "logs", "sqs", "sns", "ec2", "glue", "athena", "sagemaker")
_VERBS = ("Get*", "List*", "Describe*", "Create*", "Update*", "Put*")

Item = dict[str, Any]


def arn(kind: str, name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"


@dataclass
class GeneratedAccount:
    """An account's details, by AWS's names of the lists."""

    lists: dict[str, list[Item]] = field(default_factory=dict)

    def pages(self, size: int) -> list[Wire]:
        """Return the answers of all pages, `size` entries each, as AWS sends them."""
        entries = [(name, item) for name, items in self.lists.items() for item in items]
        chunks = [entries[at : at + size] for at in range(0, len(entries), size)]
        return [_page(chunk, number, len(chunks)) for number, chunk in enumerate(chunks, 1)]


def generate(users: int, roles: int, policies: int, *, seed: int = 1) -> GeneratedAccount:
    """Return an account. `user-0` may assume `role-1` through a group, and `role-1` may assume `role-2`.

    Only `role-2` may call `personalize:ListSchemas`; one user in a thousand may everything.
    """
    chance = random.Random(seed)  # noqa: S311 - the same account every time
    pool = [_policy(f"policy-{number}", _document(chance, statements=6)) for number in range(policies)]
    names = [policy["Arn"] for policy in pool]
    groups = [_group(f"group-{number}", chance.sample(names, 3)) for number in range(max(2, users // 40))]
    groups[0]["GroupPolicyList"] = [_inline("Assume", _allow("sts:AssumeRole", arn("role", "role-1")))]
    people = [_user(number, chance, names, groups) for number in range(users)]
    people[0]["GroupList"] = [groups[0]["GroupName"]]
    return GeneratedAccount(
        {
            "UserDetailList": people,
            "GroupDetailList": groups,
            "RoleDetailList": [_role(number, chance, names) for number in range(roles)],
            "Policies": pool,
        }
    )


def text(statements: list[Item]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=1)


def _allow(action: str, resource: str = "*") -> str:
    return text([{"Effect": "Allow", "Action": action, "Resource": resource}])


def _document(chance: random.Random, statements: int) -> str:
    return text([_statement(chance, number) for number in range(statements)])


def _statement(chance: random.Random, number: int) -> Item:
    service = chance.choice(_SERVICES)
    return {
        "Sid": f"S{number}",
        "Effect": "Allow" if chance.random() < 0.9 else "Deny",
        "Action": [f"{service}:{verb}" for verb in chance.sample(_VERBS, 3)],
        "Resource": [f"arn:aws:{service}:us-east-1:{ACCOUNT}:thing/{chance.randrange(10_000)}/*" for _ in range(3)],
        "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}},
    }


def _inline(name: str, document: str) -> Item:
    return {"PolicyName": name, "PolicyDocument": quote(document)}


def _attached(arns: list[str]) -> list[Item]:
    return [{"PolicyName": one.rsplit("/", 1)[-1], "PolicyArn": one} for one in arns]


def _user(number: int, chance: random.Random, names: list[str], groups: list[Item]) -> Item:
    inline = [_inline("Own", _document(chance, statements=2))] if number % 4 == 0 else []
    if number % 1000 == 7:
        inline.append(_inline("Everything", _allow("*")))
    return {
        "Path": "/",
        "UserName": f"user-{number}",
        "UserId": f"AIDA{number}",
        "Arn": arn("user", f"user-{number}"),
        "CreateDate": _CREATED,
        "UserPolicyList": inline,
        "GroupList": [group["GroupName"] for group in chance.sample(groups[1:], min(2, len(groups) - 1))],
        "AttachedManagedPolicies": _attached(chance.sample(names, 2)),
        "Tags": [{"Key": "team", "Value": f"t{number % 20}"}],
    }


def _role(number: int, chance: random.Random, names: list[str]) -> Item:
    inline = {
        1: [_inline("Next", _allow("sts:AssumeRole", arn("role", "role-2")))],
        2: [_inline("Schemas", _allow("personalize:ListSchemas"))],
    }.get(number, [])
    return {
        "Path": "/",
        "RoleName": f"role-{number}",
        "RoleId": f"AROA{number}",
        "Arn": arn("role", f"role-{number}"),
        "CreateDate": _CREATED,
        "AssumeRolePolicyDocument": quote(_trust(number)),
        "RolePolicyList": inline,
        "AttachedManagedPolicies": _attached(chance.sample(names, 3)),
        "Tags": [],
    }


def _trust(number: int) -> str:
    trusted: Item = {"Service": f"{_SERVICES[number % len(_SERVICES)]}.amazonaws.com"}
    if number == 2:
        trusted = {"AWS": arn("role", "role-1")}
    elif number % 5 == 1:
        trusted = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    return text([{"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}])


def _group(name: str, arns: list[str]) -> Item:
    return {
        "Path": "/",
        "GroupName": name,
        "GroupId": name,
        "Arn": arn("group", name),
        "CreateDate": _CREATED,
        "GroupPolicyList": [],
        "AttachedManagedPolicies": _attached(arns),
    }


def _policy(name: str, document: str) -> Item:
    versions = [
        {"Document": quote(document), "VersionId": "v2", "IsDefaultVersion": True, "CreateDate": _CREATED},
        {"Document": quote(_allow("old:*")), "VersionId": "v1", "IsDefaultVersion": False, "CreateDate": _CREATED},
    ]
    return {
        "PolicyName": name,
        "PolicyId": name,
        "Arn": arn("policy", name),
        "Path": "/",
        "DefaultVersionId": "v2",
        "PolicyVersionList": versions,
    }


def _page(chunk: list[tuple[str, Item]], number: int, of: int) -> Wire:
    lists: dict[str, Any] = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    for name, item in chunk:
        lists[name].append(item)
    more = {"IsTruncated": True, "Marker": f"page-{number}"} if number < of else {"IsTruncated": False}
    return wire("iam", OPERATION, {**lists, **more})
