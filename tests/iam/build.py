"""Short ways to say cases: statements, documents, whole cases, and what becomes of them."""

import json

from troubleshoot.iam import Decision, Outcome, decide, evaluate
from troubleshoot.iam.case import Case, read_case

ACCOUNT, OTHER = "123456789012", "999988887777"
USER = f"arn:aws:iam::{ACCOUNT}:user/mateojackson"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Builder"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Builder/mateo"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
STRANGER = f"arn:aws:iam::{OTHER}:user/charlie"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234"
CAMPAIGN = f"arn:aws:personalize:us-east-1:{ACCOUNT}:campaign/sales"
OBJECT = "arn:aws:s3:::bucket/key"


def allow(action="*", resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action="*", resource="*", **more):
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def doc(*statements, version="2012-10-17"):
    return {**({"Version": version} if version else {}), "Statement": list(statements)}


def when(operator, key, *values):
    """A statement's condition; one value stands alone, several as a list."""
    return {"Condition": {operator: {key: values[0] if len(values) == 1 else list(values)}}}


EVERYTHING = doc(allow())
NOTHING = doc()


def case(
    *,
    principal=USER,
    action="s3:GetObject",
    arn=OBJECT,
    context=None,
    account=None,
    unknown_keys=(),
    unknown_layers=(),
    wildcard_only=False,
    **policies,
) -> Case:
    """A case about `arn`. `identity` may be a list of statements or documents; the layers are named as in a case."""
    given = policies.pop("identity", [])
    identity = [one if "Statement" in one else doc(one) for one in given]
    data = {
        "id": "case",
        "principal": principal,
        "action": action,
        "resource": arn,
        "context": context or {},
        "wildcard_only": wildcard_only,
        "unknown_keys": list(unknown_keys),
        "unknown_layers": list(unknown_layers),
        "policies": {"identity": identity, **policies},
    }
    if account:
        data["resource_account"] = account
    return read_case(json.dumps(data))


def explained(**given) -> Decision:
    """The decision with its reasons; the engine without reasons must agree."""
    made = case(**given)
    decision = evaluate(made.request, made.policies)
    assert decide(made.request, made.policies) is decision.outcome
    return decision


def outcome(**given) -> str:
    return str(explained(**given).outcome)


ALLOWED, IMPLICIT, EXPLICIT, DEPENDS = map(str, Outcome)
