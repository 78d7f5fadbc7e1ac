"""What a request must bring along by rule: a ticket, enough approvers, no longer than its risk allows."""

import pytest

from tests.builders import make_call, make_change, make_request, make_rule
from tests.cast import make_person
from troubleshoot.access import asking, services
from troubleshoot.access.asking import Likeness, similar_requests, who_will_decide
from troubleshoot.access.errors import Refused
from troubleshoot.access.tickets import unfit_pattern
from troubleshoot.models import AccessRequest, OutboxMessage, PrincipalLink, Risk, State
from troubleshoot.remedy.risk import Assessment, Level

pytestmark = pytest.mark.django_db


def submit(alice, account, **values):
    return services.submit(
        requester=alice,
        account=account,
        **{
            "call": make_call(),
            "change": make_change(account),
            "justification": "The weekly import needs it.",
            "idempotency_key": "form-1",
            **values,
        },
    )


@pytest.mark.parametrize(
    ("needs", "pattern", "ticket", "code"),
    [
        (True, "", "", "no_ticket"),
        (True, "", "anything", None),
        (False, r"OPS-\d+", "", None),
        (False, r"OPS-\d+", "OPS-12", None),
        (True, r"OPS-\d+", "OPS-12x", "ticket_form"),
    ],
)
def test_a_ticket_is_named_where_the_account_needs_one(account, alice, rita, needs, pattern, ticket, code):
    account.needs_ticket, account.ticket_pattern = needs, pattern
    if code is None:
        assert submit(alice, account, ticket=ticket).ticket == ticket
        return
    with pytest.raises(Refused) as told:
        submit(alice, account, ticket=ticket)
    assert told.value.code == code


@pytest.mark.parametrize("pattern", ["(a+)+", "(a|b)*c", "a*b*c*d*", "(", r"(a)\1", "(ab){2,}"])
def test_a_ticket_form_that_could_take_long_is_refused(pattern):
    assert unfit_pattern(pattern)


@pytest.mark.parametrize("pattern", ["", r"OPS-\d+", r"[A-Z]{2,10}-\d{1,7}", r"(OPS|DATA)-\d+", r"a\+b\*\d+"])
def test_an_ordinary_ticket_form_is_taken(pattern):
    assert unfit_pattern(pattern) == ""


def test_the_risk_is_kept_with_its_findings(account, alice, rita, noor):
    request = submit(
        alice, account, call=make_call(action="iam:CreateUser"), change=make_change(account, action="iam:*")
    )
    assert request.risk == Risk.HIGH
    assert request.findings[0]["reason"]


def test_a_high_risk_with_one_approver_is_refused_at_once_and_told(account, alice, rita, adam):
    with pytest.raises(Refused, match="needs 2 approvals") as told:
        submit(alice, account, call=make_call(action="iam:CreateUser"), change=make_change(account, action="iam:*"))
    assert told.value.code == "nobody_can_approve"
    assert not AccessRequest.objects.exists()
    assert OutboxMessage.objects.get().person == adam


def test_a_risk_limits_how_long_it_lasts(account, alice, rita, monkeypatch):
    judged = Assessment(Level.MEDIUM, (), 1, 8)
    monkeypatch.setattr("troubleshoot.access.weighing.assess", lambda *_, **__: judged)
    with pytest.raises(Refused, match="8 hours at most"):
        submit(alice, account)
    assert submit(alice, account, change=make_change(account, hours=8)).risk == Risk.MEDIUM


def test_it_says_who_will_decide_before_it_is_filed(account, alice, rita, noor, django_assert_max_num_queries):
    ida = make_person("ida")
    rule = make_rule(rita, action_pattern="personalize:*")
    place = rule.approvers.get()
    place.substitute, place.substitute_from, place.substitute_until = ida, rule.created_at, rule.created_at
    place.save()
    with django_assert_max_num_queries(5):
        found = who_will_decide(account, alice, make_call().principal, make_change(account), Risk.LOW)
    assert (found.people, found.substitutes, found.needed, found.rules) == ((rita, ida), (ida,), 1, (rule,))
    assert found.enough
    assert not who_will_decide(account, rita, "", make_change(account, action="s3:X"), Risk.HIGH).enough


def test_it_shows_what_was_asked_or_given_already(account, alice, charlie, rita):
    same = make_request(requester=alice, account=account)
    wider = make_request(requester=alice, account=account, action="personalize:List*", state=State.ACTIVE)
    make_request(requester=alice, account=account, action="s3:GetObject", state=State.ACTIVE)
    make_request(requester=alice, account=account, action="personalize:ListX", state=State.REJECTED)
    found = similar_requests(alice, make_call(), make_change(account))
    assert [(each.request, each.likeness) for each in found] == [(same, Likeness.SAME), (wider, Likeness.COVERS)]
    assert similar_requests(charlie, make_call(), make_change(account)) == ()


def test_the_review_knows_of_another_request_for_the_same_call(account, alice, charlie, rita):
    mine = submit(alice, account)
    theirs = submit(charlie, account, idempotency_key="form-2")
    assert asking.others_for_the_same_call(mine) == [theirs]
    PrincipalLink.objects.all().delete()
    assert asking.others_for_the_same_call(theirs) == [mine]
