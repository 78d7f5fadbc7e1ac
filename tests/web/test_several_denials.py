"""A text with many denials: equal ones in one row, a part of the list at a time, and the text is never lost."""

import pytest
from django.test import Client

from tests.builders import denial_text
from tests.cast import MATEO_ARN
from tests.web.signing_in import pasted, signed_in
from troubleshoot.denial import Denial
from troubleshoot.models import Person
from troubleshoot.web.presenters.several import PART, several


def denials(*actions: str) -> list[Denial]:
    return [Denial(principal=MATEO_ARN, action=action) for action in actions]


def log(count: int) -> str:
    lines = [
        f"2026-03-02T10:15:00Z ERROR {denial_text(MATEO_ARN, f'personalize:Call{number}')}" for number in range(count)
    ]
    return "\n".join(lines)


def test_equal_denials_are_one_row_with_their_count() -> None:
    listed = several(denials("s3:A", "s3:B", "s3:A"), 0)
    assert [(row.number, row.count) for row in listed.rows] == [(0, 2), (1, 1)]
    assert (listed.total, listed.of) == (3, 2)


def test_the_row_of_equal_ones_leads_to_the_chosen_one() -> None:
    listed = several(denials("s3:A", "s3:B", "s3:A"), 2)
    assert [(row.number, row.is_chosen) for row in listed.rows] == [(2, True), (1, False)]


def test_the_part_with_the_chosen_one_is_shown_first() -> None:
    listed = several(denials(*(f"s3:A{number}" for number in range(100))), 70)
    assert (listed.first, listed.last, listed.earlier, listed.later) == (61, 90, PART, 90)


@pytest.mark.parametrize("start", [100, -1])
def test_a_place_that_is_none_shows_the_part_with_the_chosen_one(start: int) -> None:
    assert several(denials(*(f"s3:A{number}" for number in range(100))), 70, start).first == 61


def test_the_page_of_a_log_with_400_denials_stays_small(mateo: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, log(400))
    page = client.get(f"/d/{kept.token}/").content.decode()
    assert "1 to 30 of 400 different ones" in page
    assert len(page.encode()) < 150_000
    later = client.get(f"/d/{kept.token}/?begin=390").content.decode()
    assert "personalize:Call399" in later
    assert client.get(f"/d/{kept.token}/?begin=many").status_code == 200


def test_signed_out_the_list_is_turned_without_losing_the_text(db: None) -> None:
    text = log(400)
    page = Client().post("/read/", {"text": text, "chosen": "2", "begin": "30"}).content.decode()
    assert "31 to 60 of 400 different ones" in page
    assert "<h1>You may not use <code>personalize:Call2</code>" in page
    assert "personalize:Call399" in page
    assert len(page.encode()) < 150_000


def test_of_the_chosen_one_and_the_one_before_it_the_newly_chosen_counts(db: None) -> None:
    page = Client().post("/read/", {"text": log(3), "chosen": ["0", "2"]}).content.decode()
    assert "<h1>You may not use <code>personalize:Call2</code>" in page
