"""What every change by two administrators has in common: who may propose and decide, what the trail keeps, the mails.

`people` changes roles and links with it, `rules` changes the routing, `modes` how far the portal goes in an account.
Each says in its own words what does not fit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from troubleshoot import audit
from troubleshoot.access import outbox, routing
from troubleshoot.access.errors import Refused, Stale
from troubleshoot.models import AdminChange, AuditEntry, Person


@dataclass(frozen=True, slots=True)
class Deed:
    """What a kind of change does once it is confirmed, by whom; whom it is about; what the trail keeps of it."""

    carry_out: Callable[[AdminChange, Person], None]
    data: Callable[[AdminChange], dict[str, Any]]
    texts: Callable[[AdminChange], dict[str, str]] = lambda _: {}
    about: Callable[[AdminChange], list[int]] = lambda change: [change.person_id] if change.person_id else []


def refuse_non_admin(by: Person) -> None:
    """Ask the database: a role that was taken a moment ago does not count. `Refused` for anybody else."""
    if not routing.admins().filter(pk=by.pk).exists():
        raise Refused("not_admin", "Only an administrator may do this.")


def propose(
    change: AdminChange, *, data: Mapping[str, Any], texts: Mapping[str, str], about: Sequence[int] = ()
) -> AdminChange:
    """Keep a proposed change and ask the other administrators. `about` are the ids of people whom it is about.

    `Refused` where nobody could confirm it. `data` and `texts` are for the audit trail.
    """
    confirmers = list(routing.admins().exclude(pk__in=[change.proposed_by_id, *about]))
    if not confirmers:
        raise Refused("no_second_admin", "No other administrator could confirm this. There must be a second one.")
    with transaction.atomic():
        change.save(force_insert=True)
        entry = record(change, change.proposed_by, "people.propose", data=data, texts=texts)
        mails = outbox.to_all("change_to_confirm", confirmers, change=change.pk)
        outbox.queue(mails, cause=f"step-{entry.sequence}")
    return change


def refuse_proposed(**content: Any) -> None:
    """Refuse what waits for a second administrator already. `content` are the columns of the change."""
    if AdminChange.objects.filter(state=AdminChange.State.PROPOSED, **content).exists():
        raise Refused("proposed", "This is proposed already and waits for a second administrator.")


def refuse_own(change: AdminChange, by: Person, *, about: Sequence[int] = ()) -> None:
    """Refuse a decision on what `by` proposed, or on what is about them."""
    if by.pk == change.proposed_by_id:
        raise Refused("own_change", "You proposed this yourself. Another administrator has to decide it.")
    if by.pk in about:
        raise Refused("own_change", "This is about yourself. Another administrator has to decide it.")


def settle(change: AdminChange, by: Person, state: AdminChange.State) -> None:
    """Take the decision, once: `Stale` where somebody was quicker. In the caller's transaction."""
    proposed = AdminChange.objects.filter(pk=change.pk, state=AdminChange.State.PROPOSED)
    if proposed.update(state=state, decided_by=by, decided_at=timezone.now()) != 1:
        raise Stale("stale", "Somebody has decided this already. Nothing was changed.")
    change.refresh_from_db()


def record(
    change: AdminChange, actor: Person, event: str, *, data: Mapping[str, Any], texts: Mapping[str, str]
) -> AuditEntry:
    """Write a step of a change into the trail: who, opaquely, and what. What can name a person stands in `texts`."""
    kept = {"kind": change.kind, **data}
    return audit.append(event=event, actor=actor, subject=f"change-{change.pk}", data=kept, texts=texts)
