"""The documentation names every setting, every command and every make target, and its links lead somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)


def text(path: str) -> str:
    return (ROOT / path).read_text()


@pytest.mark.parametrize("module", ["portal/settings.py", "portal/gunicorn.py"])
def test_every_variable_of_the_environment_has_its_entry(module):
    names = set(re.findall(r"\"((?:ACCESS_DESK_|DATABASE_|WEB_)[A-Z_]+|HOST|PORT)\"", text(module)))
    assert names
    documented = text("docs/reference/settings.md")
    assert [name for name in sorted(names) if f"`{name}`" not in documented] == []


def test_every_command_has_its_entry():
    commands = [file.stem for file in (ROOT / "troubleshoot/management/commands").glob("[!_]*.py")]
    documented = text("docs/reference/commands.md")
    assert [name for name in sorted(commands) if f"`{name}" not in documented] == []


def test_every_make_target_that_helps_is_documented():
    targets = re.findall(r"^([a-z]+):.*##", text("Makefile"), flags=re.MULTILINE)
    documented = text("CONTRIBUTING.md") + text("docs/reference/commands.md")
    assert [name for name in targets if name not in {"help", "check"} and f"`make {name}" not in documented] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []
