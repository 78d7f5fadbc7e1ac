"""The role that Personalize itself uses, with what it needs at the bucket and at the key.

Sources: https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html,
https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html and
https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html
"""

from dataclasses import dataclass
from typing import Any

from troubleshoot.remedy.documents.plan import (
    PERSONALIZE,
    BucketPolicy,
    Entity,
    EntityKind,
    Kind,
    Paper,
    Place,
    document,
)

ROLE_NAME = "PersonalizeService"
ROLE_PATH = "/personalize/"
_READS = ["s3:GetObject"]
_WRITES = ["s3:GetObject", "s3:PutObject"]
_KEY_OF_ROLE = ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:ListGrants"]
KEY_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant", "kms:ListGrants")
"""What a key's policy must allow to Personalize and to the role."""
KEY_ACTIONS_OF_EXPORTS = ("kms:GenerateDataKeyWithoutPlaintext",)
"""What comes on top where data is exported."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What the service role must reach. `bucket_account` is the owner's where it is another account."""

    bucket: str
    writes: bool = False
    key: str = ""
    metrics: bool = False
    bucket_account: str = ""


def trust(place: Place) -> dict[str, Any]:
    """Return the trust policy for Personalize, guarded against other accounts' use of it."""
    arn = f"arn:{place.partition}:personalize:{place.region}:{place.account}:*"
    return document(
        {
            "Sid": "PersonalizeOnlyForThisAccount",
            "Effect": "Allow",
            "Principal": {"Service": PERSONALIZE},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": place.account}, "ArnLike": {"aws:SourceArn": arn}},
        }
    )


def permissions(place: Place, needs: Needs) -> dict[str, Any]:
    """Return what the role may do with the bucket, the key and the metrics."""
    bucket = f"arn:{place.partition}:s3:::{needs.bucket}"
    statements: list[dict[str, Any]] = [
        {"Sid": "ListData", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket},
        {"Sid": "Data", "Effect": "Allow", "Action": _WRITES if needs.writes else _READS, "Resource": f"{bucket}/*"},
    ]
    if needs.key:
        statements.append({"Sid": "Key", "Effect": "Allow", "Action": _KEY_OF_ROLE, "Resource": needs.key})
    if needs.metrics:
        statements.append({"Sid": "Metrics", "Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*"})
    return document(*statements)


def bucket_policy(place: Place, needs: Needs, *, role: str = "") -> dict[str, Any]:
    """Return the statements that let Personalize into the bucket; with `role`, that role of another account too."""
    bucket = f"arn:{place.partition}:s3:::{needs.bucket}"
    objects = _WRITES if needs.writes else _READS
    guard = {"StringEquals": {"aws:SourceAccount": place.account}}
    service = {"Service": PERSONALIZE}
    statements: list[dict[str, Any]] = [
        _bucket("PersonalizeList", service, "s3:ListBucket", bucket, guard),
        _bucket("PersonalizeObjects", service, objects, f"{bucket}/*", guard),
    ]
    if role:
        statements += [
            _bucket("ServiceRoleList", {"AWS": role}, "s3:ListBucket", bucket, None),
            _bucket("ServiceRoleObjects", {"AWS": role}, objects, f"{bucket}/*", None),
        ]
    return document(*statements)


def _bucket(sid: str, principal: Any, action: Any, resource: str, condition: Any) -> dict[str, Any]:
    statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


def key_policy(role: str) -> dict[str, Any]:
    """Return the statement for the key's policy. In a key policy `*` means the key itself."""
    return document(
        {
            "Sid": "AllowPersonalize",
            "Effect": "Allow",
            "Principal": {"AWS": role, "Service": PERSONALIZE},
            "Action": [*KEY_ACTIONS, *KEY_ACTIONS_OF_EXPORTS],
            "Resource": "*",
        }
    )


def service_role(place: Place, needs: Needs) -> tuple[Entity, BucketPolicy, Paper | None]:
    """Return the role, the bucket's statements, and the key's statement where a key is used."""
    trusts = Paper("service-trust", "Trust policy of the service role", Kind.TRUST, trust(place), "the service role")
    allows = Paper(
        "service-permissions",
        "Permissions of the service role",
        Kind.PERMISSIONS,
        permissions(place, needs),
        "the service role",
    )
    entity = Entity(EntityKind.ROLE, ROLE_NAME, (allows,), trusts, ROLE_PATH)
    foreign = entity.arn(place) if needs.bucket_account not in ("", place.account) else ""
    owner = f"the bucket {needs.bucket}" + (f", in account {needs.bucket_account}" if foreign else "")
    statements = Paper(
        "bucket-policy",
        "Statements for the bucket policy",
        Kind.BUCKET,
        bucket_policy(place, needs, role=foreign),
        owner,
    )
    key = None
    if needs.key:
        words = "the key’s policy, beside the statements that are there"
        key = Paper("key-policy", "Statement for the key policy", Kind.KEY, key_policy(entity.arn(place)), words)
    return entity, BucketPolicy(needs.bucket, statements), key
