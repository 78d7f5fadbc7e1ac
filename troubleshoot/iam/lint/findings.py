"""What a lint rule gets and what it gives."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from troubleshoot.iam.document import Policy, Statement, Text


class Kind(StrEnum):
    """What sort of policy a document is; the language differs a little between them."""

    MANAGED = "managed"
    INLINE_USER = "inline_user"
    INLINE_GROUP = "inline_group"
    INLINE_ROLE = "inline_role"
    BOUNDARY = "boundary"
    SESSION = "session"
    SCP = "scp"
    RCP = "rcp"
    TRUST = "trust"
    RESOURCE = "resource"
    VPC_ENDPOINT = "vpc_endpoint"

    @property
    def names_principals(self) -> bool:
        return self in (Kind.RCP, Kind.TRUST, Kind.RESOURCE, Kind.VPC_ENDPOINT)


class Severity(StrEnum):
    """How bad a finding is.

    ERROR: AWS refuses it, or it cannot work. SECURITY: it allows too much. WARNING: it likely means another thing.
    """

    ERROR = "error"
    SECURITY = "security"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. `code` is stable; `fix` says what to do. Line and column are 1-based."""

    code: str
    severity: Severity
    message: str
    fix: str
    line: int
    column: int
    statement: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """The policy under the rules, and the maker of their findings."""

    policy: Policy
    kind: Kind

    def finding(
        self, code: str, severity: Severity, message: str, fix: str, at: int, statement: Statement | None = None
    ) -> Finding:
        """Return a finding about what begins at the offset `at`."""
        position = self.policy.position(at)
        index = None if statement is None else statement.index
        return Finding(code, severity, message, fix, position.line, position.column, index)

    def conditions(self) -> Iterator[tuple[Statement, Text, Text, tuple[Text, ...]]]:
        """Yield every condition with its statement: operator, key, values."""
        for statement in self.policy.statements:
            for condition in statement.conditions:
                yield statement, condition.operator, condition.key, condition.values

    def allowing(self) -> Iterator[Statement]:
        """Yield the Allow statements."""
        return (statement for statement in self.policy.statements if not statement.denies)


Rule = Callable[[Subject], Iterator[Finding]]


def is_wild(text: str) -> bool:
    """Tell whether a text holds `*` or `?`."""
    return "*" in text or "?" in text
