"""Answers on live state: what is said, and to whom it may be said."""

import json
import re

import pytest

from tests.builders import denial_text
from tests.cast import MATEO_ARN
from tests.web.living import SECRET_SID, control_policies, document, go_live, identity_policy
from tests.web.signing_in import pasted, signed_in
from troubleshoot.iam.snapshot import Missing
from troubleshoot.models import AccessRequest, Account, Diagnosis, Person

DATASET = "arn:aws:personalize:us-east-1:123456789012:dataset/sales/ITEMS"
ASKED = f"User: {MATEO_ARN} is not authorized to perform: personalize:DescribeDataset on resource: {DATASET}"
NEARLY = document("Allow", "personalize:DescribeDataset", DATASET.replace("sales", "retail"), sid="OneDatasetGroup")
FORBIDDEN = document("Deny", "personalize:DescribeDataset", sid=SECRET_SID)
GIVEN = document("Allow", "personalize:DescribeDataset")


def _answer(person: Person, kept: Diagnosis) -> str:
    return str(signed_in(person).get(f"/d/{kept.token}/").content.decode())


def test_the_closest_statement_is_shown_with_what_is_wrong_with_it(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    go_live(monkeypatch, account, identity=(identity_policy(NEARLY),))
    page = _answer(mateo, pasted(signed_in(mateo), ASKED))
    assert "The closest statement: OneDatasetGroup in RetailDatasets, attached to the group ml-readers" in page
    assert "Its action fits. Its resource names dataset/retail/ITEMS, asked for was dataset/sales/ITEMS." in page
    marked = re.findall(r'<mark class="policy__line policy__line--marked"[^>]*>.*?</mark>', page, re.DOTALL)
    assert len(marked) == 1
    assert "dataset/retail/ITEMS" in marked[0]


def test_each_gate_says_what_it_rests_on(monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account) -> None:
    go_live(monkeypatch, account, boundary=Missing("The portal may not read the boundary."))
    page = _answer(mateo, pasted(signed_in(mateo), ASKED))
    gates = dict(re.findall(r'gate__name">([^<]+)</strong>(.*?)</li>', page, re.DOTALL))
    assert "stops here" in gates["Identity policy"]
    assert "read from IAM just now" in gates["Identity policy"]
    assert "not known" in gates["Permissions boundary"]
    assert "The portal may not read the boundary." in gates["Permissions boundary"]
    assert "The portal cannot see VPC endpoints." in gates["VPC endpoint policy"]
    assert "none applies" in gates["Session policy"]


def test_what_is_allowed_now_is_said_and_nothing_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    go_live(monkeypatch, account, identity=(identity_policy(GIVEN),), vpc_endpoint=None)
    page = _answer(mateo, pasted(signed_in(mateo), ASKED))
    assert "<h1>IAM allows <code>personalize:DescribeDataset</code>" in page
    assert "Try the call again" in page
    assert "Request access" not in page


def test_an_unread_layer_is_never_called_allowed(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    go_live(monkeypatch, account, identity=(identity_policy(GIVEN),), scps=Missing("Not readable from this account."))
    page = _answer(mateo, pasted(signed_in(mateo), ASKED))
    assert "IAM allows" not in page
    assert "Nothing that we can read stops" in page
    assert "The portal cannot read the service control policy and VPC endpoint policy." in page


def test_the_organizations_policy_is_named_to_its_victim_and_shown_to_staff_alone(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account, rita: Person, adam: Person, otto: Person
) -> None:
    scps = control_policies(FORBIDDEN)
    go_live(monkeypatch, account, identity=(identity_policy(GIVEN),), scps=scps)
    kept = pasted(signed_in(mateo), ASKED)
    page = _answer(mateo, kept)
    assert "A statement in a service control policy denies it" in page
    assert "a statement denies it at Retail" in page
    assert "KeepDatasets" in page
    assert "You may see that this service control policy decides, not its text." in page
    assert "&quot;Deny&quot;" not in page
    for staff in (rita, adam, otto):
        assert "&quot;Deny&quot;" in _answer(staff, kept)


def test_helpdesk_sees_the_decision_and_the_layers_but_no_policy_text(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account, helen: Person
) -> None:
    go_live(monkeypatch, account, identity=(identity_policy(NEARLY),))
    page = _answer(helen, pasted(signed_in(mateo), ASKED))
    assert "No identity policy allows it" in page
    assert "stops here" in page
    assert "dataset/retail" not in page
    assert "&quot;Allow&quot;" not in page


def test_an_explicit_deny_in_ones_own_policy_is_shown_whole(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    policies = (identity_policy(GIVEN), identity_policy(FORBIDDEN, name="NoReading"))
    go_live(monkeypatch, account, identity=policies)
    page = _answer(mateo, pasted(signed_in(mateo), ASKED))
    assert "This statement decides: OnlyForTheOrganization in NoReading" in page
    assert "A deny counts more than any allow." in page
    assert "No request here can change this" in page


def test_nothing_is_read_about_somebody_elses_principal(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, charlie: Person, mary: Person, account: Account
) -> None:
    reader = go_live(monkeypatch, account, identity=(identity_policy(NEARLY),))
    for stranger in (charlie, mary):
        client = signed_in(stranger)
        kept = pasted(client, ASKED)
        client.post(f"/d/{kept.token}/check/")
        client.post(f"/d/{kept.token}/facts/", {"principal": MATEO_ARN, "action": "s3:GetObject", "resource": "*"})
        page = _answer(stranger, kept)
        assert ("mateojackson is you" if stranger == charlie else "about mateojackson, not about you") in page
        assert "Check again" not in page
        assert "ml-readers" not in page
    assert reader.asked == []


def test_a_printed_case_says_when_it_was_read(monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account) -> None:
    go_live(monkeypatch, account, identity=(identity_policy(NEARLY),))
    kept = pasted(signed_in(mateo), ASKED)
    kept.refresh_from_db()
    assert f"Read on {kept.checked_at:%-d %B %Y, %H:%M} UTC." in _answer(mateo, kept)


def test_staff_are_not_told_that_somebody_elses_case_is_about_them(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, charlie: Person, rita: Person, account: Account
) -> None:
    go_live(monkeypatch, account, identity=(identity_policy(NEARLY),))
    kept = pasted(signed_in(charlie), ASKED)
    page = _answer(rita, kept)
    assert "Nothing live was read for whoever pasted this." in page
    assert "is you" not in page


def test_the_live_state_is_read_once_for_each_check(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    reader = go_live(monkeypatch, account, identity=(identity_policy(NEARLY),))
    client = signed_in(mateo)
    kept = pasted(client, ASKED)
    client.get(f"/d/{kept.token}/")
    client.get(f"/d/{kept.token}/request/")
    assert len(reader.asked) == 1
    assert "Checked again." in client.post(f"/d/{kept.token}/check/", follow=True).content.decode()
    assert len(reader.asked) == 2


def test_the_request_form_shows_the_proof_before_and_after(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account, rita: Person
) -> None:
    go_live(monkeypatch, account, identity=(identity_policy(NEARLY),), vpc_endpoint=None)
    client = signed_in(mateo)
    kept = pasted(client, ASKED)
    page = client.get(f"/d/{kept.token}/request/").content.decode()
    assert "denied: nothing allows it" in page
    assert "<strong>allowed</strong>" in page
    sent = {"justification": "The weekly import.", "hours": "24", "ticket": "", "key": "k" * 32}
    client.post(f"/d/{kept.token}/request/", sent)
    review = signed_in(rita).get(f"/queue/{AccessRequest.objects.get().code}/").content.decode()
    assert "<strong>allowed</strong>" in review
    assert "The closest statement" in review
    assert "It rests on the text alone" not in review


def test_an_account_that_cannot_be_read_is_answered_from_the_text_and_says_why(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    go_live(monkeypatch, account, exists=Missing("AWS did not answer within ten seconds."))
    page = _answer(mateo, pasted(signed_in(mateo), denial_text(MATEO_ARN)))
    assert "AWS did not answer within ten seconds." in page
    assert "according to the message" in page
    assert "read from IAM" not in page


def test_of_a_long_policy_the_statement_is_shown_and_the_whole_is_one_click_away(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    others = [{"Effect": "Allow", "Action": f"s3:Get{number}", "Resource": "*"} for number in range(30)]
    near = json.loads(NEARLY)["Statement"]
    text = json.dumps({"Version": "2012-10-17", "Statement": [*others, *near, *others]}, indent=2)
    go_live(monkeypatch, account, identity=(identity_policy(text),))
    page = _answer(mateo, pasted(signed_in(mateo), ASKED))
    figure = page.split('<figure class="policy"')[1].split("</figure>")[0]
    excerpt, whole = figure.split("The whole document")
    assert "s3:Get7" not in excerpt
    assert "OneDatasetGroup" in excerpt
    assert "s3:Get7" in whole


def test_what_hangs_on_an_unknown_key_says_on_which(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    statement = json.loads(GIVEN)["Statement"][0] | {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    go_live(monkeypatch, account, identity=(identity_policy(text),), vpc_endpoint=None)
    page = _answer(mateo, pasted(signed_in(mateo), ASKED))
    assert "a statement may allow it, depending on aws:multifactorauthpresent" in page.lower()
    assert "IAM allows" not in page


def test_a_resource_policy_that_nobody_read_is_not_counted_on(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    text = f"User: {MATEO_ARN} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::retail/x.csv"
    go_live(monkeypatch, account, resource=Missing("The portal may not read this bucket’s policy."))
    page = _answer(mateo, pasted(signed_in(mateo), text))
    assert "The identity policy does not allow it." in page
    assert "does not allow it; a resource policy could" in page


@pytest.mark.parametrize(
    ("action", "resource", "because", "first"),
    [
        (
            "s3:GetObject",
            "arn:aws:s3:::retail/x.csv",
            "with an explicit deny in a resource control policy",
            "According to the message, a statement in a resource control policy denies it.",
        ),
        (
            "s3:GetObject",
            "arn:aws:s3:::retail/x.csv",
            "because no VPC endpoint policy allows the s3:GetObject action",
            "According to the message: the policy of the VPC endpoint does not allow it.",
        ),
        (
            "personalize:DescribeDataset",
            DATASET,
            "with an explicit deny in a VPC endpoint policy",
            "According to the message, a statement in a VPC endpoint policy denies it.",
        ),
    ],
)
def test_the_policy_that_the_message_names_comes_first_where_nobody_could_read_it(
    monkeypatch: pytest.MonkeyPatch,
    mateo: Person,
    account: Account,
    action: str,
    resource: str,
    because: str,
    first: str,
) -> None:
    unread = Missing("The portal may not read this.")
    go_live(monkeypatch, account, resource=unread, rcps=unread)
    text = f"User: {MATEO_ARN} is not authorized to perform: {action} on resource: {resource} {because}"
    page = _answer(mateo, pasted(signed_in(mateo), text))
    heading = page[page.index("<h1>") : page.index("<h1>") + 1500]
    told = re.findall(r"[^<>]+\.(?=</p>|\s*<)", heading)
    assert first in told[0]
    assert "identity policy" in heading
    assert "Only the resource’s own policy could" not in page


def test_a_layer_that_the_message_names_and_that_stops_comes_before_the_others(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    ceiling = identity_policy(document("Allow", "s3:*"), name="Ceiling", holder="policy/Ceiling")
    go_live(monkeypatch, account, boundary=ceiling)
    text = f"{ASKED} because no permissions boundary allows the personalize:DescribeDataset action"
    page = _answer(mateo, pasted(signed_in(mateo), text))
    assert page.index("The permissions boundary leaves it out.") < page.index("The identity policy stops it too.")


@pytest.mark.parametrize(
    ("action", "resource", "words"),
    [
        (
            "personalize:DescribeSolution",
            "arn:aws:personalize:us-east-1:999988887777:solution/retail",
            "It belongs to account 999988887777, and only a role in that account can reach it.",
        ),
        (
            "iam:PassRole",
            "arn:aws:iam::999988887777:role/Import",
            "The role belongs to account 999988887777, and AWS passes only roles of the same account.",
        ),
    ],
)
def test_what_belongs_to_another_account_is_reached_by_a_role(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account, action: str, resource: str, words: str
) -> None:
    go_live(monkeypatch, account, identity=(identity_policy(document("Allow", action)),))
    text = f"User: {MATEO_ARN} is not authorized to perform: {action} on resource: {resource}"
    page = _answer(mateo, pasted(signed_in(mateo), text))
    assert words in page
    assert "resource-based policy" not in page
    assert "The resource’s own policy does not allow it." not in page
    assert "Request access" not in page
    assert "/outside-my-account/" in page.partition("<main")[2].partition("</main>")[0] or action == "iam:PassRole"


def test_a_boundary_that_hangs_on_the_resource_is_never_answered_with_try_again(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    ceiling = identity_policy(document("Allow", "personalize:*"), name="Ceiling", holder="policy/Ceiling")
    given = identity_policy(document("Allow", "s3:GetObject"))
    unread = Missing("The portal may not read this bucket’s policy.")
    go_live(monkeypatch, account, identity=(given,), boundary=ceiling, resource=unread)
    text = f"User: {MATEO_ARN} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::retail/x.csv"
    page = _answer(mateo, pasted(signed_in(mateo), text))
    assert "The permissions boundary does not allow it." in page
    assert "Try the call again" not in page
    assert "Ask the administrator who set the permissions boundary" in page


def test_a_boundary_in_the_way_offers_no_request(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    ceiling = identity_policy(document("Allow", "s3:*"), name="Ceiling", holder="policy/Ceiling")
    go_live(monkeypatch, account, identity=(identity_policy(GIVEN),), boundary=ceiling)
    client = signed_in(mateo)
    kept = pasted(client, ASKED)
    page = _answer(mateo, kept)
    assert "The permissions boundary leaves it out." in page
    assert "Ask the administrator who set the permissions boundary" in page
    assert client.get(f"/d/{kept.token}/request/")["Location"] == f"/d/{kept.token}/"


def test_a_granted_request_is_pointed_to_from_its_case(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account, rita: Person
) -> None:
    go_live(monkeypatch, account)
    client = signed_in(mateo)
    kept = pasted(client, denial_text(MATEO_ARN))
    sent = {"justification": "The weekly import.", "hours": "24", "ticket": "", "key": "k" * 32}
    client.post(f"/d/{kept.token}/request/", sent)
    asked = AccessRequest.objects.get()
    assert f"See your request {asked.code}" in _answer(mateo, kept)
    AccessRequest.objects.update(state="active")
    assert "It was verified after this case was checked." in _answer(mateo, kept)


def test_what_would_stop_the_call_next_is_judged_with_its_statement(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    near = document("Allow", "iam:PassRole", "arn:aws:iam::999999999999:role/*", sid="RolesElsewhere")
    go_live(monkeypatch, account, identity=(identity_policy(near),))
    asked = ASKED.replace("DescribeDataset", "CreateDatasetImportJob")
    page = _answer(mateo, pasted(signed_in(mateo), asked))
    part = page.partition("What stops the call next")[2].partition("</section>")[0]
    assert "would stop next" in part
    assert "Needed too on the role if the call names a role." in part
    assert "No identity policy allows it. The closest is RolesElsewhere in RetailDatasets" in part


def test_the_layer_behind_the_first_stop_is_told(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    go_live(monkeypatch, account, scps=control_policies(FORBIDDEN))
    page = _answer(mateo, pasted(signed_in(mateo), ASKED))
    assert "The same call: then the identity policy stops it. No identity policy allows it." in page


def test_without_live_state_what_the_call_needs_is_named_and_not_judged(mateo: Person, account: Account) -> None:
    asked = ASKED.replace("DescribeDataset", "CreateDatasetImportJob")
    page = _answer(mateo, pasted(signed_in(mateo), asked))
    part = page.partition("What stops the call next")[2].partition("</section>")[0]
    assert "not judged" in part
    assert "The answer rests on the text alone." in part
    assert "would stop next" not in part
