"""The menu of those who look after the portal: one line, by the keyboard, with and without JavaScript."""

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.harness import tab
from tests.matrix.world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scripts", [True, False])
def test_an_administrators_bar_is_one_line_and_its_menu_opens_by_the_keyboard(
    browser: Browser, live_server: LiveServer, scripts: bool
) -> None:
    with tab(browser, live_server.url, person=make_world().people["admin"], scripts=scripts) as opened:
        page = opened.open("/queue/")
        tops = {round(box["y"]) for link in page.locator(".nav__list > li").all() if (box := link.bounding_box())}
        assert len(tops) == 1
        records = page.get_by_role("link", name="All records")
        expect(records).to_be_hidden()
        page.locator(".menu > summary").focus()
        page.keyboard.press("Enter")
        expect(records).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.locator(".menu__link").first).to_be_focused()
        records.click()
        expect(page.get_by_role("heading", name="What the portal keeps")).to_be_visible()
