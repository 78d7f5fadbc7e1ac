"""Every address x method x role does what the one declared table says. Generated from the table."""

from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.matrix.world import ROLES, make_world
from troubleshoot.web.rules import Rule
from troubleshoot.web.table import FAMILIES, PAGES, Page

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
EVERYBODY = frozenset(ROLES)
SIGNED_IN = EVERYBODY - {"anonymous", "disabled"}
PASSES = {
    Rule.ANYONE: EVERYBODY,
    Rule.READER: EVERYBODY,
    Rule.SIGNED_IN: SIGNED_IN,
    Rule.STAFF: {"helpdesk", "approver", "admin", "auditor"},
    Rule.REVIEWERS: {"approver", "admin", "auditor"},
    Rule.KEEPERS: {"approver", "admin"},
    Rule.APPROVERS: {"approver"},
    Rule.RECORDS: {"admin", "auditor"},
    Rule.ADMINS: {"admin"},
}
"""Which roles each rule lets through, written out a second time."""

_READS_CASE = {"owner", "helpdesk", "approver", "admin", "auditor"}
_CHANGES_CASE = {"owner", "helpdesk"}
DOORS: dict[str, set[str]] = {
    "diagnosis": _READS_CASE,
    "ticket": _READS_CASE,
    "case": _READS_CASE,
    "facts": _CHANGES_CASE,
    "check": _CHANGES_CASE,
    "choose": _CHANGES_CASE,
    "denied-of-case": _READS_CASE,
    "report-reading": _CHANGES_CASE,
    "request-access": _CHANGES_CASE,
    "request": _READS_CASE,
    "request-status": _READS_CASE,
    "withdraw": {"owner"},
    "give-back": {"owner"},
    "extend": {"owner"},
    "still-denied": {"owner"},
    "comment": _READS_CASE,
    "answer": {"owner"},
}
"""Whose object it is, beyond the role: for everybody else the page is a 404."""
NEEDS_A_BODY = {"choose", "guide-ticket", "guide-file", "guide-solved", "guide-diagnose", "guide-request"}
"""Pages that answer 404 to a form or an address which names nothing, as this test's empty one."""


@pytest.fixture
def world(db: None) -> Any:
    return make_world()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_method_does_what_the_table_says(world: Any, page: Page, role: str) -> None:
    address = world.address(page)
    for method in METHODS:
        response = world.client(role, page).generic(method, address)
        assert _outcome(response) == _expected(page, method, role), f"{method} {address} as {role}"


def _expected(page: Page, method: str, role: str) -> str:
    rule = page.rule_for(method)
    if rule is None:
        return "method not allowed"
    if role not in PASSES[rule]:
        return "not permitted" if role in SIGNED_IN else "sign in"
    if page.name in DOORS and role not in DOORS[page.name]:
        return "not found"
    if page.name in NEEDS_A_BODY:
        return "not found"
    return "answered"


def _outcome(response: Any) -> str:
    if response.status_code == 405:
        return "method not allowed"
    if response.status_code == 403:
        return "not permitted"
    if response.status_code == 404:
        return "not found"
    if response.status_code == 302 and response["Location"].startswith("/sign-in/"):
        return "sign in"
    assert response.status_code < 500
    return "answered"


def test_every_address_of_the_site_is_in_the_table() -> None:
    found = [pattern for resolver in get_resolver().url_patterns for pattern in resolver.url_patterns]
    families = [pattern for pattern in found if isinstance(pattern, URLResolver)]
    assert [family.namespace for family in families] == [family.name for family in FAMILIES]
    patterns = [pattern for pattern in found if pattern not in families]
    assert all(isinstance(pattern, URLPattern) for pattern in patterns)
    assert [pattern.name for pattern in patterns] == [page.name for page in PAGES]


@pytest.mark.parametrize("role", ROLES)
def test_djangos_admin_is_for_administrators_and_changes_nothing_by_itself(world: Any, role: str) -> None:
    (family,) = FAMILIES
    looked_at = world.request.pk, world.account.pk, world.rule.pk, world.people["owner"].pk
    names = ("accessrequest", "account", "routingrule", "person")
    pages = [f"/admin/troubleshoot/{name}/{pk}/change/" for name, pk in zip(names, looked_at, strict=True)]
    for address in ("/admin/", "/admin/troubleshoot/", *(f"/admin/troubleshoot/{name}/" for name in names), *pages):
        for method in METHODS:
            outcome = _outcome(world.client(role).generic(method, address))
            writes = method == "POST" and "change" in address
            allowed = "answered" if role in PASSES[family.rule] and not writes else "not permitted"
            expected = allowed if role in SIGNED_IN else "sign in"
            expected = expected if family.rule_for(method) else "method not allowed"
            assert outcome == expected, f"{method} {address} as {role}"


def test_an_address_outside_the_table_is_refused(world: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.matrix.undeclared"
    assert world.client("admin").get("/undeclared/").status_code == 404


def test_no_two_pages_share_a_name_or_a_route() -> None:
    assert len({page.name for page in PAGES}) == len({page.route for page in PAGES}) == len(PAGES)


def test_a_page_that_only_changes_things_answers_no_get() -> None:
    for name in ("check", "choose", "withdraw", "approve", "reject", "propose-change", "confirm-change"):
        page = next(page for page in PAGES if page.name == name)
        assert page.get is None
        assert page.post is not None


def test_reading_may_be_closed_to_whoever_is_not_signed_in(world: Any, settings: Any) -> None:
    settings.READ_SIGNED_OUT = False
    assert world.client("anonymous").get("/read/").headers["Location"].startswith("/sign-in/")
    assert world.client("stranger").get("/read/").status_code == 200
