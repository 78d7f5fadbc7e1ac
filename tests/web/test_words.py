"""Words and pictures made of data: near misses, marked texts, names, durations."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import make_request
from tests.cast import MATEO_ARN
from troubleshoot.iam.decision import ElementVerdict, StatementReason, Verdict
from troubleshoot.iam.layers import Layer
from troubleshoot.models import Account, Person
from troubleshoot.web.forms.paste import KEPT, part_to_keep
from troubleshoot.web.presenters.marked import AROUND, LONGEST, marked
from troubleshoot.web.presenters.names import (
    in_sentence,
    list_in_words,
    principal_name,
    resource_name,
    with_article,
)
from troubleshoot.web.presenters.near_misses import statement_in_words
from troubleshoot.web.presenters.requests import age_words, duration_words

FITS = ElementVerdict("action", Verdict.MATCH, "action_fits", {})
NO_CONDITION = ElementVerdict("condition", Verdict.MATCH, "no_condition", {})


def _words(*elements: ElementVerdict, effect: str = "Allow") -> str:
    reason = StatementReason("P", None, None, "S", 0, effect, 1, 3, elements)
    return " ".join(statement_in_words(reason))


@pytest.mark.parametrize(
    ("element", "code", "detail", "words"),
    [
        ("action", "action_differs", {"wanted": "s3:Get*", "given": "s3:PutObject"}, "the call was s3:PutObject"),
        ("action", "action_excluded", {"wanted": "iam:*", "given": "iam:X"}, "Its NotAction leaves out iam:*."),
        ("resource", "resource_differs", {"wanted": "a", "given": "b"}, "Its resource names a, asked for was b."),
        ("resource", "action_needs_star", {}, "its resource must be *."),
        ("principal", "principal_differs", {"wanted": "x"}, "It speaks of x, not of this principal."),
        ("condition", "key_absent", {"key": "aws:SourceIp"}, "It needs aws:SourceIp, and the call does not carry it."),
        ("condition", "value_differs", {"key": "k", "wanted": "1", "given": "2"}, "It needs k to be 1, and it was 2."),
        ("condition", "a_code_of_tomorrow", {}, "Its condition does not fit."),
    ],
)
def test_each_reason_code_has_its_words(element: str, code: str, detail: dict[str, str], words: str) -> None:
    assert words in _words(ElementVerdict(element, Verdict.NO_MATCH, code, detail))


def test_what_is_open_is_not_called_a_misfit() -> None:
    unknown = ElementVerdict("condition", Verdict.MAY, "unknown_key", {"key": "aws:SourceIp"})
    assert _words(FITS, unknown) == "Its action fits. It depends on aws:SourceIp, which the portal does not know."
    assert "AWS leaves open" in _words(ElementVerdict("resource", Verdict.MAY, "undocumented", {}))


def test_only_what_fits_by_merit_is_said_to_fit() -> None:
    principal = ElementVerdict("principal", Verdict.MATCH, "holder", {})
    missing = ElementVerdict("resource", Verdict.NO_MATCH, "resource_differs", {"wanted": "a", "given": "b"})
    assert _words(FITS, missing, principal, NO_CONDITION).startswith("Its action fits. Its resource")


def test_braces_and_marks_of_a_policy_stay_as_they_are() -> None:
    detail = {"key": "{0.__class__}", "wanted": "%s<b>", "given": "${aws:username}"}
    words = _words(ElementVerdict("condition", Verdict.NO_MATCH, "value_differs", detail))
    assert words == "It needs {0.__class__} to be %s<b>, and it was ${aws:username}."


def test_nothing_is_said_of_a_statement_whose_text_may_not_be_seen() -> None:
    assert _words() == ""


def test_a_deny_says_that_it_decides() -> None:
    assert _words(FITS, NO_CONDITION, effect="Deny") == "It denies this call. A deny counts more than any allow."


@pytest.mark.parametrize(
    ("arn", "said"),
    [
        (MATEO_ARN, "user mateojackson"),
        ("arn:aws:iam::123456789012:role/service-role/Name", "role Name"),
        ("arn:aws:sts::123456789012:assumed-role/Builder/mary@example.com", "role Builder"),
        ("arn:aws:iam::123456789012:root", "root user of account 123456789012"),
        ("personalize.amazonaws.com", "personalize.amazonaws.com"),
        ("arn:aws:iam::1234", "arn:aws:iam::1234"),
    ],
)
def test_principals_are_called_by_name(arn: str, said: str) -> None:
    assert str(principal_name(arn)) == said


def test_what_is_not_there_has_no_name() -> None:
    assert principal_name(None) is None
    assert resource_name("") is None
    assert str(resource_name("my-example-widget")) == "my-example-widget"


def test_layers_stand_in_sentences_with_their_article() -> None:
    assert in_sentence(Layer.VPC_ENDPOINT) == "VPC endpoint policy"
    assert with_article(Layer.IDENTITY) == "an identity policy"
    assert with_article(Layer.SCPS) == "a service control policy"
    assert list_in_words(["a", "b", "c"]) == "a, b and c"
    assert list_in_words([]) == ""


def test_marks_never_overlap_and_never_lose_text() -> None:
    text = "User: arn:aws:iam::123456789012:user/x is not authorized"
    spans = {"principal": (6, 39), "account": (19, 31), "action": (60, 70), "resource": (5, 5)}
    segments = marked(text, spans)
    assert "".join(segment.text for segment in segments) == text
    assert [segment.label for segment in segments if segment.label] == ["who"]


def test_a_long_text_is_cut_around_what_was_read() -> None:
    text = "x" * 100_000 + "ACTION" + "y" * 100_000
    shown = "".join(segment.text for segment in marked(text, {"action": (100_000, 100_006)}))
    assert "ACTION" in shown
    assert len(shown) < LONGEST + AROUND
    assert shown.startswith("… ")
    assert shown.endswith(" …")


def test_of_a_text_that_is_too_large_a_part_is_kept() -> None:
    text = "noise " * 100_000 + "is not authorized to perform" + " noise" * 100_000
    assert "not authorized" in part_to_keep(text)
    assert len(part_to_keep(text)) <= KEPT
    assert len(part_to_keep("z" * 300_000)) == KEPT


@pytest.mark.parametrize(
    ("hours", "said"), [(1, "1 hour"), (8, "8 hours"), (24, "1 day"), (168, "7 days"), (30, "30 hours")]
)
def test_durations_are_said_as_people_say_them(hours: int, said: str) -> None:
    assert duration_words(hours) == said
    assert duration_words(None) == "until it is revoked"


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(), "under 1 min"),
        (timedelta(seconds=61), "1 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=9), "9 days"),
    ],
)
def test_the_age_of_a_request_is_one_number(alice: Person, account: Account, age: timedelta, said: str) -> None:
    asked = make_request(requester=alice, account=account)
    asked.submitted_at = timezone.now() - age
    assert age_words(asked) == said
