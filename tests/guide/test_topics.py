"""The guide's data: complete, right in the facts that can be checked, and in plain words."""

import re

import pytest

from troubleshoot.guide.blocks import Document, Sample, Section, Table, Topic
from troubleshoot.guide.causes import CAUSES
from troubleshoot.guide.search import search
from troubleshoot.guide.terms import TERMS, terms_in
from troubleshoot.guide.topics import TOPICS
from troubleshoot.iam import catalog
from troubleshoot.iam.document import parse_policy

SECTIONS = [(topic, section) for topic in TOPICS for section in topic.sections]
DOCUMENTS = [block for _, section in SECTIONS for block in section.blocks if isinstance(block, Document)]
ACTION = re.compile(r"`(personalize:[A-Za-z]+)`")


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.slug)
def test_no_sentence_of_a_topic_is_longer_than_25_words(topic: Topic) -> None:
    for said in topic.sentences():
        for sentence in re.split(r"(?<=[.!?])\s+", said):
            assert len(sentence.split()) <= 25, sentence


@pytest.mark.parametrize("cause", CAUSES.values(), ids=list(CAUSES))
def test_no_sentence_of_a_cause_is_longer_than_25_words(cause: object) -> None:
    for said in cause.sentences():  # type: ignore[attr-defined]
        for sentence in re.split(r"(?<=[.!?])\s+", said):
            assert len(sentence.split()) <= 25, sentence


def test_no_sentence_of_a_term_is_longer_than_25_words() -> None:
    assert all(len(sentence.split()) <= 25 for term in TERMS for sentence in term.words.split(". "))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Two policies and a role.", ["policy", "role"]),
        ("the Trust policy", ["policy", "trust policy"]),
        ("`iam:PassRole` on `role/x`", []),
        ("your boundary", ["permissions boundary"]),
        ("in IAM, by ARNs", ["ARN", "IAM"]),
        ("the payroll is controlled", []),
    ],
)
def test_terms_are_found_as_words_of_their_own(text: str, names: list[str]) -> None:
    assert [term.name for term in terms_in([text])] == names


def test_what_the_text_explains_is_not_explained_again() -> None:
    assert terms_in(["a role"], explained=["Role"]) == ()


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.slug)
def test_section_ids_are_unique_and_fit_an_address(topic: Topic) -> None:
    ids = [section.id for section in topic.sections]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", id_) for id_ in ids)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.title)
def test_every_policy_document_is_one(document: Document) -> None:
    text = "\n".join(line for _, line, _ in document.lines)
    parse_policy(text, name=document.title)
    assert all(1 <= number <= len(document.lines) for number in document.marked)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.title)
def test_every_action_in_a_document_exists(document: Document) -> None:
    for statement in document.policy["Statement"]:
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            prefix, _, name = action.partition(":")
            known = [one.partition(":")[2] for one in catalog.actions_of(prefix)]
            assert any(one == name or (name.endswith("*") and one.startswith(name[:-1])) for one in known), action


def test_every_action_that_is_named_exists_but_the_fictional_one() -> None:
    said = " ".join(words for topic in TOPICS for words in topic.sentences())
    said += " ".join(words for cause in CAUSES.values() for words in cause.sentences())
    named = set(ACTION.findall(said))
    assert named
    for action in named:
        assert catalog.action(action) or catalog.is_fictional(action), action


def test_the_calls_that_pass_a_role_are_the_eight_that_aws_lists() -> None:
    (section,) = (section for topic, section in SECTIONS if section.id == "which-calls")
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    said = {row[0].strip("`") for row in table.rows}
    listed = {
        name.partition(":")[2]
        for name in catalog.actions_of("personalize")
        if any(check.action == "iam:PassRole" for check in catalog.checks_for_operation(name))
    }
    assert said == listed
    assert len(said) == 8


def test_the_marked_lines_are_those_that_decide() -> None:
    marked = {document.title: [line.strip() for _, line, on in document.lines if on] for document in DOCUMENTS}
    assert [line.split(":")[0].strip('"') for line in marked["Permission to pass one role"]] == ["Resource", "iam"]
    assert "Service" in marked["Trust policy of the service role"][0]
    assert "SourceAccount" in marked["Trust policy of the service role"][1]
    assert "SourceArn" in marked["Trust policy of the service role"][2]


def test_the_examples_are_awss_own() -> None:
    examples = {topic.slug: topic.example for topic in TOPICS if topic.example}
    assert examples == {
        "not-authorized": (
            "User: arn:aws:iam::123456789012:user/mateojackson is not authorized to perform: "
            "personalize:GetWidget on resource: my-example-widget"
        ),
        "pass-role": ("User: arn:aws:iam::123456789012:user/marymajor is not authorized to perform: iam:PassRole"),
    }


@pytest.mark.parametrize(
    ("topic", "section"), SECTIONS, ids=lambda part: getattr(part, "slug", getattr(part, "id", ""))
)
def test_every_section_can_be_found(topic: Topic, section: Section) -> None:
    words = " ".join(word for word in re.findall(r"[A-Za-z]+", f"{section.title} {topic.short}") if len(word) > 2)
    assert f"/{topic.slug}/#{section.id}" in [entry.path for entry in search(words).get("topic", [])]


def test_samples_hold_no_secret_but_awss_example() -> None:
    samples = [block.text for _, section in SECTIONS for block in section.blocks if isinstance(block, Sample)]
    for sample in samples:
        for key in re.findall(r"\bA[KS]IA[A-Z0-9]{16}\b", sample):
            assert key == "AKIAIOSFODNN7EXAMPLE"
