"""The table of states: total, without a dead end, and the only way to another state."""

from itertools import product
from pathlib import Path

import pytest

from tests.builders import make_request
from troubleshoot.access import guards
from troubleshoot.access.drawing import states_page
from troubleshoot.access.errors import Refused, Stale
from troubleshoot.access.guards import Attempt
from troubleshoot.access.states import FINAL, TABLE, By, Event, step_for, transition
from troubleshoot.models import AccessRequest, AuditEntry, OutboxMessage, State


def test_every_state_is_reached_and_left_or_final():
    reached = {step.target for step in TABLE} | {State.SUBMITTED}
    left = {step.source for step in TABLE}
    assert reached == set(State)
    assert left | FINAL == set(State)
    assert not left & FINAL


def test_every_event_happens_somewhere_and_never_twice_from_one_state():
    assert {step.event for step in TABLE} == set(Event)
    keys = [(step.source, step.event) for step in TABLE]
    assert len(keys) == len(set(keys))


def test_only_the_verified_become_active():
    assert {step.guards for step in TABLE if step.target == State.ACTIVE} == {(guards.is_verified,)}


def test_every_guard_says_what_it_asks():
    assert all(guard.__doc__ for step in TABLE for guard in step.guards)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "event"), [pair for pair in product(State, Event) if step_for(*pair) is None], ids=str
)
def test_what_the_table_does_not_name_does_not_happen(account, alice, state, event):
    request = make_request(requester=alice, account=account, state=state)
    with pytest.raises(Stale, match=state.label):
        transition(request=request, event=event, attempt=Attempt(request, alice))
    request.refresh_from_db()
    assert request.state == state
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "step", [step for step in TABLE if step.by is not By.WORKER], ids=lambda step: f"{step.source}-{step.event}"
)
def test_a_stranger_takes_no_step(account, alice, charlie, step):
    request = make_request(requester=alice, account=account, state=step.source)
    with pytest.raises(Refused):
        transition(request=request, event=step.event, attempt=Attempt(request, charlie, request.change_digest, "x"))


@pytest.mark.django_db
def test_people_take_no_step_of_the_worker(account, alice):
    request = make_request(requester=alice, account=account, state=State.APPLYING)
    with pytest.raises(ValueError, match="worker"):
        transition(request=request, event=Event.FAIL, attempt=Attempt(request, alice))


@pytest.mark.django_db
def test_a_step_on_what_was_seen_before_is_stale_and_leaves_nothing_behind(account, alice):
    request = make_request(requester=alice, account=account)
    AccessRequest.objects.filter(pk=request.pk).update(state=State.APPLYING)
    with pytest.raises(Stale, match="being applied"):
        transition(request=request, event=Event.WITHDRAW, attempt=Attempt(request, alice))
    assert not AuditEntry.objects.exists()
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_a_worker_that_lost_its_fence_takes_no_step(account, alice):
    request = make_request(requester=alice, account=account, fence=4)
    with pytest.raises(Stale):
        transition(request=request, event=Event.LAPSE, fence=3)
    transition(request=request, event=Event.LAPSE, fence=4)
    assert request.state == State.LAPSED


def test_the_documentation_is_drawn_from_the_table():
    drawn = Path("docs/explanation/states.md").read_text()
    assert drawn == states_page(), "write it anew: manage.py draw_states > docs/explanation/states.md"
