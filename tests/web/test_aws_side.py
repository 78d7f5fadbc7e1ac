"""What AWS itself says, on the diagnosis page: its answers, what they leave out, and where two evaluations disagree."""

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.access.test_aws_side import (
    ACTION,
    BLOB,
    BY_MESSAGE,
    BY_NUMBER,
    GIVEN,
    decoded,
    recorded,
    simulated,
    stopped_by,
    text,
)
from tests.cast import MARY_ARN, MATEO_ARN
from tests.web.living import answer_with, go_live, identity_policy
from tests.web.signing_in import pasted, signed_in
from troubleshoot.aws.answers import AuthorizationPolicy, DecodedStatement, NotAnswered, SimulatorStatement
from troubleshoot.aws.errors import ProblemKind
from troubleshoot.iam.decision import Outcome
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.request import Request
from troubleshoot.iam.roles import RoleWay
from troubleshoot.models import Account, Diagnosis, Person

BUILDER = "arn:aws:iam::123456789012:role/team/Builder"


def page_of(person: Person, pasted_text: str) -> str:
    client = signed_in(person)
    kept = pasted(client, pasted_text)
    return str(client.get(f"/d/{kept.token}/").content.decode())


def section(page: str) -> str:
    return page.partition('id="aws-title"')[2].partition("</section>")[0]


def test_the_simulators_answer_stands_with_what_it_does_not_look_at(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    go_live(monkeypatch, account)
    matched = (SimulatorStatement("RetailDatasets", "user"),)
    answer_with(monkeypatch, simulation=simulated("explicitDeny", matched=matched, by_organizations=False))
    part = section(page_of(mateo, text()))
    assert "IAM’s policy simulator" in part
    assert "a statement denies it" in part
    assert "It says that a policy of the organization denies it. It names RetailDatasets." in part
    assert "It does not look at resource control policies." in part


def test_the_record_shows_each_check_in_awss_order_and_ones_own_policies(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    go_live(monkeypatch, account)
    own = AuthorizationPolicy("PRINCIPAL", "RetailDatasets", document=GIVEN)
    secret = AuthorizationPolicy("SERVICE_CONTROL_POLICY", "TheirsAlone", document=GIVEN)
    checks = (stopped_by("SERVICE_CONTROL_POLICY"), stopped_by("PRINCIPAL", sid="Mine"))
    record = recorded(MATEO_ARN, *checks, policies=(own, secret))
    answer_with(monkeypatch, simulation=simulated(), authorization=record)
    part = section(page_of(mateo, text(tail=BY_NUMBER)))
    assert part.index("Service control policy") < part.index("Identity policy")
    assert "Mine in arn:aws:organizations" in part
    assert "Secret" not in part
    assert "RetailDatasets" in part
    assert "TheirsAlone" not in part


def test_an_opened_message_says_whom_it_is_about_and_what_decided(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    go_live(monkeypatch, account)
    found = decoded(matched=(DecodedStatement("Mine", "DENY", "RetailDatasets", "IAM Policy"),))
    answer_with(monkeypatch, simulation=simulated(), decoded=found)
    part = section(page_of(mateo, text(tail=BY_MESSAGE)))
    assert "It is about the user mateojackson." in part
    assert f"The call was {ACTION} on *. It names Mine in RetailDatasets." in part


def test_what_is_about_somebody_else_is_said_to_be_kept_back(
    monkeypatch: pytest.MonkeyPatch, mary: Person, account: Account
) -> None:
    go_live(monkeypatch, account)
    answer_with(monkeypatch, simulation=simulated(), decoded=decoded(MATEO_ARN))
    page = page_of(mary, text(MARY_ARN, BY_MESSAGE))
    assert "It is about somebody whose access you may not see, so nothing of it was kept." in section(page)
    assert "mateojackson" not in page


@pytest.mark.parametrize(
    ("kind", "permission"),
    [
        (ProblemKind.ACCESS_DENIED, "iam:SimulatePrincipalPolicy"),
        (ProblemKind.THROTTLED, None),
        (ProblemKind.NOT_SUPPORTED, None),
    ],
)
def test_where_aws_does_not_answer_the_page_says_so_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account, kind: ProblemKind, permission: str | None
) -> None:
    go_live(monkeypatch, account, identity=(identity_policy(GIVEN),), vpc_endpoint=None)
    answer_with(monkeypatch, simulation=NotAnswered("AWS did not answer.", kind, permission))
    page = page_of(mateo, text())
    assert "<h1>IAM allows" in page
    assert "AWS did not answer." in section(page)
    assert ("The permission iam:SimulatePrincipalPolicy would help." in section(page)) is bool(permission)
    assert "does not look at resource control" not in page


def test_two_evaluations_that_disagree_are_told_with_which_and_why(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    go_live(monkeypatch, account, identity=(identity_policy(GIVEN),), vpc_endpoint=None)
    answer_with(monkeypatch, simulation=simulated("implicitDeny", missing_keys=("aws:sourceip",)))
    page = page_of(mateo, text())
    assert "Two evaluations disagree" in page
    assert "IAM’s policy simulator says that this call is denied, and the portal finds none." in page
    assert "The answer hangs on details of the call that nobody passed on" in page


def test_agreement_shows_no_banner(monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account) -> None:
    go_live(monkeypatch, account)
    answer_with(monkeypatch, simulation=simulated())
    assert "Two evaluations disagree" not in page_of(mateo, text())


def test_a_role_that_would_do_is_the_first_thing_to_do(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    go_live(monkeypatch, account)
    answer_with(monkeypatch, simulation=simulated(), state=object())
    monkeypatch.setattr(
        "troubleshoot.access.aws_side.roles_usable_by",
        lambda *_, **__: (RoleWay((BUILDER,), Outcome.DEPENDS, (), (Layer.VPC_ENDPOINT,)),),
    )
    steps = page_of(mateo, text()).partition('id="steps-title"')[2].partition("</section>")[0]
    assert steps.index("Use a role that you may already use") < steps.index("Ask for just this action")
    assert "https://signin.aws.amazon.com/switchrole?account=123456789012&amp;roleName=team%2FBuilder" in steps
    assert f"[profile Builder]\nrole_arn = {BUILDER}\nsource_profile = default" in steps
    assert "Nothing read stops it." in steps


def test_a_way_over_two_roles_is_told_in_order(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    go_live(monkeypatch, account)
    answer_with(monkeypatch, simulation=simulated(), state=object())
    hub = "arn:aws:iam::123456789012:role/Hub"
    monkeypatch.setattr(
        "troubleshoot.access.aws_side.roles_usable_by",
        lambda *_, **__: (RoleWay((hub, BUILDER), Outcome.DEPENDS, ("aws:multifactorauthpresent",)),),
    )
    page = page_of(mateo, text())
    assert "Assume the role Hub first, and from there Builder, which allows this call." in page
    assert "It may ask for a sign-in with MFA." in page
    assert f"[profile Builder]\nrole_arn = {BUILDER}\nsource_profile = Hub" in page


def test_a_diagnosis_without_answers_of_awss_has_no_such_section(mateo: Person, account: Account) -> None:
    assert 'id="aws-title"' not in page_of(mateo, text())
    assert Diagnosis.objects.get(person=mateo).aws_answers is None


def test_nothing_of_a_strangers_paste_reaches_aws(
    monkeypatch: pytest.MonkeyPatch, charlie: Person, account: Account
) -> None:
    reader = go_live(monkeypatch, account)
    asked = answer_with(monkeypatch, simulation=simulated(), decoded=decoded(), authorization=recorded())
    client = signed_in(charlie)
    kept = pasted(client, text(tail=BY_MESSAGE + BY_NUMBER))
    client.post(f"/d/{kept.token}/check/")
    client.post(f"/d/{kept.token}/facts/", {"principal": MATEO_ARN, "action": ACTION, "resource": "*"})
    assert (reader.asked, asked.asked) == ([], [])
    assert 'id="aws-title"' not in client.get(f"/d/{kept.token}/").content.decode()
    assert BLOB in kept.text


def test_the_page_with_all_of_it_costs_no_more_queries_than_others(
    monkeypatch: pytest.MonkeyPatch,
    mateo: Person,
    account: Account,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    go_live(monkeypatch, account)
    record = recorded(MATEO_ARN, stopped_by("PRINCIPAL"))
    answer_with(monkeypatch, simulation=simulated(), decoded=decoded(), authorization=record, state=object())
    monkeypatch.setattr(
        "troubleshoot.access.aws_side.roles_usable_by", lambda *_, **__: (RoleWay((BUILDER,), Outcome.ALLOWED),)
    )
    client = signed_in(mateo)
    kept = pasted(client, text(tail=BY_MESSAGE + BY_NUMBER))
    with django_assert_max_num_queries(12):
        client.get(f"/d/{kept.token}/")


def test_the_simulator_is_told_the_time_so_that_a_grant_with_an_end_counts(
    monkeypatch: pytest.MonkeyPatch, mateo: Person, account: Account
) -> None:
    go_live(monkeypatch, account)
    told: list[Request] = []
    answers = answer_with(monkeypatch)
    monkeypatch.setattr(answers, "simulate", lambda call, **_: told.append(call) or simulated())
    kept = pasted(signed_in(mateo), text())
    assert kept.snapshot is not None
    assert [call.context["aws:CurrentTime"] for call in told] == [kept.snapshot["read_at"].replace("+00:00", "Z")]
