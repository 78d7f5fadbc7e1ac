"""The database from a `DATABASE_URL`, or the embedded SQLite file."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from portal import env

# IMMEDIATE takes the write lock when a transaction begins, so that a later write in it never meets
# "database is locked"; WAL lets the pages read while the worker writes.
_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}


def from_url(url: str, *, sqlite_file: Path) -> dict[str, Any]:
    """Return Django's database settings for `postgresql://user:password@host:port/name?option=value`.

    An empty `url` means the SQLite file. Any other scheme is reported by the check `portal.E001`.
    """
    if not url:
        return _sqlite(sqlite_file)
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        env.problems.append(f"DATABASE_URL begins with `{parts.scheme}:`; write postgresql://user:password@host/name.")
        return _sqlite(sqlite_file)
    options: dict[str, Any] = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    pooled = options.pop("pool", "true") == "true"
    if pooled:
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
    }


def _sqlite(file: Path) -> dict[str, Any]:
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": file, "OPTIONS": dict(_SQLITE_OPTIONS)}
