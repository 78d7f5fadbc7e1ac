"""The portal refuses to start with a wrong or missing setting, and says what to do."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks.registry import registry
from django.core.management import call_command

from portal import database, env

ROOT = Path(__file__).resolve().parents[2]
RIGHT = {
    "ACCESS_DESK_SECRET_KEY": "Wq8-Zt3_Lm5.Xv1+Rb7" * 3,
    "ACCESS_DESK_AUDIT_KEY": "Kx2-Pn7_Rt4.Wb9+Zd5" * 3,
    "ACCESS_DESK_HOSTS": "access.example.com",
    "ACCESS_DESK_SITE_URL": "https://access.example.com",
}


WRONG = [
    ("ACCESS_DESK_SECRET_KEY", None, "portal.E002"),
    ("ACCESS_DESK_SECRET_KEY", "short", "portal.E002"),
    ("ACCESS_DESK_HOSTS", None, "portal.E003"),
    ("ACCESS_DESK_HOSTS", "*", "portal.E003"),
    ("ACCESS_DESK_AWS_ENDPOINT_URL", "http://127.0.0.1:5000", "portal.E004"),
    ("ACCESS_DESK_SITE_URL", "http://access.example.com", "portal.E005"),
    ("ACCESS_DESK_AUDIT_KEY", None, "portal.E006"),
    ("ACCESS_DESK_AUDIT_KEY", "short", "portal.E006"),
    ("ACCESS_DESK_AUDIT_OLD_KEYS", "short", "portal.E006"),
    ("ACCESS_DESK_AUDIT_HEAD_RECEIVER", "nobody", "portal.E007"),
    ("ACCESS_DESK_WEBHOOK_RECEIVERS", "ops=http://ops.example.com/", "`ops` is no https:// address"),
    ("ACCESS_DESK_EMAIL_PORT", "smtp", "ACCESS_DESK_EMAIL_PORT is `smtp`; write a whole number."),
    ("ACCESS_DESK_BEHIND_PROXY", "maybe", "ACCESS_DESK_BEHIND_PROXY is `maybe`; write 1 or 0."),
    ("DATABASE_URL", "mysql://host/name", "DATABASE_URL begins with `mysql:`"),
]


def manage(tmp_path, *arguments, **variables):
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "ACCESS_DESK_VAR_DIR": str(tmp_path)}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment | {name: value for name, value in variables.items() if value is not None},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def read(monkeypatch, tmp_path):
    """Read the settings anew, as a process with these variables does."""

    def read(**variables):
        monkeypatch.setattr(env, "problems", [])
        for name in [name for name in os.environ if name.startswith("ACCESS_DESK_") or name == "DATABASE_URL"]:
            monkeypatch.delenv(name)
        for name, value in {"ACCESS_DESK_VAR_DIR": str(tmp_path), **variables}.items():
            if value is not None:
                monkeypatch.setenv(name, value)
        return SimpleNamespace(**runpy.run_path(str(ROOT / "portal" / "settings.py")))

    return read


@pytest.fixture
def refused(monkeypatch, read):
    """Return what the portal's checks say, each with its id."""

    def refused(**variables):
        monkeypatch.setattr("portal.checks.settings", read(**variables))
        ours = [check for check in registry.get_checks() if check.__module__ == "portal.checks"]
        assert len(ours) >= 6
        return [str(problem) for check in ours for problem in check(app_configs=None, databases=None)]

    return refused


def test_production_starts_with_its_settings_and_the_deployment_checks_are_clean(tmp_path, refused):
    checked = manage(tmp_path, "check", "--deploy", **RIGHT)
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout
    assert refused(**RIGHT) == []


@pytest.mark.parametrize(("name", "value", "expected"), WRONG)
def test_it_refuses(refused, name, value, expected):
    (problem,) = refused(**{**RIGHT, name: value})
    assert expected in problem


@pytest.mark.parametrize("wrong", [WRONG, list(reversed(WRONG))], ids=["last", "first"])
def test_it_does_not_start_and_says_everything_that_is_wrong_at_once(tmp_path, wrong):
    given = {name: (value, expected) for name, value, expected in wrong}
    checked = manage(tmp_path, "check", **RIGHT | {name: value for name, (value, _) in given.items()})
    assert checked.returncode == 1
    assert [expected for _, expected in given.values() if expected not in checked.stderr] == []


def test_gunicorn_does_not_start_with_a_setting_that_a_check_refuses(tmp_path):
    started = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--config", "portal/gunicorn.py", "--check-config", "portal.wsgi"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "ACCESS_DESK_VAR_DIR": str(tmp_path), "PORT": "0"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert started.returncode != 0
    assert "portal.E002" in started.stderr
    assert "portal.E003" in started.stderr


def test_the_embedded_default_may_use_a_sandbox_without_https(refused):
    said = refused(
        ACCESS_DESK_EMBEDDED="1",
        ACCESS_DESK_SECRET_KEY=RIGHT["ACCESS_DESK_SECRET_KEY"],
        ACCESS_DESK_HOSTS="127.0.0.1",
        ACCESS_DESK_AWS_ENDPOINT_URL="http://127.0.0.1:5000",
    )
    assert said == []


def test_a_database_url_becomes_djangos_settings(tmp_path):
    found = database.from_url(
        "postgresql://desk:p%40ss@db.example.com:5433/access?sslmode=require", sqlite_file=tmp_path
    )
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["NAME"], found["USER"], found["PASSWORD"]) == ("access", "desk", "p@ss")
    assert (found["HOST"], found["PORT"]) == ("db.example.com", "5433")
    assert found["OPTIONS"]["sslmode"] == "require"
    assert found["OPTIONS"]["pool"]["max_size"] > 1


def test_the_pool_can_be_switched_off_and_a_socket_named(tmp_path):
    found = database.from_url("postgresql://desk@/access?host=/run/postgresql&pool=false", sqlite_file=tmp_path)
    assert found["HOST"] == "/run/postgresql"
    assert "pool" not in found["OPTIONS"]


def test_without_a_database_url_the_sqlite_file_is_used(tmp_path):
    found = database.from_url("", sqlite_file=tmp_path / "db")
    assert found["NAME"] == tmp_path / "db"
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_words_are_split_at_commas(monkeypatch):
    monkeypatch.setenv("SOME_WORDS", " a, b,,c ")
    assert env.words("SOME_WORDS") == ["a", "b", "c"]


@pytest.fixture
def collected(read, settings, tmp_path):
    """Collect one static file as a process with these variables does, and return the names that lie there then."""
    source = tmp_path / "source"
    source.mkdir()
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "static"

    def collected(text, **variables):
        (source / "desk.css").write_text(text)
        os.utime(source / "desk.css", ns=(collected.at, collected.at))
        collected.at += 10**10
        settings.STORAGES = read(**variables).STORAGES
        call_command("collectstatic", verbosity=0, interactive=False)
        return {file.name for file in settings.STATIC_ROOT.iterdir()}

    collected.at = 4 * 10**18  # later than what is collected, as what was changed since is
    return collected


def test_the_embedded_default_collects_without_compressing_and_shows_what_changed(collected):
    names = collected("a { color: red }\n" * 99, ACCESS_DESK_EMBEDDED="1")
    before = staticfiles_storage.url("desk.css")
    names |= collected("a { color: blue }\n" * 99, ACCESS_DESK_EMBEDDED="1")
    after = staticfiles_storage.url("desk.css")
    assert before != after
    assert {Path(before).name, Path(after).name} < names
    assert not any(name.endswith(".gz") for name in names)


def test_production_collects_the_compressed_form_too_without_any_setting(collected):
    names = collected("a { color: red }\n" * 99)
    assert Path(staticfiles_storage.url("desk.css")).name + ".gz" in names
