"""Whatever is sent from a page holds the token without which the portal refuses it."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.matrix.world import make_world
from troubleshoot.models import AdminChange, Person, Role
from troubleshoot.web.table import PAGES

_FORM = re.compile(r"<form\b[^>]*method=\"post\"[^>]*>.*?</form>", re.DOTALL)
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w{64}"')


@pytest.mark.parametrize("page", [page for page in PAGES if page.get], ids=lambda page: page.name)
def test_every_form_of_a_page_holds_its_token(db: None, page: Any) -> None:
    world = make_world()
    for role in world.people:
        answer = world.client(role, page).get(world.address(page), follow=True)
        if answer.status_code == 200 and "html" in answer["Content-Type"]:
            forms = _FORM.findall(answer.content.decode())
            assert [form for form in forms if not _TOKEN.search(form)] == []


@pytest.mark.parametrize(("said", "words"), [("confirm", "Confirmed."), ("refuse", "Refused.")])
def test_a_second_administrator_decides_in_a_browser_that_asks_for_the_token(
    adam: Person, ada: Person, charlie: Person, said: str, words: str
) -> None:
    first, second = Client(), Client(enforce_csrf_checks=True)
    first.force_login(adam)
    second.force_login(ada)
    sent = {"kind": "add_role", "person": charlie.pk, "role": Role.HELPDESK}
    assert first.post("/people/changes/", sent).status_code == 302
    change = AdminChange.objects.get()
    page = second.get("/people/").content.decode()
    (form,) = (one for one in _FORM.findall(page) if f"/people/changes/{change.pk}/{said}/" in one)
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', form)
    assert token is not None
    answer = second.post(f"/people/changes/{change.pk}/{said}/", {"csrfmiddlewaretoken": token[1]}, follow=True)
    assert words in answer.content.decode()
