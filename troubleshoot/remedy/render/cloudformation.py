"""A plan as a CloudFormation template in JSON."""

import json
import re
from collections.abc import Iterator
from typing import Any

from troubleshoot.remedy.documents.plan import Entity, EntityKind, Paper, Plan

_TYPES = {EntityKind.ROLE: "AWS::IAM::Role", EntityKind.GROUP: "AWS::IAM::Group", EntityKind.USER: "AWS::IAM::User"}
_WORD = re.compile(r"[A-Za-z0-9]+")


def cloudformation(plan: Plan) -> str:
    """Return the template. A key's policy is not in it: CloudFormation would replace the whole of it."""
    template: dict[str, Any] = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Access to Amazon Personalize in account {plan.place.account}",
    }
    if any(entity.kind is EntityKind.PERMISSION_SET for entity in plan.entities):
        template["Parameters"] = {
            "InstanceArn": {"Type": "String", "Description": "The ARN of your IAM Identity Center instance"}
        }
    template["Resources"] = dict(_resources(plan))
    return json.dumps(template, indent=2)


def _resources(plan: Plan) -> Iterator[tuple[str, dict[str, Any]]]:
    for entity in plan.entities:
        name = logical(entity.name)
        if entity.kind is EntityKind.PERMISSION_SET:
            yield name, _permission_set(entity)
            continue
        yield name, {"Type": _TYPES[entity.kind], "Properties": dict(_properties(entity))}
        for paper in entity.permissions:
            yield f"{name}{logical(paper.name)}", _policy(entity, paper, name)
    for bucket in plan.buckets:
        properties = {"Bucket": bucket.bucket, "PolicyDocument": bucket.paper.policy}
        yield "DataBucketPolicy", {"Type": "AWS::S3::BucketPolicy", "Properties": properties}


def _properties(entity: Entity) -> Iterator[tuple[str, Any]]:
    yield f"{str(entity.kind).capitalize()}Name", entity.name
    if entity.path != "/":
        yield "Path", entity.path
    if entity.trust is not None:
        yield "AssumeRolePolicyDocument", entity.trust.policy
        yield "MaxSessionDuration", entity.session_seconds
    if entity.boundary:
        yield "PermissionsBoundary", entity.boundary


def _policy(entity: Entity, paper: Paper, holder: str) -> dict[str, Any]:
    properties: dict[str, Any] = {"ManagedPolicyName": f"{entity.name}-{paper.name}"}
    if entity.path != "/":
        properties["Path"] = entity.path
    properties["PolicyDocument"] = paper.policy
    properties[f"{str(entity.kind).capitalize()}s"] = [{"Ref": holder}]
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}


def _permission_set(entity: Entity) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "InstanceArn": {"Ref": "InstanceArn"},
        "Name": entity.name,
        "SessionDuration": f"PT{max(1, entity.session_seconds // 3600)}H",
    }
    for paper in entity.permissions:
        properties["InlinePolicy"] = paper.policy
    if entity.boundary:
        path, _, name = entity.boundary.partition(":policy")[2].rpartition("/")
        reference = {"CustomerManagedPolicyReference": {"Name": name, "Path": f"{path}/"}}
        properties["PermissionsBoundary"] = reference
    return {"Type": "AWS::SSO::PermissionSet", "Properties": properties}


def logical(name: str) -> str:
    """Return a name as a logical id: letters and digits only, never empty."""
    return "".join(word[:1].upper() + word[1:] for word in _WORD.findall(name)) or "Entity"
