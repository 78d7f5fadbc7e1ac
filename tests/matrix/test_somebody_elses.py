"""Somebody else's object is a 404 whose body equals a missing one's, wherever its id is put."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.builders import make_diagnosis, make_request
from tests.cast import make_account, make_person
from tests.matrix.world import make_world
from troubleshoot.models import AdminChange, Role
from troubleshoot.web.table import PAGES, Page

PAGES_WITH_AN_ID = [page for page in PAGES if re.search(r"<\w+:(token|code)>", page.route)]


@pytest.fixture
def world(db: None) -> Any:
    return make_world()


@pytest.mark.parametrize("page", PAGES_WITH_AN_ID, ids=lambda page: page.name)
def test_it_looks_exactly_like_a_missing_one(world: Any, page: Page) -> None:
    theirs = world.address(page)
    missing = _with_an_unknown_id(world, theirs)
    client = world.client("stranger")
    if page.rule_for("GET") is not None:
        assert _told(client.get(theirs), theirs) == _told(client.get(missing), missing)
    if page.rule_for("POST") is not None:
        assert _told(client.post(theirs), theirs) == _told(client.post(missing), missing)


def test_an_approver_of_another_account_finds_nothing(world: Any) -> None:
    other = make_account("444455556666", "analytics")
    client = Client()
    client.force_login(make_person("noor", Role.APPROVER, account=other))
    for name in ("diagnosis", "request", "review", "account"):
        page = next(page for page in PAGES if page.name == name)
        assert client.get(world.address(page)).status_code == 404, name
    for name in ("approve", "reject"):
        page = next(page for page in PAGES if page.name == name)
        assert client.post(world.address(page), {"digest": world.request.change_digest}).status_code == 404, name
    world.request.refresh_from_db()
    assert world.request.state == "submitted"


def test_ids_swapped_between_rooms_find_nothing(world: Any) -> None:
    client = world.client("owner")
    assert client.get(f"/d/{world.request.code}/").status_code == 404
    assert client.get(f"/requests/{world.diagnosis.code}/").status_code == 404
    assert client.get(f"/requests/{world.diagnosis.token}/").status_code == 404
    assert client.get(f"/case/{world.request.code}/").status_code == 404


def test_one_persons_request_cannot_be_withdrawn_by_another(world: Any) -> None:
    theirs = make_request(
        requester=world.people["stranger"], account=world.account, principal="arn:aws:iam::123456789012:user/charlie"
    )
    assert world.client("owner").post(f"/requests/{theirs.code}/withdraw/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == "submitted"


def test_one_persons_case_cannot_be_changed_by_another(world: Any) -> None:
    theirs = make_diagnosis(person=world.people["stranger"], account=world.account)
    sent = {"action": "personalize:DeleteDataset", "principal": "", "resource": ""}
    for role in ("owner", "approver", "admin", "auditor"):
        assert world.client(role).post(f"/d/{theirs.token}/facts/", sent).status_code == 404
    before = theirs.facts
    theirs.refresh_from_db()
    assert theirs.facts == before


def test_a_proposer_cannot_confirm_by_another_changes_id(world: Any) -> None:
    own = AdminChange.objects.create(
        kind=AdminChange.Kind.ADD_ROLE,
        person=world.people["admin"],
        role=Role.APPROVER,
        proposed_by=world.people["admin"],
        proposed_at=world.request.submitted_at,
    )
    world.client("admin").post(f"/people/changes/{own.pk}/confirm/")
    own.refresh_from_db()
    assert own.state == AdminChange.State.PROPOSED
    assert world.client("admin").post("/people/changes/999999/confirm/").status_code == 404


def _with_an_unknown_id(world: Any, address: str) -> str:
    for known in (world.diagnosis.token, world.diagnosis.code, world.request.code):
        address = address.replace(known, known[:-1] + ("3" if known[-1] != "3" else "4"))
    return address


def _told(response: Any, address: str) -> tuple[int, str]:
    body = response.content.decode().replace(address, "[address]")
    return response.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body)
