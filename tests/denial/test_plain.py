"""The look at plain sentences says what the careful reading says."""

import random
from typing import Any

import pytest

from tests.denial.cases import DENIALS, samples
from tests.denial.mutations import mutated
from troubleshoot.denial import Reading, forms, parse

ROWS = samples(*DENIALS, "unbroken", "fresh", "several")
SENTENCE = (
    "{before}User: arn:aws:iam::444455556666:user/{name} is not authorized to perform: s3:GetObject on resource: "
    "{resource} because no session policy allows the s3:GetObject action{after}"
)


def carefully(monkeypatch: pytest.MonkeyPatch, text: str) -> Reading:
    with monkeypatch.context() as patch:
        patch.setattr(forms, "read_plain", lambda *_: None)
        return parse(text)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_every_sample_is_read_alike_in_both_ways(monkeypatch: pytest.MonkeyPatch, row: dict[str, Any]) -> None:
    assert parse(row["text"]) == carefully(monkeypatch, row["text"])


@pytest.mark.parametrize("seed", range(8))
def test_what_happens_on_the_way_is_read_alike_in_both_ways(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - the same numbers are wanted again
    for _ in range(60):
        text, _names = mutated(rng.choice(ROWS)["text"], rng)
        assert parse(text) == carefully(monkeypatch, text), text


@pytest.mark.parametrize("before", ["", "<the ", "[a ", "a user: ", "x/", "Role of the ", "\n", "{b "])
@pytest.mark.parametrize("name", ["nora", "a/user", "a=role", "nora.", "no-ra", "no..ra", "a:user"])
@pytest.mark.parametrize("resource", ["*", '"arn:aws:s3:::a/*"', "arn:aws:s3:::a.", "arn:aws:s3:::aarn:b", "x"])
def test_odd_words_around_a_plain_sentence_change_nothing(
    monkeypatch: pytest.MonkeyPatch, before: str, name: str, resource: str
) -> None:
    for after in ("", ".", "\nUser: x", ": arn:aws:iam::1:policy/P"):
        text = SENTENCE.format(before=before, name=name, resource=resource, after=after)
        assert parse(text) == carefully(monkeypatch, text)


def test_a_documented_sentence_is_read_in_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(forms, "_odd_sentence")
    text = SENTENCE.format(before="AccessDenied: ", name="nora", resource='"arn:aws:s3:::shop/*"', after=".")
    (denial,) = parse(text).denials
    assert denial.resource == "arn:aws:s3:::shop/*"
