"""Entries of the audit trail, as lines of a list."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from troubleshoot.access.selectors import Moment
from troubleshoot.access.trail import Known
from troubleshoot.iam.layers import Layer
from troubleshoot.models import AdminChange, AuditEntry, Mode, Role, State
from troubleshoot.web.components import Fact
from troubleshoot.web.presenters.names import in_sentence, list_in_words, principal_name

_SHORT = 12
_OPAQUE = re.compile(r"[0-9a-f-]{32,}")
_PORTAL = "system"

EVENTS: dict[str, str] = {
    "request.submit": "asked for access",
    "request.nobody_can_approve": "asked, and nobody could approve",
    "request.approve": "approved",
    "request.approval_kept": "approved, and more approvals are needed",
    "request.reject": "rejected",
    "request.ask_for_changes": "sent back for changes",
    "request.narrow": "narrowed what is asked",
    "request.comment": "commented",
    "request.approver_left": "noted that an approver has left",
    "request.resubmit": "asked again",
    "request.withdraw": "withdrew",
    "request.lapse": "let it lapse",
    "request.begin": "began to apply",
    "request.hand_over": "handed over to an administrator",
    "request.written": "wrote to IAM",
    "request.check": "asked for a check",
    "request.not_there_yet": "found nothing in IAM yet",
    "request.verified": "verified",
    "request.fail": "failed",
    "request.end_asked": "asked to end it early",
    "request.clean_up": "tidied up in IAM",
    "request.expire": "ended it on time",
    "request.revoke": "ended it early",
    "diagnosis.kept": "read an error",
    "account.change": "changed an account",
    "account.install": "set an account where the portal is installed",
    "people.propose": "proposed",
    "people.confirm": "confirmed",
    "people.refuse": "refused",
    "role.first_admin": "made a first administrator",
    "person.add": "let somebody sign in",
    "unread.send": "sent a text that was not read",
    "unread.handle": "marked a sent text as handled",
    "unread.delete": "deleted a sent text",
    "request.replace": "replaced it with an extension",
    "request.undo": "undid it",
    "request.undo_asked": "asked to undo it",
    "request.undo_refused": "left it, because somebody changed it in IAM",
    "request.still_denied": "said that it is still denied",
    "request.principal_recreated": "found that another principal bears the name now",
    "request.drift": "found it changed in IAM",
    "request.drift_over": "found it as it was in IAM",
    "request.compare_asked": "asked for a comparison with IAM",
    "person.erased": "erased a person",
    "person.disable": "disabled a person",
    "person.password_link": "sent a link to set a new password",
    "person.password_set": "set a new password",
    "settings.mails": "chose which mails to get",
    "delivery.again": "sent a message again",
    "audit.export": "saved the audit trail",
    "texts.erased": "erased what a person wrote",
}
"""What somebody did, by the event's name in the chain."""

_NAMES = {
    "from": "from",
    "to": "to",
    "change": "digest of the change",
    "principal_id": "digest of the principal's unique ID",
    "call": "digest of the call",
    "beneficiary": "for",
    "person": "for",
    "unchecked": "not checked:",
    "checked": "checked:",
    "policy": "policy in IAM:",
    "attached": "attached:",
    "foreign": "changed by somebody else:",
    "snapshot": "digest of what was read",
    "changed": "changed:",
    "kind": "to",
    "principal_arn": "principal",
    "off": "without mails about:",
    "search": "searched for",
}
_KINDS: dict[str, str] = dict(AdminChange.Kind.choices)
_LAYERS = {str(layer): in_sentence(layer) for layer in Layer}
_OUTCOMES = {
    "allowed": "allowed",
    "implicit_deny": "denied, nothing allows it",
    "explicit_deny": "denied by a statement",
    "depends": "depends on what was not read",
}
_FLAGS = {True: "yes", False: "no"}
_WORDS: dict[str, Mapping[Any, str]] = {
    "from": dict(State.choices),
    "to": dict(State.choices),
    "kind": _KINDS,
    "role": dict(Role.choices),
    "mode": dict(Mode.choices),
    "before": dict(Mode.choices),
    "after": dict(Mode.choices),
    "outcome": _OUTCOMES,
    "checked": _LAYERS,
    "unchecked": _LAYERS,
}


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One step. `event` is its name in the chain, `step` what was done in words.

    `about` and `url` name and open what it was about; `call` is that request's or case's action and principal.
    `details` is the rest of its data in a line; `texts` are the words that people wrote, until they are erased.
    """

    sequence: int
    at: datetime
    event: str
    step: str
    actor: str
    about: str
    url: str
    call: str
    details: str
    texts: tuple[Fact, ...]
    digest: str


def audit_row(entry: AuditEntry, moment: Moment, known: Known) -> AuditRow:
    """Return an entry with the people, the words and the call that it speaks of."""
    about, url, call = _about(entry.subject, known)
    return AuditRow(
        sequence=entry.sequence,
        at=entry.at,
        event=entry.event,
        step=EVENTS.get(entry.event, entry.event),
        actor=str(moment.actor) if moment.actor else _nobody(entry.actor),
        about=about,
        url=url,
        call=call,
        details=", ".join(_details(entry.data, known)),
        texts=tuple(Fact(_name(name).rstrip(":").capitalize(), text) for name, text in moment.texts.items()),
        digest=entry.digest,
    )


def _nobody(actor: str) -> str:
    return "the portal" if actor == _PORTAL else actor


def _about(subject: str, known: Known) -> tuple[str, str, str]:
    if request := known.requests.get(subject):
        return subject, reverse("review", args=[subject]), _call(request.action, request.principal_arn)
    if case := known.cases.get(subject):
        facts = case.facts
        return subject, reverse("diagnosis", args=[case.token]), _call(facts.get("action"), facts.get("principal"))
    if account := known.accounts.get(subject):
        return account.name, reverse("account", args=[subject]), ""
    if person := known.people.get(subject):
        return str(person), reverse("person", args=[subject]), ""
    return subject, "", ""


def _call(action: str | None, principal: str | None) -> str:
    name = principal_name(principal)
    return " for ".join(part for part in (action, str(name) if name else None) if part)


def _details(data: Mapping[str, Any], known: Known) -> Iterator[str]:
    for name, value in data.items():
        if name != "texts" and value not in (None, "", [], {}):
            yield f"{_name(name)} {_words(name, value, known)}"


def _words(name: str, value: Any, known: Known) -> str:
    if isinstance(value, bool):
        return _FLAGS[value]
    if isinstance(value, list):
        return list_in_words([_word(name, str(item)) for item in value])
    text = str(value)
    if person := known.people.get(text):
        return str(person)
    if name == "account" and text in known.accounts:
        return known.accounts[text].name
    return _short(_word(name, text))


def _word(name: str, text: str) -> str:
    say: Callable[[str, str], str] = _WORDS.get(name, {}).get
    return say(text, text)


def _short(text: str) -> str:
    """Digests and opaque ids are known by their first characters; the whole stands in the export."""
    return f"{text[:_SHORT]}…" if _OPAQUE.fullmatch(text) else text


def _name(name: str) -> str:
    return _NAMES.get(name, name.replace("_", " "))
