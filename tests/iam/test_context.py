"""The keys that follow from who makes a request."""

import pytest

from tests.iam.build import ACCOUNT, ROLE, ROOT, SESSION, USER
from troubleshoot.iam import request_context


def test_a_user_has_a_name_an_account_and_a_type():
    assert request_context(USER) == {
        "aws:PrincipalIsAWSService": "false",
        "aws:ViaAWSService": "false",
        "aws:PrincipalArn": USER,
        "aws:PrincipalAccount": ACCOUNT,
        "aws:PrincipalType": "User",
        "aws:username": "mateojackson",
    }


def test_a_session_is_its_role_and_has_no_user_name():
    context = request_context(SESSION)
    assert context["aws:PrincipalArn"] == ROLE
    assert context["aws:PrincipalType"] == "AssumedRole"
    assert "aws:username" not in context


def test_the_path_of_a_sessions_role_is_taken_from_the_caller():
    assert request_context(SESSION, path="/service-role/")["aws:PrincipalArn"].endswith(":role/service-role/Builder")
    assert request_context(SESSION, path="/")["aws:PrincipalArn"] == ROLE


def test_a_session_that_is_named_like_a_service_linked_role_is_taken_for_one_until_its_path_is_known():
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForX/s"
    assert ":role/aws-service-role/" in request_context(session)["aws:PrincipalArn"]
    assert request_context(session, path="/")["aws:PrincipalArn"] == f"arn:aws:iam::{ACCOUNT}:role/AWSServiceRoleForX"


def test_tags_of_the_principal_become_keys():
    assert request_context(USER, tags={"team": "sales"})["aws:PrincipalTag/team"] == "sales"


@pytest.mark.parametrize(
    ("principal", "kind"),
    [
        (ROOT, "Account"),
        (ACCOUNT, "Account"),
        (ROLE, "AssumedRole"),
        (f"arn:aws:sts::{ACCOUNT}:federated-user/mateo", "FederatedUser"),
        ("anonymous", "Anonymous"),
        ("personalize.amazonaws.com", None),
    ],
)
def test_the_type_follows_from_the_principal(principal, kind):
    assert request_context(principal).get("aws:PrincipalType") == kind


def test_a_service_is_named_as_one():
    context = request_context("personalize.amazonaws.com")
    assert context["aws:PrincipalIsAWSService"] == "true"
    assert context["aws:PrincipalServiceName"] == "personalize.amazonaws.com"
    assert "aws:PrincipalAccount" not in context


def test_anonymous_callers_have_no_principal_arn():
    assert "aws:PrincipalArn" not in request_context("anonymous")
