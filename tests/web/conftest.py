"""What tests of pages need beside the cast."""

from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture(scope="session", autouse=True)
def _collected_static_files_have_a_folder() -> None:
    """The server of static files warns of a folder that is not there; nothing is collected for the tests."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
