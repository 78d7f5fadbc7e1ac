"""Which pages the browser visits, and as whom: every page of the table that a role may open, with something in it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from tests.builders import make_change, make_diagnosis, make_request
from tests.cast import ALICE_ARN
from tests.matrix.world import World, make_world
from troubleshoot import audit
from troubleshoot.access.aws_side import AwsSide, Simulation
from troubleshoot.access.calls import denial_of
from troubleshoot.access.simulated import Simulated
from troubleshoot.access.still_denied import reading_of
from troubleshoot.iam.snapshot import Snapshot
from troubleshoot.models import AccessRequest, Diagnosis, Grant, Person, State
from troubleshoot.remedy.dependent import SID
from troubleshoot.web.rules import Rule, permits
from troubleshoot.web.table import PAGES, Page

# Not pages: a fragment, a plain text and JSON. The case link leads on to the diagnosis, a password link to its form.
NOT_PAGES = frozenset(
    {"request-status", "ticket", "health", "case", "guide-ticket", "guide-file", "guide-request", "password-link"}
)
IMPORTING = "personalize:CreateDatasetImportJob"
IMPORT = "arn:aws:personalize:us-east-1:123456789012:dataset-import-job/weekly"
ROLE = "arn:aws:iam::123456789012:role/personalize/PersonalizeService"
AT = "2026-11-22T12:00:00+00:00"
LOOKING = ("anonymous", "owner", "helpdesk", "approver", "admin", "auditor")
GRANTED = (State.ACTIVE, State.EXPIRED)
BEYOND_THE_TABLE = (
    ("not-found", "/nowhere/", "anonymous"),
    ("no-link", f"/password/{UUID(int=0)}/made-up/", "anonymous"),
    ("not-permitted", "/people/", "owner"),
    ("home-with-example", "/?example=pass-role", "anonymous"),
    ("search-found", "/search/?q=campaign", "anonymous"),
    ("guide-locked", "/guide/pass-role/?when=call&op=import&lock=op&hide=when", "helpdesk"),
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
    _make_grants()
    _make_asking(world)
    _make_more_time(world)
    return world


def _make_grants() -> None:
    """One active grant that somebody changed, and one made by hand that is over and has to be taken away by hand."""
    statement = '{"Sid": "AccessDesk", "Effect": "Allow", "Action": "x:Y", "Resource": "*"}'
    document = f'{{"Version": "2012-10-17", "Statement": [{statement}]}}'
    changed = document.replace("x:Y", "*")
    side = {"attached": True, "others": []}
    refused = {
        "state": "refused",
        "at": timezone.now().isoformat(),
        "codes": ["document_changed"],
        "before": {"document": None, "attached": False, "others": []},
        "wrote": {**side, "document": document},
        "now": {**side, "document": changed},
        "why": "",
    }
    for request in AccessRequest.objects.filter(state__in=GRANTED, resource__startswith="arn:"):
        over = request.state == State.EXPIRED
        Grant.objects.create(
            request=request,
            policy_arn=f"arn:aws:iam::123456789012:policy/portal-managed/{request.policy_name}",
            principal_arn=request.principal_arn,
            document=document,
            expires_at=timezone.now() + timedelta(hours=-1 if over else 30),
            before=[],
            manual=over,
            pre_image={"attached": []} if over else None,
            verified_at=timezone.now() - timedelta(days=3),
            compared_at=timezone.now() - timedelta(hours=5),
            drift=None
            if over
            else {"codes": ["document_changed", "attached_elsewhere"], "elsewhere": ["user/marymajor"]},
            undo=None if over else refused,
        )


def _make_asking(world: World) -> None:
    """A case whose call passes a role too, and a request for both of which the simulator was asked."""
    owner, account = world.people["owner"], world.account
    case = make_diagnosis(
        person=owner,
        account=account,
        action=IMPORTING,
        resource=IMPORT,
        snapshot=Snapshot(account.account_id, ALICE_ARN, AT).as_data(),
        checked_at=timezone.now(),
    )
    change = make_change(account, action=IMPORTING, resource=IMPORT)
    passing = {"Sid": SID, "Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE}
    both = replace(change, statements=(*change.statements, passing))
    before, after = (
        Simulation(ALICE_ARN, IMPORTING, IMPORT, said, asked_at=AT) for said in ("implicitDeny", "allowed")
    )
    simulated = Simulated(both.digest(), before, after).as_data()
    case.aws_answers = {**AwsSide(simulation=before).as_data(), "simulated": simulated}
    case.save()
    values = {"change": both.as_data(), "change_digest": both.digest(), "diagnosis": case}
    make_request(requester=owner, account=account, action=IMPORTING, resource=IMPORT, **values)
    facts = {**case.facts, "policy_type": "vpc-endpoint"}
    make_diagnosis(person=owner, account=account, action=IMPORTING, resource=IMPORT, facts=facts)


def _make_more_time(world: World) -> None:
    """A request for more time that was narrowed, and the case of a call that is still denied without a new error."""
    owner, account = world.people["owner"], world.account
    active = AccessRequest.objects.get(state=State.ACTIVE, grant__isnull=False)
    job = ["personalize:DescribeCampaign", "personalize:CreateCampaign", "personalize:UpdateCampaign"]
    first, now = (
        make_change(account, active.principal_arn, active.action, active.resource, hours) for hours in (720, 168)
    )
    first = replace(first, statements=({**first.statements[0], "Action": job, "Resource": "*"},))
    made = make_request(
        requester=owner,
        account=account,
        action=active.action,
        resource=active.resource,
        extends=active,
        first_change=first.as_data(),
        change=now.as_data(),
        change_digest=now.digest(),
    )
    audit.append(event="request.narrow", actor=world.people["approver"], subject=made.code, data={})
    make_diagnosis(
        person=owner,
        account=account,
        action=active.action,
        resource=active.resource,
        follows=active,
        text=denial_of(active.call),
        facts=reading_of(active).denials[0].as_data(),
    )


def _of_more_time() -> Iterator[tuple[str, str, str]]:
    made = AccessRequest.objects.get(extends__isnull=False)
    yield "review-more-time", f"/queue/{made.code}/", "approver"
    yield "request-narrowed", f"/requests/{made.code}/", "owner"
    yield "diagnosis-repeated", f"/d/{Diagnosis.objects.get(follows__isnull=False).token}/", "owner"


def _of_asking() -> Iterator[tuple[str, str, str]]:
    asked = AccessRequest.objects.select_related("diagnosis").get(action=IMPORTING)
    stopped = Diagnosis.objects.get(facts__policy_type="vpc-endpoint")
    assert asked.diagnosis is not None
    yield "request-access-with", f"/d/{asked.diagnosis.token}/request/", "owner"
    yield "review-asked-with", f"/queue/{asked.code}/", "approver"
    yield "diagnosis-endpoint", f"/d/{stopped.token}/", "owner"


def _of_grants() -> Iterator[tuple[str, str, str]]:
    codes = dict(AccessRequest.objects.filter(grant__isnull=False).values_list("state", "code"))
    yield "grant-changed", f"/grants/{codes[State.ACTIVE]}/", "approver"
    yield "grant-by-hand", f"/grants/{codes[State.EXPIRED]}/", "approver"
    yield "request-active", f"/requests/{codes[State.ACTIVE]}/", "owner"
    yield "extend-active", f"/requests/{codes[State.ACTIVE]}/extend/", "owner"
    yield "still-denied-active", f"/requests/{codes[State.ACTIVE]}/still-denied/", "owner"


def visits(world: World, role: str | None = None) -> Iterator[Visit]:
    """Every page with the roles that see something of their own on it; with `role`, only that one's."""
    for page in PAGES:
        if page.get is None or page.name in NOT_PAGES:
            continue
        lookers = [looker for looker in LOOKING if _may_look(page, world.people.get(looker))]
        for looker in _different(page, lookers):
            if role in (None, looker):
                yield Visit(f"{page.name}-{looker}", world.way_to(page), looker, world.people.get(looker))
    for name, path, looker in (*BEYOND_THE_TABLE, *_of_grants(), *_of_asking(), *_of_more_time()):
        if role in (None, looker):
            yield Visit(f"{name}-{looker}", path, looker, world.people.get(looker))


def _may_look(page: Page, person: Person | None) -> bool:
    return page.get is not None and permits(page.get, person or AnonymousUser())


def _different(page: Page, lookers: list[str]) -> list[str]:
    # A page for everybody differs by role in its frame alone; further staff see what the third sees.
    if page.get in {Rule.ANYONE, Rule.READER}:
        return ["anonymous", "owner"] if page.name in {"home", "access-keys"} else ["anonymous"]
    return lookers[:3]
