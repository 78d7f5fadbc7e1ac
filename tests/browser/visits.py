"""Which pages the browser visits, and as whom: every page of the table that a role may open, with something in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import AnonymousUser

from tests.builders import make_request
from tests.matrix.world import World, make_world
from troubleshoot.models import Person, State
from troubleshoot.web.rules import Rule, permits
from troubleshoot.web.table import PAGES, Page

# Not pages: a fragment, a plain text and JSON. The case link leads on to the diagnosis.
NOT_PAGES = frozenset({"request-status", "ticket", "health", "case", "guide-ticket", "guide-file", "guide-request"})
LOOKING = ("anonymous", "owner", "helpdesk", "approver", "admin", "auditor")
BEYOND_THE_TABLE = (
    ("not-found", "/nowhere/", "anonymous"),
    ("not-permitted", "/people/", "owner"),
    ("home-with-example", "/?example=pass-role", "anonymous"),
    ("search-found", "/search/?q=campaign", "anonymous"),
    ("search-nothing", "/search/?q=zebra", "anonymous"),
    ("queue-nothing", "/queue/?q=zebra", "approver"),
    ("requests-none", "/requests/", "stranger"),
    ("access-keys-none", "/access-keys/", "stranger"),
)


@dataclass(frozen=True)
class Visit:
    """A page to look at: a name for its picture, its path, and who looks."""

    name: str
    path: str
    role: str
    person: Person | None


def make_full_world() -> World:
    """Return the matrix's world, with a request in every state so that lists have something to show."""
    world = make_world()
    for number, state in enumerate(State):
        make_request(
            requester=world.people["owner"],
            account=world.account,
            state=state,
            action="personalize:DescribeCampaign",
            resource=f"arn:aws:personalize:us-east-1:123456789012:campaign/retail-{number}",
            age=timedelta(hours=7 * number),
        )
    return world


def visits(world: World, role: str | None = None) -> Iterator[Visit]:
    """Every page with the roles that see something of their own on it; with `role`, only that one's."""
    for page in PAGES:
        if page.get is None or page.name in NOT_PAGES:
            continue
        lookers = [looker for looker in LOOKING if _may_look(page, world.people.get(looker))]
        for looker in _different(page, lookers):
            if role in (None, looker):
                yield Visit(f"{page.name}-{looker}", world.address(page), looker, world.people.get(looker))
    for name, path, looker in BEYOND_THE_TABLE:
        if role in (None, looker):
            yield Visit(f"{name}-{looker}", path, looker, world.people.get(looker))


def _may_look(page: Page, person: Person | None) -> bool:
    return page.get is not None and permits(page.get, person or AnonymousUser())


def _different(page: Page, lookers: list[str]) -> list[str]:
    # A page for everybody differs by role in its frame alone; further staff see what the third sees.
    if page.get in {Rule.ANYONE, Rule.READER}:
        return ["anonymous", "owner"] if page.name in {"home", "access-keys"} else ["anonymous"]
    return lookers[:3]
