"""What every test has: the cast, the sandbox AWS, and a database whose audit chain can be emptied between tests."""

import os
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.sessions import force_login

pytest_plugins = ["tests.cast", "tests.sandbox"]

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup"}
GUARDS = import_module("troubleshoot.migrations.0002_audit_guards")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what the database at hand cannot show: SQLite serialises writers and hides a race.

    With `tests.postgres`, what touches no database is deselected: it has run already.
    """
    on_postgres = bool(os.environ.get("DATABASE_URL"))
    wanted = _touches_a_database if config.pluginmanager.has_plugin("tests.postgres") else lambda _: True
    kept = [item for item in items if wanted(item) and (on_postgres or item.get_closest_marker("postgres") is None)]
    config.hook.pytest_deselected(items=list(set(items) - set(kept)))
    items[:] = kept


def _touches_a_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or not DATABASE_FIXTURES.isdisjoint(fixtures)


@pytest.fixture
def unguarded(db: None) -> Iterator[None]:
    """Take the audit chain's triggers away, as somebody with the database owner's rights could."""
    _execute(GUARDS.statements_down(connection.vendor))
    yield
    _execute(GUARDS.statements_up(connection.vendor))


@pytest.fixture(scope="session", autouse=True)
def _browsers_are_signed_in_cheaply() -> Iterator[None]:
    """Let `Client.force_login` write one row. The way in by the form has tests of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", force_login)
        yield


@pytest.fixture(scope="session", autouse=True)
def _flush_empties_the_audit_chain() -> Iterator[None]:
    """Let Django empty the tables after a test with real transactions; the guards refuse it otherwise."""
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def without_guards(self: Any, sql_list: list[str]) -> None:
        _execute(GUARDS.statements_down(connection.vendor))
        flush(self, sql_list)
        _execute(GUARDS.statements_up(connection.vendor))

    operations.execute_sql_flush = without_guards
    yield
    operations.execute_sql_flush = flush


def _execute(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
