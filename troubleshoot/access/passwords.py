"""A new password for somebody: by a link that is sent to them, works once, and that no administrator sees.

The link is written when the mail is: neither the outbox nor the trail holds it. Whoever could read it could sign in
as another administrator, and confirm what they proposed themselves.
"""

from typing import Final
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction

from troubleshoot import audit
from troubleshoot.access import four_eyes, outbox
from troubleshoot.access.enabling import end_sessions
from troubleshoot.access.errors import Refused
from troubleshoot.models import Person

MAIL: Final = "password_link"


def send_link(*, by: Person, person: Person) -> None:
    """Take the person's password away, end their sessions, and mail them a link by which they set a new one.

    A link that was sent before works no more. `Refused` where `by` is no administrator or the person, and where the
    person is disabled or has no e-mail address.
    """
    four_eyes.refuse_non_admin(by)
    if by.pk == person.pk:
        raise Refused("own_change", "Nobody does this for themselves. Another administrator has to.")
    if not person.is_active:
        raise Refused("disabled", "This person is disabled, so a password would not help.")
    if not person.email:
        raise Refused("no_email", "This person has no e-mail address, so there is nowhere to send a link to.")
    with transaction.atomic():
        person.set_unusable_password()  # it differs each time, and sessions and links rest on it
        person.save(update_fields=["password"])
        end_sessions(person)
        entry = audit.append(event="person.password_link", actor=by, subject=str(person.public_id), data={})
        outbox.queue(outbox.to_all(MAIL, [person]), cause=f"step-{entry.sequence}")


def key_for(person: Person) -> str:
    """Return the secret part of the person's link. It works until it is used, or `PASSWORD_RESET_TIMEOUT` is over."""
    return default_token_generator.make_token(person)


def person_of_link(public_id: UUID, key: str) -> Person | None:
    """Return whose link this is, or None where it does not work, or not any more."""
    person = Person.objects.filter(public_id=public_id, is_active=True).first()
    return person if person and default_token_generator.check_token(person, key) else None


def set_password(*, person: Person, key: str, password: str) -> None:
    """Set the password of who opened the link. `Refused` in words where it is too weak or the link was used."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refused("weak", " ".join(error.messages)) from None
    with transaction.atomic():
        current = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if not current.is_active or not default_token_generator.check_token(current, key):
            raise Refused("used", "This link was used already, or it is too old. Ask for another one.")
        current.set_password(password)
        current.save(update_fields=["password"])
        audit.append(event="person.password_set", actor=current, subject=str(current.public_id), data={})
