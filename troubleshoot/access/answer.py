"""What a diagnosis page shows: the answer as data, already masked by what the viewer may see."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from troubleshoot.access.aws_side import AwsSide
from troubleshoot.access.disagree import Disagreement
from troubleshoot.access.permissions import Sight
from troubleshoot.denial import Denial, Reading
from troubleshoot.iam.decision import Decision, Effect, StatementReason
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.request import Request
from troubleshoot.models import Account, Person
from troubleshoot.remedy import NoProposal, Proposal


class Evidence(StrEnum):
    """What a gate's state rests on."""

    LIVE = "live"  # IAM, read by the portal and judged by its engine
    MESSAGE = "message"  # the error text says so
    NONE = "none"  # nobody knows


@dataclass(frozen=True, slots=True)
class Gate:
    """One layer of the gate picture. `level` names the organization level that stops; `why_unknown` is in words."""

    layer: Layer
    effect: Effect
    evidence: Evidence
    level: str | None = None
    why_unknown: str = ""


@dataclass(frozen=True, slots=True)
class ShownStatement:
    """A statement worth showing. `document` is None where the viewer may not see policy text."""

    reason: StatementReason
    layer: Layer
    deciding: bool
    document: str | None


class Standing(StrEnum):
    """What would become of a further check, as far as the portal can read."""

    PASSES = "passes"
    STOPS = "stops"
    SOME = "some"  # allowed on some resources of the type and not on others; the message does not say which is meant
    DEPENDS = "depends"  # on keys of the call that nobody has seen, or on what AWS leaves open
    NOT_JUDGED = "not_judged"


@dataclass(frozen=True, slots=True)
class NextCheck:
    """Another permission that the same call needs. `resource_type` is None where the action takes no resource.

    `when`: `always`, `with_tags` (if the call sets tags) or `with_role` (if it names a role); `context` are the keys
    that AWS sets for it. `resource` is the one resource that it was judged on, None where several may be meant.
    `layer` and `statement` tell what would stop it, `missing` the keys it depends on. `is_given_too`: it is stopped
    now and would not be after the proposed change.
    """

    action: str
    resource_type: str | None
    when: str
    context: tuple[tuple[str, str], ...] = ()
    standing: Standing = Standing.NOT_JUDGED
    resource: str | None = None
    layer: Layer | None = None
    statement: ShownStatement | None = None
    missing: tuple[str, ...] = ()
    is_given_too: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that the diagnosis page says.

    `call` is the denied call as a request, None while a fact is missing. `missing` names the facts to ask for
    (`principal`, `action`, `resource`). `fictional`: the action is AWS's documentation example; `action_exists` is
    None where the catalog does not know the service. `disagrees`: live IAM state would allow what the message says
    was denied. `not_live_because` is empty when `live`. `aws` is what AWS itself says, None where it was not asked;
    `disagreements` are where that differs from the portal's own answer. `repeats` is the code of the request whose
    own call this is, once more, where nobody pasted an error; else it is empty.
    """

    facts: Denial
    reading: Reading
    account: Account | None
    sight: Sight
    own_principal: bool
    live: bool
    not_live_because: str
    checked_at: datetime | None
    call: Request | None
    decision: Decision | None
    gates: tuple[Gate, ...]
    statements: tuple[ShownStatement, ...]
    next_checks: tuple[NextCheck, ...]
    missing: tuple[str, ...]
    action_exists: bool | None
    fictional: bool
    closest_actions: tuple[str, ...]
    disagrees: bool
    proposal: Proposal | None
    no_proposal: NoProposal | None
    after: Decision | None
    aws: AwsSide | None
    disagreements: tuple[Disagreement, ...]
    who_decides: tuple[Person, ...]
    repeats: str = ""
