"""The queue with 1,000,000 requests beside one with 1,000: whole pages and their queries, on PostgreSQL.

`python -m bench queue`. The newest requests wait, the oldest are over, as in life: whoever reads the queue in its
order, oldest first, would have to pass by all those that are over. Rounds of both sizes take turns, so that other work
on the machine meets both; the best round of each counts. ACCESS_DESK_ROWS sets another size for a quick look.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

from bench import _database

_database.start()

from django.db import connection, reset_queries  # noqa: E402 - needs Django
from django.test import Client, override_settings  # noqa: E402

from tests.builders import make_request  # noqa: E402
from tests.cast import make_account, make_person  # noqa: E402
from troubleshoot.access.searching import words_of  # noqa: E402
from troubleshoot.models import AccessRequest, Person, Role  # noqa: E402

SMALL, LARGE = 1_000, int(os.environ.get("ACCESS_DESK_ROWS", "1000000"))
ROUNDS = 25
MOST = 1.3
DISTINCT: dict[str, str] = {
    "code": "'Q' || upper(lpad(to_hex(g), 6, '0'))",
    "ticket": "'OPS-' || g",
    "idempotency_key": "md5(g::text)",
    "call_digest": "md5(g::text) || md5((g + 1)::text)",
    "action": "'personalize:Action' || g % 80",
    "resource": "'arn:aws:personalize:us-east-1:123456789012:dataset/set-' || g % 900",
    "principal_arn": "'arn:aws:iam::123456789012:user/person' || g % 200",
    "requester_id": "(array(SELECT id FROM troubleshoot_person ORDER BY id))[1 + g % 50]",
    "beneficiary_id": "(array(SELECT id FROM troubleshoot_person ORDER BY id))[1 + g % 50]",
    "account_id": "(array(SELECT id FROM troubleshoot_account ORDER BY id))[1 + g % 5]",
    "state": """CASE WHEN g > {rows} * 0.92 THEN (array['submitted', 'submitted', 'needs_changes'])[1 + g % 3]
                     WHEN g > {rows} * 0.84 THEN (array['approved', 'applying', 'verifying'])[1 + g % 3]
                     WHEN g % 10 = 0 THEN 'active' WHEN g % 10 = 1 THEN 'failed'
                     ELSE (array['rejected', 'withdrawn', 'lapsed', 'expired', 'revoked'])[1 + g % 5] END""",
    "submitted_at": "p.submitted_at - ({rows} - g) * interval '10 seconds'",
    "changed_at": "p.submitted_at - ({rows} - g) * interval '10 seconds'",
}


@dataclass
class Size:
    """A queue of one size, and the browsers of those who open it."""

    name: str
    rows: int
    clients: dict[str, Client]


def fill(name: str, rows: int) -> Size:
    """Make a database with so many requests, each with its words."""
    _database.make(name)
    accounts = [make_account(f"{number:012}", f"account {number}") for number in range(1, 6)]
    people = [make_person(f"person{number}") for number in range(50)]
    staff = {
        "admin": make_person("adam", Role.ADMIN),
        "approver": make_person("rita", Role.APPROVER, account=accounts[0]),
    }
    prototype = make_request(requester=people[0], account=accounts[0], code="PROTO")
    columns = [field.column for field in AccessRequest._meta.concrete_fields if field.column != "id"]
    values = ", ".join(
        DISTINCT[column].format(rows=rows) if column in DISTINCT else f"p.{column}" for column in columns
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO troubleshoot_accessrequest ({', '.join(columns)}) "  # noqa: S608 - our own names
            f"SELECT {values} FROM troubleshoot_accessrequest p, generate_series(1, {rows}) g WHERE p.code = 'PROTO'"
        )
        prototype.words.all().delete()
        prototype.delete()
        keep_words(cursor)
        cursor.execute("VACUUM ANALYZE")
    return Size(name, rows, {who: signed_in(person) for who, person in staff.items()})


def keep_words(cursor: Any) -> None:
    """Fill the table of words before its indexes and without asking for each row whether its request is there."""
    cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'word_begins'")
    [begins] = cursor.fetchone()
    cursor.execute("DROP INDEX word_begins")
    cursor.execute("ALTER TABLE troubleshoot_requestword DROP CONSTRAINT one_row_per_request_and_word")
    cursor.execute("SET session_replication_role = replica")
    for batch in words():
        with cursor.copy("COPY troubleshoot_requestword (request_id, word) FROM STDIN") as copy:
            for row in batch:
                copy.write_row(row)
    cursor.execute("SET session_replication_role = DEFAULT")
    cursor.execute(
        "ALTER TABLE troubleshoot_requestword ADD CONSTRAINT one_row_per_request_and_word UNIQUE (request_id, word)"
    )
    cursor.execute(begins)


def words() -> Iterator[list[tuple[int, str]]]:
    """Yield what is kept when a request is filed, for each one, in batches."""
    columns = ("id", "code", "ticket", "action", "principal_arn", "resource", "requester_id")
    last = 0
    while rows := list(AccessRequest.objects.filter(pk__gt=last).order_by("pk").values(*columns)[:20_000]):
        last = rows[-1]["id"]
        people = [somebody(row["requester_id"]) for row in rows]
        named = (SimpleNamespace(**row, requester=who, beneficiary=None) for row, who in zip(rows, people, strict=True))
        yield [(row.id, word) for row in named for word in words_of(row)]  # type: ignore[arg-type]


@cache
def somebody(pk: int) -> Person:
    return Person.objects.get(pk=pk)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def once(size: Size, who: str, path: str) -> tuple[float, int, Any]:
    """Return how long a page took, how many queries it made, and what it answered."""
    reset_queries()
    begun = time.perf_counter()
    response = size.clients[who].get(path)
    return time.perf_counter() - begun, len(connection.queries), response


def compare(sizes: tuple[Size, Size], who: str, path: str) -> tuple[list[float], list[int]]:
    """Return the best times and the numbers of queries of one page at both sizes."""
    best, queries = [float("inf")] * 2, [0, 0]
    for _ in range(ROUNDS):
        for number, size in enumerate(sizes):
            _database.use(size.name)
            once(size, who, "/health/")  # the connection is there, as in a pool
            took, queries[number], response = once(size, who, path)
            assert response.status_code == 200, path
            best[number] = min(best[number], took)
    return best, queries


def paths() -> list[tuple[str, str, str]]:
    """Return what is opened: in words, by whom, and where."""
    filters = [(f"filter {state}", "admin", f"/queue/?state={state}") for state in FILTERS]
    return [
        *filters,
        ("one account's approver", "approver", "/queue/"),
        ("one account's approver, all", "approver", "/queue/?state=all"),
        ("search without a match", "admin", "/queue/?state=all&q=zebra"),
        ("the same among those that wait", "admin", "/queue/?q=zebra"),
        ("search for a code", "admin", "/queue/?state=all&q=Q0001F4"),
        ("search for a ticket", "admin", "/queue/?state=all&q=OPS-500"),
        ("search for a word of every request", "admin", "/queue/?state=all&q=personalize"),
        ("the same among those that wait", "admin", "/queue/?q=personalize"),
        ("search for a person and an action", "admin", "/queue/?state=over&q=person7+action7"),
    ]


FILTERS = ("waiting", "work", "active", "failed", "over", "all")


@override_settings(DEBUG=True)
def main() -> None:
    """Print each page at both sizes."""
    with override_settings(DEBUG=False):
        sizes = fill("bench_small", SMALL), fill("bench_large", LARGE)
    print(f"{'page of the queue':<40}{SMALL:>12,}{LARGE:>14,}   ratio  queries")
    for words_, who, path in paths():
        (small, large), queries = compare(sizes, who, path)
        told = "" if large <= MOST * small else f"  above {MOST}"
        numbers = " = ".join(map(str, sorted(set(queries))))
        print(f"{words_:<40}{small * 1000:>9.1f} ms{large * 1000:>11.1f} ms   x {large / small:.2f}  {numbers}{told}")


if __name__ == "__main__":
    main()
