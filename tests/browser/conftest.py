"""One Chromium for all browser tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.harness import chromium
from tests.web.conftest import _collected_static_files_have_a_folder

__all__ = ["_collected_static_files_have_a_folder"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started
