"""Bad input in every field of every guide: the page again, the error in both places, and what was typed kept."""

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from tests.flows.walking import edges, everything, typed
from tests.web import markup
from troubleshoot.access import guide as store
from troubleshoot.guide.answers import SHAPES, clean
from troubleshoot.guide.flow import Ask, Field, Flow, Question
from troubleshoot.guide.flows import FLOWS
from troubleshoot.models import GuideAnswer

pytestmark = pytest.mark.django_db

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEZ"
KNOWN = {"account": "123456789012"}
LARGE = "x" * 100_000

BAD = [
    ("role", "arn:aws:iam::123456789012:user/mateo", "role’s ARN"),
    ("role", "Personalize Role", "role’s ARN"),
    ("holder", "mateojackson", "ARN of one user or role"),
    ("principal", "*", "wildcard names nobody"),
    ("principal", "mateojackson", "ARN of a user"),
    ("account", "12345678901", "This one has 11"),
    ("other-account", "123456789012", "your own account"),
    ("other-principal", "*", "let everybody in"),
    ("other-principal", "arn:aws:iam::111122223333:role/*", "let everybody in"),
    ("other-principal", "arn:aws:iam::123456789012:role/x", "your own account"),
    ("external-id", "x", "at least 2 characters"),
    ("external-id", "a b", "may hold letters"),
    ("external-id", "123456789012", "can be guessed"),
    ("region", "mars-north-1", "no such Region"),
    ("resource", "my-example-widget", "six parts"),
    ("own-resources", "arn:aws:personalize:us-east-1:999999999999:campaign/x", "another account"),
    ("own-resources", "arn:aws:personalize:us-east-1:123456789012:campaign/*", "without wildcards"),
    ("own-resources", "arn:aws:s3:::bucket", "no ARN of a Personalize resource"),
    ("own-resources", "\n".join(["arn:aws:personalize:us-east-1:123456789012:campaign/x"] * 11), "10 ARNs at most"),
    ("issuer", "not a host", "issuer’s address"),
    ("issuer", "tokens.actions.githubusercontent.com", "without the s"),
    ("claim", "repo:*", "exact value"),
    ("trust-policy", "{", "no policy document"),
    ("trust-policy", '{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}', "names nobody"),
    ("bucket", "s3://bucket", "bucket’s name only"),
    ("key", "alias/key", "key’s ARN"),
    ("prefix", "retail*", "letters, digits"),
    ("entity", "a b", "up to 64"),
    ("organization", "exampleorg", "begins with o-"),
    ("repository", "example-org", "organization, slash"),
    ("branch", "*", "one branch"),
    ("saml", "CorpIdP", "provider’s ARN"),
    ("tag", "*", "A tag has"),
    ("policy", "PortalCeiling", "policy’s ARN"),
    ("access-application", "arn:aws:sso:::application/x", "account-access"),
    ("anchor", "arn:aws:rolesanywhere:us-east-1:123456789012:profile/x", "trust-anchor"),
    ("day", "31.1.2027", "year-month-day"),
    ("day", "2027-02-30", "year-month-day"),
    ("day", "9999-12-31", "year-month-day"),
    ("day", "２０２７-01-31", "year-month-day"),
    ("entity", SECRET, "looks like a secret"),
]


@pytest.mark.parametrize(("shape", "value", "words"), BAD)
def test_bad_input_is_told_in_words(shape: str, value: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        clean(shape, value, KNOWN)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_field_takes_nothing_or_100_kb(shape: str) -> None:
    for value in ("", "   ", "x" * 100_000, "a\x00b"):
        with pytest.raises(ValueError, match=r"Type|too long|cannot be read"):
            clean(shape, value, KNOWN)


def test_every_shape_has_a_bad_example() -> None:
    assert {shape for shape, _, _ in BAD} == set(SHAPES)


def asked() -> Iterator[tuple[Flow, Question, dict[str, str]]]:
    """Yield every question with answers that lead to it."""
    for flow in FLOWS.values():
        first = flow.nodes[flow.start]
        assert isinstance(first, Question)
        found: dict[str, tuple[Flow, Question, dict[str, str]]] = {first.id: (flow, first, {})}
        for _, edge, answers in edges(flow):
            node = flow.nodes[edge.to]
            if isinstance(node, Question):
                found.setdefault(node.id, (flow, node, answers))
        yield from found.values()


ASKED = list(asked())
FIELDS = [(flow, question, answers, one) for flow, question, answers in ASKED for one in question.fields]


def bad_values(one: Field) -> list[str]:
    """Return what somebody may type wrongly into a field of this shape: another thing, nothing, far too much."""
    empty = [] if one.optional else ["", "   "]
    return [*(value for shape, value, _ in BAD if shape == one.shape), *empty, LARGE, "a\x00b"]


def test_every_question_is_tried() -> None:
    assert {(flow.slug, question.id) for flow, question, _ in ASKED} == {
        (flow.slug, question.id) for flow in FLOWS.values() for question in flow.questions
    }


@pytest.mark.parametrize(
    ("flow", "question", "answers", "one"), FIELDS, ids=[f"{row[0].slug}-{row[1].id}-{row[3].name}" for row in FIELDS]
)
def test_bad_input_brings_the_page_again(
    client: Client, flow: Flow, question: Question, answers: dict[str, str], one: Field
) -> None:
    token = store.keep(AnonymousUser(), {name: kept for name, kept in everything(flow).items() if name in answers})
    where = address(flow, {**answers, "a": token})
    for value in bad_values(one):
        response = client.post(where, {"question": question.id, **typed(question), one.name: value})
        assert response.status_code == 422, value[:60]
        errors = response.context["form"].errors[one.name]
        page = markup.read(response.content)
        for error in errors:
            assert page.text.count(" ".join(error.split())) >= 2, (error, value[:60])
        assert page.all("a", href=f"#id_{one.name}")
        assert page.inline == []
        assert_kept(response.content.decode(), page, question, one, value)
    assert GuideAnswer.objects.count() == 1


def assert_kept(text: str, page: Any, question: Question, wrong: Field, value: str) -> None:
    """Every field holds what was typed into it; a secret is shown to nobody again."""
    if value == SECRET:
        assert SECRET not in text
        return
    for one in question.fields:
        sent = value if one is wrong else typed(question)[one.name]
        if one.rows > 1:
            assert sent.strip().replace("\x00", "") in unescape(text).replace("\x00", "").replace("\r\n", "\n")
        else:
            assert page.all("input", name=one.name, value=sent) or not sent, one.name


def address(flow: Flow, answers: dict[str, str]) -> str:
    return f"/guide/{flow.slug}/?" + "&".join(f"{name}={value}" for name, value in answers.items())


CHOICES = [row for row in ASKED if row[1].ask is not Ask.TEXT]


@pytest.mark.parametrize(
    ("flow", "question", "answers"), CHOICES, ids=[f"{row[0].slug}-{row[1].id}" for row in CHOICES]
)
def test_no_choice_and_one_that_is_not_offered_bring_the_page_again(
    client: Client, flow: Flow, question: Question, answers: dict[str, str]
) -> None:
    token = store.keep(AnonymousUser(), everything(flow))
    where = address(flow, {**answers, "a": token})
    for sent in ({}, {"answer": "nonsense"}, {"answer": LARGE}, {"answer": "<b>"}):
        response = client.post(where, {"question": question.id, **sent})
        page = markup.read(response.content)
        assert response.status_code == 422
        assert page.all("a", href="#id_answer")
        assert page.ids["id_answer"] == 1
        assert page.inline == []
