"""The paste box: every text gets its own clear answer, and nothing secret is kept."""

import logging
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.builders import denial_text
from tests.cast import MARY_ARN, MATEO_ARN
from tests.web.signing_in import pasted, signed_in
from troubleshoot.access import diagnosis as diagnoses
from troubleshoot.models import Diagnosis, Person

SECRET = "hT4vX9qLm2Rz8Kp1Wd6Yb3Nc7Jf5Gs0AeUoIiQaZ"
EXPIRED = (
    "An error occurred (ExpiredToken) when calling the ListSchemas operation: "
    "The security token included in the request is expired"
)
GOOGLE = (
    "Permission 'storage.objects.get' denied on resource '//storage.googleapis.com/projects/_/buckets/x' "
    "(or it may not exist). code: 403 googleapi: Error 403"
)


def test_a_denial_leads_to_its_own_page(mateo: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, denial_text(MATEO_ARN))
    page = client.get(f"/d/{kept.token}/")
    assert page.status_code == 200
    assert "You may not use" in page.content.decode()
    for said in ("personalize:ListSchemas", "mateojackson", "123456789012", "Identity policy"):
        assert said in page.content.decode()


def test_who_was_disabled_at_that_moment_is_told_and_nothing_is_kept(
    mateo: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = diagnoses.read_live

    def disabled_meanwhile(*args: Any, **options: Any) -> Any:
        Person.objects.update(is_active=False)
        return reads(*args, **options)

    monkeypatch.setattr(diagnoses, "read_live", disabled_meanwhile)
    response = signed_in(mateo).post("/read/", {"text": denial_text()}, follow=True)
    assert "so nothing was kept." in response.content.decode()
    assert not Diagnosis.objects.exists()


def test_an_empty_paste_is_told_and_points_on(mateo: Person) -> None:
    for text in ("", "   \n\t "):
        response = signed_in(mateo).post("/read/", {"text": text})
        assert response.status_code == 422
        assert "The box is empty" in response.content.decode()
        assert "/not-authorized/" in response.content.decode()
    assert not Diagnosis.objects.exists()


def test_a_megabyte_of_noise_is_refused_in_words(mateo: Person) -> None:
    response = signed_in(mateo).post("/read/", {"text": "noise and more noise\n" * 50_000})
    assert response.status_code == 422
    assert "256 KB" in response.content.decode()
    assert len(response.content) < 150_000
    assert not Diagnosis.objects.exists()


def test_of_a_text_too_large_the_part_around_the_error_is_kept(mateo: Person) -> None:
    text = "noise\n" * 60_000 + denial_text(MATEO_ARN)
    response = signed_in(mateo).post("/read/", {"text": text})
    assert response.status_code == 422
    assert "not authorized to perform: personalize:ListSchemas" in response.content.decode()


def test_more_than_the_server_reads_is_a_clear_answer(mateo: Person) -> None:
    response = signed_in(mateo).post("/read/", {"text": "x" * 3_000_000})
    assert response.status_code == 400


def test_an_expired_token_is_not_taken_for_a_denial(mateo: Person) -> None:
    page = signed_in(mateo).post("/read/", {"text": EXPIRED}).content.decode()
    assert "Not a matter of IAM permissions" in page
    assert "expired" in page.lower()
    assert not Diagnosis.objects.exists()


def test_another_clouds_error_is_named_for_what_it_is(mateo: Person) -> None:
    page = signed_in(mateo).post("/read/", {"text": GOOGLE}).content.decode()
    assert "Google Cloud" in page
    assert not Diagnosis.objects.exists()


def test_a_text_that_is_no_error_is_honestly_not_read_and_kept_in_the_box(mateo: Person) -> None:
    response = signed_in(mateo).post("/read/", {"text": "The weather is nice & warm today."})
    assert response.status_code == 422
    page = response.content.decode()
    assert "We could not read this as a denial" in page
    assert "The weather is nice &amp; warm today." in page
    assert "/causes/" in page


def test_of_a_secret_nothing_stays_anywhere(mateo: Person, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    text = f"AWS_SECRET_ACCESS_KEY={SECRET}\n{denial_text(MATEO_ARN)}"
    client = signed_in(mateo)
    kept = pasted(client, text)
    page = client.get(f"/d/{kept.token}/").content.decode()
    assert "1 × secret access key" in page
    assert SECRET not in page
    assert SECRET not in caplog.text
    assert not _tables_holding(SECRET)


@pytest.mark.parametrize("text", [f"aws_secret_access_key = {SECRET}", f"secretAccessKey={SECRET} " * 20_000])
def test_of_a_secret_nothing_comes_back_where_nothing_was_read(mateo: Person, text: str) -> None:
    response = signed_in(mateo).post("/read/", {"text": text})
    assert response.status_code == 422
    assert SECRET not in response.content.decode()
    assert not _tables_holding(SECRET)


def test_signed_out_the_answer_is_given_and_nothing_is_kept(db: None) -> None:
    response = Client().post("/read/", {"text": denial_text(MATEO_ARN)})
    assert response.status_code == 200
    page = response.content.decode()
    assert "personalize:ListSchemas" in page
    assert "You are not signed in" in page
    assert not Diagnosis.objects.exists()


def test_signed_out_another_denial_of_the_same_text_can_be_chosen(db: None) -> None:
    text = denial_text(MATEO_ARN) + "\n" + denial_text(MARY_ARN, "personalize:CreateSchema")
    page = Client().post("/read/", {"text": text, "chosen": "1"}).content.decode()
    assert "<h1>You may not use <code>personalize:CreateSchema</code>" in page
    assert "Your text holds 2 denials" in page


def test_a_choice_that_is_none_is_the_last_one(db: None) -> None:
    response = Client().post("/read/", {"text": denial_text(MATEO_ARN), "chosen": "99"})
    assert response.status_code == 200


@pytest.mark.parametrize("text", ["\x00\x01\x02", "\u202eabc\u2066", "{" * 5000, "🦄" * 1000, "%s%n{0}{{x}}"])
def test_strange_characters_are_answered_with_words(mateo: Person, text: str) -> None:
    assert signed_in(mateo).post("/read/", {"text": text}).status_code == 422


def test_a_nul_inside_a_denial_does_not_hinder(mateo: Person) -> None:
    pasted(signed_in(mateo), denial_text(MATEO_ARN) + "\x00\x00")


def _tables_holding(secret: str) -> list[str]:
    return [table for table in connection.introspection.table_names() if secret in str(_rows(table))]


def _rows(table: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the database's own table names
        return list(cursor.fetchall())
