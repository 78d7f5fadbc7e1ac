"""Slack: a message with a link, in which nothing that people wrote becomes markup."""

import json

import pytest

from tests.access.receiving import listening
from tests.builders import make_request
from tests.cast import ALICE_ARN
from troubleshoot.access import outbox, slack
from troubleshoot.access.mail import send_one
from troubleshoot.models import OutboxMessage
from troubleshoot.remedy import Change

pytestmark = pytest.mark.django_db
MARKUP = "<!channel> <https://evil.example|click> *bold* & <@U123>"


@pytest.fixture
def room(settings):
    with listening() as server:
        settings.RECEIVERS = {"room": server.receiver("room", "slack")}
        yield server


def told(room, template, people, **request):
    outbox.queue([outbox.Mail(template, person) for person in people], cause="step-1", **request)
    while send_one("test"):
        pass
    return [json.loads(body) for _, body in room.letters]


def test_a_room_is_told_once_however_many_decide(room, account, alice, rita, noor):
    request = make_request(requester=alice, account=account)
    [letter] = told(room, "to_decide", [rita, noor], request=request)
    assert letter["text"] == f"Please decide: Alice asks for {request.action}"
    assert f"<http://127.0.0.1:8000/queue/{request.code}/|" in letter["blocks"][-1]["text"]["text"]
    facts = [field["text"] for field in letter["blocks"][1]["fields"]]
    assert f"Request\n{request.code}" in facts


def test_what_concerns_one_person_alone_is_not_told_to_a_room(room, account, alice):
    request = make_request(requester=alice, account=account)
    assert told(room, "submitted", [alice], request=request) == []
    assert told(room, "on_behalf", [alice], request=request) == []


def test_nothing_that_people_wrote_becomes_a_link_or_a_mention(room, account, alice, rita):
    type(alice).objects.filter(pk=alice.pk).update(first_name=MARKUP)
    alice.refresh_from_db()
    request = make_request(requester=alice, account=account, resource=MARKUP)
    [letter] = told(room, "to_decide", [rita], request=request)
    assert "<" not in letter["text"]
    assert "&lt;!channel&gt;" in letter["text"]
    for block in letter["blocks"]:
        for text in [block.get("text"), *block.get("fields", [])]:
            if text and text["type"] == "mrkdwn":
                assert "channel" not in text["text"]
            elif text:
                assert (text["type"], text["emoji"]) == ("plain_text", False)


def test_texts_are_as_short_as_slack_takes_them(room, account, alice, rita):
    request = make_request(requester=alice, account=account, action="personalize:" + "A" * 110, resource="x" * 2048)
    [letter] = told(room, "to_decide", [rita], request=request)
    assert len(letter["blocks"][0]["text"]["text"]) <= 150
    assert max(len(field["text"]) for field in letter["blocks"][1]["fields"]) <= 2000
    assert len(letter["blocks"][1]["fields"]) <= 10


def test_a_change_of_roles_has_no_request_to_show(account, adam, ada, room):
    outbox.queue([outbox.Mail("nobody_can_approve", adam, {"account": "123456789012"})], cause="step-2")
    message = OutboxMessage.objects.get(channel="slack")
    body, _ = slack.letter(message, room.receiver())
    assert len(json.loads(body)["blocks"]) == 2


def whole_job(alice, account, count):
    actions = ["personalize:ListSchemas", *(f"personalize:Action{number}" for number in range(count))]
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    change = Change(account.account_id, ALICE_ARN, (statement,), 24)
    return make_request(requester=alice, account=account, change=change.as_data(), change_digest=change.digest())


def also(letter):
    (field,) = (one["text"] for one in letter["blocks"][1]["fields"] if one["text"].startswith("Also\n"))
    return field


def test_a_room_is_told_every_action_of_a_whole_job(room, account, alice, rita):
    [letter] = told(room, "to_decide", [rita], request=whole_job(alice, account, 5))
    assert also(letter) == "Also\n" + ", ".join(f"personalize:Action{number}" for number in range(5))


def test_a_job_that_is_too_long_for_a_field_says_how_many_are_left_out(room, account, alice, rita):
    [letter] = told(room, "to_decide", [rita], request=whole_job(alice, account, 200))
    words = also(letter)
    shown = words.removeprefix("Also\n").partition(" and ")[0].split(", ")
    assert len(words) <= 2000
    assert words.endswith(f" and {200 - len(shown)} more")
    assert shown[-1] == f"personalize:Action{len(shown) - 1}"
