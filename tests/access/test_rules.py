"""Rules come and go by four eyes, and are never edited."""

from datetime import date

import pytest

from tests.builders import make_request, make_rule
from tests.cast import make_person
from troubleshoot.access import people, rules
from troubleshoot.access.errors import Refused, Stale
from troubleshoot.access.rules import Draft, Place
from troubleshoot.models import AdminChange, AuditEntry, OutboxMessage, Role, RoutingRule, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida(account):
    return make_person("ida")


def draft(*people, **values):
    defaults = {"name": "Deletes", "position": 10, "places": tuple(Place(person) for person in people)}
    return Draft(**(defaults | values))


def test_a_rule_counts_when_a_second_admin_confirms(account, adam, ada, rita, ida):
    place = Place(rita, ida, date(2026, 12, 1), date(2026, 12, 24))
    given = draft(places=(place,), account=account, action_pattern="personalize:Delete*", minimal_risk="medium")
    change = rules.propose_rule(by=adam, draft=given)
    assert not RoutingRule.objects.exists()
    people.confirm_change(change=change, by=ada)
    rule = RoutingRule.objects.get()
    assert (rule.name, rule.position, rule.account, rule.action_pattern) == (
        "Deletes",
        10,
        account,
        "personalize:Delete*",
    )
    assert (rule.resource_pattern, rule.minimal_risk, rule.approvals) == ("*", "medium", 1)
    named = rule.approvers.get()
    assert (named.person, named.substitute, named.substitute_until) == (rita, ida, date(2026, 12, 24))
    assert list(AuditEntry.objects.values_list("event", flat=True)) == ["people.propose", "people.confirm"]
    assert [mail.person for mail in OutboxMessage.objects.filter(template="change_to_confirm")] == [ada]


def test_nobody_confirms_a_rule_that_they_proposed_or_that_names_them(adam, ada, rita):
    change = rules.propose_rule(by=adam, draft=draft(rita))
    with pytest.raises(Refused, match="proposed this yourself"):
        people.confirm_change(change=change, by=adam)
    with pytest.raises(Refused) as told:
        rules.propose_rule(by=adam, draft=draft(ada, position=20))
    assert told.value.code == "no_second_admin"
    make_person("abe", Role.ADMIN)
    about_ada = rules.propose_rule(by=adam, draft=draft(ada, position=20))
    with pytest.raises(Refused, match="about yourself"):
        people.confirm_change(change=about_ada, by=ada)


def test_only_admins_propose_rules(rita, helen, otto, charlie):
    for person in (rita, helen, otto, charlie):
        with pytest.raises(Refused, match="administrator"):
            rules.propose_rule(by=person, draft=draft(rita))
        with pytest.raises(Refused, match="administrator"):
            rules.propose_end(by=person, rule=make_rule(rita, position=person.pk))


def test_a_rule_is_ended_by_two_and_kept_for_the_record(adam, ada, rita):
    rule = make_rule(rita)
    change = rules.propose_end(by=adam, rule=rule)
    with pytest.raises(Refused, match="proposed already"):
        rules.propose_end(by=ada, rule=rule)
    people.confirm_change(change=change, by=ada)
    rule.refresh_from_db()
    assert rule.ended_at
    with pytest.raises(Refused, match="ended already"):
        rules.propose_end(by=adam, rule=rule)


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("no_name", {"name": " "}),
        ("no_name", {"name": "x" * 81}),
        ("no_action", {"action_pattern": "Delete"}),
        ("no_action", {"action_pattern": "personal*:Delete"}),
        ("no_resource", {"resource_pattern": "bucket"}),
        ("no_resource", {"resource_pattern": "arn:aws:s3:::a b"}),
        ("no_place", {"position": 0}),
        ("too_many", {"approvals": 2}),
        ("nobody", {"places": ()}),
    ],
)
def test_it_refuses_a_rule_that_does_not_fit(adam, ada, rita, code, values):
    with pytest.raises(Refused) as told:
        rules.propose_rule(by=adam, draft=draft(rita, **values))
    assert told.value.code == code


def test_it_refuses_people_and_dates_that_do_not_fit(adam, ada, rita, ida):
    day, before = date(2026, 12, 2), date(2026, 12, 1)
    for code, places in (
        ("twice", (Place(rita), Place(rita))),
        ("no_dates", (Place(rita, ida),)),
        ("no_dates", (Place(rita, None, before, day),)),
        ("no_dates", (Place(rita, ida, day, before),)),
        ("own_substitute", (Place(rita, rita, before, day),)),
    ):
        with pytest.raises(Refused) as told:
            rules.propose_rule(by=adam, draft=draft(places=places))
        assert told.value.code == code
    type(ida).objects.filter(pk=ida.pk).update(is_active=False)
    ida.refresh_from_db()
    with pytest.raises(Refused, match="disabled"):
        rules.propose_rule(by=adam, draft=draft(ida))


def test_two_rules_never_stand_at_one_place(adam, ada, rita, noor):
    first = rules.propose_rule(by=adam, draft=draft(rita))
    second = rules.propose_rule(by=adam, draft=draft(noor))
    people.confirm_change(change=first, by=ada)
    with pytest.raises(Stale, match="stands at this place"):
        people.confirm_change(change=second, by=ada)
    second.refresh_from_db()
    assert second.state == AdminChange.State.PROPOSED
    with pytest.raises(Refused) as told:
        rules.propose_rule(by=adam, draft=draft(rita))
    assert told.value.code == "place_taken"
    assert rules.next_position() == 20


def test_the_trail_of_a_rule_names_nobody(account, adam, ada, rita):
    rules.propose_rule(by=adam, draft=draft(rita, name="Rita decides", account=account))
    assert "rita" not in str(list(AuditEntry.objects.values())).lower()


def test_a_new_rule_lets_the_worker_look_at_what_waits(account, alice, adam, ada, rita):
    request = make_request(requester=alice, account=account)
    other = make_request(requester=alice, account=account, action="s3:X", state=State.REJECTED)
    people.confirm_change(change=rules.propose_rule(by=adam, draft=draft(rita)), by=ada)
    request.refresh_from_db()
    other.refresh_from_db()
    assert request.due_at
    assert other.due_at is None
