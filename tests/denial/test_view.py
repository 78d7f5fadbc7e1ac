"""A changed text knows where every character came from, and cleaning keeps what the writer meant."""

import random
import re

import pytest

from troubleshoot.denial.clean import clean
from troubleshoot.denial.view import View

PATTERNS = ("a", "bc", "x+", " ", "\n", "ab", "[a-c]{2}")


@pytest.mark.parametrize("seed", range(200))
def test_every_kept_character_points_at_itself(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - the same numbers are wanted again
    source = "".join(rng.choice("abcx \n") for _ in range(rng.randint(1, 40)))
    view = View(source)
    for _ in range(3):
        new = rng.choice(("", "Z", "YY"))
        view = view.sub(re.compile(rng.choice(PATTERNS)), lambda _match, new=new: new)
    for at, char in enumerate(view.text):
        start, end = view.source(at, at + 1)
        assert 0 <= start < end <= len(source)
        assert char not in "abcx \n" or source[start:end] == char


def test_nothing_changed_is_the_same_view() -> None:
    view = View("plain")
    assert view.sub(re.compile("z"), lambda _: "") is view


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a\\nb", "a\nb"),
        ('say \\\\\\"hi\\\\\\"', 'say "hi"'),
        ("&lt;account&gt; &amp;quot;x&amp;quot;", '<account> "x"'),
        ("\x1b[31mred\x1b[0m \\u001b[1mbold\\u001b[0m [32mgreen[0m", "red bold green"),
        ("zero\u200bwidth\u00a0blank", "zerowidth blank"),
        ("“smart” ‘quotes’", "\"smart\" 'quotes'"),
        ("one<br/>two<br>\nthree", "one\ntwo\nthree"),
        ("<pre><code>x <account></code></pre>", "\nx <account>\n"),
        ("# one\n# two\n#   three", "# one\ntwo\nthree"),
        ("> one\n> > two", "> one\ntwo"),
        ("2026-03-02T10:15:00Z one\n2026-03-02T10:15:00Z two", "2026-03-02T10:15:00Z one\ntwo"),
        ('"one " +\n  "two"', '"one two"'),
        ("is not auth\norized", "is not authorized"),
        ("is not\nauthorized", "is not\nauthorized"),
        ("many    blanks\t\there", "many blanks here"),
    ],
)
def test_cleaning_keeps_what_the_writer_meant(text: str, meant: str) -> None:
    assert clean(text).text == meant


def test_both_hands_of_the_cleaned_text_are_equally_long() -> None:
    script = clean("İstanbul\nUser: X")
    assert len(script.low) == len(script.text)
    assert "user: x" in script.low
