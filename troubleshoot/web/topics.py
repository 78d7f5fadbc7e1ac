"""The five topics, each at a short address of its own that a helpdesk can send, down to the section."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from troubleshoot.access.diagnosis import own_access_keys
from troubleshoot.guide.blocks import Topic
from troubleshoot.guide.causes import CAUSES
from troubleshoot.guide.terms import terms_in
from troubleshoot.guide.topics import BY_SLUG
from troubleshoot.iam.snapshot import Missing
from troubleshoot.models import Person
from troubleshoot.web.components import Status, Tone
from troubleshoot.web.strangers import same_for_strangers


@dataclass(frozen=True, slots=True)
class KeyView:
    """One access key of the person's: its id, never a secret."""

    key_id: str
    status: Status
    created_at: datetime
    last_used_at: datetime | None
    last_used_service: str
    never: str


@dataclass(frozen=True, slots=True)
class KeysOfUser:
    """The access keys of one IAM user, or why they could not be read."""

    name: str
    account: str
    keys: tuple[KeyView, ...] = ()
    problem: str = ""


def _topic_page(slug: str) -> Callable[[HttpRequest], HttpResponse]:
    data = _data(BY_SLUG[slug])

    def page(request: HttpRequest) -> HttpResponse:
        return render(request, "topics/topic.html", data)

    page.__name__ = slug.replace("-", "_")
    return same_for_strangers(page)


def _data(topic: Topic) -> dict[str, Any]:
    terms = terms_in(topic.sentences(), explained=topic.explained)
    return {"topic": topic, "causes": [CAUSES[cause] for cause in topic.causes], "terms": terms}


not_authorized = _topic_page("not-authorized")
pass_role = _topic_page("pass-role")
let_others_in = _topic_page("let-others-in")
outside_my_account = _topic_page("outside-my-account")


@same_for_strangers
def access_keys(request: HttpRequest) -> HttpResponse:
    """The topic of access keys, with the signed-in person's own key ids as far as the portal may read them."""
    data = _data(BY_SLUG["access-keys"])
    person = request.user
    if isinstance(person, Person):
        data |= {"signed_in": True, "users": keys_of(person)}
    return render(request, "topics/topic.html", data)


def keys_of(person: Person) -> list[KeysOfUser]:
    """Return the access keys of each IAM user that is linked to the person, as the page shows them."""
    return [_keys_of(link, keys) for link, keys in own_access_keys(person)]


def _keys_of(link: Any, keys: Any) -> KeysOfUser:
    name = link.principal_arn.rpartition("/")[2]
    if isinstance(keys, Missing):
        return KeysOfUser(name, link.account.account_id, problem=keys.why)
    return KeysOfUser(name, link.account.account_id, tuple(_key(key) for key in keys))


def _key(key: Any) -> KeyView:
    unread = isinstance(key.last_used, Missing)
    return KeyView(
        key_id=key.id,
        status=Status("active", Tone.GOOD) if key.active else Status("inactive", Tone.CALM),
        created_at=key.created,
        last_used_at=None if unread else key.last_used,
        last_used_service=key.service or "",
        never="not known" if unread else "no use on record",
    )
