"""Who ended a grant before its time, and why: what the people who lost it are told."""

from dataclasses import dataclass
from typing import Final

from troubleshoot.models import AccessRequest, AuditEntry, ErasableText, Person

_ASKED: Final = ("request.end_asked", "request.undo_asked")


@dataclass(frozen=True, slots=True)
class EndAsked:
    """One word to end a grant. `person` is None for somebody who was erased; `reason` may be empty, or erased."""

    person: Person | None
    reason: str


def who_ended(request: AccessRequest) -> EndAsked | None:
    """Return who asked last to end or undo the request's grant, or None where nobody did."""
    entry = AuditEntry.objects.filter(subject=request.code, event__in=_ASKED).order_by("-sequence").first()
    if entry is None:
        return None
    text = ErasableText.objects.filter(sequence=entry.sequence, name="reason").first()
    return EndAsked(Person.objects.filter(public_id=entry.actor).first(), text.text if text else "")
