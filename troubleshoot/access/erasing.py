"""Erasing what a person wrote and who they were. The audit chain still verifies: it holds opaque ids and digests alone.

What remains is what was decided and done: the requests with their calls and changes, decisions, grants, and the chain.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from troubleshoot import audit
from troubleshoot.access import four_eyes, routing, searching
from troubleshoot.access.errors import Refused, Stale
from troubleshoot.access.locks import hold_to_end
from troubleshoot.access.nudges import look_again
from troubleshoot.access.words import cleaned
from troubleshoot.models import (
    UNSETTLED,
    AccessRequest,
    AdminChange,
    Approval,
    AuditEntry,
    Comment,
    Diagnosis,
    ErasableText,
    OutboxMessage,
    Person,
    RequestWord,
)

REMAINS: Final = (
    "the requests with the principal, the action, the resource and the change, but without their reasons and tickets",
    "who decided what, by opaque ids, but without the reasons that this person gave",
    "what was granted in IAM, and when it ended",
    "the facts and IAM state that a filed request was judged on, but not the pasted text",
    "every entry of the audit chain, with opaque ids and digests",
)
"""What is there still after a person was erased, for the page, the command and the documentation."""

LONGEST_REASON: Final = 500
_ERASED: Final = "erased-"
_KIND: Final = AdminChange.Kind.ERASE_PERSON
_IMPERSONAL: Final = frozenset({"change", "account", "sequence", "digest", "key", "at"})
"""What a message's context may keep: ids, numbers and digests."""


def erase(*, person: Person, by: Person, confirmed_by: Person) -> Mapping[str, int]:
    """Erase the person's texts and their name, and return how many of each kind it was. It cannot be undone.

    Two administrators have to want it, neither of them the person. `Refused` otherwise, and while a request of theirs
    is open: whoever holds access has to be known.
    """
    for admin in (by, confirmed_by):
        four_eyes.refuse_non_admin(admin)
    if len({person.pk, by.pk, confirmed_by.pk}) < 3:
        raise Refused("four_eyes", "Two administrators erase a person, and neither of them is the person.")
    with transaction.atomic():
        look_again(None)
        hold_to_end(person)  # a request that is filed at this moment is either seen here, or refused there
        _refuse_unfit(person)
        counts = {
            "diagnoses": _erase_diagnoses(person),
            "requests": _erase_requests(person),
            "reasons": Approval.objects.filter(approver=person).exclude(reason="").update(reason=""),
            "comments": Comment.objects.filter(author=person).exclude(text="").update(text=""),
            "answers": person.guide_answers.all().delete()[0],
            "messages": _erase_messages(person),
            "changes": _erase_changes(person),
        }
        _erase_name(person)
        counts["texts"] = _erase_named(person) + audit.erase_texts(person=person, by=by)
        data = {**counts, "confirmed_by": str(confirmed_by.public_id)}
        audit.append(event="person.erased", actor=by, subject=str(person.public_id), data=data)
    return counts


def propose(*, by: Person, person: Person, reason: str) -> AdminChange:
    """Propose to erase a person. The other administrators are asked by mail; nothing is erased before one confirms.

    `Refused` where `by` is no administrator or the person, without a reason, while a request of the person is open,
    where it is proposed or done already, and where nobody else could confirm it. The reason stays in the trail, as
    words of `by`.
    """
    four_eyes.refuse_non_admin(by)
    if by == person:
        raise Refused("four_eyes", "Nobody proposes to erase themselves. Another administrator has to.")
    details = {"reason": cleaned(reason, longest=LONGEST_REASON)}
    if not details["reason"]:
        raise Refused("no_reason", "Say why, such as the number of a ticket.")
    _refuse_unfit(person)
    four_eyes.refuse_proposed(kind=_KIND, person=person)
    change = AdminChange(kind=_KIND, person=person, details=details, proposed_by=by, proposed_at=timezone.now())
    return four_eyes.propose(change, data=data_of(change), texts=details, about=[person.pk])


def carry_out(change: AdminChange, by: Person) -> None:
    """Erase whom a proposal names, now that `by` confirmed it. `Refused` or `Stale` in words; then nothing is."""
    if not routing.admins().filter(pk=change.proposed_by_id).exists():
        raise Stale("proposer_gone", "Whoever proposed this is no administrator any more. Refuse it, and propose anew.")
    if change.person is None:
        raise Stale("gone", "This person is not there any more. Nothing was changed.")
    erase(person=change.person, by=change.proposed_by, confirmed_by=by)


def is_erased(person: Person) -> bool:
    """Tell whether the person's name and words were erased already."""
    return person.username.startswith(_ERASED) and not person.is_active


def data_of(change: AdminChange) -> dict[str, Any]:
    """Return what the audit trail keeps of such a proposal: an opaque id."""
    return {"person": str(change.person.public_id) if change.person else None}


DEED: Final = four_eyes.Deed(carry_out, data_of)


def _refuse_unfit(person: Person) -> None:
    if is_erased(person):
        raise Refused("no_change", "This person was erased already.")
    open_requests = Q(requester=person) | Q(beneficiary=person)
    codes = list(AccessRequest.objects.filter(open_requests, state__in=UNSETTLED).values_list("code", flat=True)[:5])
    if codes:
        raise Refused("open_requests", f"End these requests first: {', '.join(codes)}.")


def _erase_diagnoses(person: Person) -> int:
    """A case that no request rests on goes; of the others the text goes."""
    loose, _ = Diagnosis.objects.filter(person=person, requests__isnull=True).delete()
    return loose + Diagnosis.objects.filter(person=person).exclude(text="").update(text="")


def _erase_requests(person: Person) -> int:
    """Reasons and tickets go, and the words that a request is found by; those that remain are made anew later."""
    filed = AccessRequest.objects.filter(requester=person)
    RequestWord.objects.filter(Q(request__requester=person) | Q(request__beneficiary=person)).delete()
    return filed.update(justification="", ticket="")


def _erase_messages(person: Person) -> int:
    """Messages to the person go. What others were sent about it may hold the person's words: only ids stay."""
    about = Q(request__requester=person) | Q(request__approvals__approver=person) | Q(request__comments__author=person)
    others = list(OutboxMessage.objects.filter(about).exclude(person=person).distinct())
    for message in others:
        message.context = {name: value for name, value in message.context.items() if name in _IMPERSONAL}
    OutboxMessage.objects.bulk_update(others, ["context"], batch_size=500)
    return len(others) + OutboxMessage.objects.filter(person=person).delete()[0]


def _erase_changes(person: Person) -> int:
    """What is proposed about the person goes, and the principals of what was decided. Their own reasons go too."""
    about = AdminChange.objects.filter(person=person)
    open_ones, _ = about.filter(state=AdminChange.State.PROPOSED).delete()
    linked = about.exclude(principal_arn="").update(principal_arn="")
    return open_ones + linked + AdminChange.objects.filter(kind=_KIND, proposed_by=person).update(details=None)


def _erase_name(person: Person) -> None:
    """Nobody can sign in as them any more. Their requests are found by their code and call from now on."""
    person.role_assignments.all().delete()
    person.links.all().delete()
    person.notification_choices.all().delete()
    person.username, person.is_active, person.last_login = f"{_ERASED}{person.public_id.hex[:12]}", False, None
    person.first_name = person.last_name = person.email = ""
    person.set_unusable_password()
    person.save()
    concerned = AccessRequest.objects.filter(Q(requester=person) | Q(beneficiary=person))
    for request in concerned.select_related("requester", "beneficiary"):
        searching.keep(request)


def _erase_named(person: Person) -> int:
    """What others wrote into the trail about the person: the principals that were linked to them."""
    entries = AuditEntry.objects.filter(data__person=str(person.public_id)).values("sequence")
    return ErasableText.objects.filter(sequence__in=entries, name="principal_arn").delete()[0]
