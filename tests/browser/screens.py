"""Pictures of every page, to be looked at: `python -m tests.browser.screens FOLDER [part of a name]`.

Each page as each role that sees something of its own on it: light and dark, 320 and 1440 pixels wide; and from the
first of these once without JavaScript and once as printed.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402 - needs the settings
from django.db import connections  # noqa: E402
from django.test.testcases import LiveServerThread  # noqa: E402
from django.test.utils import setup_databases, setup_test_environment, teardown_databases  # noqa: E402
from playwright.sync_api import Browser  # noqa: E402

from tests.browser.harness import NARROW, WIDE, chromium, tab  # noqa: E402
from tests.browser.visits import Visit, make_full_world, visits  # noqa: E402


@contextmanager
def site() -> Iterator[str]:
    """Serve the site from a database of its own and give its address."""
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    shared = {one.alias: one for one in connections.all() if one.vendor == "sqlite"}
    for connection in shared.values():
        connection.inc_thread_sharing()
    server = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override=shared)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.terminate()
        teardown_databases(databases, verbosity=0)


def take(browser: Browser, address: str, visit: Visit, folder: Path) -> None:
    """Take every picture of one page."""
    with tab(browser, address, person=visit.person) as opened:
        page = opened.open(visit.path)
        for width in (WIDE, NARROW):
            for theme in ("light", "dark"):
                opened.look(theme=theme, width=width)
                page.screenshot(path=folder / f"{visit.name}-{theme}-{width}.png", full_page=True)
        opened.look(theme="light", width=WIDE)
        page.emulate_media(media="print")
        page.screenshot(path=folder / f"{visit.name}-print.png", full_page=True)
    with tab(browser, address, person=visit.person, scripts=False) as opened:
        opened.open(visit.path).screenshot(path=folder / f"{visit.name}-no-script.png", full_page=True)


def main(folder: Path, part: str = "") -> None:
    """Visit every page whose name holds `part`, and leave its pictures in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with site() as address, chromium() as browser:
        for visit in visits(make_full_world()):
            if part in visit.name:
                take(browser, address, visit, folder)
                print(visit.name, flush=True)  # noqa: T201 - a command's own words


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
