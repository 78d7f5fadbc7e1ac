"""The mode of an account: one administrator proposes another one, a second one confirms it."""

import pytest

from tests.cast import make_person
from troubleshoot.access import modes, people
from troubleshoot.access.account_settings import change_settings
from troubleshoot.access.errors import Refused, Stale
from troubleshoot.models import Account, AdminChange, AuditEntry, OutboxMessage

pytestmark = pytest.mark.django_db


def mode_of(account):
    return Account.objects.get(pk=account.pk).mode


def test_one_administrator_alone_changes_no_mode(account, adam, ada):
    change = modes.propose_mode(by=adam, account=account, mode="write")
    assert mode_of(account) == "text"
    with pytest.raises(Refused, match="You proposed this yourself"):
        people.confirm_change(change=change, by=adam)
    assert mode_of(account) == "text"


def test_the_settings_of_an_account_hold_no_mode(account, adam):
    assert change_settings(account=account, by=adam, values={"mode": "write", "contact_name": "Zoe"}) == (
        "contact_name",
    )
    assert mode_of(account) == "text"


def test_a_second_administrator_makes_it_so_and_the_trail_says_what(account, adam, ada):
    change = modes.propose_mode(by=adam, account=account, mode="read")
    assert OutboxMessage.objects.filter(template="change_to_confirm", person=ada).exists()
    people.confirm_change(change=change, by=ada)
    assert mode_of(account) == "read"
    entry = AuditEntry.objects.get(event="people.confirm")
    assert (entry.data["account"], entry.data["before"], entry.data["after"]) == (account.account_id, "text", "read")


def test_a_refused_mode_changes_nothing(account, adam, ada):
    people.refuse_change(change=modes.propose_mode(by=adam, account=account, mode="read"), by=ada)
    assert mode_of(account) == "text"


def test_a_mode_that_was_changed_meanwhile_is_not_changed_again(account, adam, ada):
    change = modes.propose_mode(by=adam, account=account, mode="write")
    Account.objects.filter(pk=account.pk).update(mode="read")
    with pytest.raises(Stale, match="another mode since"):
        people.confirm_change(change=change, by=ada)
    change.refresh_from_db()
    assert (change.state, mode_of(account)) == (AdminChange.State.PROPOSED, "read")


@pytest.mark.parametrize(
    ("who", "mode", "words"),
    [
        ("charlie", "read", "Only an administrator"),
        ("adam", "text", "has this mode already"),
        ("adam", "everything", "choose one of the modes"),
    ],
)
def test_what_does_not_fit_is_refused(account, adam, ada, charlie, who, mode, words):
    by = {"adam": adam, "charlie": charlie}[who]
    with pytest.raises(Refused, match=words):
        modes.propose_mode(by=by, account=account, mode=mode)


def test_one_mode_is_proposed_at_a_time(account, adam, ada):
    modes.propose_mode(by=adam, account=account, mode="read")
    with pytest.raises(Refused, match="proposed already"):
        modes.propose_mode(by=ada, account=account, mode="write")


def test_without_a_second_administrator_nothing_is_proposed(account):
    with pytest.raises(Refused, match="No other administrator"):
        modes.propose_mode(by=make_person("solo", "admin"), account=account, mode="read")
