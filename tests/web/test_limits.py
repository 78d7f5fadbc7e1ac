"""What holds on every page of the working rooms: few queries, light pages, and text that stays text."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.builders import denial_text, make_approval, make_diagnosis, make_request
from tests.cast import ALICE_ARN, MARY_ARN, make_person
from tests.matrix.world import make_world
from tests.web.markup import read
from tests.web.signing_in import pasted, signed_in
from troubleshoot.models import AccessRequest, Account, Comment, Diagnosis, Person, Risk, Role
from troubleshoot.web.table import PAGES, WORKING_ROOMS

MOST_QUERIES = 12
HEAVIEST = 150_000
READERS = {
    **dict.fromkeys(("request-access", "facts", "report-reading", "answer"), "owner"),
    **dict.fromkeys(("ask-for-changes", "narrow"), "approver"),
}
PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE troubleshoot_person; --",
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "@SUM(A1)",
    "%s%s%n",
    "{0.__class__.__mro__}",
    "{{ 7|add:7 }}{% now 'Y' %}",
    "${jndi:ldap://x}",
    "$(touch x)`touch y`",
    "\u202egnp.exe\u2066",
    "</textarea><b>",
    "javascript:alert(1)",
]
PASS_ROLE = f"User: {ALICE_ARN} is not authorized to perform: iam:PassRole"
MARKUP = re.compile(r"<script>alert|<img src=x|<b>|\b14\b2026|onerror=alert\(1\)>")


@pytest.mark.parametrize("page", [page for page in WORKING_ROOMS if page.get], ids=lambda page: page.name)
def test_a_page_costs_few_queries_and_is_light(db: None, page: Any) -> None:
    world = make_world()
    client = world.client(READERS.get(page.name, "admin"), page)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(world.address(page))
    assert response.status_code in (200, 302)
    assert len(queries) <= MOST_QUERIES, [query["sql"] for query in queries]
    assert len(response.content) < HEAVIEST


@pytest.mark.parametrize("page", [page for page in WORKING_ROOMS if page.get], ids=lambda page: page.name)
def test_a_page_is_well_made_and_plain_for_everybody_who_may_see_it(db: None, page: Any) -> None:
    world = make_world()
    answers = [world.client(role, page).get(world.address(page), follow=True) for role in world.people]
    seen = [answer for answer in answers if answer.status_code == 200]
    assert seen
    for answer in seen:
        if "html" in answer["Content-Type"]:
            _assert_well_made(answer.content)


@pytest.mark.parametrize("text", ["", "nothing to read", denial_text(ALICE_ARN), denial_text(MARY_ARN) * 2, PASS_ROLE])
def test_every_answer_to_a_paste_is_well_made_and_plain(alice: Person, account: Account, text: str) -> None:
    _assert_well_made(signed_in(alice).post("/read/", {"text": text}, follow=True).content)


@pytest.mark.parametrize("name", ["requests", "queue", "people", "audit", "accounts"])
def test_the_number_of_queries_does_not_grow_with_the_rows(db: None, name: str) -> None:
    world = make_world()
    client = world.client("owner" if name == "requests" else "admin")
    address = next(page.route for page in PAGES if page.name == name)
    few = _queries(client, f"/{address}?state=all")
    for number in range(30):
        person = make_person(f"person{number}", Role.HELPDESK, links=((world.account, f"{ALICE_ARN}{number}"),))
        make_request(requester=person, beneficiary=world.people["owner"], account=world.account, action=f"s3:A{number}")
    assert _queries(client, f"/{address}?state=all") == few


def test_a_review_with_approvals_and_comments_costs_the_same_however_many_there_are(db: None) -> None:
    world = make_world()
    AccessRequest.objects.filter(pk=world.request.pk).update(risk=Risk.HIGH)
    client, costs = world.client("auditor"), []
    for number in range(3):
        approver = make_person(f"approver{number}", Role.APPROVER, account=world.account)
        make_approval(world.request, approver)
        Comment.objects.create(request=world.request, author=approver, text="Fine.", at=timezone.now())
        costs.append(_queries(client, f"/queue/{world.request.code}/"))
    assert len(set(costs)) == 1
    assert costs[0] <= MOST_QUERIES + 1


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_people_type_stays_text(alice: Person, rita: Person, account: Account, payload: str) -> None:
    client = signed_in(alice)
    kept = pasted(client, f"{payload}\n{denial_text(ALICE_ARN)}\n{payload}")
    sent = {"justification": payload, "hours": "24", "ticket": payload[:64], "key": "k" * 32}
    client.post(f"/d/{kept.token}/request/", sent)
    asked = AccessRequest.objects.get()
    reason = {"digest": asked.change_digest, "reason": payload}
    pages = [
        client.get(f"/d/{kept.token}/"),
        client.get(f"/requests/{asked.code}/"),
        signed_in(rita).get(f"/queue/{asked.code}/"),
        signed_in(rita).get("/queue/", {"q": payload}),
        signed_in(rita).post(f"/queue/{asked.code}/reject/", reason, follow=True),
        client.get(f"/requests/{asked.code}/status/"),
        client.post("/read/", {"text": payload}),
        client.post(f"/d/{kept.token}/facts/", {"action": payload, "principal": payload, "resource": payload}),
    ]
    for page in pages:
        assert page.status_code in (200, 422)
        assert not MARKUP.search(page.content.decode()), payload


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_a_message_holds_stays_text(alice: Person, account: Account, payload: str) -> None:
    kept = make_diagnosis(person=alice, account=account, resource=f"arn:aws:personalize:::recipe/{payload}")
    Diagnosis.objects.filter(pk=kept.pk).update(facts=kept.facts | {"operation": payload, "policy_arn": payload})
    client = signed_in(alice)
    for address in (f"/d/{kept.token}/", f"/d/{kept.token}/facts/", f"/d/{kept.token}/request/"):
        assert not MARKUP.search(client.get(address, follow=True).content.decode()), payload
    assert client.get(f"/d/{kept.token}/ticket/")["Content-Type"].startswith("text/plain")


def _assert_well_made(html: bytes) -> None:
    made = read(html)
    assert made.inline == []
    assert made.unclosed == []
    assert made.long_sentences == []
    assert [name for name, count in made.ids.items() if count > 1] == []


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)
