"""Filling a freshly started sandbox with the world, and handing out the keys of its IAM users."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, Literal
from urllib.parse import urlsplit

from botocore.config import Config

from troubleshoot.aws.policies import CEILING_NAME, CEILING_PATH, shipped_policy
from troubleshoot.aws.sandbox import world
from troubleshoot.aws.sessions import new_session


@dataclass(frozen=True, slots=True)
class Key:
    """An access key of one of the sandbox's IAM users."""

    user: str
    id: str
    secret: str
    active: bool


def seed(endpoint_url: str) -> tuple[Key, ...]:
    """Fill the sandbox, switch its enforcement on, and return the access keys of its users."""
    with unguarded(endpoint_url):
        iam = client("iam", endpoint_url)
        _make_ceiling(iam)
        for group in world.GROUPS:
            _make_group(iam, group)
        keys = tuple(key for user in (*world.PEOPLE, *world.PORTAL_USERS) for key in _make_user(iam, user))
        for role in (*world.ROLES, *_portal_roles()):
            _make_role(iam, role)
        _make_organization(endpoint_url)
        _make_data(endpoint_url)
    return keys


def reseed(endpoint_url: str) -> tuple[Key, ...]:
    """Empty the sandbox and fill it anew. The keys change."""
    _post(endpoint_url, "/moto-api/reset", "")
    return seed(endpoint_url)


@contextmanager
def unguarded(endpoint_url: str) -> Iterator[None]:
    """Switch the sandbox's enforcement off inside, and on afterwards."""
    _post(endpoint_url, "/moto-api/reset-auth", "inf")
    try:
        yield
    finally:
        _post(endpoint_url, "/moto-api/reset-auth", "0")


def client(service: str, endpoint_url: str, **credentials: Any) -> Any:
    """Return a client that may do anything while enforcement is off, or one with the given credentials."""
    keys = credentials or {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
    return new_session().create_client(
        service,
        region_name=world.REGION,
        endpoint_url=endpoint_url,
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}, proxies={}),
        **keys,
    )


def widened(text: str) -> str:
    """Return a copy of a policy whose Allow statements hold for `*`, without conditions.

    moto checks most calls against the resource `*` and knows no conditions, so that it would refuse what the
    shipped policy allows. The recorded calls are judged against the shipped policy by the portal's own engine.
    """
    document = json.loads(text)
    for statement in document["Statement"]:
        if statement["Effect"] == "Allow":
            statement["Resource"] = "*"
            statement.pop("Condition", None)
    return json.dumps(document)


def _post(endpoint_url: str, path: str, body: str) -> None:
    # Without a proxy, whatever the environment says: the sandbox is on this machine.
    address = urlsplit(endpoint_url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=10)
    try:
        connection.request("POST", path, body.encode(), {"Content-Type": "text/plain"})
        connection.getresponse().read()
    finally:
        connection.close()


def _make_ceiling(iam: Any) -> None:
    text = shipped_policy("ceiling", account_id=world.ACCOUNT, people_path=world.PEOPLE_PATH)
    iam.create_policy(PolicyName=CEILING_NAME, Path=CEILING_PATH, PolicyDocument=text)


def _make_group(iam: Any, group: world.GroupSeed) -> None:
    iam.create_group(GroupName=group.name)
    name, document = group.managed
    created = iam.create_policy(PolicyName=name, PolicyDocument=_text(document))
    iam.attach_group_policy(GroupName=group.name, PolicyArn=created["Policy"]["Arn"])
    for inline, text in group.inline.items():
        iam.put_group_policy(GroupName=group.name, PolicyName=inline, PolicyDocument=_text(text))


def _make_user(iam: Any, user: world.UserSeed) -> list[Key]:
    iam.create_user(UserName=user.name, Tags=[{"Key": key, "Value": value} for key, value in user.tags.items()])
    if user.ceiling:
        iam.put_user_permissions_boundary(UserName=user.name, PermissionsBoundary=world.CEILING_ARN)
    for group in user.groups:
        iam.add_user_to_group(UserName=user.name, GroupName=group)
    for name, document in user.inline.items():
        iam.put_user_policy(UserName=user.name, PolicyName=name, PolicyDocument=_text(document))
    return [_make_key(iam, user.name, active=active) for active in user.keys]


def _make_key(iam: Any, user: str, *, active: bool) -> Key:
    made = iam.create_access_key(UserName=user)["AccessKey"]
    if not active:
        iam.update_access_key(UserName=user, AccessKeyId=made["AccessKeyId"], Status="Inactive")
    return Key(user, made["AccessKeyId"], made["SecretAccessKey"], active)


def _make_role(iam: Any, role: world.RoleSeed) -> None:
    boundary = {"PermissionsBoundary": world.CEILING_ARN} if role.ceiling else {}
    iam.create_role(
        RoleName=role.name,
        Path=role.path,
        AssumeRolePolicyDocument=_text(role.trust),
        Description=role.description,
        **boundary,
    )
    for name, document in role.inline.items():
        iam.put_role_policy(RoleName=role.name, PolicyName=name, PolicyDocument=_text(document))


def _portal_roles() -> tuple[world.RoleSeed, ...]:
    return (_portal_role("reader", "portal", "portal-worker"), _portal_role("writer", "portal-worker"))


def _portal_role(name: Literal["reader", "writer"], *users: str) -> world.RoleSeed:
    shipped = shipped_policy(name, account_id=world.ACCOUNT, people_path=world.PEOPLE_PATH)
    return world.RoleSeed(
        "/portal/",
        f"AccessDesk{name.title()}",
        world.trust(
            {"AWS": [f"arn:aws:iam::{world.ACCOUNT}:user/{user}" for user in users]},
            Condition={"StringEquals": {"sts:ExternalId": world.EXTERNAL_ID}},
        ),
        {"Portal": json.loads(widened(shipped))},
        description=f"The {name} role of Access Desk.",
    )


def _make_organization(endpoint_url: str) -> None:
    organizations = client("organizations", endpoint_url, **_management_keys(endpoint_url))
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        organizations.enable_policy_type(RootId=root, PolicyType=kind)
    unit = organizations.create_organizational_unit(ParentId=root, Name=world.UNIT_NAME)["OrganizationalUnit"]["Id"]
    organizations.create_account(AccountName=world.ACCOUNT_NAME, Email="retail@example.com")
    organizations.move_account(AccountId=world.ACCOUNT, SourceParentId=root, DestinationParentId=unit)
    for control in world.CONTROL_POLICIES:
        made = organizations.create_policy(
            Name=control.name,
            Description=control.description,
            Content=_text(control.document),
            Type="SERVICE_CONTROL_POLICY",
        )
        organizations.attach_policy(
            PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=unit if control.on_unit else root
        )


def _management_keys(endpoint_url: str) -> dict[str, str]:
    """Return credentials of the management account: moto takes a session's account from the role that is assumed."""
    sts = client("sts", endpoint_url)
    role = f"arn:aws:iam::{world.MANAGEMENT_ACCOUNT}:role/Founder"
    keys = sts.assume_role(RoleArn=role, RoleSessionName="seed")["Credentials"]
    return {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
    }


def _make_data(endpoint_url: str) -> None:
    s3 = client("s3", endpoint_url)
    s3.create_bucket(Bucket=world.DATA_BUCKET)
    s3.put_bucket_policy(Bucket=world.DATA_BUCKET, Policy=_text(world.BUCKET_POLICY))
    schema = {"type": "record", "name": "Interactions", "namespace": "retail", "fields": [], "version": "1.0"}
    client("personalize", endpoint_url).create_schema(name="retail-interactions", schema=json.dumps(schema))


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2)
