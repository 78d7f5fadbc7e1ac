"""Messages that go out because of a step, kept in the step's own transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from troubleshoot.models import AccessRequest, OutboxMessage, Person


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail to write: the folder of templates is `templates/email`, `template` their common name."""

    template: str
    person: Person
    context: Mapping[str, Any] = field(default_factory=dict)


def queue(mails: Iterable[Mail], *, cause: str, request: AccessRequest | None = None) -> None:
    """Keep each mail once for its `cause`, a text that names the step. Nobody is written to twice for one step."""
    now = timezone.now()
    OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(
                key=f"{cause}.{mail.template}.{mail.person.public_id}",
                person=mail.person,
                request=request,
                template=mail.template,
                context=dict(mail.context),
                created_at=now,
                due_at=now,
            )
            for mail in mails
        ],
        ignore_conflicts=True,
    )


def to_all(template: str, people: Iterable[Person | None], **context: Any) -> list[Mail]:
    """Return one mail for each of the people, none twice."""
    distinct = {person.pk: person for person in people if person is not None}
    return [Mail(template, person, context) for person in distinct.values()]
