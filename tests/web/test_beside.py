"""A request for more than the refused call says so wherever it is named, before anybody decides."""

import json

import pytest
from django.utils import timezone

from tests.builders import make_request
from tests.cast import ALICE_ARN
from tests.web.signing_in import signed_in
from troubleshoot.access import slack
from troubleshoot.access.beside import beside, beside_words
from troubleshoot.access.mail import written
from troubleshoot.models import AccessRequest, Account, OutboxMessage, Person
from troubleshoot.remedy import Change

CALL = "personalize:ListSchemas"
JOB = ["personalize:Describe*", "personalize:List*", "personalize:GetSolutionMetrics"]
MORE = "personalize:Describe*, personalize:List* and 1 more"


def asked_for(alice: Person, account: Account, *actions: str | list[str]) -> AccessRequest:
    statements = tuple({"Effect": "Allow", "Action": one, "Resource": "*"} for one in actions)
    change = Change(account=account.account_id, principal=ALICE_ARN, statements=statements, hours=24)
    return make_request(
        requester=alice, account=account, action=CALL, change=change.as_data(), change_digest=change.digest()
    )


@pytest.mark.parametrize(
    ("actions", "words"),
    [
        ([CALL], ""),
        ([CALL.lower()], ""),
        ([[CALL, "s3:GetObject"]], "s3:GetObject"),
        ([["a:B", "a:C"]], "a:B and a:C"),
        ([JOB], MORE),
        ([JOB, ["personalize:List*", CALL]], MORE),
        ([], ""),
    ],
)
def test_what_is_asked_for_beside_the_call(
    alice: Person, account: Account, actions: list[str | list[str]], words: str
) -> None:
    assert beside_words(asked_for(alice, account, *actions)) == words


def test_every_action_is_named_once_as_it_is_written(alice: Person, account: Account) -> None:
    assert beside(asked_for(alice, account, JOB, JOB)) == tuple(JOB)


@pytest.mark.parametrize("address", ["/queue/", "/queue/{}/", "/queue/{}/ask/", "/queue/{}/narrow/"])
def test_an_approver_reads_everywhere_that_it_is_more(
    alice: Person, account: Account, rita: Person, address: str
) -> None:
    job = asked_for(alice, account, JOB)
    page = signed_in(rita).get(address.format(job.code)).content.decode()
    assert "and more" in page or MORE in page
    job.delete()
    small = asked_for(alice, account, CALL)
    page = signed_in(rita).get(address.format(small.code)).content.decode()
    assert CALL in page
    assert "and more" not in page
    assert "1 more" not in page


def test_the_requester_finds_the_job_again_in_the_list(alice: Person, account: Account) -> None:
    job = asked_for(alice, account, JOB)
    browser = signed_in(alice)
    assert f"and {MORE}" in browser.get("/requests/").content.decode()
    assert "and more</h1>" in browser.get(f"/requests/{job.code}/").content.decode()


def test_mail_and_slack_say_that_it_is_more(alice: Person, account: Account, rita: Person) -> None:
    message = OutboxMessage.objects.create(
        request=asked_for(alice, account, JOB),
        person=rita,
        template="to_decide",
        context={},
        key="k",
        created_at=timezone.now(),
    )
    mail = written(message)
    assert mail.subject.endswith(f"asks for {CALL} and more")
    assert f"Action:    {CALL}\nAlso:      {MORE}\nResource:" in mail.body
    assert f"<td>{MORE}</td>" in str(mail.alternatives[0][0])
    # A room has the place to name them all.
    said = json.dumps(json.loads(slack.letter(message, None)[0]))  # type: ignore[arg-type]
    assert all(action in said for action in JOB)


def test_mail_about_the_call_alone_says_nothing_of_more(alice: Person, account: Account, rita: Person) -> None:
    message = OutboxMessage.objects.create(
        request=asked_for(alice, account, CALL),
        person=rita,
        template="to_decide",
        context={},
        key="k",
        created_at=timezone.now(),
    )
    assert written(message).subject.endswith(f"asks for {CALL}")
    assert f"Action:    {CALL}\nResource:" in written(message).body
