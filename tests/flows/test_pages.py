"""Every edge's target as a page, and random paths over HTTP without JavaScript, each to its end."""

import os
import random
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from tests.flows.walking import edges, everything, form_of, possible
from tests.web import markup
from troubleshoot.access import guide as store
from troubleshoot.guide.flow import Flow, HandOver, Outcome, Question
from troubleshoot.guide.flows import FLOWS
from troubleshoot.guide.walk import replay
from troubleshoot.web.guide import guide

pytestmark = pytest.mark.django_db

ALL = pytest.mark.parametrize("flow", FLOWS.values(), ids=list(FLOWS))
PATHS = 1000 if os.environ.get("ACCESS_DESK_DEEP") else 12
LONGEST = 40


@ALL
def test_every_edge_leads_to_its_page(flow: Flow, rf: RequestFactory) -> None:
    token = store.keep(AnonymousUser(), everything(flow))
    for question, edge, answers in edges(flow):
        request = rf.get(f"/guide/{flow.slug}/", {**answers, "a": token, "seen": "1"})
        request.user = AnonymousUser()
        response = guide(request, flow.slug)
        node = flow.nodes[edge.to]
        place = f"{question.id} -> {node.id}"
        if isinstance(node, HandOver):
            assert response.status_code == 302, place
            assert response["Location"].startswith(f"/guide/{node.flow}/"), place
            continue
        page = markup.read(response.content)
        assert response.status_code == 200, place
        assert node.title.replace("`", "") in page.text, place
        assert page.inline == [], place
        assert page.unclosed == [], place
        assert [name for name, count in page.ids.items() if count > 1] == [], place
        assert page.long_sentences == [], place


@ALL
def test_random_paths_come_to_an_end_without_javascript(flow: Flow, client: Client) -> None:
    chance = random.Random(f"{flow.slug}")  # noqa: S311 - which paths are tried is no secret
    for number in range(PATHS):
        address, node = _walked(client, flow, chance)
        assert isinstance(node, Outcome), f"path {number}: {address}"
        assert "Where to go next" in client.get(address).content.decode()


def _walked(client: Client, flow: Flow, chance: random.Random) -> tuple[str, Any]:
    """Answer by forms only, from the first page on; check pages are passed by their link."""
    address, at = f"/guide/{flow.slug}/", flow
    for _ in range(LONGEST):
        response = client.get(address)
        if response.status_code == 302:
            address = response["Location"]
            at = FLOWS[urlsplit(address).path.split("/")[2]]
            continue
        asked = response.context.get("question")
        if isinstance(asked, Question):
            response = client.post(address, form_of(asked, chance.choice(possible(asked))))
            assert response.status_code == 302, (address, response.context and response.context["form"].errors)
            address = response["Location"]
        elif "on" in response.context:
            address = response.context["on"]
        else:
            return address, response.context["outcome"]
    return address, at


@ALL
def test_nothing_typed_stands_in_an_address(flow: Flow, client: Client) -> None:
    chance = random.Random(3)  # noqa: S311 - which paths are tried is no secret
    for _ in range(6):
        address, _node = _walked(client, flow, chance)
        query = parse_qs(urlsplit(address).query)
        query.pop("a", None)
        assert not any("arn:" in value or "123456789012" in value for values in query.values() for value in values)


@ALL
def test_the_picture_and_the_list_open(flow: Flow, client: Client) -> None:
    assert b"<svg" in client.get(f"/guide/{flow.slug}/picture/").content
    assert flow.title.encode() in client.get("/guide/").content


def test_a_walk_over_http_and_below_it_are_the_same(client: Client) -> None:
    flow = FLOWS["access-keys"]
    response = client.get("/guide/access-keys/?want=rotate&stage=made")
    assert response.context["outcome"] is replay(flow, {"want": "rotate", "stage": "made"}, {}).at
