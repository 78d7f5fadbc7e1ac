"""The doctor of a passed role: each link is fine, broken or not known, and only for those who may look."""

import json
from typing import Any

import pytest

from troubleshoot.access import accounts
from troubleshoot.access.doctor import Chain, Health, Leg, examine
from troubleshoot.aws.facts import RoleFacts
from troubleshoot.iam.snapshot import Missing, Snapshot, StoredPolicy
from troubleshoot.models import Account, Mode, Person
from troubleshoot.remedy.documents import service_role
from troubleshoot.remedy.documents.plan import Place

pytestmark = pytest.mark.django_db

ACCOUNT = "123456789012"
PLACE = Place(ACCOUNT, "us-east-1")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/Personalize"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
PASS = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE}
DATA = {"Effect": "Allow", "Action": ["s3:*", "kms:*"], "Resource": "*"}
TRUST = {"Effect": "Allow", "Principal": {"Service": "personalize.amazonaws.com"}, "Action": "sts:AssumeRole"}
CHAIN = Chain(f"arn:aws:iam::{ACCOUNT}:user/marymajor", ROLE, "data", key=KEY, writes=True)
NEEDS = service_role.Needs("data", writes=True)
BUCKET = service_role.bucket_policy(PLACE, NEEDS)
KEY_POLICY = service_role.key_policy(ROLE)
WHOLE = service_role.trust(PLACE)["Statement"][0]


def document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _stored(policy: Any, resource: str) -> StoredPolicy | Missing | None:
    if policy is None or isinstance(policy, Missing):
        return policy
    return StoredPolicy("resource", "r", policy if isinstance(policy, str) else json.dumps(policy), resource)


class Reader:
    """A reader of an account: everybody in it holds the same statements; the resources have these policies."""

    def __init__(
        self, *statements: Any, trust: Any = WHOLE, bucket: Any = BUCKET, key: Any = KEY_POLICY, **pieces: Any
    ) -> None:
        self.statements, self.trust, self.pieces = statements, trust, pieces
        self.resources = {"s3": bucket, "kms": key}

    def snapshot(self, principal_arn: str, *, action: str, resource: str) -> Snapshot:
        policy = StoredPolicy("inline", "p", json.dumps(document(*self.statements)), principal_arn)
        stored = _stored(self.resources.get(action.partition(":")[0]), resource)
        return Snapshot(
            ACCOUNT, principal_arn, "2026-11-22T00:00:00+00:00", identity=(policy,), resource=stored, **self.pieces
        )

    def role(self, role_arn: str) -> RoleFacts | Missing | None:
        if self.trust is None or isinstance(self.trust, Missing):
            return self.trust
        return RoleFacts(role_arn, "Personalize", "/service-role/", json.dumps(document(self.trust)))


@pytest.fixture
def legs(monkeypatch: Any, account: Account) -> Any:
    """Return the links by their code, as the viewer sees them, in an account that the portal reads."""

    def seen(viewer: Person | None, reader: Any, chain: Chain = CHAIN) -> dict[str, Leg]:
        monkeypatch.setattr(accounts, "reader", lambda _account, **_: reader)
        Account.objects.update(mode=Mode.READ)
        return {leg.code: leg for leg in examine(chain, viewer=viewer)}

    return seen


def test_a_whole_chain_is_fine_in_every_link(legs: Any, otto: Person) -> None:
    found = legs(otto, Reader(PASS, DATA))
    assert {code: leg.health for code, leg in found.items()} == dict.fromkeys(
        ("pass", "trust", "guard", "data", "bucket", "key"), Health.FINE
    )


def for_key(principal: Any) -> dict[str, Any]:
    return document({**KEY_POLICY["Statement"][0], "Principal": principal})


ONLY_READING = service_role.bucket_policy(PLACE, service_role.Needs("data"))
LEFT_OUT = [
    ("pass", Reader(DATA), "iam:PassRole is stopped"),
    ("trust", Reader(PASS, DATA, trust={**TRUST, "Principal": {"Service": "lambda.amazonaws.com"}}), "does not let"),
    ("guard", Reader(PASS, DATA, trust=TRUST), "no guard"),
    ("data", Reader(PASS), "s3:GetObject is stopped"),
    ("data", Reader(PASS, {**DATA, "Action": ["s3:Get*", "s3:List*", "kms:*"]}), "s3:PutObject is stopped"),
    ("bucket", Reader(PASS, DATA, bucket=None), "has no policy"),
    (
        "bucket",
        Reader(PASS, DATA, bucket=service_role.bucket_policy(PLACE, service_role.Needs("data"))),
        "s3:PutObject",
    ),
    (
        "bucket",
        Reader(PASS, DATA, bucket=service_role.bucket_policy(Place("999999999999", "us-east-1"), NEEDS)),
        "does not let personalize.amazonaws.com",
    ),
    (
        "bucket",
        Reader(
            PASS,
            DATA,
            bucket=document(
                *BUCKET["Statement"],
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
                    "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}},
                },
            ),
        ),
        "denies s3:GetObject to the role",
    ),
    (
        "key",
        Reader(PASS, DATA, key=document({**KEY_POLICY["Statement"][0], "Principal": {"AWS": ROLE}})),
        "does not let",
    ),
    (
        "key",
        Reader(PASS, DATA, key=for_key({"Service": "personalize.amazonaws.com"})),
        "does not let the role",
    ),
    (
        "key",
        Reader(
            PASS,
            {**DATA, "Action": "s3:*"},
            key=for_key({"AWS": f"arn:aws:iam::{ACCOUNT}:root", "Service": "personalize.amazonaws.com"}),
        ),
        "leaves kms:Decrypt to the role’s own policies",
    ),
]
"""A link, an account in which just this one is broken, and what is said of it."""


@pytest.mark.parametrize(("code", "reader", "words"), LEFT_OUT)
def test_the_broken_link_is_found_and_only_it(legs: Any, otto: Person, code: str, reader: Reader, words: str) -> None:
    found = legs(otto, reader)
    broken = {name for name, leg in found.items() if leg.health is Health.BROKEN}
    assert words in found[code].why
    assert code in broken
    assert broken <= {code, "data", "key"} if code in ("data", "key") else broken == {code}


@pytest.mark.parametrize(
    ("reader", "unknown"),
    [
        (Reader(PASS, DATA, bucket=Missing("not shown to the portal")), {"bucket"}),
        (Reader(PASS, DATA, bucket="{"), {"bucket"}),
        (Reader(PASS, DATA, key=Missing("not shown to the portal")), {"key"}),
        (Reader(PASS, DATA, key="{"), {"key"}),
        (Reader(PASS, DATA, key=None), {"key"}),
        (Reader(PASS, DATA, trust=None), {"guard"}),
        (Reader(PASS, DATA, trust=Missing("no")), {"trust", "guard"}),
        (Reader(PASS, DATA, scps=Missing("no")), {"pass", "data"}),
        (Reader(PASS, DATA, exists=Missing("no")), {"pass", "data", "bucket", "key"}),
    ],
)
def test_what_could_not_be_read_is_never_fine(legs: Any, otto: Person, reader: Reader, unknown: set[str]) -> None:
    found = legs(otto, reader)
    assert {code for code, leg in found.items() if leg.health is Health.UNKNOWN} == unknown


def test_a_caller_that_does_not_exist_is_a_broken_link(legs: Any, otto: Person) -> None:
    found = legs(otto, Reader(PASS, DATA, exists=False))
    assert found["pass"].health is Health.BROKEN
    assert "no such principal" in found["pass"].why


def test_a_role_of_another_account_cannot_be_passed(legs: Any, otto: Person) -> None:
    chain = Chain(CHAIN.caller, "arn:aws:iam::999999999999:role/x")
    assert legs(otto, Reader(PASS), chain)["pass"].health is Health.BROKEN


def test_a_role_that_does_not_exist_is_a_broken_link(legs: Any, otto: Person) -> None:
    assert legs(otto, Reader(PASS, DATA, trust=None))["trust"].health is Health.BROKEN


def test_another_path_is_told_with_the_real_arn(legs: Any, otto: Person) -> None:
    real = Reader(PASS, DATA)
    real.role = lambda _arn: RoleFacts(ROLE, "Personalize", "/service-role/", "{}")  # type: ignore[method-assign, assignment]
    chain = Chain(CHAIN.caller, f"arn:aws:iam::{ACCOUNT}:role/Personalize")
    assert f"real ARN is {ROLE}" in legs(otto, real, chain)["trust"].why


@pytest.mark.parametrize(
    ("chain", "code", "health"),
    [
        (Chain(CHAIN.caller, ROLE, "data"), "key", Health.FINE),
        (Chain(CHAIN.caller, ROLE), "key", Health.UNKNOWN),
        (Chain(CHAIN.caller, ROLE), "bucket", Health.UNKNOWN),
        (Chain("", ROLE, "data"), "pass", Health.UNKNOWN),
    ],
)
def test_what_was_not_named_is_not_made_up(legs: Any, otto: Person, chain: Chain, code: str, health: Health) -> None:
    assert legs(otto, Reader(PASS, DATA), chain)[code].health is health


def test_the_doctor_looks_only_at_what_the_person_may_see(legs: Any, mary: Person, charlie: Person) -> None:
    reader = Reader(PASS, DATA)
    of_mary = legs(mary, reader)
    assert of_mary["pass"].health is Health.FINE
    assert {of_mary[code].health for code in ("trust", "guard", "data", "bucket", "key")} == {Health.UNKNOWN}
    for viewer in (charlie, None):
        assert {leg.health for leg in legs(viewer, reader).values()} == {Health.UNKNOWN}


def test_an_account_of_texts_alone_is_not_looked_at(legs: Any, otto: Person, monkeypatch: Any) -> None:
    found = legs(otto, Reader(PASS, DATA))
    assert found["bucket"].health is Health.FINE
    Account.objects.update(mode=Mode.TEXT)
    assert {leg.health for leg in examine(CHAIN, viewer=otto)} == {Health.UNKNOWN}
