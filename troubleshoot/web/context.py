"""What every page's frame shows: the brand, the rooms that this person may enter, the mode, and whom to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse

from troubleshoot.access.permissions import roles_of
from troubleshoot.guide.topics import TOPICS
from troubleshoot.iam.catalog import data_date
from troubleshoot.models import Account, Person, PrincipalLink
from troubleshoot.web.components import Contact
from troubleshoot.web.rules import permits
from troubleshoot.web.table import BY_NAME

BRAND = "Access Desk"
_ROOMS = (
    ("home", "Read an error"),
    ("requests", "My requests"),
    ("queue", "Queue"),
)
_MORE = (
    ("grants", "Grants"),
    ("people", "People"),
    ("rules", "Routing rules"),
    ("accounts", "Accounts"),
    ("unread", "Unread texts"),
    ("audit", "Audit"),
)
"""The rooms of those who look after the portal: too many for one line, so they stand in a menu."""
_MIXED = "mixed"
_MOST_ACCOUNTS = 20


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A link of the main navigation. `current` is `page` on that page, `true` below it, else empty."""

    url: str
    label: str
    current: str


@dataclass(frozen=True, slots=True)
class TopicLink:
    """A topic in the foot of the page."""

    url: str
    short: str


class Site:
    """The frame's data, read only where a template asks for it: the topic pages of a stranger cost no query."""

    brand = BRAND

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        user = getattr(request, "user", None)
        self._person = user if isinstance(user, Person) else None

    @property
    def navigation(self) -> list[NavigationItem]:
        """The rooms that the table of pages lets this person enter."""
        if getattr(self._request, "user", None) is None:
            return []
        return [*self._items(_ROOMS), NavigationItem(f"{reverse('home')}#topics", "Topics", "")]

    @cached_property
    def more(self) -> list[NavigationItem]:
        """The rooms in the menu; for administrators Django's admin, too."""
        items = self._items(_MORE)
        return [*items, NavigationItem(reverse("admin:index"), "All records", "")] if self.administers else items

    @property
    def is_in_more(self) -> bool:
        """Whether the page that is open stands in the menu, or below a page that does."""
        return any(item.current for item in self.more)

    def _items(self, rooms: Sequence[tuple[str, str]]) -> list[NavigationItem]:
        user = getattr(self._request, "user", None)
        if user is None:
            return []
        pages = [(BY_NAME[name], label) for name, label in rooms]
        return [self._item(page.name, label) for page, label in pages if page.get and permits(page.get, user)]

    def _item(self, name: str, label: str) -> NavigationItem:
        url = reverse(name)
        here = self._request.path
        if here == url:
            return NavigationItem(url, label, "page")
        return NavigationItem(url, label, "true" if url != "/" and here.startswith(url) else "")

    @property
    def catalog_date(self) -> date:
        """The day of AWS's lists of actions and resource types that every answer rests on."""
        return date.fromisoformat(data_date())

    @property
    def roles(self) -> str:
        """The person's roles in words; everybody signed in is an employee."""
        held = roles_of(self._person)
        named = (
            (held.is_helpdesk, "helpdesk"),
            (held.is_approver, "approver"),
            (held.is_admin, "administrator"),
            (held.is_auditor, "auditor"),
        )
        return ", ".join(name for holds, name in named if holds) or "employee"

    @property
    def administers(self) -> bool:
        """Whether the person looks after the portal itself."""
        return self._person is not None and roles_of(self._person).is_admin

    @property
    def topics(self) -> list[TopicLink]:
        """The five topics, as links."""
        return [TopicLink(reverse(topic.slug), topic.short) for topic in TOPICS]

    @property
    def return_to(self) -> str:
        """Where to go after signing in: the page that is open, unless it is the sign-in page itself."""
        path = self._request.get_full_path()
        return (
            "" if self._request.method != "GET" or path.startswith((reverse("sign-in"), "/?")) or path == "/" else path
        )

    @property
    def mode(self) -> str:
        """How far the portal may go in the person's accounts: text, read, write; `mixed` where they differ."""
        modes = {account.mode for account in self._accounts}
        if len(modes) > 1:
            return _MIXED
        return modes.pop() if modes else "text"

    @property
    def contact(self) -> Contact:
        """The administrator of the person's account, or of the one they look at most: their first."""
        for account in self._accounts:
            if account.contact_name or account.contact_email:
                return Contact(account.contact_name, account.contact_email, account.contact_note)
        return Contact()

    @cached_property
    def _accounts(self) -> list[Account]:
        if self._person is None:
            return []
        linked = PrincipalLink.objects.filter(person=self._person, account=OuterRef("pk"))
        rows = Account.objects.annotate(is_linked=Exists(linked)).order_by("-is_linked", "name")
        if not roles_of(self._person).is_staff:
            return list(rows.filter(is_linked=True))
        found = list(rows[:_MOST_ACCOUNTS])
        return [*(account for account in found if account.is_linked)] or [*found]


def site(request: HttpRequest) -> dict[str, Site]:
    """Django's context processor: `site` in every template."""
    return {"site": Site(request)}
