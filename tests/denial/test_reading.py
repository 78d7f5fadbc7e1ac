"""What is read from a text, sample by sample."""

from typing import Any

import pytest

from tests.denial.cases import DENIALS, FIELDS, samples, vectors
from troubleshoot.denial import Denial, PrincipalKind, Reading, TextTooLarge, denial_from_data, parse

POLICY_TYPES = {"SCP": "scp", "RCP": "rcp", "VPCE": "vpc-endpoint", "TRUST": "trust"}
DECISIONS = {"implicitDeny": "implicit", "explicitDeny": "explicit"}


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


DENIED = samples(*DENIALS, "unbroken", "fresh", "wild")
NEAR_MISSES = samples("near_misses", "near_misses_more", "wild_near_misses")
SEVERAL = samples("several")


@pytest.mark.parametrize("row", DENIED, ids=ids(DENIED))
def test_it_reads_every_field_and_leaves_the_others_null(row: dict[str, Any]) -> None:
    (denial,) = parse(row["text"]).denials
    data = denial.as_data()
    assert {name: data[name] for name in FIELDS} == {
        **dict.fromkeys(FIELDS),
        "deny_kind": "unknown",
        **row["expect"],
    }


@pytest.mark.parametrize("row", NEAR_MISSES, ids=ids(NEAR_MISSES))
def test_it_names_a_near_miss_and_takes_none_for_a_denial(row: dict[str, Any]) -> None:
    reading = parse(row["text"])
    assert reading.denials == ()
    assert [near_miss.code for near_miss in reading.near_misses][:1] == ([row["near_miss"]] if row["near_miss"] else [])


@pytest.mark.parametrize("row", SEVERAL, ids=ids(SEVERAL))
def test_it_reads_several_denials_in_order_and_counts_them(row: dict[str, Any]) -> None:
    denials = parse(row["text"]).denials
    assert len(denials) == len(row["denials"])
    for denial, expected in zip(denials, row["denials"], strict=True):
        assert {name: getattr(denial, name) for name in expected} == expected


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["name"])
def test_it_reads_the_documented_messages(vector: dict[str, Any]) -> None:
    (denial,) = parse(vector["text"]).denials
    names = {"action", "resource", "policy_arn", "authorization_id"}
    expected = {name: value for name, value in vector["expect"].items() if name in names}
    assert {name: getattr(denial, name) for name in expected} == expected
    more = vector["expect"]
    if "policy_type" in more:
        assert denial.policy_type == POLICY_TYPES.get(more["policy_type"], more["policy_type"].lower())
    if "decision" in more:
        assert denial.deny_kind == DECISIONS[more["decision"]]
    if "code" in more:
        assert (denial.error_code, denial.operation) == (more["code"], more.get("op", denial.operation))
    if "enc" in more or "encoded" in more:
        assert denial.encoded_message == more.get("encoded", more.get("enc"))


def test_there_are_samples_of_every_kind() -> None:
    assert len(DENIED) + len(NEAR_MISSES) + len(SEVERAL) >= 120


def test_the_documented_vectors_are_all_there() -> None:
    assert len(vectors()) == 25


def test_the_advice_of_every_near_miss_is_short() -> None:
    told = {near_miss for row in NEAR_MISSES for near_miss in parse(row["text"]).near_misses}
    assert len({near_miss.code for near_miss in told}) >= 35
    for near_miss in told:
        for sentence in (near_miss.title, *near_miss.advice.split(". ")):
            assert 3 <= len(sentence.split()) <= 25


def test_a_denial_and_a_near_miss_far_from_it_are_both_told() -> None:
    denied = "User: arn:aws:iam::444455556666:user/nora is not authorized to perform: s3:ListBucket"
    expired = "An error occurred (ExpiredToken) when calling the ListBuckets operation: The provided token has expired."
    reading = parse(f"{denied}\n{'noise ' * 100}\n{expired}")
    assert [denial.action for denial in reading.denials] == ["s3:ListBucket"]
    assert [near_miss.code for near_miss in reading.near_misses] == ["expired-token"]


def test_an_empty_text_has_nothing_in_it() -> None:
    assert parse("") == Reading("")


def test_a_text_of_256_kilobytes_is_read_and_a_larger_one_refused_with_words() -> None:
    assert parse("x" * 256 * 1024).denials == ()
    with pytest.raises(TextTooLarge, match="Paste only the lines around the error"):
        parse("x" * (256 * 1024 + 1))


def test_the_size_is_counted_in_bytes() -> None:
    with pytest.raises(TextTooLarge):
        parse("権" * (100 * 1024))


def test_a_denial_survives_the_way_through_json() -> None:
    for row in DENIED:
        (denial,) = parse(row["text"]).denials
        again = denial_from_data(denial.as_data())
        assert again.as_data() == denial.as_data()
        assert again.principal_kind is None or isinstance(again.principal_kind, PrincipalKind)


def test_spans_point_at_what_was_read() -> None:
    for row in DENIED:
        reading = parse(row["text"])
        for name, (start, end) in reading.denials[0].spans.items():
            piece = reading.text[start:end]
            assert _letters(_value(reading.denials[0], name, piece)) in _letters(piece), (row["id"], name, piece)


def _value(denial: Denial, name: str, piece: str) -> str:
    value = getattr(denial, name)
    if name in {"deny_kind", "policy_type", "principal_kind"} or value is None:
        return piece
    return str(value).rpartition(":")[2] if name == "action" else str(value)


def _letters(text: str) -> str:
    for escaped in ("&quot;", "\\u", "&lt;", "&gt;", "%3A", "%2F"):
        text = text.replace(escaped, "")
    return "".join(char for char in text if char.isalnum()).lower()


def test_every_read_value_has_a_span() -> None:
    for row in DENIED:
        denial = parse(row["text"]).denials[0]
        read = {name for name in FIELDS if getattr(denial, name) is not None} - {
            "deny_kind",
            "principal_kind",
            "policy_type",
        }
        assert read <= set(denial.spans), row["id"]


def test_a_page_asks_only_for_what_was_not_read() -> None:
    (denial,) = parse("User: arn:aws:iam::xxxxxxxxxxxx:user/nora is not authorized to perform: kms:Sign").denials
    assert denial.missing == ("resource", "account")
    (anonymous,) = parse("User: anonymous is not authorized to perform: es:ESHttpGet").denials
    assert anonymous.missing == ("resource",)


def test_only_a_whole_encoded_message_can_be_decoded() -> None:
    by_id = {row["id"]: parse(row["text"]).denials[0] for row in samples("bare")}
    assert by_id["ec2-encoded"].decodable_message == by_id["ec2-encoded"].encoded_message
    assert by_id["ec2-encoded-cut"].encoded_message == "<redacted>"
    assert by_id["ec2-encoded-cut"].decodable_message is None
