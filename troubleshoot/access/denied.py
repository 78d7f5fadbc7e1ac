"""What somebody was denied lately, from the account's own trail: for oneself, or for whom one may see."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import Http404

from troubleshoot.access import accounts
from troubleshoot.access.permissions import sight_of
from troubleshoot.aws.gateway import DeniedEvent, NotAnswered
from troubleshoot.denial import Denial, TextTooLarge, parse
from troubleshoot.models import Account, Diagnosis, Person, PrincipalLink

WITHIN = timedelta(hours=6)
_MOST = 25


@dataclass(frozen=True, slots=True)
class DeniedCall:
    """One denied call. `text` is what to diagnose: CloudTrail's own event."""

    at: datetime
    name: str
    denial: Denial | None
    text: str


@dataclass(frozen=True, slots=True)
class DeniedLately:
    """The calls of one principal that were denied between `since` and `until`, newest first.

    `is_whole` is False where there was more than was looked through; `only_source` names the one service that was.
    """

    principal: str
    calls: tuple[DeniedCall, ...]
    since: datetime
    until: datetime
    is_whole: bool
    regions: tuple[str, ...]
    only_source: str | None


def own_links(person: Person) -> list[PrincipalLink]:
    """Return the principals that are the person's own."""
    return list(PrincipalLink.objects.filter(person=person).select_related("account").order_by("principal_arn"))


def own_link(links: list[PrincipalLink], text: str) -> PrincipalLink:
    """Return the one of the person's own links that an address names; for anything else there is nothing."""
    found = next((link for link in links if str(link.pk) == text), None)
    if found is None:
        raise Http404
    return found


def principal_of_case(viewer: Person, diagnosis: Diagnosis) -> tuple[Account, str]:
    """Return whom a case is about, where the viewer may see that principal's live state; else there is nothing."""
    principal = diagnosis.facts.get("principal")
    if diagnosis.account is None or not principal or not sight_of(viewer, diagnosis.account, principal).live:
        raise Http404
    return diagnosis.account, principal


def denied_lately(account: Account, principal: str) -> DeniedLately | NotAnswered:
    """Return the denied calls of a principal. Whether the viewer may see them is for the caller to settle first."""
    found = accounts.answers(account).denied_events(principal, within=WITHIN)
    if isinstance(found, NotAnswered):
        return found
    return DeniedLately(
        principal=found.principal,
        calls=tuple(_call(event) for event in found.events[:_MOST]),
        since=datetime.fromisoformat(found.since),
        until=datetime.fromisoformat(found.until),
        is_whole=found.complete and len(found.events) <= _MOST,
        regions=found.regions,
        only_source=found.only_source,
    )


def _call(event: DeniedEvent) -> DeniedCall:
    try:
        denials = parse(event.text).denials
    except TextTooLarge:
        denials = ()
    return DeniedCall(datetime.fromisoformat(event.at), event.name, denials[0] if denials else None, event.text)
