"""One of everything, and one person for each role: what the matrix opens every address with."""

from dataclasses import dataclass

from django.test import Client
from django.urls import reverse

from tests.builders import make_diagnosis, make_request, make_rule
from tests.cast import ALICE_ARN, make_account, make_person
from troubleshoot.access import passwords
from troubleshoot.access.unread import send
from troubleshoot.models import (
    AccessRequest,
    Account,
    AdminChange,
    Diagnosis,
    OutboxMessage,
    Person,
    Role,
    RoutingRule,
    UnreadMessage,
)
from troubleshoot.web.table import PAGES, Page

ROLES = ("anonymous", "owner", "stranger", "helpdesk", "approver", "admin", "auditor", "disabled")
_LINK = next(page for page in PAGES if page.name == "password-link")


@dataclass(frozen=True)
class World:
    """The owner's diagnosis and request, in one account, a text they sent, and a change that another admin proposed.

    `letter` is a mail that nobody took. The proposer has a link for a new password, and never signs in: that ends it.
    """

    account: Account
    people: dict[str, Person]
    diagnosis: Diagnosis
    request: AccessRequest
    change: AdminChange
    unread: UnreadMessage
    letter: OutboxMessage
    rule: RoutingRule

    def address(self, page: Page) -> str:
        """Return the address of a page, about the objects of this world."""
        known = {
            "token": self.diagnosis.token,
            "account_id": self.account.account_id,
            "pk": self.unread.pk if page.route.startswith("unread/") else self.change.pk,
            "cause_id": "P01",
            "slug": "access-keys",
            "public_id": self.people["stranger"].public_id,
            "key": passwords.key_for(self.change.proposed_by),
        }
        if page.route.startswith("password/"):
            known["public_id"] = self.change.proposed_by.public_id
        if page.route.startswith("deliveries/"):
            known["pk"] = self.letter.pk
        if page.route.startswith("rules/"):
            known["pk"] = self.rule.pk
        known["code"] = self.diagnosis.code if page.route.startswith("case/") else self.request.code
        wanted = {name: value for name, value in known.items() if f"{name}>" in page.route}
        return reverse(page.name, kwargs=wanted)

    def way_to(self, page: Page) -> str:
        """Return the address by which people come to a page: to the form for a new password only by their link."""
        return self.address(_LINK if page.name == "set-password" else page)

    def client(self, role: str, page: Page | None = None) -> Client:
        """Return a browser in which somebody with this role is signed in, and that has come to `page` once."""
        client = Client(raise_request_exception=True)
        if role != "anonymous":
            client.force_login(self.people[role])
        if page and self.way_to(page) != self.address(page):
            client.get(self.way_to(page))
        return client


def make_world() -> World:
    """Return a world of its own. The disabled person was an administrator once, and is signed in still."""
    account = make_account()
    proposer = make_person("ada", Role.ADMIN)
    people = {
        "owner": make_person("alice", links=((account, ALICE_ARN),)),
        "stranger": make_person("charlie"),
        "helpdesk": make_person("helen", Role.HELPDESK),
        "approver": make_person("rita", Role.APPROVER, account=account),
        "admin": make_person("adam", Role.ADMIN),
        "auditor": make_person("otto", Role.AUDITOR),
        "disabled": make_person("dora", Role.ADMIN, Role.APPROVER, account=account),
    }
    people["disabled"].is_active = False
    people["disabled"].save()
    diagnosis = make_diagnosis(person=people["owner"], account=account)
    request = make_request(requester=people["owner"], account=account, diagnosis=diagnosis)
    change = AdminChange.objects.create(
        kind=AdminChange.Kind.ADD_ROLE,
        person=people["stranger"],
        role=Role.HELPDESK,
        proposed_by=proposer,
        proposed_at=request.submitted_at,
    )
    unread = send(text="Something was refused, but what?", kind=UnreadMessage.Kind.UNREAD, by=people["owner"])
    letter = OutboxMessage.objects.create(
        key="dead",
        person=people["owner"],
        request=request,
        template="submitted",
        created_at=request.submitted_at,
        dead_at=request.submitted_at,
        attempts=60,
        last_error="SMTPServerDisconnected",
    )
    rule = make_rule(people["approver"], account=account, action_pattern="s3:*")
    return World(account, people, diagnosis, request, change, unread, letter, rule)
