"""Reminders before a grant ends, so that nobody is surprised in the middle of their work."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from troubleshoot.access import outbox
from troubleshoot.access.apply import concerned
from troubleshoot.access.claims import Claim, let_go
from troubleshoot.access.drift import next_comparison
from troubleshoot.models import Grant

BEFORE: Final = (timedelta(days=1), timedelta(hours=1))


def remind(claim: Claim, grant: Grant) -> None:
    """Queue the reminder whose time has come, once, and let go of the request until the next look."""
    now = timezone.now()
    passed = [moment for moment in _moments(grant) if moment <= now]
    with transaction.atomic():
        if passed:
            mails = outbox.to_all("ends_soon", concerned(claim.request))
            outbox.queue(mails, cause=f"ends-{claim.request.code}-{len(passed)}", request=claim.request)
        let_go(claim, due_at=next_look(grant, now))


def next_look(grant: Grant, now: datetime) -> datetime | None:
    """Return when the worker has to look at an active grant again: its next reminder, comparison or end."""
    later = [moment for moment in _moments(grant) if moment > now]
    due = [*later[:1], grant.expires_at, next_comparison(grant)]
    return min((moment for moment in due if moment is not None), default=None)


def _moments(grant: Grant) -> list[datetime]:
    """The times to remind at, earliest first. A reminder in the first half of a short grant would be a nuisance."""
    ends, begins = grant.expires_at, grant.verified_at
    if ends is None or begins is None:
        return []
    return [ends - before for before in BEFORE if before < (ends - begins) / 2]
