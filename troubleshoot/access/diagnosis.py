"""From a pasted text to a kept diagnosis, and from a kept diagnosis to the answer that one viewer may see.

The live state is read for the person who asks, and only where `sight_of` lets that person see it. Nobody
makes the portal read about somebody else by pasting that person's ARN.
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from troubleshoot import audit
from troubleshoot.access import accounts, explain, judging
from troubleshoot.access.answer import Answer
from troubleshoot.access.aws_side import AwsSide, masked_side
from troubleshoot.access.aws_side import from_data as side_from_data
from troubleshoot.access.calls import denial_of
from troubleshoot.access.codes import new_code
from troubleshoot.access.live import FRESH, RECENT, account_of, read_live
from troubleshoot.access.locks import hold_active
from troubleshoot.access.named import whole_resource
from troubleshoot.access.permissions import Sight, owns, sight_of
from troubleshoot.aws.gateway import AccessKey
from troubleshoot.denial import Denial, Reading, denial_from_data, parse, reading_from_data, redact
from troubleshoot.iam import ENGINE_VERSION
from troubleshoot.iam.snapshot import Missing, from_data
from troubleshoot.models import Account, Diagnosis, Person, PrincipalLink

NOBODY = Denial()
_EDITABLE = ("principal", "action", "resource")
_JUDGED = (
    "facts",
    "chosen",
    "account",
    "snapshot",
    "snapshot_digest",
    "aws_answers",
    "not_live_because",
    "checked_at",
    "outcome",
    "engine_version",
)
"""What judging again changes of a diagnosis. Its text is not among it."""


def read_paste(text: str) -> Reading:
    """Return what the text says, its secrets removed. `TextTooLarge` above 256 KB."""
    return parse(text)


def diagnose(*, person: Person, reading: Reading, chosen: int = 0) -> Diagnosis:
    """Keep a diagnosis of the chosen denial, with the live state where the person may see it.

    `Refused` where the person was disabled or erased meanwhile: then nothing is kept.
    """
    facts = whole_resource(reading.denials[chosen]) if reading.denials else NOBODY
    now = timezone.now()
    diagnosis = Diagnosis(
        code=_new_code(),
        token=secrets.token_urlsafe(16),
        person=person,
        text=reading.text,
        reading=reading.as_data(),
        chosen=chosen,
        facts=facts.as_data(),
        engine_version=ENGINE_VERSION,
        created_at=now,
    )
    _read_live(diagnosis, viewer=person, max_age=RECENT)
    _save_with_code(diagnosis)
    return diagnosis


def choose(diagnosis: Diagnosis, *, viewer: Person, chosen: int) -> None:
    """Turn to another denial of the same text. `IndexError` where the text holds no such denial."""
    diagnosis.facts = whole_resource(_reading(diagnosis).denials[chosen]).as_data()
    diagnosis.chosen = chosen
    recheck(diagnosis, viewer=viewer)


def change_facts(diagnosis: Diagnosis, *, viewer: Person, facts: Mapping[str, str | None]) -> None:
    """Put the principal, the action or the resource right and judge again. Other keys of `facts` are ignored.

    A typed value goes the way of a paste: whatever is secret in it is removed before it is kept.
    """
    changed = {name: redact(facts[name] or "").text or None for name in _EDITABLE if name in facts}
    denial = (
        parse(f"User: {changed['principal']} is not authorized to perform: x:X") if changed.get("principal") else None
    )
    if denial and denial.denials:
        changed["principal_kind"] = denial.denials[0].principal_kind
        changed["account"] = denial.denials[0].account
    diagnosis.facts = {**diagnosis.facts, **changed}
    recheck(diagnosis, viewer=viewer)


def recheck(diagnosis: Diagnosis, *, viewer: Person) -> None:
    """Read the live state again, as far as the viewer may see it, and keep it.

    What was erased meanwhile stays so: neither the row nor its text is written anew.
    """
    _read_live(diagnosis, viewer=viewer, max_age=FRESH)
    diagnosis.engine_version = ENGINE_VERSION
    Diagnosis.objects.filter(pk=diagnosis.pk).update(**{name: getattr(diagnosis, name) for name in _JUDGED})


def answer(diagnosis: Diagnosis, *, viewer: Person, is_own: bool | None = None) -> Answer:
    """Return what the page shows to this viewer, judged on the kept snapshot.

    `is_own`: whether the principal is the viewer's, where the caller knows it already. It changes words alone.
    """
    facts = denial_from_data(diagnosis.facts)
    sight = sight_of(viewer, diagnosis.account, facts.principal)
    snapshot = from_data(diagnosis.snapshot) if diagnosis.snapshot and sight.live else None
    because = diagnosis.not_live_because
    if diagnosis.snapshot and not sight.live:
        because = explain.NOT_YOURS
    found = explain.explain(
        facts=facts,
        reading=_reading(diagnosis),
        account=diagnosis.account,
        viewer=viewer,
        sight=sight,
        snapshot=snapshot,
        not_live_because=because,
        at=diagnosis.checked_at or diagnosis.created_at,
        side=_side(diagnosis, sight, viewer),
        is_own=_is_own(viewer, diagnosis.account, facts.principal) if is_own is None else is_own,
    )
    return replace(found, repeats=_repeated(diagnosis))


def answer_from_text(reading: Reading, chosen: int = 0) -> Answer:
    """Return the answer for somebody who is not signed in: from the text alone, nothing is stored."""
    facts = whole_resource(reading.denials[chosen]) if reading.denials else NOBODY
    return explain.explain(
        facts=facts,
        reading=reading,
        account=account_of(facts),
        viewer=None,
        sight=sight_of(None, None, None),
        snapshot=None,
        not_live_because=explain.SIGNED_OUT,
        at=timezone.now(),
    )


def own_access_keys(person: Person) -> list[tuple[PrincipalLink, tuple[AccessKey, ...] | Missing]]:
    """Return the access keys of each IAM user that is linked to the person: ids, never secrets."""
    links = PrincipalLink.objects.filter(person=person).select_related("account").order_by("principal_arn")
    return [(link, _keys(link)) for link in links if ":user/" in link.principal_arn]


def _repeated(diagnosis: Diagnosis) -> str:
    """The request whose own call was checked again, where the text is the portal's and not a pasted one."""
    follows = diagnosis.follows
    is_own_call = follows is not None and diagnosis.text == denial_of(follows.call)
    return follows.code if follows is not None and is_own_call else ""


def _is_own(viewer: Person, account: Account | None, principal: str | None) -> bool:
    return bool(account and principal and owns(viewer, account, principal))


def _side(diagnosis: Diagnosis, sight: Sight, viewer: Person) -> AwsSide | None:
    if not diagnosis.aws_answers or not (sight.live or diagnosis.snapshot is None):
        return None
    return masked_side(side_from_data(diagnosis.aws_answers), sight, viewer=viewer, account=diagnosis.account)


def _reading(diagnosis: Diagnosis) -> Reading:
    return reading_from_data(diagnosis.text, diagnosis.reading)


def _keys(link: PrincipalLink) -> tuple[AccessKey, ...] | Missing:
    if not link.account.may_read:
        return Missing("the portal answers from texts alone in this account")
    return accounts.reader(link.account).access_keys(link.principal_arn)


def _read_live(diagnosis: Diagnosis, *, viewer: Person, max_age: float) -> None:
    facts, owner = denial_from_data(diagnosis.facts), diagnosis.person
    read = read_live(facts, viewer=viewer, owner=owner, case=diagnosis.code, max_age=max_age)
    snapshot = read.snapshot
    diagnosis.facts = {**diagnosis.facts, **read.facts.as_data()}
    diagnosis.account = read.account
    diagnosis.snapshot = snapshot.as_data() if snapshot else None
    diagnosis.snapshot_digest = snapshot.digest() if snapshot else ""
    diagnosis.aws_answers = read.side.as_data() if read.side else None
    diagnosis.not_live_because = read.because
    diagnosis.checked_at = datetime.fromisoformat(snapshot.read_at) if snapshot else None
    diagnosis.outcome = judging.outcome_of(read.facts, snapshot)


def _new_code() -> str:
    return f"AD-{new_code()}"


def _save_with_code(diagnosis: Diagnosis) -> None:
    """Save under a short code that people can say on the phone; a code that is taken is drawn again."""
    while Diagnosis.objects.filter(code=diagnosis.code).exists():
        diagnosis.code = _new_code()
    with transaction.atomic():
        hold_active([diagnosis.person])
        diagnosis.save(force_insert=True)
        audit.append(
            event="diagnosis.kept", actor=diagnosis.person, subject=diagnosis.code, data=_audit_data(diagnosis)
        )


def _audit_data(diagnosis: Diagnosis) -> dict[str, Any]:
    return {
        "account": diagnosis.account.account_id if diagnosis.account else None,
        "outcome": diagnosis.outcome,
        "snapshot": diagnosis.snapshot_digest,
        "engine": diagnosis.engine_version,
    }
