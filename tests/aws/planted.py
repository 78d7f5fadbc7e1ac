"""Accounts with one planted cause each: noise on every layer, everything else allows, and one statement stops the call.

Each place is filled in every way that a statement can miss or deny, so that no layer and no element is left out.
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from troubleshoot.iam import Effect, Layer, Request, request_context
from troubleshoot.iam.snapshot import OrganizationLevel, PolicyKind, Snapshot, StoredPolicy

ACCOUNT = "123456789012"
REGION = "us-east-1"
SERVICE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/Retail"
PERSONALIZE = "personalize.amazonaws.com"
CALLS = (
    ("personalize:DescribeDataset", f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset/retail/ITEMS"),
    ("personalize:DescribeCampaign", f"arn:aws:personalize:{REGION}:{ACCOUNT}:campaign/retail-home"),
    ("personalize:UpdateFilter", f"arn:aws:personalize:{REGION}:{ACCOUNT}:filter/retail-adults"),
    ("personalize:DeleteSolution", f"arn:aws:personalize:{REGION}:{ACCOUNT}:solution/retail-2026"),
)
_OTHERS = ("sagemaker", "dynamodb", "lambda", "logs", "sqs", "sns", "glue")

Item = dict[str, Any]


@dataclass(frozen=True)
class Cause:
    """How a statement stops a call: what it says, and whether it denies or fails to allow."""

    name: str
    statement: Callable[[Request], Item]
    denies: bool = False
    version: str = "2012-10-17"


@dataclass
class Planted:
    """One account: what a reader would find, the call, and the statement that stops it."""

    name: str
    call: Request
    layer: Layer
    effect: Effect
    policy: str
    index: int
    snapshot: Snapshot
    level: int | None = None

    def __str__(self) -> str:
        return self.name


def allow(**values: Any) -> Item:
    return {"Effect": "Allow", **values}


def deny(**values: Any) -> Item:
    return {"Effect": "Deny", **values}


def elsewhere(resource: str) -> str:
    return resource.replace("retail", "sales")


WRONG_REGION = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
NO_REGION = {"Null": {"aws:RequestedRegion": "true"}}
OTHER_REGION_ONLY = {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}

MISSES = (
    Cause("wrong resource", lambda call: allow(Action=call.action, Resource=elsewhere(call.resource))),
    Cause("wrong condition", lambda call: allow(Action=call.action, Resource=call.resource, Condition=WRONG_REGION)),
    Cause("NotAction", lambda call: allow(NotAction=[call.action, "s3:*"], Resource=call.resource)),
    Cause("NotResource", lambda call: allow(Action=call.action, NotResource=call.resource)),
    Cause(
        "variable",
        lambda call: allow(Action=call.action, Resource=call.resource.replace("retail", "${aws:PrincipalType}-x")),
    ),
    Cause(
        "variable in an old version",
        lambda call: allow(Action=call.action, Resource=call.resource.replace(ACCOUNT, "${aws:PrincipalAccount}")),
        version="2008-10-17",
    ),
    Cause("wrong account", lambda call: allow(Action=call.action, Resource=call.resource.replace(ACCOUNT, "9" * 12))),
    Cause(
        "null condition",
        lambda call: allow(Action=call.action, Resource="*", Condition={"Null": {"aws:RequestedRegion": "true"}}),
    ),
)
DENIES = (
    Cause("deny", lambda call: deny(Action=call.action, Resource="*"), denies=True),
    Cause("deny by NotAction", lambda call: deny(NotAction="s3:*", Resource=call.resource), denies=True),
    Cause("deny by NotResource", lambda _: deny(Action="*", NotResource="arn:aws:s3:::*"), denies=True),
    Cause(
        "deny by condition",
        lambda _: deny(Action="personalize:*", Resource="*", Condition=OTHER_REGION_ONLY),
        denies=True,
    ),
)


def accounts() -> Iterator[Planted]:
    """Yield the hundred accounts, always the same."""
    chance = random.Random(5)  # noqa: S311 - the same accounts every time
    for place in ("inline", "managed", "group inline", "group managed"):
        yield from (_identity(chance, cause, place) for cause in (*MISSES, *DENIES))
    yield from (_boundary(chance, cause) for cause in (*MISSES, *DENIES))
    for level in range(3):
        yield from (_control(chance, "scps", level, cause) for cause in (*MISSES[:4], *DENIES[:3]))
    yield from (_control(chance, "rcps", level, DENIES[0]) for level in range(3))
    yield from (_session(chance, cause) for cause in (MISSES[0], MISSES[1], DENIES[0]))
    yield from (_pass_role(chance, name) for name in PASSING)
    yield from (_trust(chance, name) for name in TRUSTING)
    yield _bucket(chance)
    yield from (_key(chance, name) for name in KEYS)


# Building blocks


def _call(chance: random.Random, *, principal: str = f"arn:aws:iam::{ACCOUNT}:user/mateojackson") -> Request:
    action, resource = chance.choice(CALLS)
    context = {**request_context(principal), "aws:RequestedRegion": REGION}
    return Request(principal, action, resource, resource_account=ACCOUNT, context=context)


def text(statements: list[Item], version: str = "2012-10-17") -> str:
    return json.dumps({"Version": version, "Statement": statements}, indent=2)


def _noise(chance: random.Random, number: int) -> Item:
    service = chance.choice(_OTHERS)
    resource = f"arn:aws:{service}:{REGION}:{ACCOUNT}:thing/{chance.randrange(1000)}"
    effect = "Allow" if chance.random() < 0.8 else "Deny"
    return {"Sid": f"Noise{number}", "Effect": effect, "Action": f"{service}:Get*", "Resource": resource}


def _with_noise(chance: random.Random, statement: Item, version: str = "2012-10-17") -> tuple[str, int]:
    """Return a document that holds the statement among others, and its place."""
    statements = [_noise(chance, number) for number in range(chance.randrange(6))]
    index = chance.randrange(len(statements) + 1)
    statements.insert(index, {"Sid": "Planted", **statement})
    return text(statements, version), index


def _stored(kind: PolicyKind, name: str, document: str, holder: str) -> StoredPolicy:
    managed = kind in ("managed", "boundary")
    return StoredPolicy(kind, name, document, holder, f"arn:aws:iam::{ACCOUNT}:policy/{name}" if managed else None)


def _noise_policies(chance: random.Random, holder: str) -> list[StoredPolicy]:
    return [
        _stored("inline", f"Noise{number}", text([_noise(chance, n) for n in range(4)]), holder)
        for number in range(chance.randrange(1, 6))
    ]


def _open_levels() -> tuple[OrganizationLevel, ...]:
    full = text([allow(Action="*", Resource="*")])
    names = (("r-1", "Root"), ("ou-1", "Retail"), (ACCOUNT, "Retail Personalize"))
    return tuple(
        OrganizationLevel(node, name, (StoredPolicy("scp", "FullAWSAccess", full, node),)) for node, name in names
    )


def _open(chance: random.Random, call: Request) -> Snapshot:
    """Return a snapshot in which everything allows the call."""
    granting = _stored("inline", "Granting", text([allow(Action=call.action, Resource=call.resource)]), call.principal)
    return Snapshot(
        account=ACCOUNT,
        principal=call.principal,
        read_at="2026-11-22T12:00:00+00:00",
        identity=(*_noise_policies(chance, call.principal), granting),
        scps=_open_levels(),
        vpc_endpoint=None,
    )


def _effect(cause: Cause) -> Effect:
    return Effect.EXPLICIT if cause.denies else Effect.IMPLICIT


def _identity(chance: random.Random, cause: Cause, place: str) -> Planted:
    call = _call(chance)
    document, index = _with_noise(chance, cause.statement(call), cause.version)
    kind: PolicyKind = "managed" if place.endswith("managed") else "inline"
    holder = f"arn:aws:iam::{ACCOUNT}:group/builders" if place.startswith("group") else call.principal
    planted = _stored(kind, "Planted", document, holder)
    snapshot = _open(chance, call)
    assert isinstance(snapshot.identity, tuple)
    others = snapshot.identity if cause.denies else snapshot.identity[:-1]
    policies = [*others, planted]
    chance.shuffle(policies)
    snapshot = replace(snapshot, identity=tuple(policies), groups=("builders",) if "group" in place else ())
    return Planted(
        f"identity, {place}: {cause.name}",
        call,
        Layer.IDENTITY,
        _effect(cause),
        "Planted",
        index,
        snapshot,
    )


def _boundary(chance: random.Random, cause: Cause) -> Planted:
    call = _call(chance)
    statement = cause.statement(call)
    document, index = _with_noise(chance, statement, cause.version)
    if cause.denies:
        document, index = text([allow(Action="*", Resource="*"), statement]), 1
    snapshot = replace(_open(chance, call), boundary=_stored("boundary", "Limit", document, call.principal))
    return Planted(f"boundary: {cause.name}", call, Layer.BOUNDARY, _effect(cause), "Limit", index, snapshot)


def _control(chance: random.Random, name: str, level: int, cause: Cause) -> Planted:
    call = _call(chance)
    statement = cause.statement(call)
    if name == "rcps":
        statement = {**statement, "Principal": "*"}
    document, index = _with_noise(chance, statement) if name == "scps" else (text([statement]), 0)
    levels = list(_open_levels())
    kind: PolicyKind = "scp" if name == "scps" else "rcp"
    planted = StoredPolicy(kind, "Planted", document, levels[level].target_id)
    others = levels[level].policies if cause.denies and name == "scps" else ()
    levels[level] = replace(levels[level], policies=(*others, planted))
    snapshot = _open(chance, call)
    if name == "rcps":
        levels = [replace(one, policies=(planted,) if at == level else ()) for at, one in enumerate(levels)]
        snapshot = replace(snapshot, rcps=tuple(levels))
    else:
        snapshot = replace(snapshot, scps=tuple(levels))
    layer = Layer(name)
    return Planted(
        f"{name}, level {level}: {cause.name}", call, layer, _effect(cause), "Planted", index, snapshot, level
    )


def _session(chance: random.Random, cause: Cause) -> Planted:
    call = _call(chance, principal=f"arn:aws:sts::{ACCOUNT}:assumed-role/Builder/mateo")
    statement = cause.statement(call)
    document, index = _with_noise(chance, statement)
    if cause.denies:
        document, index = text([allow(Action="*", Resource="*"), statement]), 1
    session = StoredPolicy("session", "Session", document, call.principal)
    snapshot = replace(_open(chance, call), session=session)
    return Planted(f"session: {cause.name}", call, Layer.SESSION, _effect(cause), "Session", index, snapshot)


_TO_PERSONALIZE = {"StringEquals": {"iam:PassedToService": PERSONALIZE}}
PASSING: dict[str, Item] = {
    "path": allow(Action="iam:PassRole", Resource=SERVICE_ROLE.replace("service-role/", ""), Condition=_TO_PERSONALIZE),
    "service": allow(
        Action="iam:PassRole",
        Resource=SERVICE_ROLE,
        Condition={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
    ),
    "role": allow(Action="iam:PassRole", Resource=SERVICE_ROLE.replace("Retail", "Sales"), Condition=_TO_PERSONALIZE),
    "tag": allow(
        Action="iam:PassRole", Resource=SERVICE_ROLE, Condition={"StringEquals": {"aws:ResourceTag/team": "retail"}}
    ),
}


def _pass_role(chance: random.Random, name: str) -> Planted:
    call = replace(_call(chance), action="iam:PassRole", resource=SERVICE_ROLE)
    call = replace(call, context={**call.context, "iam:PassedToService": PERSONALIZE})
    document, index = _with_noise(chance, PASSING[name])
    planted = _stored("inline", "Passing", document, call.principal)
    snapshot = replace(_open(chance, call), identity=(*_noise_policies(chance, call.principal), planted))
    return Planted(f"PassRole: {name}", call, Layer.IDENTITY, Effect.IMPLICIT, "Passing", index, snapshot)


def _assuming(**values: Any) -> Item:
    return allow(Action="sts:AssumeRole", **values)


MARY = f"arn:aws:iam::{ACCOUNT}:user/marymajor"
MATEO = f"arn:aws:iam::{ACCOUNT}:user/mateojackson"
TRUSTING: dict[str, Item] = {
    "somebody else": _assuming(Principal={"AWS": MARY}),
    "a service": _assuming(Principal={"Service": PERSONALIZE}),
    "another account": _assuming(Principal={"AWS": "arn:aws:iam::999999999999:root"}),
    "external ID": _assuming(Principal={"AWS": MATEO}, Condition={"StringEquals": {"sts:ExternalId": "42"}}),
    "deny": deny(Action="sts:AssumeRole", Principal={"AWS": MATEO}),
}


def _trust(chance: random.Random, name: str) -> Planted:
    statement = TRUSTING[name]
    denies = statement["Effect"] == "Deny"
    call = replace(_call(chance), action="sts:AssumeRole", resource=f"arn:aws:iam::{ACCOUNT}:role/Builder")
    others = [_assuming(Principal={"AWS": MATEO})] if denies else []
    document = text([*others, statement])
    trust = StoredPolicy("resource", "trust policy", document, call.resource)
    snapshot = replace(_open(chance, call), resource=trust)
    effect = Effect.EXPLICIT if denies else Effect.IMPLICIT
    return Planted(f"trust: {name}", call, Layer.RESOURCE, effect, "trust policy", len(others), snapshot)


def _bucket(chance: random.Random) -> Planted:
    call = replace(_call(chance), action="s3:GetObject", resource="arn:aws:s3:::retail-data/x")
    unencrypted = {"Bool": {"aws:SecureTransport": "false"}}
    statement = deny(Action="s3:*", Principal="*", Resource="arn:aws:s3:::retail-data/*", Condition=unencrypted)
    call = replace(call, context={**call.context, "aws:SecureTransport": "false"})
    policy = StoredPolicy("resource", "retail-data", text([statement]), "arn:aws:s3:::retail-data")
    snapshot = replace(_open(chance, call), resource=policy)
    return Planted("bucket: deny", call, Layer.RESOURCE, Effect.EXPLICIT, "retail-data", 0, snapshot)


OVER_S3 = {"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}
KEYS: dict[str, Item] = {
    "another role": allow(Action="kms:*", Principal={"AWS": SERVICE_ROLE}, Resource="*"),
    "condition": allow(Action="kms:*", Principal={"AWS": MATEO}, Resource="*", Condition=OVER_S3),
    "another account": allow(Action="kms:*", Principal={"AWS": "arn:aws:iam::999999999999:root"}, Resource="*"),
}


def _key(chance: random.Random, name: str) -> Planted:
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
    call = replace(_call(chance), action="kms:Decrypt", resource=key)
    policy = StoredPolicy("resource", "key policy", text([KEYS[name]]), key)
    snapshot = replace(_open(chance, call), resource=policy)
    return Planted(f"key policy: {name}", call, Layer.RESOURCE, Effect.IMPLICIT, "key policy", 0, snapshot)
