"""Every page as people meet it: in Chromium, light and dark, narrow and wide, with and without JavaScript."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.harness import NARROW, WIDE, Tab, tab
from tests.browser.visits import LOOKING, make_full_world, visits
from tests.builders import denial_text
from tests.cast import make_person
from tests.matrix.world import make_world
from tests.web import markup
from troubleshoot.guide.topics import BY_SLUG
from troubleshoot.models import Person, Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", [*LOOKING, "stranger"])
def test_every_page_is_accessible_fits_and_gets_no_complaint(
    browser: Browser, live_server: LiveServer, role: str
) -> None:
    """WCAG 2.2 AA by axe in light and dark; 320 px and text at 200 % without sideways scrolling; no CSP report."""
    found: dict[str, list[str]] = {}
    world = make_full_world()
    with tab(browser, live_server.url, person=world.people.get(role)) as opened:
        for visit in visits(world, role):
            opened.open(visit.path)
            if problems := [*looked_at(opened), *opened.complaints]:
                found[visit.name] = problems
            opened.complaints.clear()
    assert found == {}


PASTES = {
    "empty": " ",
    "noise": "the build is green and the coffee is cold",
    "near miss": "An error occurred (ExpiredTokenException): The security token included in the request is expired",
    "fictional": BY_SLUG["not-authorized"].example,
    "which role": BY_SLUG["pass-role"].example,
    "several": "\n".join(denial_text(action=f"personalize:{name}") for name in ("ListSchemas", "ListFilters")),
    "with a secret": f"aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY {denial_text()}",
    "too large": f"{denial_text()}\n" + "x" * 300_000,
}


@pytest.mark.parametrize("who", ["anonymous", "owner"])
def test_every_answer_to_a_paste_is_accessible_and_plain(browser: Browser, live_server: LiveServer, who: str) -> None:
    found: dict[str, list[str]] = {}
    with tab(browser, live_server.url, person=make_world().people.get(who), width=NARROW) as opened:
        for name, text in PASTES.items():
            opened.open("/").get_by_label("Paste the error you got").fill(text)
            opened.page.get_by_role("button", name="Find out why").click()
            opened.page.wait_for_load_state()
            said = markup.read(opened.page.content())
            problems = [*opened.accessibility_problems(), *said.long_sentences]
            if opened.overflow > 0 or problems:
                found[name] = [*problems, f"{opened.overflow} px too wide"]
    assert found == {}


def looked_at(opened: Tab) -> Iterator[str]:
    # Only colours differ between the themes.
    for theme, rules in (("light", ()), ("dark", ("color-contrast",))):
        opened.look(theme=theme, width=WIDE)
        yield from (f"{theme}: {problem}" for problem in opened.accessibility_problems(rules=rules))
    for width, size in ((NARROW, "100%"), (1280, "200%")):
        opened.look(theme="light", width=width, text=size)
        if opened.overflow > 0:
            yield f"{opened.overflow} px too wide at {width} px with text at {size}"
    opened.look(theme="light", width=WIDE)


@pytest.mark.parametrize("role", [*LOOKING, "stranger"])
def test_every_page_speaks_plainly_and_holds_nothing_inline(role: str) -> None:
    found: dict[str, list[str]] = {}
    world = make_full_world()
    client = world.client(role)
    for visit in visits(world, role):
        page = markup.read(client.get(visit.path, follow=True).content)
        doubles = [name for name, count in page.ids.items() if count > 1]
        if problems := [*page.long_sentences, *page.inline, *page.unclosed, *doubles]:
            found[visit.name] = problems
    assert found == {}


def test_without_javascript_nothing_runs_off_a_narrow_screen(browser: Browser, live_server: LiveServer) -> None:
    world = make_full_world()
    with tab(browser, live_server.url, person=world.people["owner"], width=NARROW, scripts=False) as opened:
        for path in ("/", "/not-authorized/", "/requests/", f"/d/{world.diagnosis.token}/"):
            opened.open(path)
            assert opened.overflow <= 0, path


def test_a_long_name_makes_no_page_wider(browser: Browser, live_server: LiveServer) -> None:
    adam = make_person("adam", Role.ADMIN)
    Person.objects.update(first_name="Maximiliana", last_name="Featherstonehaugh-Cholmondeley")
    adam.refresh_from_db()
    with tab(browser, live_server.url, person=adam, width=NARROW) as opened:
        opened.open("/")
        assert opened.overflow <= 0
        expect(opened.page.get_by_role("button", name="Sign out")).to_be_in_viewport(ratio=1)


def test_the_first_tab_skips_to_the_content(browser: Browser, live_server: LiveServer) -> None:
    with tab(browser, live_server.url) as opened:
        page = opened.open("/not-authorized/")
        page.keyboard.press("Tab")
        expect(page.get_by_text("Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_whole_home_page_can_be_used_by_keyboard(browser: Browser, live_server: LiveServer) -> None:
    with tab(browser, live_server.url) as opened:
        page = opened.open("/")
        reached = []
        for _ in range(40):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
            visible = page.evaluate(
                "(() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle; })()"
            )
            assert visible != "none" or page.evaluate("document.activeElement === document.body")
        assert "id_text" in reached
        assert any("Find out why" in name for name in reached)
        assert any("iam:PassRole" in name for name in reached)
        assert "id_q" in reached


def test_the_theme_can_be_chosen_and_stays(browser: Browser, live_server: LiveServer) -> None:
    with tab(browser, live_server.url, theme="light") as opened:
        page = opened.open("/")
        ground = "getComputedStyle(document.body).backgroundColor"
        before = page.evaluate(ground)
        switch = page.get_by_role("button", name=re.compile("Colours"))
        switch.click()
        switch.click()
        expect(switch).to_have_attribute("aria-label", "Colours: dark. Change")
        assert page.evaluate(ground) != before
        opened.open("/causes/")
        assert page.evaluate(ground) != before


def test_copying_says_so_and_copies_what_is_shown(browser: Browser, live_server: LiveServer) -> None:
    with tab(browser, live_server.url) as opened:
        opened.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
        page = opened.open("/pass-role/")
        document = page.locator("figure.policy").first
        document.get_by_role("button", name="Copy").click()
        expect(document.get_by_role("button", name="Copied")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith('{\n  "Version": "2012-10-17"')
        assert copied.endswith("}")
        page.locator("#the-chain").get_by_role("button", name="Copy link").click()
        page.wait_for_timeout(50)
        assert page.evaluate("navigator.clipboard.readText()") == f"{live_server.url}/pass-role/#the-chain"


def test_without_javascript_there_are_links_instead_of_copy_buttons(browser: Browser, live_server: LiveServer) -> None:
    with tab(browser, live_server.url, scripts=False) as opened:
        page = opened.open("/pass-role/")
        expect(page.get_by_role("button", name="Copy").first).to_be_hidden()
        page.locator("#the-chain .anchor").click()
        assert page.url.endswith("/pass-role/#the-chain")


def test_the_example_reaches_the_box_without_javascript(browser: Browser, live_server: LiveServer) -> None:
    with tab(browser, live_server.url, scripts=False) as opened:
        page = opened.open("/pass-role/")
        page.get_by_role("link", name="Try the example in the paste box").click()
        assert "marymajor" in page.get_by_label("Paste the error you got").input_value()


def test_the_gates_stand_in_a_row_or_one_below_the_other(browser: Browser, live_server: LiveServer) -> None:
    ys = "[...document.querySelector('.gates__list').children].map(gate => Math.round(gate.getBoundingClientRect().y))"
    with tab(browser, live_server.url) as opened:
        assert len(set(opened.open("/style/").evaluate(ys))) == 1
    with tab(browser, live_server.url, width=NARROW) as opened:
        tops = opened.open("/style/").evaluate(ys)
        assert tops == sorted(set(tops))


def test_on_paper_the_frame_goes_and_the_content_stays(browser: Browser, live_server: LiveServer) -> None:
    with tab(browser, live_server.url) as opened:
        page = opened.open("/not-authorized/")
        page.emulate_media(media="print")
        for selector in (".nav", ".session", ".foot", ".toc"):
            expect(page.locator(selector).first).to_be_hidden()
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_on_paper_a_time_is_a_date(browser: Browser, live_server: LiveServer) -> None:
    world = make_full_world()
    with tab(browser, live_server.url, person=world.people["owner"]) as opened:
        page = opened.open("/requests/")
        after = "getComputedStyle(document.querySelector('main time'), '::after').content"
        assert page.evaluate(after) == "none"
        page.emulate_media(media="print")
        assert "UTC" in page.evaluate(after)


def test_signing_in_with_a_wrong_password_reads_the_error_first(
    browser: Browser, live_server: LiveServer, alice: object
) -> None:
    with tab(browser, live_server.url) as opened:
        page = opened.open("/sign-in/")
        page.get_by_label("Name").fill("alice")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_be_focused()
        expect(page.get_by_role("alert")).to_contain_text("do not fit together")
