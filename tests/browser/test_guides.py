"""The guides in Chromium: axe on every node's page, and a walk with and without JavaScript."""

import os

import pytest
from django.contrib.auth.models import AnonymousUser
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.harness import NARROW, Tab, tab
from tests.flows.walking import edges, everything
from troubleshoot.access import guide as store
from troubleshoot.guide.flow import Flow, HandOver
from troubleshoot.guide.flows import FLOWS
from troubleshoot.guide.walk import replay
from troubleshoot.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EVERY_NTH = 1 if os.environ.get("ACCESS_DESK_DEEP") else 8


def addresses(flow: Flow) -> list[str]:
    """Return an address of every node's page; what is typed is kept for whoever has the address."""
    token = store.keep(AnonymousUser(), everything(flow))
    found = {flow.start: f"/guide/{flow.slug}/"}
    for _, edge, answers in edges(flow):
        if not isinstance(flow.nodes[edge.to], HandOver):
            found.setdefault(
                edge.to, f"/guide/{flow.slug}/?{replay(flow, answers, everything(flow)).query()}&a={token}&seen=1"
            )
    return list(found.values())


@pytest.mark.timeout(900)
@pytest.mark.parametrize("flow", FLOWS.values(), ids=list(FLOWS))
def test_axe_finds_nothing_on_a_nodes_page(browser: Browser, live_server: LiveServer, flow: Flow) -> None:
    found: dict[str, list[str]] = {}
    pages = [*addresses(flow)[::EVERY_NTH], addresses(flow)[-1], f"/guide/{flow.slug}/picture/"]
    with tab(browser, live_server.url, width=NARROW) as opened:
        for path in pages:
            opened.open(path)
            if problems := problems_of(opened):
                found[path] = problems
    assert found == {}


def problems_of(opened: Tab) -> list[str]:
    """Return what axe finds in light, what colours it finds in dark, and whether the page is too wide."""
    opened.look(theme="light", width=NARROW)
    problems = [*opened.accessibility_problems(), *opened.complaints]
    if opened.overflow > 0:
        problems.append(f"{opened.overflow} pixels too wide")
    opened.look(theme="dark", width=NARROW)
    return [*problems, *opened.accessibility_problems(rules=("color-contrast",))]


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_what_was_built_is_asked_for(
    browser: Browser, live_server: LiveServer, alice: Person, rita: Person, scripts: bool
) -> None:
    place = {"account": "123456789012", "region": "us-east-1", "name": "RetailBuilders"}
    answers = "who=people&signs-in=idc&place=given&job=auditor&guard=none"
    token = store.keep(alice, {"place": place})
    with tab(browser, live_server.url, person=alice, scripts=scripts, width=NARROW) as opened:
        page = opened.open(f"/guide/let-others-in/?{answers}&a={token}&seen=1")
        page.get_by_role("link", name="Ask for these rights").click()
        if scripts:
            assert problems_of(opened) == []
        page.get_by_label("What do you need it for?").fill("The audit of November.")
        page.get_by_role("button", name="Request access").click()
        expect(page.get_by_text("Asked. Your request is")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_somebody_finds_an_action_by_their_own_words(browser: Browser, live_server: LiveServer, scripts: bool) -> None:
    with tab(browser, live_server.url, scripts=scripts) as opened:
        page = opened.open("/guide/not-authorized/?text=no&what=denied&service=personalize")
        if scripts:
            page.get_by_label("What do you want to do?").press_sequentially("import data")
        else:
            page.get_by_label("What do you want to do?").fill("import data")
            page.locator("form.guide-form").get_by_role("button", name="Search").click()
        expect(page.get_by_text("personalize:CreateDatasetImportJob")).to_be_visible()
        page.locator("input[value='personalize:CreateDatasetImportJob']").check()
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Does the message name iam:PassRole?")
        assert opened.complaints == []
