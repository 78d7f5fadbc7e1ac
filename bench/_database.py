"""A real PostgreSQL for the benchmarks, from the wheel that the tests use, with as many databases as one wants."""

import os

import django


def start() -> None:
    """Start the server and Django on it. A second call changes nothing."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    from tests import postgres  # noqa: F401, PLC0415 - loading it starts the server and names it in the environment

    django.setup()


def make(name: str) -> None:
    """Make a database with all tables, and use it from now on."""
    from django.core.management import call_command  # noqa: PLC0415 - needs Django
    from django.db import connection  # noqa: PLC0415

    use("postgres")
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    use(name)
    call_command("migrate", verbosity=0, interactive=False)


def use(name: str) -> None:
    """Let Django speak to this database from now on."""
    from django.db import connection  # noqa: PLC0415 - needs Django

    connection.close()
    connection.settings_dict["NAME"] = name


def address(name: str) -> str:
    """Return a DATABASE_URL for another process, with the pool that production uses."""
    return os.environ["DATABASE_URL"].replace("/postgres?", f"/{name}?").replace("&pool=false", "")
