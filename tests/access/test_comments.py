"""Comments: kept, told to the other side, in the trail as a digest."""

import pytest

from tests.builders import make_approval, make_request
from troubleshoot.access import services
from troubleshoot.access.comments import comments_on
from troubleshoot.access.errors import Refused
from troubleshoot.models import AuditEntry, Comment, ErasableText, OutboxMessage, State

pytestmark = pytest.mark.django_db


def told():
    return sorted(mail.person.username for mail in OutboxMessage.objects.filter(template="comment"))


def test_the_approvers_read_what_the_requester_says(account, alice, rita, noor):
    request = make_request(requester=alice, account=account)
    services.add_comment(request=request, author=alice, text="It is for Monday.")
    assert [(each.author, each.text) for each in comments_on(request)] == [(alice, "It is for Monday.")]
    assert told() == ["noor", "rita"]
    assert OutboxMessage.objects.first().context == {"author": "Alice", "words": "It is for Monday."}


def test_both_people_and_who_spoke_before_read_what_an_approver_says(account, alice, helen, rita):
    request = make_request(requester=helen, beneficiary=alice, account=account, state=State.ACTIVE)
    make_approval(request, rita)
    services.add_comment(request=request, author=rita, text="Does it work?")
    assert told() == ["alice", "helen"]


@pytest.mark.parametrize("name", ["otto", "charlie"])
def test_whoever_has_no_part_in_it_says_nothing(account, alice, request, name):
    asked = make_request(requester=alice, account=account)
    with pytest.raises(Refused, match="part in this request"):
        services.add_comment(request=asked, author=request.getfixturevalue(name), text="Hello")
    assert not Comment.objects.exists()


def test_a_comment_without_words_is_refused(account, alice):
    with pytest.raises(Refused, match="want to say"):
        services.add_comment(request=make_request(requester=alice, account=account), author=alice, text=" \x00\n")


def test_a_secret_in_a_comment_is_not_kept(account, alice, rita):
    secret = "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYCANARYKEY1"
    services.add_comment(request=make_request(requester=alice, account=account), author=alice, text=f"See {secret}")
    kept = [Comment.objects.get().text, ErasableText.objects.get().text, str(OutboxMessage.objects.get().context)]
    assert not any("wJalrXUtnFEMI" in text for text in kept)


def test_the_trail_holds_no_word_of_it(account, alice, rita):
    services.add_comment(request=make_request(requester=alice, account=account), author=alice, text="For Monday")
    assert "Monday" not in str(list(AuditEntry.objects.values()))
    assert AuditEntry.objects.get().event == "request.comment"
