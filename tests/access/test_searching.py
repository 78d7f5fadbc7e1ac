"""Requests are found by the words that they hold, each by how it begins."""

import pytest

from tests.builders import make_call, make_change, make_request
from tests.cast import make_person
from troubleshoot.access import searching, services
from troubleshoot.models import AccessRequest, RequestWord

pytestmark = pytest.mark.django_db
DATASET = "arn:aws:personalize:us-east-1:123456789012:dataset-group/Spring_Sale-2026"


@pytest.fixture
def request_(account, alice):
    values = {"action": "personalize:CreateSolution", "resource": DATASET, "ticket": "OPS-4711", "code": "7Q4KXM"}
    return make_request(requester=alice, account=account, **values)


def found(search):
    return set(searching.matching(AccessRequest.objects.all(), search).values_list("code", flat=True))


CODES = ("7q4kxm", "7Q4", "ops-4711", "4711")
CALLS = (
    "CreateSolution",
    "personalize:CreateSol",
    "personalize",
    DATASET,
    "spring sale",
    "sale  2026",
    "dataset-group",
)
PEOPLE = ("Alice", "alice@", "create alice 7q4")


@pytest.mark.parametrize("search", [*CODES, *CALLS, *PEOPLE])
def test_it_finds_a_request_by(request_, search):
    assert found(search) == {"7Q4KXM"}


@pytest.mark.parametrize(
    "search", ["zebra", "solution", "7q4kxm zebra", "", " ", "%", "_", "*", "'", "--", "<b>", "arn"]
)
def test_it_does_not_find_it_by(request_, search):
    assert found(search) == set()


@pytest.mark.parametrize("search", ["OPS-4711", "ops-4711", " ops-4711 "])
def test_a_whole_ticket_finds_no_longer_one(request_, account, alice, search):
    make_request(requester=alice, account=account, action="s3:GetObject", ticket="OPS-47110", code="LONGER")
    assert found(search) == {"7Q4KXM"}
    assert found("OPS-471") == {"7Q4KXM", "LONGER"}


def test_a_ticket_that_is_a_mere_word_does_not_hide_what_holds_the_word(request_, account, alice):
    make_request(requester=alice, account=account, action="s3:GetObject", ticket="personalize", code="WORDY1")
    assert found("personalize") == {"7Q4KXM", "WORDY1"}


def test_every_word_has_to_be_there(request_, account, alice):
    make_request(requester=alice, account=account, action="s3:GetObject", code="OTHER1")
    assert found("alice") == {"7Q4KXM", "OTHER1"}
    assert found("alice getobject") == {"OTHER1"}


def test_the_person_that_it_is_for_finds_it_too(account, alice):
    mary = make_person("marymajor")
    make_request(requester=alice, beneficiary=mary, account=account, code="FORMARY")
    assert found("marymajor") == {"FORMARY"}


def test_a_filed_request_is_found_at_once(account, alice, rita):
    filed = services.submit(
        requester=alice,
        account=account,
        call=make_call(),
        change=make_change(account),
        justification="needed",
        ticket="OPS-1",
        idempotency_key="one",
    )
    assert found("ops 1 listschemas") == {filed.code}


def test_long_texts_keep_a_bounded_number_of_words(account, alice):
    resource = "/".join(f"part{number}" for number in range(400))[:2048]
    request = make_request(requester=alice, account=account, resource=resource, code="LONG01")
    assert RequestWord.objects.filter(request=request).count() == searching.MOST_WORDS
    assert found("x" * 300) == set()
    assert found("long01 " * 200) == {"LONG01"}


def test_letters_of_any_language_are_words():
    assert searching.words_in("Jürgen ÅNGSTRÖM ИВАН 東京") == ["jürgen", "ångström", "иван", "東京"]
