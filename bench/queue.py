"""The queue with 1,000,000 requests beside one with 1,000: whole pages and their queries, on PostgreSQL.

`python -m bench queue`. The newest requests wait, the oldest are over, as in life: whoever reads the queue in its
order, oldest first, would have to pass by all those that are over. What is measured is the processor's time of the
page and of the database's process that answers it, so that other work on the machine counts little; rounds of both
sizes take turns. Every page shows as many rows at both sizes, for what a row costs to show has nothing to do with how
many there are. ACCESS_DESK_ROWS sets another size for a quick look.
"""

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
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
ROUNDS = 15
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
    "state": """CASE WHEN g > {rows} * 0.6 THEN (array['submitted', 'submitted', 'needs_changes'])[1 + g % 3]
                     WHEN g > {rows} * 0.5 THEN (array['approved', 'applying', 'verifying'])[1 + g % 3]
                     WHEN g % 10 = 0 THEN 'active' WHEN g % 10 = 1 THEN 'failed'
                     ELSE (array['rejected', 'withdrawn', 'lapsed', 'expired', 'revoked'])[1 + g % 5] END""",
    "submitted_at": "p.submitted_at - ({rows} - g) * interval '10 seconds'",
    "changed_at": "p.submitted_at - ({rows} - g) * interval '10 seconds'",
}

WORDS = """
    INSERT INTO troubleshoot_requestword (request_id, word)
    SELECT request.id, word FROM troubleshoot_accessrequest request
    JOIN troubleshoot_person person ON person.id = request.requester_id,
    LATERAL (SELECT DISTINCT word FROM unnest(string_to_array(translate(lower(concat_ws(' ', code, ticket, username,
        first_name, last_name, action, principal_arn, resource)), ':/-', '   '), ' ')) word
        WHERE word NOT IN ('', 'arn', 'aws')) words
    """


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
    with connection.cursor() as cursor, without_indexes(cursor):
        cursor.execute(
            f"INSERT INTO troubleshoot_accessrequest ({', '.join(columns)}) "  # noqa: S608 - our own names
            f"SELECT {values} FROM troubleshoot_accessrequest p, generate_series(1, {rows}) g WHERE p.code = 'PROTO'"
        )
        prototype.words.all().delete()
        prototype.delete()
        cursor.execute(WORDS)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        # One process answers a question, so that its time is all of it.
        cursor.execute(f"ALTER DATABASE {name} SET max_parallel_workers_per_gather = 0")
    same_as_when_filed()
    return Size(name, rows, {who: signed_in(person) for who, person in staff.items()})


@contextmanager
def without_indexes(cursor: Any) -> Iterator[None]:
    """Leave out inside what costs time for each row: the indexes, and the question whether the rows named are there."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE indexdef NOT LIKE 'CREATE UNIQUE%%'"
        " AND tablename IN ('troubleshoot_accessrequest', 'troubleshoot_requestword')"
    )
    indexes = cursor.fetchall()
    cursor.execute("; ".join(f'DROP INDEX "{name}"' for name, _ in indexes))
    cursor.execute("ALTER TABLE troubleshoot_requestword DROP CONSTRAINT one_row_per_request_and_word")
    cursor.execute("SET session_replication_role = replica")
    yield
    cursor.execute("SET session_replication_role = DEFAULT; SET maintenance_work_mem = '1GB'")
    cursor.execute("; ".join(definition for _, definition in indexes))
    cursor.execute(
        "ALTER TABLE troubleshoot_requestword ADD CONSTRAINT one_row_per_request_and_word UNIQUE (request_id, word)"
    )


def same_as_when_filed() -> None:
    """Compare the words that the database made with those that are kept when a request is filed."""
    for request in AccessRequest.objects.order_by("-pk")[:5]:
        assert set(words_of(request)) == set(request.words.values_list("word", flat=True)), request.code


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def once(size: Size, who: str, path: str) -> tuple[float, int, Any]:
    """Return the processor's time that a page took in seconds, how many queries it made, and what it answered."""
    reset_queries()
    begun = processors_time()
    response = size.clients[who].get(path)
    return processors_time() - begun, len(connection.queries), response


def processors_time() -> float:
    """Return the processor's time so far of this process and of the one that answers it in the database."""
    connection.ensure_connection()
    answering = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return time.process_time() + int(answering.read_text().split()[0]) / 1e9


def compare(sizes: tuple[Size, Size], who: str, path: str) -> tuple[list[float], list[int], list[int]]:
    """Return the median times, the numbers of queries and the rows shown of one page at both sizes."""
    times: list[list[float]] = [[], []]
    queries, rows = [0, 0], [0, 0]
    for _ in range(ROUNDS):
        for number, size in enumerate(sizes):
            _database.use(size.name)
            once(size, who, path)  # the connection is there and knows the tables, as in a pool
            took, queries[number], response = once(size, who, path)
            assert response.status_code == 200, path
            times[number].append(took)
            rows[number] = max(response.content.count(b"<tr") - 1, 0)
    return [statistics.median(of_size) for of_size in times], queries, rows


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
        ("search for how resources begin", "admin", "/queue/?state=all&q=set-5"),
        ("search for a word of every request", "admin", "/queue/?state=all&q=personalize"),
        ("the same among those that wait", "admin", "/queue/?q=personalize"),
        ("search for a person and an action", "admin", "/queue/?state=all&q=person1+action1"),
    ]


FILTERS = ("waiting", "work", "active", "failed", "over", "all")


@override_settings(DEBUG=True)
def main() -> None:
    """Print each page at both sizes."""
    with override_settings(DEBUG=False):
        sizes = fill("bench_small", SMALL), fill("bench_large", LARGE)
    print(f"{'page of the queue':<40}{SMALL:>12,}{LARGE:>14,}   ratio  queries  rows")
    for words_, who, path in paths():
        (small, large), queries, rows = compare(sizes, who, path)
        told = "" if large <= MOST * small else f"  above {MOST}"
        numbers = " = ".join(map(str, sorted(set(queries))))
        shown = " and ".join(map(str, sorted(set(rows))))
        times = f"{small * 1000:>9.1f} ms{large * 1000:>11.1f} ms   x {large / small:.2f}"
        print(f"{words_:<40}{times}  {numbers:>7}  {shown:>4}{told}", flush=True)


if __name__ == "__main__":
    main()
