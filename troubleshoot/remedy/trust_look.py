"""A statement of a trust policy that is looked at, and what is known beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from troubleshoot.iam.arn import account_of, is_account_id
from troubleshoot.iam.document import Condition, NamedPrincipal, Statement

CHAINED_SECONDS = 3600
"""The longest session of a role that is assumed from a role: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html"""


@dataclass(frozen=True, slots=True)
class TrustFacts:
    """What is known beside the document: our accounts, other roles' external IDs, and the role itself."""

    ours: frozenset[str] = frozenset()
    external_ids: frozenset[str] = frozenset()
    for_people: bool = False
    max_session: int = CHAINED_SECONDS
    path_and_name: str = ""


@dataclass(frozen=True)
class Look:
    """One statement that is looked at, with its conditions by key in lower case."""

    statement: Statement
    facts: TrustFacts
    conditions: Mapping[str, tuple[Condition, ...]] = field(init=False)

    def __post_init__(self) -> None:
        found: dict[str, tuple[Condition, ...]] = {}
        for condition in self.statement.conditions:
            key = condition.key.value.lower()
            found[key] = (*found.get(key, ()), condition)
        object.__setattr__(self, "conditions", found)

    @property
    def principals(self) -> tuple[NamedPrincipal, ...]:
        return self.statement.principal.principals if self.statement.principal else ()

    @property
    def is_open(self) -> bool:
        return any(one.value.value == "*" and one.kind in ("*", "AWS") for one in self.principals)

    @property
    def foreign(self) -> Iterator[tuple[str, str]]:
        """The trusted principals of accounts that are not ours, with their account."""
        for one in self.principals:
            account = account_named(one)
            if account is not None and account not in self.facts.ours:
                yield one.value.value, account

    @property
    def issuers(self) -> Iterator[str]:
        """The issuers of the trusted identity providers."""
        for one in self.principals:
            if one.kind == "Federated" and "saml-provider/" not in one.value.value:
                yield one.value.value.rpartition("oidc-provider/")[2]

    def values(self, key: str) -> tuple[str, ...]:
        return tuple(value.value for one in self.conditions.get(key.lower(), ()) for value in one.values)

    def exact(self, key: str) -> bool:
        """Whether the key is compared with StringEquals, and nothing weaker."""
        return any(one.operator.value == "StringEquals" for one in self.conditions.get(key.lower(), ()))

    def has_action(self, *names: str) -> bool:
        said = [value.value.lower() for value in self.statement.action.values]
        return any(name.lower() in said or "sts:*" in said or "*" in said for name in names)


def account_named(one: NamedPrincipal) -> str | None:
    if one.kind != "AWS":
        return None
    return one.value.value if is_account_id(one.value.value) else account_of(one.value.value)
