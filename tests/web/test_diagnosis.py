"""The diagnosis page: what it says, to whom, and what can be changed on it."""

import pytest

from tests.builders import denial_text, make_diagnosis, make_request
from tests.cast import ALICE_ARN, MARY_ARN, MATEO_ARN
from tests.web.signing_in import pasted, signed_in
from troubleshoot.models import Account, Diagnosis, Person, State
from troubleshoot.web.presenters.steps import Step

GET_WIDGET = f"User: {MATEO_ARN} is not authorized to perform: personalize:GetWidget on resource: my-example-widget"
PASS_ROLE = f"User: {MARY_ARN} is not authorized to perform: iam:PassRole"
ROLE = "arn:aws:iam::123456789012:role/service-role/PersonalizeS3Role"


def _page(person: Person, kept: Diagnosis) -> str:
    response = signed_in(person).get(f"/d/{kept.token}/")
    assert response.status_code == 200
    return str(response.content.decode())


def test_it_offers_the_request_for_ones_own_principal(mateo: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, denial_text(MATEO_ARN))
    page = client.get(f"/d/{kept.token}/").content.decode()
    assert "Ask for just this action" in page
    assert f"/d/{kept.token}/request/" in page


def test_it_says_what_the_answer_rests_on(mateo: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, denial_text(MATEO_ARN))
    page = client.get(f"/d/{kept.token}/").content.decode()
    assert "according to the message" in page
    assert "The portal answers from texts alone in this account." in page
    assert "read from IAM" not in page


def test_somebody_elses_principal_is_answered_from_the_text_alone(mateo: Person, mary: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, denial_text(MARY_ARN))
    page = client.get(f"/d/{kept.token}/").content.decode()
    assert "marymajor may not use" in page
    assert "Ask on behalf of marymajor" in page
    assert not Diagnosis.objects.get().snapshot


def test_the_made_up_widget_is_recognised_and_real_actions_are_named(mateo: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, GET_WIDGET)
    page = client.get(f"/d/{kept.token}/").content.decode()
    assert "made-up example" in page
    assert "You may mean personalize:Get" in page
    assert "Request access" not in page


def test_a_real_action_instead_of_the_made_up_one_is_one_press_away(mateo: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, GET_WIDGET)
    link = f"/d/{kept.token}/facts/?action=personalize%3AGetRecommendations"
    for address in (f"/d/{kept.token}/", f"/d/{kept.token}/facts/"):
        assert f'href="{link}">personalize:GetRecommendations' in client.get(address).content.decode()
    form = client.get(link).content.decode()
    assert 'value="personalize:GetRecommendations"' in form
    assert "arn:${Partition}:personalize:${Region}:${Account}:campaign/${ResourceId}" in form


def test_what_the_form_would_refuse_is_not_filled_in(mateo: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, GET_WIDGET)
    form = client.get(f"/d/{kept.token}/facts/").content.decode()
    assert 'value="my-example-widget"' not in form
    sent = {"principal": MATEO_ARN, "action": "personalize:GetWidget", "resource": "my-example-widget"}
    refused = client.post(f"/d/{kept.token}/facts/", sent)
    assert refused.status_code == 422
    assert "It has six parts and begins with arn:." in refused.content.decode()


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_an_arn_of_any_partition_is_taken(mateo: Person, partition: str) -> None:
    client = signed_in(mateo)
    kept = pasted(client, GET_WIDGET)
    arn = f"arn:{partition}:iam::123456789012:user/mateojackson"
    sent = {"principal": arn, "action": "personalize:ListSchemas", "resource": "*"}
    assert client.post(f"/d/{kept.token}/facts/", sent).status_code == 302


def test_a_pass_role_denial_asks_which_role_and_leads_to_the_topic(mary: Person) -> None:
    client = signed_in(mary)
    kept = pasted(client, PASS_ROLE)
    page = client.get(f"/d/{kept.token}/").content.decode()
    assert "Which role did you want to pass?" in page
    assert 'href="/pass-role/"' in page


def test_naming_the_role_makes_the_answer_complete(mary: Person) -> None:
    client = signed_in(mary)
    kept = pasted(client, PASS_ROLE)
    sent = {"principal": MARY_ARN, "action": "iam:PassRole", "resource": ROLE}
    assert client.post(f"/d/{kept.token}/facts/", sent).status_code == 302
    page = client.get(f"/d/{kept.token}/").content.decode()
    assert "Which role did you want to pass?" not in page
    assert "role/service-role/PersonalizeS3Role" in page


@pytest.mark.parametrize("role", ["PersonalizeS3Role", "arn:aws:iam::123456789012:user/mary", "arn:aws:s3:::b", "*"])
def test_what_is_no_role_is_refused_with_words_and_kept(mary: Person, role: str) -> None:
    client = signed_in(mary)
    kept = pasted(client, PASS_ROLE)
    sent = {"principal": MARY_ARN, "action": "iam:PassRole", "resource": role}
    response = client.post(f"/d/{kept.token}/facts/", sent)
    assert response.status_code == 422
    assert "Write the role’s ARN with its path" in response.content.decode()
    assert f'value="{role}"' in response.content.decode()


@pytest.mark.parametrize("sent", [{}, {"resource": ""}, {"principal": MATEO_ARN}])
def test_a_form_that_leaves_facts_out_loses_none(mateo: Person, helen: Person, sent: dict[str, str]) -> None:
    kept = pasted(signed_in(mateo), GET_WIDGET)
    before = dict(kept.facts)
    assert before["resource"] == "my-example-widget"
    assert signed_in(helen).post(f"/d/{kept.token}/facts/", sent).status_code == 302
    kept.refresh_from_db()
    assert kept.facts == before


def test_a_fact_that_was_filled_in_can_be_taken_away(mateo: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, denial_text(MATEO_ARN))
    client.post(f"/d/{kept.token}/facts/", {"principal": "", "action": "personalize:ListSchemas", "resource": "*"})
    kept.refresh_from_db()
    assert (kept.facts["principal"], kept.facts["action"]) == (None, "personalize:ListSchemas")


def test_a_wrong_reading_can_be_put_right(mateo: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, denial_text(MATEO_ARN))
    sent = {"principal": MATEO_ARN, "action": "personalize:ListDatasets", "resource": "*"}
    client.post(f"/d/{kept.token}/facts/", sent)
    assert (
        "<h1>You may not use <code>personalize:ListDatasets</code>" in client.get(f"/d/{kept.token}/").content.decode()
    )


def test_one_of_several_denials_can_be_chosen(mateo: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, denial_text(MATEO_ARN) + "\n" + denial_text(MATEO_ARN, "personalize:CreateSchema"))
    assert "Your text holds 2 denials" in client.get(f"/d/{kept.token}/").content.decode()
    assert client.post(f"/d/{kept.token}/choose/", {"chosen": "1"}).status_code == 302
    page = client.get(f"/d/{kept.token}/").content.decode()
    assert "<h1>You may not use <code>personalize:CreateSchema</code>" in page
    assert client.post(f"/d/{kept.token}/choose/", {"chosen": "7"}).status_code == 404


def test_checking_again_says_what_it_rests_on(mateo: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, denial_text(MATEO_ARN))
    page = client.post(f"/d/{kept.token}/check/", follow=True).content.decode()
    assert "Checked again, from the text alone." in page


def test_the_persons_own_text_is_marked(mateo: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, denial_text(MATEO_ARN))
    page = client.get(f"/d/{kept.token}/").content.decode()
    assert f'<mark title="who"><span class="visually-hidden">who: </span>{MATEO_ARN}</mark>' in page
    assert "action: </span>personalize:ListSchemas</mark>" in page


def test_the_helpdesk_finds_a_case_by_its_code_in_any_case(helen: Person, mateo: Person, account: Account) -> None:
    kept = make_diagnosis(person=mateo, account=account, principal=MATEO_ARN)
    response = signed_in(helen).get(f"/case/{kept.code.lower()}/")
    assert response["Location"] == f"/d/{kept.token}/"


def test_a_ticket_text_says_the_same_as_the_page(mateo: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, denial_text(MATEO_ARN))
    response = client.get(f"/d/{kept.token}/ticket/")
    assert response["Content-Type"].startswith("text/plain")
    text = response.content.decode()
    assert text.startswith(f"Case {kept.code}: You may not use personalize:ListSchemas")
    assert f"Who: {MATEO_ARN}" in text
    assert "Identity policy: STOPS" in text
    assert text.rstrip().endswith(f"/case/{kept.code}/")
    assert "()" not in text


def test_a_ticket_text_tells_the_request_and_no_longer_says_that_one_would_help(
    mateo: Person, rita: Person, helen: Person
) -> None:
    client = signed_in(mateo)
    kept = pasted(client, denial_text(MATEO_ARN))
    address = f"/d/{kept.token}/"
    assert "A request can ask for it." in client.get(address).content.decode()
    account = Account.objects.get()
    asked = make_request(
        requester=mateo, account=account, principal=MATEO_ARN, diagnosis=kept, state=State.AWAITING_MANUAL_APPLY
    )
    text = client.get(f"{address}ticket/").content.decode()
    assert f"Request {asked.code} of Mateo: approved, an administrator applies it." in text
    assert "A request can ask for it." not in text
    assert "Ask for just this action" not in text
    own = client.get(address).content.decode()
    assert f"See your request {asked.code}" in own
    assert f'data-copy-text="Case {kept.code}: ' in own
    assert f"See request {asked.code} of Mateo" in _page(helen, kept)


def test_staff_who_only_read_find_nothing_to_change(rita: Person, mateo: Person, account: Account) -> None:
    page = _page(rita, make_diagnosis(person=mateo, account=account, principal=MATEO_ARN))
    assert "Change this" not in page
    assert "Check again" not in page


def test_requests_from_this_case_are_linked(alice: Person, account: Account) -> None:
    kept = make_diagnosis(person=alice, account=account, principal=ALICE_ARN)
    asked = make_request(requester=alice, account=account, diagnosis=kept)
    assert f"/requests/{asked.code}/" in _page(alice, kept)


def test_an_account_that_the_portal_does_not_know_is_answered_all_the_same(mateo: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, denial_text("arn:aws:iam::999988887777:user/somebody"))
    page = client.get(f"/d/{kept.token}/").content.decode()
    assert "The portal does not know this AWS account." in page
    assert "Request access" not in page
    assert client.get(f"/d/{kept.token}/request/").status_code == 302


def test_an_explicit_deny_names_the_owner_and_offers_no_request(mateo: Person) -> None:
    text = (
        f"User: {MATEO_ARN} is not authorized to perform: personalize:DeleteDatasetGroup on resource: "
        "arn:aws:personalize:us-east-1:123456789012:dataset-group/retail "
        "with an explicit deny in a service control policy"
    )
    client = signed_in(mateo)
    kept = pasted(client, text)
    page = client.get(f"/d/{kept.token}/").content.decode()
    assert "a statement in a service control policy denies it" in page
    assert "Request access" not in page
    assert "No request here can change this" in page


def test_a_message_without_its_action_is_answered_and_asks_for_it(mateo: Person) -> None:
    text = (
        "An error occurred (UnauthorizedOperation) when calling the DescribeVolumes operation: "
        "You are not authorized to perform this operation."
    )
    client = signed_in(mateo)
    kept = pasted(client, text)
    page = client.get(f"/d/{kept.token}/").content.decode()
    assert "AWS refused a call, and does not say which action" in page
    assert "The call DescribeVolumes was refused." in page
    assert "Add what the message left out" in page
    assert "Request access" not in page


def test_each_line_of_a_text_to_copy_is_set_in_on_the_ticket(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    monkeypatch.setattr(
        "troubleshoot.web.presenters.tickets.next_steps",
        lambda *_, **__: [Step("Use a role", "In the file:", quote="[profile A]\nrole_arn = b")],
    )
    client = signed_in(mateo)
    kept = pasted(client, denial_text(MATEO_ARN))
    text = client.get(f"/d/{kept.token}/ticket/").content.decode()
    assert "\n   [profile A]\n   role_arn = b\n" in text
