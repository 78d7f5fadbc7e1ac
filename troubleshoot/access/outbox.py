"""Messages that go out because of a step, kept in the step's own transaction."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from troubleshoot.access import preferences
from troubleshoot.models import AccessRequest, Channel, OutboxMessage, Person

FOR_TEAMS: Final = frozenset({"decide", ""})
"""The topics that a team is told in Slack: what somebody has to do, and what is always told. Webhooks get them all."""

_PERSONAL: Final = frozenset({"on_behalf"})
"""Mails that speak to one person, and would make no sense in a room."""

_SECRET: Final = frozenset({"password_link"})
"""Mails that only the person may read: no receiver of the settings gets them."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail to write: the folder of templates is `templates/email`, `template` their common name."""

    template: str
    person: Person
    context: Mapping[str, Any] = field(default_factory=dict)


def queue(mails: Iterable[Mail], *, cause: str, request: AccessRequest | None = None) -> None:
    """Keep each mail once for its `cause`, a text that names the step. Nobody is written to twice for one step.

    Mails that a person does not want are left out. The receivers of the settings get each kind of mail once.
    """
    kept = list(mails)
    off = preferences.unwanted([mail.person for mail in kept], {mail.template for mail in kept})
    now = timezone.now()
    rows = [*_mails(kept, off, cause), *_to_receivers(kept, cause)]
    for row in rows:
        row.request, row.created_at, row.due_at = request, now, now
    OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)


def to_all(template: str, people: Iterable[Person | None], **context: Any) -> list[Mail]:
    """Return one mail for each of the people, none twice."""
    distinct = {person.pk: person for person in people if person is not None}
    return [Mail(template, person, context) for person in distinct.values()]


def _mails(mails: Iterable[Mail], off: set[tuple[int, str]], cause: str) -> Iterator[OutboxMessage]:
    for mail in mails:
        if (mail.person.pk, mail.template) not in off:
            key = f"{cause}.{mail.template}.{mail.person.public_id}"
            yield OutboxMessage(key=key, person=mail.person, template=mail.template, context=dict(mail.context))


def _to_receivers(mails: Iterable[Mail], cause: str) -> Iterator[OutboxMessage]:
    contexts = {mail.template: mail.context for mail in mails if mail.template not in _SECRET}
    for receiver in settings.RECEIVERS.values():
        for template, context in contexts.items():
            if receiver.channel == Channel.WEBHOOK or _is_for_teams(template):
                yield OutboxMessage(
                    key=f"{cause}.{template}.{receiver.channel}.{receiver.name}",
                    channel=receiver.channel,
                    receiver=receiver.name,
                    template=template,
                    context=dict(context),
                )


def _is_for_teams(template: str) -> bool:
    return preferences.topic_of(template) in FOR_TEAMS and template not in _PERSONAL
