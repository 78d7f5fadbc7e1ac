"""A form that waits for AWS, in Chromium: what its button says meanwhile, and after the back button."""

import pytest
from playwright.sync_api import Browser, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.harness import tab
from tests.builders import denial_text

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_paste_that_is_read_cannot_be_sent_twice(browser: Browser, live_server: LiveServer) -> None:
    sent: list[str] = []

    def answer_with_nothing(route: Route) -> None:
        """Leave the browser on the page, as while it waits."""
        sent.append(route.request.post_data or "")
        route.fulfill(status=204)

    with tab(browser, live_server.url) as opened:
        page = opened.open("/")
        page.route("**/read/", answer_with_nothing)
        page.get_by_label("Paste the error you got").fill(denial_text())
        page.get_by_role("button", name="Find out why").click()
        expect(page.get_by_role("button", name="Reading …")).to_be_disabled()
        assert len(sent) == 1
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        page.unroute("**/read/")
        page.get_by_role("button", name="Find out why").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("personalize:ListSchemas")
        page.go_back()
        expect(page.get_by_role("button", name="Find out why")).to_be_enabled()
        assert opened.complaints == []
