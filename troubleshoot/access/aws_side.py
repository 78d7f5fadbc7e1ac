"""AWS's own answers beside the portal's: asked at once when a text is diagnosed, kept with it, masked for each viewer.

Nobody makes the portal a confused deputy. A question about a principal is put only for who may see that principal's
live state. An encoded message and an authorization ID tell themselves whom they are about: an answer about somebody
else is dropped before anything of it is kept.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import asdict, dataclass, replace
from time import monotonic
from typing import Any

from troubleshoot.access.permissions import Sight, sight_of
from troubleshoot.aws.gateway import (
    BLIND_SPOTS,
    Answers,
    AuthorizationCheck,
    AuthorizationDetails,
    DecodedMessage,
    DecodedStatement,
    NotAnswered,
    ProblemKind,
    Simulation,
    answer_data,
    answer_from_data,
)
from troubleshoot.denial import Denial
from troubleshoot.iam.decision import Outcome
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.request import Request
from troubleshoot.iam.roles import RoleWay, roles_usable_by
from troubleshoot.iam.snapshot import Missing, Snapshot, StoredPolicy
from troubleshoot.models import Account, Person

__all__ = [
    "PAGE_SECONDS",
    "SIMULATOR_BLIND_SPOTS",
    "AuthorizationCheck",
    "AuthorizationDetails",
    "AwsSide",
    "Deadline",
    "DecodedMessage",
    "DecodedStatement",
    "NotAnswered",
    "Simulation",
    "ask_beside",
    "from_data",
    "kept_for",
    "masked_side",
    "messages",
    "opened_facts",
    "within",
]

SIMULATOR_BLIND_SPOTS = BLIND_SPOTS
"""What IAM's simulator does not look at, in words."""

_NOW = "aws:CurrentTime"
PAGE_SECONDS = 8.0
"""A page waits no longer for AWS than this, all questions together."""

_LATE = NotAnswered("AWS took too long to answer. Check again in a moment.", ProblemKind.TIMED_OUT)
_MOST_ROLES = 5
_OF_THE_PRINCIPAL = ("PRINCIPAL", "IDENTITY", "BOUNDARY", "SESSION")
"""In AWS's kinds of policies and checks, such as `PERMISSIONS_BOUNDARY`: those that the principal itself has."""


class Deadline:
    """The time that a page has left to wait for AWS."""

    def __init__(self, seconds: float = PAGE_SECONDS) -> None:
        self._end = monotonic() + seconds

    @property
    def left(self) -> float:
        return max(0.0, self._end - monotonic())


@dataclass(frozen=True, slots=True)
class AwsSide:
    """What AWS itself says. Each is None where it was not asked.

    `roles` are ways to make the call by a role that the person may assume already. `dropped` names the answers
    (`decoded`, `authorization`) that were about somebody else, of which nothing is kept.
    """

    simulation: Simulation | NotAnswered | None = None
    authorization: AuthorizationDetails | NotAnswered | None = None
    decoded: DecodedMessage | NotAnswered | None = None
    roles: tuple[RoleWay, ...] | Missing | None = None
    dropped: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return the answers as plain JSON data; `from_data` is the way back."""
        roles = asdict(self.roles) if isinstance(self.roles, Missing) else None
        return {
            "simulation": answer_data(self.simulation) if self.simulation else None,
            "authorization": answer_data(self.authorization) if self.authorization else None,
            "decoded": answer_data(self.decoded) if self.decoded else None,
            "roles": roles if self.roles is None or roles else [asdict(way) for way in self.roles],  # type: ignore[union-attr]
            "dropped": list(self.dropped),
        }


def from_data(data: Mapping[str, Any]) -> AwsSide:
    """Return the answers that `AwsSide.as_data` was taken from. `KeyError`, `TypeError` or `ValueError` else."""
    kept: dict[str, Any] = {
        name: answer_from_data(data[name]) if data[name] else None
        for name in ("simulation", "authorization", "decoded")
    }
    return AwsSide(**kept, roles=_roles(data["roles"]), dropped=tuple(data["dropped"]))


def within(deadline: Deadline, *questions: Callable[[], Any], late: Any = _LATE) -> list[Any]:
    """Put questions to AWS side by side; whatever is not answered at the deadline is answered by `late`."""
    pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="aws-side")
    begun: list[Future[Any]] = [pool.submit(copy_context().run, question) for question in questions]
    wait(begun, timeout=deadline.left)
    pool.shutdown(wait=False, cancel_futures=True)
    return [one.result() if one.done() and not one.cancelled() else late for one in begun]


def messages(facts: Denial, answers: Answers) -> dict[str, Callable[[], Any]]:
    """Return the questions that open what a text holds: by `decoded` and `authorization`, as far as it holds them."""
    region, message, number = facts.region or "", facts.decodable_message, facts.authorization_id
    asked: dict[str, Callable[[], Any]] = {}
    if message:
        asked["decoded"] = lambda: answers.decode(message, region=region)
    if number:
        asked["authorization"] = lambda: answers.authorization_details(number, region=region)
    return asked


def kept_for(viewer: Person, account: Account, opened: Mapping[str, Any]) -> AwsSide:
    """Return of the opened messages those that the viewer may know; of the others nothing but that they were there."""
    dropped = tuple(name for name, answer in opened.items() if not _is_for(answer, viewer, account))
    kept = {name: answer for name, answer in opened.items() if name not in dropped}
    return AwsSide(**kept, dropped=dropped)


def ask_beside(
    side: AwsSide, call: Request | None, snapshot: Snapshot, answers: Answers, *, deadline: Deadline
) -> AwsSide:
    """Return the answers with the simulator's, and with the roles that would do.

    The simulator is told the time at which the state was read. By itself it knows none, and would say of every
    grant that ends by `aws:CurrentTime` that it does not allow.
    """
    if call is None:
        return side
    request = call
    dated = replace(call, context={**call.context, _NOW: snapshot.read_at.replace("+00:00", "Z")})
    document = snapshot.resource.document if isinstance(snapshot.resource, StoredPolicy) else ""
    simulation, roles = within(
        deadline,
        lambda: answers.simulate(dated, resource_policy=document),
        lambda: _usable(answers, request, snapshot),
    )
    return replace(side, simulation=simulation, roles=Missing(_LATE.why) if isinstance(roles, NotAnswered) else roles)


def opened_facts(facts: Denial, side: AwsSide) -> Denial:
    """Return the facts with what the opened messages add to them. What the text itself says stays."""
    for principal, action, resource in _told(side):
        facts = replace(
            facts,
            principal=facts.principal or principal,
            action=facts.action or action,
            resource=facts.resource or resource,
        )
    return facts


def masked_side(side: AwsSide, sight: Sight, *, viewer: Any, account: Account | None) -> AwsSide:
    """Return of the kept answers what this viewer may see, by what each is about and by their sight of policy text."""
    kept = replace(
        side,
        decoded=side.decoded if _is_for(side.decoded, viewer, account) else None,
        authorization=side.authorization if _is_for(side.authorization, viewer, account) else None,
    )
    return replace(
        kept,
        simulation=_masked_simulation(kept.simulation, sight),
        decoded=_masked_message(kept.decoded, sight),
        authorization=_masked_record(kept.authorization, sight),
    )


def _is_for(answer: Any, viewer: Any, account: Account | None) -> bool:
    """Whether the viewer may know what an answer says. One that names nobody is for nobody."""
    if not isinstance(answer, AuthorizationDetails | DecodedMessage):
        return True
    return sight_of(viewer, account, answer.principal).live


def _told(side: AwsSide) -> Sequence[tuple[str | None, str | None, str | None]]:
    told: list[tuple[str | None, str | None, str | None]] = []
    if isinstance(side.decoded, DecodedMessage):
        told.append((side.decoded.principal, side.decoded.action, side.decoded.resource))
    if isinstance(side.authorization, AuthorizationDetails):
        first = next(iter(side.authorization.evaluations), None)
        told.append((side.authorization.principal, first.action if first else None, first.resource if first else None))
    return told


def _usable(answers: Answers, call: Request, snapshot: Snapshot) -> Any:
    state = answers.account()
    if isinstance(state, Missing):
        return state
    return roles_usable_by(state, snapshot.principal, call, beside=snapshot)[:_MOST_ROLES]


def _roles(data: Any) -> tuple[RoleWay, ...] | Missing | None:
    if data is None:
        return None
    if isinstance(data, Mapping):
        return Missing(**data)
    return tuple(
        RoleWay(
            tuple(way["chain"]),
            Outcome(way["outcome"]),
            tuple(way["missing_keys"]),
            tuple(Layer(layer) for layer in way["missing_layers"]),
        )
        for way in data
    )


def _masked_simulation(answer: Simulation | NotAnswered | None, sight: Sight) -> Simulation | NotAnswered | None:
    if sight.policy_text or not isinstance(answer, Simulation):
        return answer
    return replace(answer, matched=(), missing_keys=())


def _masked_message(answer: DecodedMessage | NotAnswered | None, sight: Sight) -> DecodedMessage | NotAnswered | None:
    """AWS's own text names the statements of every layer, the organization's, too."""
    if not isinstance(answer, DecodedMessage) or sight.every_policy_text:
        return answer
    shown = replace(answer, text="", matched=_own(answer.matched), failures=_own(answer.failures))
    return shown if sight.policy_text else replace(shown, matched=(), failures=(), context={})


def _own(statements: Sequence[DecodedStatement]) -> tuple[DecodedStatement, ...]:
    """Those of IAM's own policies. What AWS gives no kind may be the organization's."""
    return tuple(one for one in statements if "iam" in (one.policy_kind or "").lower())


def _masked_record(
    answer: AuthorizationDetails | NotAnswered | None, sight: Sight
) -> AuthorizationDetails | NotAnswered | None:
    if not isinstance(answer, AuthorizationDetails):
        return answer
    evaluations = tuple(
        replace(
            one,
            matched=one.matched if sight.every_policy_text else (),
            checks=tuple(
                check if _is_text_for(check.kind, sight) else replace(check, matched=()) for check in one.checks
            ),
        )
        for one in answer.evaluations
    )
    policies = tuple(policy for policy in answer.policies if _is_text_for(policy.kind, sight))
    return replace(answer, evaluations=evaluations, policies=policies)


def _is_text_for(kind: str, sight: Sight) -> bool:
    is_own = any(word in kind.upper() for word in _OF_THE_PRINCIPAL)
    return sight.policy_text if is_own else sight.every_policy_text
