"""What pages list, to whom, and at what cost."""

from datetime import timedelta

import pytest

from tests.builders import make_approval, make_request
from tests.cast import ALICE_ARN, make_account, make_person
from troubleshoot import audit
from troubleshoot.access import selectors, services
from troubleshoot.access.trail import Search
from troubleshoot.models import Grant, Role, State

pytestmark = pytest.mark.django_db


def make_many(requester, account, count, **values):
    return [
        make_request(
            requester=requester, account=account, action=f"personalize:Action{n}", age=timedelta(hours=n), **values
        )
        for n in range(count)
    ]


def codes(page):
    return [request.code for request in page.rows]


def test_it_lists_what_one_filed_and_what_is_for_one(account, alice, helen, charlie):
    own = make_request(requester=alice, account=account)
    for_her = make_request(requester=helen, beneficiary=alice, account=account, action="personalize:ListDatasets")
    assert {request.code for request in selectors.my_requests(alice)} == {own.code, for_her.code}
    assert [request.code for request in selectors.my_requests(helen)] == [for_her.code]
    assert not selectors.my_requests(charlie)


def test_the_queue_goes_from_the_oldest_through_all_pages(account, alice, rita):
    made = make_many(alice, account, 7)
    seen, after = [], None
    while True:
        page = selectors.queue(rita, after=after, size=3)
        seen += codes(page)
        after = page.after
        if after is None:
            break
    assert seen == [request.code for request in reversed(made)]
    newest = selectors.queue(rita, newest_first=True, size=3)
    assert codes(newest) == [request.code for request in made[:3]]
    assert codes(selectors.queue(rita, newest_first=True, size=3, after=newest.after)) == [r.code for r in made[3:6]]


def test_the_queue_pages_through_requests_of_the_same_moment(account, alice, rita):
    made = make_many(alice, account, 5)
    type(made[0]).objects.update(submitted_at=made[0].submitted_at)
    first = selectors.queue(rita, size=2)
    second = selectors.queue(rita, size=2, after=first.after)
    third = selectors.queue(rita, size=2, after=second.after)
    assert sorted(codes(first) + codes(second) + codes(third)) == sorted(request.code for request in made)


@pytest.mark.parametrize(
    "after",
    [
        "",
        "x",
        "2026-01-01,1",
        "2026-01-01T00:00:00+00:00,x",
        ",",
        "9" * 40,
        "0001-01-01T00:00:00+14:00,1",
        "9999-12-31T23:59:59-14:00,1",
    ],
)
def test_an_edited_address_means_the_first_page(account, alice, rita, after):
    request = make_request(requester=alice, account=account)
    assert codes(selectors.queue(rita, after=after)) == [request.code]
    assert selectors.audit_page(after=after).rows == []


def test_approvers_see_only_their_accounts_in_the_queue(account, alice, rita, helen, adam, otto, charlie):
    other = make_account("210987654321", "other")
    here = make_request(requester=alice, account=account)
    there = make_request(requester=alice, account=other, action="personalize:ListDatasets")
    everywhere = make_person("eve", Role.APPROVER)
    assert codes(selectors.queue(rita)) == [here.code]
    assert selectors.waiting_count(rita) == 1
    for person in (helen, adam, otto, everywhere):
        assert codes(selectors.queue(person)) == [here.code, there.code]
    assert codes(selectors.queue(charlie)) == []


def test_the_queue_filters_by_state_and_searches(account, alice, rita):
    submitted, rejected = make_many(alice, account, 2)
    type(rejected).objects.filter(pk=rejected.pk).update(state=State.REJECTED)
    assert codes(selectors.queue(rita)) == [submitted.code]
    assert codes(selectors.queue(rita, states=[State.REJECTED])) == [rejected.code]
    assert len(codes(selectors.queue(rita, states=[]))) == 2
    assert len(codes(selectors.queue(rita, states=["nonsense"]))) == 2
    assert codes(selectors.queue(rita, search=f" {submitted.code.lower()} ")) == [submitted.code]
    assert codes(selectors.queue(rita, search="action0")) == [submitted.code]
    assert codes(selectors.queue(rita, search="%")) == []


def test_a_page_costs_the_same_with_more_rows(account, alice, rita, django_assert_num_queries):
    make_many(alice, account, 3)
    selectors.queue(rita)
    with django_assert_num_queries(1):
        few = [(row.account.name, row.requester.username) for row in selectors.queue(rita).rows]
    for number in range(20):
        make_request(requester=alice, account=account, resource=f"arn:{number}")
    with django_assert_num_queries(1):
        many = [(row.account.name, row.requester.username) for row in selectors.queue(rita).rows]
    assert (len(few), len(many)) == (3, 23)


def test_it_tells_the_life_of_a_request_with_people_and_words(account, alice, rita, django_assert_num_queries):
    request = make_request(requester=alice, account=account)
    services.reject(request=request, approver=rita, change_digest=request.change_digest, reason="Too broad.")
    with django_assert_num_queries(3):
        moments = selectors.moments(request)
    assert [(moment.event, moment.actor, moment.texts) for moment in moments] == [
        ("request.reject", rita, {"reason": "Too broad."})
    ]


def test_it_pages_through_the_audit_trail_from_the_newest(account, alice):
    for number in range(5):
        audit.append(event="x.y", actor=alice, subject=f"S{number % 2}", data={})
    first = selectors.audit_page(size=2)
    second = selectors.audit_page(size=2, after=first.after)
    assert [entry.sequence for entry in [*first.rows, *second.rows]] == [5, 4, 3, 2]
    assert [entry.sequence for entry in selectors.audit_page(search=Search("s0")).rows] == [5, 3, 1]
    assert selectors.audit_moments(first.rows)[0].actor == alice


def test_it_lists_people_with_roles_and_links(account, alice, rita, django_assert_num_queries):
    with django_assert_num_queries(3):
        listed = {
            person.username: (
                [(role.role, role.account.name) for role in person.role_assignments.all()],
                [link.principal_arn for link in person.links.all()],
            )
            for person in selectors.people()
        }
    assert listed == {"alice": ([], [ALICE_ARN]), "rita": ([("approver", "retail")], [])}


def test_it_finds_what_was_written_and_decided_for_a_request(account, alice, rita):
    request = make_request(requester=alice, account=account, state=State.ACTIVE)
    assert selectors.grant_of(request) is None
    make_approval(request, rita)
    grant = Grant.objects.create(request=request, policy_arn="arn:p", principal_arn=ALICE_ARN, document="{}", before=[])
    assert selectors.grant_of(request) == grant
    assert [decision.approver for decision in selectors.decisions(request)] == [rita]
