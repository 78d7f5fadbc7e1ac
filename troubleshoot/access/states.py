"""The life of a request: one table of steps, and the one function that takes one.

Nothing else changes `AccessRequest.state`. `docs/explanation/states.md` is drawn from this table.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from troubleshoot import audit
from troubleshoot.access import guards, outbox
from troubleshoot.access.errors import Refused, Stale
from troubleshoot.access.guards import Attempt
from troubleshoot.access.outbox import Mail
from troubleshoot.models import AccessRequest, Person, State


class Event(StrEnum):
    """What can happen to a request. The audit trail names it `request.EVENT`."""

    APPROVE = "approve"
    REJECT = "reject"
    ASK_FOR_CHANGES = "ask_for_changes"
    NARROW = "narrow"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    BEGIN = "begin"
    HAND_OVER = "hand_over"
    WRITTEN = "written"
    CHECK = "check"
    NOT_THERE_YET = "not_there_yet"
    VERIFIED = "verified"
    FAIL = "fail"
    EXPIRE = "expire"
    REVOKE = "revoke"
    REPLACE = "replace"
    UNDO = "undo"


class By(StrEnum):
    """Who takes a step."""

    CONCERNED = "requester or beneficiary"
    APPROVER = "approver"
    REVIEWER = "approver or administrator"
    WORKER = "worker"


Guard = Callable[[Attempt], str | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table. Each guard returns None, or in words why the step is refused."""

    source: State
    event: Event
    by: By
    guards: tuple[Guard, ...]
    target: State


_DECIDE: Final = (guards.may_decide, guards.knows_the_change)
_OWN: Final = (guards.is_concerned,)
_CHECK: Final = (guards.may_review, guards.can_be_read)

TABLE: Final[tuple[Step, ...]] = (
    Step(State.SUBMITTED, Event.APPROVE, By.APPROVER, (*_DECIDE, guards.enough_approvals), State.APPROVED),
    Step(State.SUBMITTED, Event.REJECT, By.APPROVER, (*_DECIDE, guards.gives_a_reason), State.REJECTED),
    Step(State.SUBMITTED, Event.ASK_FOR_CHANGES, By.APPROVER, (*_DECIDE, guards.gives_a_reason), State.NEEDS_CHANGES),
    Step(State.SUBMITTED, Event.NARROW, By.APPROVER, (*_DECIDE, guards.gives_a_reason), State.SUBMITTED),
    Step(State.SUBMITTED, Event.WITHDRAW, By.CONCERNED, _OWN, State.WITHDRAWN),
    Step(State.SUBMITTED, Event.LAPSE, By.WORKER, (), State.LAPSED),
    Step(State.NEEDS_CHANGES, Event.RESUBMIT, By.CONCERNED, (*_OWN, guards.gives_a_reason), State.SUBMITTED),
    Step(State.NEEDS_CHANGES, Event.WITHDRAW, By.CONCERNED, _OWN, State.WITHDRAWN),
    Step(State.NEEDS_CHANGES, Event.LAPSE, By.WORKER, (), State.LAPSED),
    Step(State.APPROVED, Event.BEGIN, By.WORKER, (guards.still_approved, guards.may_be_written), State.APPLYING),
    Step(State.APPROVED, Event.HAND_OVER, By.WORKER, (guards.still_approved,), State.AWAITING_MANUAL_APPLY),
    Step(State.APPROVED, Event.WITHDRAW, By.CONCERNED, _OWN, State.WITHDRAWN),
    Step(State.APPROVED, Event.FAIL, By.WORKER, (), State.FAILED),
    Step(State.AWAITING_MANUAL_APPLY, Event.CHECK, By.REVIEWER, _CHECK, State.VERIFYING),
    Step(State.AWAITING_MANUAL_APPLY, Event.WITHDRAW, By.CONCERNED, _OWN, State.WITHDRAWN),
    Step(State.AWAITING_MANUAL_APPLY, Event.LAPSE, By.WORKER, (), State.LAPSED),
    Step(State.APPLYING, Event.WRITTEN, By.WORKER, (guards.still_approved, guards.all_written), State.VERIFYING),
    Step(State.APPLYING, Event.FAIL, By.WORKER, (), State.FAILED),
    Step(State.VERIFYING, Event.VERIFIED, By.WORKER, (guards.is_verified,), State.ACTIVE),
    Step(State.VERIFYING, Event.NOT_THERE_YET, By.WORKER, (guards.is_manual,), State.AWAITING_MANUAL_APPLY),
    Step(State.VERIFYING, Event.FAIL, By.WORKER, (), State.FAILED),
    Step(State.ACTIVE, Event.EXPIRE, By.WORKER, (guards.has_expired,), State.EXPIRED),
    Step(State.ACTIVE, Event.REVOKE, By.WORKER, (guards.has_ended,), State.REVOKED),
    Step(State.ACTIVE, Event.REPLACE, By.WORKER, (guards.has_ended, guards.is_replaced), State.REVOKED),
    Step(State.ACTIVE, Event.UNDO, By.WORKER, (guards.has_ended,), State.REVOKED),
)  # fmt: skip

FINAL: Final = frozenset({State.REJECTED, State.WITHDRAWN, State.LAPSED, State.FAILED, State.EXPIRED, State.REVOKED})
"""No step leads out of these."""

PATIENCE: Final = timedelta(days=30)
"""How long a request waits for people before it lapses."""

FIRST_REMINDER: Final = timedelta(days=1)
"""How long it waits before they are reminded for the first time; each pause after that is twice as long."""

_WAITS: Final = frozenset({State.SUBMITTED, State.NEEDS_CHANGES, State.AWAITING_MANUAL_APPLY})
_AT_ONCE: Final = frozenset({State.APPROVED, State.APPLYING, State.VERIFYING})
_BY_KEY: Final = {(step.source, step.event): step for step in TABLE}


@dataclass(frozen=True, slots=True)
class Telling:
    """What a step leaves behind beside the new state: for the trail, and for people."""

    data: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    mails: Iterable[Mail] = ()


def step_for(state: str, event: Event) -> Step | None:
    """Return the table's row, or None where the event cannot happen in this state."""
    return _BY_KEY.get((State(state), event))


def transition(
    *,
    request: AccessRequest,
    event: Event,
    attempt: Attempt | None = None,
    fence: int | None = None,
    changes: Mapping[str, Any] | None = None,
    telling: Telling | None = None,
) -> None:
    """Take one step: one conditional UPDATE, in the transaction that writes its audit and outbox rows.

    `request` is what the caller saw; where it has moved on since, or where `fence` (the worker's) is not the
    row's any more, `Stale` is raised and nothing is changed. `Refused` where a guard of the table stands against
    it. `changes` are further columns. Afterwards `request` is as the database has it.
    """
    attempt, telling = attempt or Attempt(request), telling or Telling()
    with transaction.atomic():
        step = check(request, event, attempt)
        seen = {"pk": request.pk, "state": step.source, "change_digest": request.change_digest}
        held = {} if fence is None else {"fence": fence}
        columns = {**_columns(step.target, timezone.now()), **(changes or {})}
        if AccessRequest.objects.filter(**seen, **held).update(**columns) != 1:
            raise stale(request)
        _record(request, step, attempt.actor, telling)
    request.refresh_from_db()


def check(request: AccessRequest, event: Event, attempt: Attempt, *, later: tuple[Guard, ...] = ()) -> Step:
    """Return the step that may be taken, without taking it. `Stale` or `Refused` as in `transition`.

    `later` are guards that cannot be answered yet; `transition` asks them all again.
    """
    step = step_for(request.state, event)
    if step is None:
        raise stale(request)
    if (step.by is By.WORKER) != (attempt.actor is None):
        raise ValueError(f"{event} is a step of the {step.by}")
    for guard in step.guards:
        if guard not in later and (words := guard(attempt)):
            raise Refused(guard.__name__, words)
    return step


def stale(request: AccessRequest) -> Stale:
    """Return the words for somebody who came too late, with the state that the request has now."""
    now = State(AccessRequest.objects.values_list("state", flat=True).get(pk=request.pk))
    return Stale("stale", f"This request has moved on: it is {now.label} now. Nothing was changed.")


def _columns(target: State, now: datetime) -> dict[str, Any]:
    due = now + FIRST_REMINDER if target in _WAITS else now if target in _AT_ONCE else None
    return {
        "state": target,
        "changed_at": now,
        "due_at": due,
        "attempts": 0,
        "reminders": 0,
        "failure": "",
        "lease_owner": "",
        "lease_until": None,
    }


def _record(request: AccessRequest, step: Step, actor: Person | None, telling: Telling) -> None:
    entry = audit.append(
        event=f"request.{step.event}",
        actor=actor,
        subject=request.code,
        data={"from": step.source, "to": step.target, "change": request.change_digest, **telling.data},
        texts=telling.texts,
    )
    outbox.queue(telling.mails, cause=f"step-{entry.sequence}", request=request)
