"""The trail is searched by person, step, account and time, and saved as a file that a spreadsheet only shows."""

import csv
import io
import json
from datetime import date, timedelta

import pytest
from django.test import Client

from tests.builders import make_request
from tests.cast import make_account
from troubleshoot import audit
from troubleshoot.access.errors import Refused
from troubleshoot.access.exporting import export, safe_cell
from troubleshoot.access.trail import Search
from troubleshoot.models import AuditEntry, Person

pytestmark = pytest.mark.django_db
FORMULA = '=HYPERLINK("http://evil.example","x")'


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def trail(account, alice, rita):
    """Alice asks in one account, Rita rejects; something else happens in another account."""
    other = make_account("210987654321", "warehouse")
    here = make_request(requester=alice, account=account, code="HERE01")
    there = make_request(requester=alice, account=other, code="THERE2", resource="arn:aws:personalize:::x/1")
    audit.append(event="request.submit", actor=alice, subject=here.code, data={"to": "submitted"})
    audit.append(event="request.reject", actor=rita, subject=here.code, data={}, texts={"reason": FORMULA})
    audit.append(event="request.submit", actor=alice, subject=there.code, data={})
    audit.append(event="account.change", actor=None, subject=other.account_id, data={"mode": "read"})


def sequences(**search):
    return list(Search(**search).narrow(AuditEntry.objects.order_by("sequence")).values_list("sequence", flat=True))


@pytest.mark.usefixtures("trail")
@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({}, [1, 2, 3, 4]),
        ({"person": "rita"}, [2]),
        ({"person": "alice"}, [1, 3]),
        ({"event": "request.submit"}, [1, 3]),
        ({"account": "123456789012"}, [1, 2]),
        ({"account": "210987654321"}, [3, 4]),
        ({"text": "here01"}, [1, 2]),
        ({"text": "listschemas"}, [1, 2, 3]),
        ({"person": "alice", "account": "210987654321"}, [3]),
        ({"since": date(2100, 1, 1)}, []),
        ({"until": date(2000, 1, 1)}, []),
        ({"since": date.max, "until": date.max}, []),
        ({"person": "nobody"}, []),
    ],
)
def test_it_finds(search, found):
    assert sequences(**search) == found


@pytest.mark.usefixtures("trail")
def test_both_days_are_included():
    # Two days where midnight comes in between.
    first, *_, last = [at.date() for at in AuditEntry.objects.order_by("sequence").values_list("at", flat=True)]
    assert len(sequences(since=first, until=last)) == 4
    assert sequences(until=first - timedelta(days=1)) == sequences(since=last + timedelta(days=1)) == []


@pytest.mark.usefixtures("trail")
def test_the_page_takes_all_of_it_from_its_address(otto):
    found = signed_in(otto).get("/audit/", {"person": "rita", "event": "request.reject"}).content.decode()
    assert found.count('data-label="Step"') == 1
    assert "<details open" in found


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"account": "12"}, "Write the account’s 12 digits."),
        ({"since": "yesterday"}, "Write the day as year, month and day"),
        ({"since": "2026-02-02", "until": "2026-01-01"}, "The last day has to be the first one or later."),
    ],
)
def test_what_cannot_be_read_is_told_and_kept(otto, query, words):
    page = signed_in(otto).get("/audit/", query).content.decode()
    assert page.count(words) == 2  # in the summary and beside the field
    assert next(iter(query.values())) in page


@pytest.mark.usefixtures("trail")
def test_it_costs_the_same_for_many_entries(otto, alice, django_assert_max_num_queries):
    for number in range(60):
        audit.append(event="request.submit", actor=alice, subject="HERE01", data={"number": number})
    client = signed_in(otto)
    with django_assert_max_num_queries(12):
        page = client.get("/audit/", {"person": "alice", "account": "123456789012"}).content.decode()
    assert page.count('data-label="Step"') == 50
    assert 'rel="next"' in page


def saved(reader, **fields):
    response = signed_in(reader).post("/audit/export/", fields)
    assert response.status_code == 200
    return response, b"".join(response.streaming_content).decode()


@pytest.mark.usefixtures("trail")
def test_a_spreadsheet_computes_nothing_of_what_people_wrote(otto):
    response, text = saved(otto, format="csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="audit-')
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["sequence"] for row in rows] == ["1", "2", "3", "4"]
    assert json.loads(rows[1]["texts"]) == {"reason": FORMULA}
    assert rows[1]["actor_name"] == "Rita"
    for row in rows:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in row.values())


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_a_cell_that_begins_like_a_formula_is_text(text):
    assert safe_cell(text) == f"'{text}"
    assert safe_cell(f"a{text}") == f"a{text}"


@pytest.mark.usefixtures("trail")
def test_json_holds_what_the_chain_is_checked_with(otto):
    _, text = saved(otto, format="json", person="alice")
    rows = json.loads(text)
    assert [row["sequence"] for row in rows] == [1, 3]
    entry = AuditEntry.objects.get(pk=1)
    assert (rows[0]["digest"], rows[0]["key"]) == (entry.digest, entry.key_id)


@pytest.mark.usefixtures("trail")
def test_saving_it_is_a_step_of_the_trail(otto):
    saved(otto, format="csv", person="alice")
    entry = AuditEntry.objects.last()
    assert (entry.event, entry.actor, entry.data["format"]) == ("audit.export", str(otto.public_id), "csv")
    page = signed_in(otto).get("/audit/").content.decode()
    assert "saved the audit trail" in page
    assert "person alice" in page
    assert audit.verify().fault is None


def test_an_empty_trail_is_an_empty_list(otto):
    assert json.loads(saved(otto, format="json")[1]) == []


def test_a_kind_that_is_not_there_saves_nothing(otto):
    page = signed_in(otto).post("/audit/export/", {"format": "xlsx"})
    assert page.status_code == 200
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("who", ["alice", "rita", "helen"])
def test_nobody_else_saves_it(who, request):
    person = request.getfixturevalue(who)
    assert signed_in(person).post("/audit/export/", {"format": "csv"}).status_code == 403
    with pytest.raises(Refused):
        export(by=person, kind="csv", search=Search())
    assert not AuditEntry.objects.exists()


def test_a_long_trail_is_read_in_batches(otto, monkeypatch, django_assert_num_queries):
    for number in range(7):
        audit.append(event="request.submit", actor=otto, subject=f"R{number}", data={})
    monkeypatch.setattr("troubleshoot.access.exporting._BATCH", 3)
    pieces = export(by=otto, kind="csv", search=Search())
    with django_assert_num_queries(3 * 3 + 1):
        assert len(list(pieces)) == 8
