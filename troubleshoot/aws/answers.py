"""AWS's own answers beside the portal's, as values. `facts.Answers` is the protocol of whoever fetches them.

Every value is plain data, so that it can be kept with a diagnosis as JSON (`kept` has the way there and back).
Times are ISO 8601 in UTC. Nothing here decides who may see an answer: each tells whom it is about, and `access`
asks that before it keeps or shows anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from troubleshoot.aws.errors import ProblemKind

SimulatorDecision = Literal["allowed", "explicitDeny", "implicitDeny"]
CheckEffect = Literal["ALLOW", "NO_IMPACT", "IMPLICIT_DENY", "EXPLICIT_DENY"]
FindingKind = Literal["ERROR", "SECURITY_WARNING", "WARNING", "SUGGESTION"]
PolicyUse = Literal["identity", "resource", "trust", "scp", "rcp"]


@dataclass(frozen=True, slots=True)
class NotAnswered:
    """AWS could not be asked, or did not answer. `why` is in words; `permission` is the one that would help.

    The page says so and goes on. `kind` tells absent (`not_supported`), forbidden (`access_denied`), throttled,
    too late (`timed_out`), not known to AWS (`not_found`) and the others apart.
    """

    why: str
    kind: ProblemKind
    permission: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a policy document. Lines count from 1; columns too, of the simulator's as AWS counts them."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class SimulatorStatement:
    """A statement that the simulator names. `policy` is AWS's id of the policy, `kind` what it belongs to.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_Statement.html
    """

    policy: str
    kind: str
    start: Position | None = None
    end: Position | None = None


@dataclass(frozen=True, slots=True)
class Simulation:
    """What IAM's policy simulator says about one action on one resource.

    `by_organizations` and `by_boundary` are None where the simulator says nothing of them. `missing_keys` are the
    context keys that the policies ask for and nobody passed. `left_out` names, in words, what could not be passed.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
    """

    principal: str
    action: str
    resource: str
    decision: SimulatorDecision
    matched: tuple[SimulatorStatement, ...] = ()
    missing_keys: tuple[str, ...] = ()
    by_organizations: bool | None = None
    by_boundary: bool | None = None
    by_source: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    asked_at: str = ""

    @property
    def allows(self) -> bool:
        return self.decision == "allowed"


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """One thing that the simulator does not look at. `code` is stable, `words` are for the page."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class AuthorizationStatement:
    """One statement of a policy that took part. AWS names it by its Sid alone, which may be missing."""

    effect: str  # ALLOW or DENY
    sid: str | None = None


@dataclass(frozen=True, slots=True)
class AuthorizationMatch:
    """A policy that took part, by AWS's URI, and its statements that matched."""

    uri: str
    statements: tuple[AuthorizationStatement, ...] = ()


@dataclass(frozen=True, slots=True)
class AuthorizationCheck:
    """One check, in AWS's order. `kind` is AWS's own word (`SERVICE_CONTROL_POLICY` …); `target` a node's ARN."""

    kind: str
    effect: CheckEffect
    target: str | None = None
    matched: tuple[AuthorizationMatch, ...] = ()

    @property
    def stops(self) -> bool:
        return self.effect in ("IMPLICIT_DENY", "EXPLICIT_DENY")


@dataclass(frozen=True, slots=True)
class AuthorizationEvaluation:
    """One action on one resource, as AWS decided it. `matched` is the older form, filled where `checks` is empty."""

    action: str
    resource: str
    effect: str | None = None
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    checks: tuple[AuthorizationCheck, ...] = ()
    matched: tuple[AuthorizationMatch, ...] = ()


@dataclass(frozen=True, slots=True)
class AuthorizationPolicy:
    """A policy as it stood when the call was denied. `document` is None where it was not fetched; `why_not` says why.

    AWS may have shortened the document to what bears on the denied call's service.
    """

    kind: str
    uri: str | None = None
    inline: bool = False
    attached_to: tuple[str, ...] = ()
    document: str | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class AuthorizationDetails:
    """What AWS recorded about one denied call, by its authorization ID.

    `principal` is the ARN that AWS recorded; None where it did not say, and then nobody may be shown it.
    """

    id: str
    region: str
    principal: str | None
    context: Mapping[str, tuple[str, ...]]
    evaluations: tuple[AuthorizationEvaluation, ...]
    policies: tuple[AuthorizationPolicy, ...]
    asked_at: str = ""


@dataclass(frozen=True, slots=True)
class DecodedStatement:
    """A statement that an encoded message tells of. What it does not tell is None."""

    sid: str | None = None
    effect: str | None = None
    policy: str | None = None
    policy_kind: str | None = None


@dataclass(frozen=True, slots=True)
class DecodedMessage:
    """What an encoded authorization failure message says.

    AWS does not document the fields, so each may be None or empty. `principal` is whom it is about; it must be
    checked before anything of the message is kept or shown. `text` is AWS's own JSON.
    https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
    """

    text: str
    principal: str | None = None
    action: str | None = None
    resource: str | None = None
    allowed: bool | None = None
    explicit_deny: bool | None = None
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    matched: tuple[DecodedStatement, ...] = ()
    failures: tuple[DecodedStatement, ...] = ()
    asked_at: str = ""


@dataclass(frozen=True, slots=True)
class PolicyFinding:
    """One finding of Access Analyzer about a document. `words` are AWS's, in English; `link` explains it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    kind: FindingKind
    code: str
    words: str
    link: str
    start: Position | None = None
    end: Position | None = None


@dataclass(frozen=True, slots=True)
class NewAccessReason:
    """Why Access Analyzer finds new access: AWS's words, and the new document's statement, counted from 0."""

    words: str
    statement: int | None = None
    sid: str | None = None


@dataclass(frozen=True, slots=True)
class NewAccess:
    """Whether the new document allows anything that the existing one does not.

    https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoNewAccess.html
    """

    is_new: bool
    words: str = ""
    reasons: tuple[NewAccessReason, ...] = ()


@dataclass(frozen=True, slots=True)
class DeniedEvent:
    """One denied call in CloudTrail. `text` is CloudTrail's own JSON, which `denial.parse` reads."""

    id: str
    at: str
    name: str
    source: str
    region: str
    text: str


@dataclass(frozen=True, slots=True)
class DeniedEvents:
    """The denied calls of one principal, newest first, of the time from `since` to `until`.

    `complete` is False where there was more than the portal looks through; then `since` is the oldest that it saw.
    `only_source` names the one service that was looked at, where it was one. CloudTrail lags some minutes behind,
    and never tells of `iam:PassRole`: that stands in the call that passes the role.
    """

    principal: str
    events: tuple[DeniedEvent, ...]
    since: str
    until: str
    complete: bool
    regions: tuple[str, ...]
    only_source: str | None = None
