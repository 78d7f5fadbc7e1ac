"""Every page is light, brings little script of its own, and loads nothing from anybody else."""

import gzip
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.browser.visits import make_full_world, visits

pytestmark = pytest.mark.django_db
STATIC = Path(__file__).resolve().parents[2] / "static"
HEAVIEST = 150_000
MOST_OWN_SCRIPT = 20_000
LOADING = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data"}


class Loaded(HTMLParser):
    """The addresses of what a browser loads with a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get(LOADING.get(tag, ""))
        if address and dict(attrs).get("rel") not in {"canonical", "help"}:
            self.addresses.append(address)


@cache
def weight(address: str) -> int:
    """Return how many bytes a static file is on its way: compressed, as it is served."""
    return len(gzip.compress((STATIC / address.removeprefix("/static/")).read_bytes()))


def test_every_page_is_light_and_loads_from_this_site_alone() -> None:
    heavy, foreign, seen = {}, {}, 0
    for visit in visits(make_full_world()):
        client = Client()
        if visit.person:
            client.force_login(visit.person)
        html = client.get(visit.path, follow=True).content
        files = Loaded(html.decode()).addresses
        if outside := [file for file in files if urlsplit(file).netloc or not file.startswith("/")]:
            foreign[visit.name] = outside
        total = len(html) + sum(weight(file) for file in set(files) if file.startswith("/static/"))
        if total > HEAVIEST:
            heavy[visit.name] = total
        seen += 1
    assert seen > 50
    assert foreign == {}
    assert heavy == {}


def test_our_own_script_is_small() -> None:
    own = sum(file.stat().st_size for file in (STATIC / "js").rglob("*.js"))
    assert 0 < own <= MOST_OWN_SCRIPT


def test_no_style_or_script_of_ours_loads_from_anywhere_else() -> None:
    for file in [*(STATIC / "css").rglob("*.css"), *(STATIC / "js").rglob("*.js")]:
        text = file.read_text()
        assert "@import" not in text, file.name
        assert "url(http" not in text, file.name
        assert 'fetch("http' not in text, file.name
