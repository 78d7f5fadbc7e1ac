"""A real Chromium for the tests: how it is started, who signs in, and what is asked of a page."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.sessions import session_of
from troubleshoot.models import Person

# Playwright runs an event loop in this thread; Django would take that for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# What is expected comes at once, or as late as a busy machine makes it.
expect.set_options(timeout=30_000)
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")
NARROW, WIDE = 320, 1440
_RUN_AXE = "wanted => axe.run(document, {runOnly: wanted, resultTypes: ['violations'], iframes: false})"
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium and stop it in the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Tab:
    """A page, and every complaint that the browser made about it (CSP reports and script errors among them)."""

    page: Page
    context: BrowserContext
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open a path of the site and wait until it stands still."""
        self.page.goto(f"{self.address}{path}", wait_until="load")
        return self.page

    def look(self, *, theme: str, width: int, text: str = "100%") -> None:
        """Change how the open page is seen: its colours, the window's width, the size of the text."""
        self.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.evaluate("size => { document.documentElement.style.fontSize = size }", text)

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    def accessibility_problems(self, *, rules: tuple[str, ...] = ()) -> list[str]:
        """Return what axe finds on the page as it stands, one line for each rule and element.

        With `rules`, axe looks for these alone.
        """
        # evaluate goes past the page's CSP, which refuses the script tag that axe's wrappers add.
        self.page.evaluate(_axe())
        wanted = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": list(WCAG)}
        found: dict[str, Any] = self.page.evaluate(_RUN_AXE, wanted)
        return [
            f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]


@contextmanager
def tab(
    browser: Browser,
    address: str,
    *,
    person: Person | None = None,
    width: int = WIDE,
    theme: str = "light",
    scripts: bool = True,
) -> Iterator[Tab]:
    """Open a browser window of its own, signed in as `person` where one is given."""
    context = browser.new_context(
        viewport={"width": width, "height": 900 if width > NARROW else 720},
        color_scheme="dark" if theme == "dark" else "light",
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
    if person is not None:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(person), "url": address}])
    page = context.new_page()
    opened = Tab(page, context, address)
    page.on("console", lambda said: _note(opened, said.type, said.text))
    page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    try:
        yield opened
    finally:
        context.close()


def _note(opened: Tab, kind: str, text: str) -> None:
    # The answer's own status (404, 403, 410) is what some tests open a page for.
    if kind in {"error", "warning"} and "the server responded with a status of 4" not in text:
        opened.complaints.append(text)


@cache
def _axe() -> str:
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("axe.min.js").read_text(encoding="utf-8")
