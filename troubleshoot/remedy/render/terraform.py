"""A plan as Terraform configuration for the AWS provider."""

import json
import re
from collections.abc import Iterator

from troubleshoot.remedy.documents.plan import Entity, EntityKind, Paper, Place, Plan

_NOT_WORD = re.compile(r"[^a-z0-9]+")


def terraform(plan: Plan) -> str:
    """Return the configuration. A key's policy is not in it: Terraform would replace the whole of it."""
    blocks: list[str] = []
    for entity in plan.entities:
        maker = _permission_set if entity.kind is EntityKind.PERMISSION_SET else _entity
        blocks += maker(plan.place, entity)
    for bucket in plan.buckets:
        blocks.append(_block("aws_s3_bucket_policy", "data", bucket=_text(bucket.bucket), policy=_policy(bucket.paper)))
    return "\n\n".join([*blocks, ""])


def _entity(_place: Place, entity: Entity) -> Iterator[str]:
    kind, label = f"aws_iam_{entity.kind}", identifier(entity.name)
    values = {"name": _text(entity.name)}
    if entity.path != "/":
        values["path"] = _text(entity.path)
    if entity.trust is not None:
        values["assume_role_policy"] = _policy(entity.trust)
        values["max_session_duration"] = str(entity.session_seconds)
    if entity.boundary:
        values["permissions_boundary"] = _text(entity.boundary)
    yield _block(kind, label, **values)
    for paper in entity.permissions:
        policy = f"{label}_{identifier(paper.name)}"
        path = {} if entity.path == "/" else {"path": _text(entity.path)}
        yield _block("aws_iam_policy", policy, name=_text(f"{entity.name}-{paper.name}"), **path, policy=_policy(paper))
        holder = {str(entity.kind): f"{kind}.{label}.name"}
        yield _block(f"{kind}_policy_attachment", policy, **holder, policy_arn=f"aws_iam_policy.{policy}.arn")


def _permission_set(_place: Place, entity: Entity) -> Iterator[str]:
    label = identifier(entity.name)
    instance = "tolist(data.aws_ssoadmin_instances.this.arns)[0]"
    yield 'data "aws_ssoadmin_instances" "this" {}'
    duration = _text(f"PT{max(1, entity.session_seconds // 3600)}H")
    yield _block(
        "aws_ssoadmin_permission_set", label, name=_text(entity.name), instance_arn=instance, session_duration=duration
    )
    own = f"aws_ssoadmin_permission_set.{label}"
    for paper in entity.permissions:
        yield _block(
            "aws_ssoadmin_permission_set_inline_policy",
            label,
            instance_arn=instance,
            permission_set_arn=f"{own}.arn",
            inline_policy=_policy(paper),
        )
    if entity.boundary:
        yield _boundary(entity.boundary, label, instance, own)


def _boundary(arn: str, label: str, instance: str, own: str) -> str:
    path, _, name = arn.partition(":policy")[2].rpartition("/")
    return (
        f'resource "aws_ssoadmin_permissions_boundary_attachment" "{label}" {{\n'
        f"  instance_arn       = {instance}\n"
        f"  permission_set_arn = {own}.arn\n"
        "  permissions_boundary {\n"
        "    customer_managed_policy_reference {\n"
        f"      name = {_text(name)}\n"
        f"      path = {_text(f'{path}/')}\n"
        "    }\n  }\n}"
    )


def _block(kind: str, label: str, **values: str) -> str:
    width = max(map(len, values))
    lines = [f"  {name.ljust(width)} = {value}" for name, value in values.items()]
    return "\n".join([f'resource "{kind}" "{label}" {{', *lines, "}"])


def _policy(paper: Paper) -> str:
    # A here-document is a template: `${` and `%{` begin Terraform's own expressions.
    text = paper.text.replace("${", "$${").replace("%{", "%%{")
    return f"<<POLICY\n{text}\nPOLICY"


def _text(value: str) -> str:
    return json.dumps(value).replace("${", "$${").replace("%{", "%%{")


def identifier(name: str) -> str:
    """Return a name as a Terraform identifier: small letters, digits and `_`, beginning with a letter."""
    plain = _NOT_WORD.sub("_", name.lower()).strip("_")
    return plain if plain[:1].isalpha() else f"entity_{plain}".rstrip("_")
