"""A plan as AWS CLI commands for a POSIX shell. Every value is quoted; documents come from here-documents."""

import json
import shlex
from collections.abc import Iterator

from troubleshoot.remedy.documents.plan import Entity, EntityKind, Paper, Place, Plan

_END = "ACCESS_DESK_DOCUMENT"


def shell(plan: Plan) -> str:
    """Return the commands, in the order in which they are run. Each document is written to a file first."""
    lines = ["set -eu", f"# Run this with credentials of account {plan.place.account}."]
    for entity in plan.entities:
        lines += ["", *_entity(plan.place, entity)]
    for bucket in plan.buckets:
        lines += [
            "",
            "# This replaces the whole bucket policy. Add the statements that are there already to the file first.",
            *_file(bucket.paper),
            _command("s3api", "put-bucket-policy", bucket=bucket.bucket, policy=f"file://{bucket.paper.name}.json"),
        ]
    if plan.key is not None:
        lines += [
            "",
            "# Add the statement of this file to the key's policy by hand: a key policy is replaced as a whole.",
        ]
        lines += _file(plan.key)
    return "\n".join([*lines, ""])


def _entity(place: Place, entity: Entity) -> Iterator[str]:
    if entity.kind is EntityKind.PERMISSION_SET:
        yield from _permission_set(entity)
        return
    if entity.trust is not None:
        yield from _file(entity.trust)
    yield _create(entity)
    for paper in entity.permissions:
        name = f"{entity.name}-{paper.name}"
        arn = f"arn:{place.partition}:iam::{place.account}:policy{entity.path}{name}"
        yield from _file(paper)
        path = {} if entity.path == "/" else {"path": entity.path}
        yield _command("iam", "create-policy", policy_name=name, **path, policy_document=f"file://{paper.name}.json")
        yield _command("iam", f"attach-{entity.kind}-policy", **{f"{entity.kind}_name": entity.name}, policy_arn=arn)


def _create(entity: Entity) -> str:
    options = {f"{entity.kind}_name": entity.name}
    if entity.path != "/":
        options["path"] = entity.path
    if entity.trust is not None:
        options["assume_role_policy_document"] = f"file://{entity.trust.name}.json"
        options["max_session_duration"] = str(entity.session_seconds)
    if entity.boundary:
        options["permissions_boundary"] = entity.boundary
    return _command("iam", f"create-{entity.kind}", **options)


def _permission_set(entity: Entity) -> Iterator[str]:
    yield "# These two values are those of your own IAM Identity Center."
    yield 'INSTANCE_ARN="$(aws sso-admin list-instances --query "Instances[0].InstanceArn" --output text)"'
    hours = max(1, entity.session_seconds // 3600)
    yield (
        f'PERMISSION_SET_ARN="$(aws sso-admin create-permission-set --instance-arn "$INSTANCE_ARN" '
        f"--name {shlex.quote(entity.name)} --session-duration PT{hours}H "
        '--query "PermissionSet.PermissionSetArn" --output text)"'
    )
    for paper in entity.permissions:
        yield from _file(paper)
        yield (
            'aws sso-admin put-inline-policy-to-permission-set --instance-arn "$INSTANCE_ARN" '
            f'--permission-set-arn "$PERMISSION_SET_ARN" --inline-policy file://{paper.name}.json'
        )
    if entity.boundary:
        reference = json.dumps({"CustomerManagedPolicyReference": _reference(entity.boundary)})
        yield (
            'aws sso-admin put-permissions-boundary-to-permission-set --instance-arn "$INSTANCE_ARN" '
            f'--permission-set-arn "$PERMISSION_SET_ARN" --permissions-boundary {shlex.quote(reference)}'
        )


def _reference(arn: str) -> dict[str, str]:
    path, _, name = arn.partition(":policy")[2].rpartition("/")
    return {"Name": name, "Path": f"{path}/"}


def _file(paper: Paper) -> tuple[str, ...]:
    return (f"cat > {paper.name}.json <<'{_END}'", paper.text, _END)


def _command(service: str, operation: str, **options: str) -> str:
    parts = [f"--{name.replace('_', '-')} {shlex.quote(value)}" for name, value in options.items()]
    return " ".join(["aws", service, operation, *parts])
