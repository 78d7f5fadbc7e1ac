"""Random evaluation cases out of a small vocabulary, so that things often match and often just fail to."""

import os
import random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

ACCOUNT, OTHER = "123456789012", "999988887777"
DEEP = os.environ.get("ACCESS_DESK_DEEP") == "1"


def examples(normal: int, deep: int = 20_000) -> settings:
    """The number of examples: few and the same in every run, the full figure and others each time in `make deep`."""
    return settings(
        max_examples=deep if DEEP else normal,
        deadline=None,
        derandomize=not DEEP,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


ACTIONS = (
    "personalize:DescribeCampaign",
    "personalize:CreateCampaign",
    "s3:GetObject",
    "s3:PutObject",
    "kms:Decrypt",
    "sts:AssumeRole",
    "sts:GetCallerIdentity",
    "kms:RetireGrant",
    "iam:PassRole",
)
ACTION_PATTERNS = (
    *ACTIONS, "*", "*:*", "personalize:*", "PERSONALIZE:describe*", "s3:Get*", "s3:?etObject", "s3*:GetObject", "sts:*",
    "kms:*", "nothing:Real",
)  # fmt: skip
RESOURCES = (
    f"arn:aws:personalize:us-east-1:{ACCOUNT}:campaign/sales",
    f"arn:aws:personalize:us-east-1:{ACCOUNT}:dataset/sales/ITEMS",
    f"arn:aws:personalize:us-east-1:{OTHER}:campaign/sales",
    "arn:aws:personalize:::recipe/aws-sims",
    "arn:aws:s3:::bucket/folder/key",
    "arn:aws:s3:::bucket",
    f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234",
    f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/mine",
    f"arn:aws:iam::{ACCOUNT}:role/Builder",
    f"arn:aws:iam::{OTHER}:role/Builder",
    f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/x:stream:y",
    "arn:aws-cn:s3:::bucket/mateo",
    "arn:aws:s3:::bucket/mateo",
    "*",
    "my-example-widget",
)
RESOURCE_PATTERNS = (
    *RESOURCES, "**", "arn:aws:s3:::*", "arn:aws:s3:::bucket/*", "arn:aws:s3:::buck?t/*", "arn:aws:s3:::bucket/*/key",
    "arn:aws:s3:::bucket/${aws:username}", "arn:aws:s3:::bucket/${aws:username}*",
    "arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'mateo'}", "arn:aws:s3:::${*}", "arn:*:s3:::bucket/*",
    f"arn:aws:personalize:*:{ACCOUNT}:*", f"arn:aws:personalize:us-*-1:{ACCOUNT}:campaign/*",
    "arn:aws:personalize:us-east-?:*:*/sales", "arn:aws:personalize:*:*:cam*", "arn:aws:personalize:*", "arn:aws:*",
    "arn:aws:*:::bucket", "arn:aws:logs:*:y", f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws*x:stream:y",
    f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws*:y", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/*",
    "arn:aws:iam::${aws:PrincipalAccount}:role/Builder", f"arn:aws:iam::{ACCOUNT}:role/${{aws:username}}", "?",
)  # fmt: skip
USER = f"arn:aws:iam::{ACCOUNT}:user/people/mateo"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Builder/mateo"
PRINCIPALS = (
    USER,
    f"arn:aws:iam::{OTHER}:user/mary",
    SESSION,
    f"arn:aws:iam::{ACCOUNT}:role/team/Builder",
    f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
    f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForX/s",
    f"arn:aws:sts::{ACCOUNT}:federated-user/mateo",
    f"arn:aws:iam::{ACCOUNT}:root",
    f"arn:aws:iam::{ACCOUNT}:saml-provider/Corp",
    "personalize.amazonaws.com",
    "anonymous",
)
PRINCIPAL_ELEMENTS = (
    "*",
    {"AWS": "*"},
    {"AWS": USER},
    {"AWS": [USER, ACCOUNT]},
    {"AWS": [SESSION, f"arn:aws:iam::{ACCOUNT}:role/team/Builder", f"arn:aws:iam::{ACCOUNT}:root"]},
    {"AWS": SESSION},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:role/team/Builder"},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    {"AWS": OTHER},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"},
    {"AWS": f"arn:aws:sts::{ACCOUNT}:federated-user/mateo"},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:user/mateo"},
    {"Service": "personalize.amazonaws.com"},
    {"Service": "*"},
    {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/Corp"},
    {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
)
TEXTS = (
    "", "a", "A", "abc", "mateo", "*", "true", "false", "TRUE", "5", "5.0", "10", "1e1", "2024", "2024-01-01",
    "2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", "2024-01-01T00:00:00", "1704067200", "2024-13-01",
    "203.0.113.7", "2001:db8::1", "::ffff:203.0.113.7", USER, f"arn:aws:iam::{ACCOUNT}:user/other", "QUJD", "ABC", "é",
)  # fmt: skip
ROLES = ("role/AWSServiceRoleForX", "role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", "role/team/Builder")
VALUES = (
    *TEXTS, "a*", "?", "*b*", "${aws:username}", "${aws:username}*", "${aws:PrincipalTag/team, 'a'}", "${*}", "${$}",
    "203.0.113.0/24", "::ffff:203.0.113.0/120", f"arn:aws:iam::{ACCOUNT}:user/*", "arn:aws:iam::*:user/people/mateo",
    "arn:aws:iam:*", f"arn:aws:iam::{ACCOUNT}:*/mateo", "${aws:CalledVia}", 5, 7.5, True, False,
)  # fmt: skip
KEYS = (
    "aws:username",
    "aws:PrincipalTag/team",
    "aws:TagKeys",
    "aws:SourceIp",
    "aws:CurrentTime",
    "s3:prefix",
    "aws:CalledVia",
)
OPERATORS = (
    "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
    "StringNotLike",
    "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
    "NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
    "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike",
    "ArnNotEquals", "ArnNotLike",
)  # fmt: skip


class Maker:
    """Makes policies and cases from a seed. (Hypothesis draws the seed: drawing each part would take far longer.)"""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - test data, not secrets

    def one_of(self, values):
        return self.random.choice(values)

    def chance(self, of: int) -> bool:
        return self.random.randrange(of) == 0

    def several(self, make, least: int, most: int) -> list:
        return [make() for _ in range(self.random.randint(least, most))]

    def one_or_list(self, values):
        if self.chance(2):
            return self.one_of(values)
        return self.several(lambda: self.one_of(values), 1, 3)

    def operator(self) -> str:
        if self.chance(12):
            return "Null"
        quantifier = self.one_of(("", "", "", "ForAllValues:", "ForAnyValue:"))
        return quantifier + self.one_of(OPERATORS) + self.one_of(("", "", "IfExists"))

    def conditions(self) -> dict:
        made: dict = {}
        for _ in range(self.random.randint(1, 2)):
            values = [] if self.chance(30) else self.one_or_list(VALUES)
            made.setdefault(self.operator(), {})[self.one_of(KEYS)] = values
        return made

    def statement(self, *, principals: bool, effects=("Allow", "Allow", "Deny")) -> dict:
        made = {"Effect": self.one_of(effects)}
        if principals and not self.chance(20):
            negated = self.chance(3) if made["Effect"] == "Deny" else self.chance(30)
            made["NotPrincipal" if negated else "Principal"] = self.one_of(PRINCIPAL_ELEMENTS)
        elif self.chance(60):
            made["Principal"] = "*"
        made[self.one_of(("Action", "Action", "Action", "NotAction"))] = self.one_or_list(ACTION_PATTERNS)
        name = self.one_of(("Resource", "Resource", "Resource", "NotResource", None))
        if name or not (principals or self.chance(20)):
            made[name or "Resource"] = "*" if self.chance(3) else self.one_or_list(RESOURCE_PATTERNS)
        if self.chance(2):
            made["Condition"] = self.conditions()
        return made

    def document(self, *, principals: bool = False, effects=("Allow", "Allow", "Deny"), most: int = 3) -> dict:
        made = {"Statement": self.several(lambda: self.statement(principals=principals, effects=effects), 1, most)}
        if not self.chance(4):
            made["Version"] = "2012-10-17"
        return made

    def wide(self, **options) -> dict:
        """A document that often allows everything, as control policies do, so that requests get further."""
        if self.chance(2):
            return self.document(**options)
        principal = {"Principal": "*"} if options else {}
        return {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", **principal}}

    def context(self) -> dict:
        return {
            self.one_of(KEYS): self.several(lambda: self.one_of(TEXTS), 0, 3) if self.chance(3) else self.one_of(TEXTS)
            for _ in range(self.random.randint(0, 4))
        }

    def maybe(self, of: int, make):
        return make() if self.chance(of) else None

    def policies(self) -> dict:
        def gate() -> dict:
            return self.wide(principals=True)

        return {
            "identity": self.several(self.wide, 0, 3),
            "resource": self.maybe(2, lambda: self.document(principals=True)),
            "boundary": self.maybe(4, lambda: self.several(self.wide, 0, 1)),
            "session": self.maybe(4, self.wide),
            "scps": self.maybe(4, lambda: self.several(lambda: self.several(self.wide, 0, 2), 0, 2)),
            "rcps": self.maybe(4, lambda: self.several(lambda: self.several(gate, 0, 1), 0, 2)),
            "vpc_endpoint": self.maybe(6, lambda: self.several(gate, 0, 2)),
        }

    def case(self) -> dict:
        made = {
            "id": "random",
            "principal": self.one_of(PRINCIPALS),
            "action": self.one_of(ACTIONS),
            "resource": self.one_of(RESOURCES),
            "context": self.context(),
            "policies": self.policies(),
        }
        if self.chance(5):
            made["resource_account"] = self.one_of((ACCOUNT, OTHER))
        if self.chance(5):
            made["unknown_keys"] = self.several(lambda: self.one_of(KEYS), 0, 2)
        if self.chance(7):
            made["unknown_layers"] = [self.one_of(sorted(made["policies"]))]
        if self.chance(7):
            made["wildcard_only"] = True
        if ":assumed-role/" in made["principal"] and self.chance(2):
            made["context"]["aws:PrincipalArn"] = f"arn:aws:iam::{ACCOUNT}:{self.one_of(ROLES)}"
        return made

    def condition_case(self) -> dict:
        """One Allow for everything under one condition, on a key that the request mostly has."""
        operator, key = self.operator(), self.one_of(KEYS)
        statement = {"Effect": self.one_of(("Allow", "Deny")), "Action": "*", "Resource": "*"}
        statement["Condition"] = {operator: {key: self.one_or_list(VALUES)}}
        allow = {"Effect": "Allow", "Action": "*", "Resource": "*"} if statement["Effect"] == "Deny" else statement
        value = self.one_or_list(TEXTS) if "For" in operator or self.chance(10) else self.one_of(TEXTS)
        return {
            "id": "condition",
            "principal": USER,
            "action": "s3:GetObject",
            "resource": "arn:aws:s3:::bucket/mateo",
            "context": {**self.context(), **({} if self.chance(8) else {key: value})},
            "unknown_keys": [] if self.chance(2) else [self.one_of(KEYS)],
            "policies": {"identity": [{"Version": "2012-10-17", "Statement": [statement, allow]}]},
        }

    def element_case(self) -> dict:
        """One statement without conditions, and one that allows everything where the first denies."""
        statement = self.statement(principals=False)
        statement.pop("Condition", None)
        allow = {"Effect": "Allow", "Action": "*", "Resource": "*"} if statement["Effect"] == "Deny" else statement
        return {
            "id": "element",
            "principal": USER,
            "action": self.one_of(ACTIONS[:4]),
            "resource": self.one_of(RESOURCES),
            "resource_account": ACCOUNT,
            "context": {"aws:username": "mateo"} if self.chance(2) else {},
            "policies": {"identity": [{"Version": "2012-10-17", "Statement": [statement, allow]}]},
        }


def made(make) -> st.SearchStrategy:
    """What `make` builds with a Maker."""
    return st.integers(0, 2**63).map(lambda seed: make(Maker(seed)))
