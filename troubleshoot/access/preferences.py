"""Which mails a person wants. Those about the person's own safety are always sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from troubleshoot import audit
from troubleshoot.access.errors import Refused
from troubleshoot.models import NotificationChoice, Person


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of mail that can be switched off, in words, and the templates that belong to it."""

    name: str
    label: str
    words: str
    templates: frozenset[str]


TOPICS: Final = (
    Topic(
        "decide",
        "Something needs me",
        "A request waits for your decision, or has to be applied by hand.",
        frozenset(
            {"to_decide", "apply_by_hand", "left_behind", "drifted", "escalated"}
            | {"handed_over", "remove_by_hand", "undo_refused"}
        ),
    ),
    Topic(
        "progress",
        "My requests move on",
        "A request of yours was filed, approved, sent back, rejected or applied, or is over.",
        frozenset(
            {"submitted", "approved", "rejected", "active", "failed", "lapsed", "withdrawn", "revoked", "expired"}
            | {"changes_wanted", "narrowed", "extended", "undone"}
        ),
    ),
    Topic(
        "reminders",
        "Reminders",
        "Access of yours ends soon, or something waits for you still.",
        frozenset({"ends_soon", "reminder_answer", "reminder_apply", "reminder_decide"}),
    ),
    Topic(
        "comments",
        "Comments",
        "Somebody wrote a comment on a request that concerns you.",
        frozenset({"comment"}),
    ),
)
"""Whatever stands in none of them is always sent: access asked on somebody's behalf, changes of roles, and the like."""

_BY_NAME: Final[Mapping[str, Topic]] = {topic.name: topic for topic in TOPICS}
_TOPIC_OF: Final[Mapping[str, str]] = {template: topic.name for topic in TOPICS for template in topic.templates}


def topic_of(template: str) -> str:
    """Return the name of the topic that a mail belongs to, empty where it is always sent."""
    return _TOPIC_OF.get(template, "")


def choices_of(person: Person) -> dict[str, bool]:
    """Return for each topic whether the person wants its mails."""
    kept = dict(NotificationChoice.objects.filter(person=person).values_list("topic", "wanted"))
    return {topic.name: kept.get(topic.name, True) for topic in TOPICS}


def choose(*, person: Person, wanted: Mapping[str, bool]) -> tuple[str, ...]:
    """Keep what the person wants of the topics in `wanted`, and return the names of those that changed.

    `Refused` for a topic that is not there, or that cannot be switched off.
    """
    if unknown := set(wanted) - set(_BY_NAME):
        raise Refused("no_such_topic", f"These mails cannot be switched off: {', '.join(sorted(unknown))}.")
    with transaction.atomic():
        before = choices_of(person)
        changed = tuple(name for name, value in wanted.items() if before[name] != value)
        for name in changed:
            NotificationChoice.objects.update_or_create(person=person, topic=name, defaults={"wanted": wanted[name]})
        if changed:
            data = {"off": sorted(name for name, value in {**before, **wanted}.items() if not value)}
            audit.append(event="settings.mails", actor=person, subject=str(person.public_id), data=data)
    return changed


def unwanted(people: Iterable[Person], templates: Iterable[str]) -> set[tuple[int, str]]:
    """Return the pairs of a person's id and a template that need no mail, in one query at most."""
    names = {template: topic for template in templates if (topic := topic_of(template))}
    if not names:
        return set()
    off = NotificationChoice.objects.filter(person__in=list(people), topic__in=set(names.values()), wanted=False)
    pairs = set(off.values_list("person_id", "topic"))
    return {(pk, template) for pk, topic in pairs for template, belongs in names.items() if topic == belongs}
