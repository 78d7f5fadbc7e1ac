"""Many words are looked for at once, and none is overlooked."""

import random

import pytest

from troubleshoot.denial.word_search import WordSearch


@pytest.mark.parametrize("seed", range(100))
def test_it_finds_what_a_look_for_each_word_finds(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - the same numbers are wanted again
    words = {"".join(rng.choices("ab.(", k=rng.randint(1, 4))) for _ in range(rng.randint(1, 8))}
    text = "".join(rng.choices("ab.(c", k=rng.choice((10, 30, 900))))
    assert WordSearch(words).found_in(text) == {word for word in words if word in text}


def test_words_inside_and_across_one_another_are_all_found() -> None:
    assert WordSearch(["token", "token=", "ken=x"]).found_in("a token=x") == {"token", "token=", "ken=x"}


def test_a_text_without_any_has_none() -> None:
    assert WordSearch(["token"]).found_in("plain") == set()


def test_a_text_with_very_many_places_to_look_at_is_no_slower() -> None:
    words = WordSearch([f"k{letter}ken" for letter in "abcdefgh"])
    assert words.found_in("ka" * 100_000 + "kbken") == {"kbken"}
