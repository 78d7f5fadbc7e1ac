"""`aws_check`: what works in an account and what is missing, in words."""

import io
import json
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from tests.aws.faulty import faulty_door
from tests.aws.test_faults import plain
from tests.sandbox import settings_of
from troubleshoot.aws.connect import Connection, connection
from troubleshoot.aws.gateway import AccountSettings, Finding, forget, reader_for, writer_for
from troubleshoot.aws.optional_checks import optional_findings
from troubleshoot.aws.sandbox import world
from troubleshoot.aws.sandbox.process import Sandbox
from troubleshoot.models import Account, Mode


def missing(findings: tuple[Finding, ...]) -> list[Finding]:
    assert all(plain(finding.words) for finding in findings)
    return [finding for finding in findings if not finding.works and not finding.optional]


def test_in_the_sandbox_everything_works(seeded_sandbox: Sandbox) -> None:
    assert missing(reader_for(settings_of(seeded_sandbox)).check()) == []
    assert missing(writer_for(settings_of(seeded_sandbox)).check()) == []


@pytest.mark.parametrize(
    "operation",
    ["GetUser", "GetRole", "ListGroupsForUser", "GetGroupPolicy", "GetPolicyVersion", "ListAccessKeys", "ListRoots"],
)
def test_a_missing_permission_is_named(seeded_sandbox: Sandbox, operation: str) -> None:
    forget()
    with faulty_door(seeded_sandbox.endpoint_url) as door:
        door.faults[operation] = "denied"
        found = missing(reader_for(replace(settings_of(seeded_sandbox), endpoint_url=door.url)).check())
    assert [finding.permission.split(":")[1] for finding in found if finding.permission] == [operation]
    assert operation in found[0].words


@pytest.mark.parametrize(
    ("operation", "permission"),
    [
        ("SimulatePrincipalPolicy", "iam:SimulatePrincipalPolicy"),
        ("SimulateCustomPolicy", "iam:SimulateCustomPolicy"),
        ("GetRequestAuthorizationDetails", "iam:GetRequestAuthorizationDetails"),
        ("GetRequestAuthorizationPolicy", "iam:GetRequestAuthorizationPolicy"),
        ("DecodeAuthorizationMessage", "sts:DecodeAuthorizationMessage"),
        ("ValidatePolicy", "access-analyzer:ValidatePolicy"),
        ("CheckNoNewAccess", "access-analyzer:CheckNoNewAccess"),
        ("LookupEvents", "cloudtrail:LookupEvents"),
        ("GetAccountAuthorizationDetails", "iam:GetAccountAuthorizationDetails"),
    ],
)
def test_a_missing_permission_for_an_answer_of_awss_own_is_named_as_optional(
    seeded_sandbox: Sandbox, operation: str, permission: str
) -> None:
    forget()
    with faulty_door(seeded_sandbox.endpoint_url) as door:
        door.faults[operation] = "denied"
        settings = replace(settings_of(seeded_sandbox), endpoint_url=door.url)
        findings = tuple(optional_findings(settings, connection_of(settings)))
    [found] = [finding for finding in findings if finding.permission == permission]
    assert (found.works, found.optional) == (False, True)
    assert permission in found.words
    assert missing(findings) == []


def connection_of(settings: AccountSettings) -> Connection:
    return connection(
        region=settings.region,
        endpoint_url=settings.endpoint_url,
        role_arn=settings.reader_role_arn,
        external_id=settings.reader_external_id,
    )


def test_what_an_endpoint_does_not_offer_is_optional_and_names_no_permission(seeded_sandbox: Sandbox) -> None:
    absent = [one for one in reader_for(settings_of(seeded_sandbox)).check() if one.optional and not one.works]
    assert absent
    assert all("does not offer" in finding.words and finding.permission is None for finding in absent)


def test_no_check_asks_about_anybody(seeded_sandbox: Sandbox) -> None:
    forget()
    with faulty_door(seeded_sandbox.endpoint_url) as door:
        reader_for(replace(settings_of(seeded_sandbox), endpoint_url=door.url)).check()
    sent = b"".join(body for _, _, body in door.bodies)
    assert b"mateojackson" not in sent
    assert b"marymajor" not in sent


def test_a_role_that_nobody_may_assume_is_told_first(seeded_sandbox: Sandbox) -> None:
    settings = replace(settings_of(seeded_sandbox), reader_role_arn=world.BUILDER_ROLE)
    [finding] = reader_for(settings).check()
    assert not finding.works
    assert finding.permission == "sts:AssumeRole"


def test_a_role_of_another_account_is_told(seeded_sandbox: Sandbox) -> None:
    settings = replace(settings_of(seeded_sandbox), account_id="999999999999")
    [finding] = reader_for(settings).check()
    assert not finding.works
    assert world.ACCOUNT in finding.words


def test_the_text_only_reader_has_one_finding() -> None:
    [finding] = reader_for(AccountSettings(world.ACCOUNT)).check()
    assert not finding.works


def test_doing_without_the_ceiling_is_told_as_a_risk(seeded_sandbox: Sandbox) -> None:
    [finding] = missing(writer_for(replace(settings_of(seeded_sandbox), requires_ceiling=False)).check())
    assert "approvers" in finding.words
    [finding] = missing(writer_for(replace(settings_of(seeded_sandbox), ceiling_arn="")).check())
    assert "No ceiling" in finding.words


@pytest.fixture
def account(db: None, seeded_sandbox: Sandbox, settings: object) -> Account:
    settings.AWS_ENDPOINT_URL = seeded_sandbox.endpoint_url  # type: ignore[attr-defined]
    settings.AWS_WRITER_ROLES = f"{world.ACCOUNT}={world.WRITER_ROLE};{world.EXTERNAL_ID}"  # type: ignore[attr-defined]
    return Account.objects.create(
        account_id=world.ACCOUNT,
        name="Retail",
        mode=Mode.WRITE,
        reader_role_arn=world.READER_ROLE,
        reader_external_id=world.EXTERNAL_ID,
        ceiling_arn=world.CEILING_ARN,
    )


def test_the_command_tells_each_account(account: Account) -> None:
    out = io.StringIO()
    call_command("aws_check", stdout=out)
    assert "Retail (123456789012): read and write" in out.getvalue()
    assert "missing" not in out.getvalue()
    assert "optional" in out.getvalue()


def test_the_command_fails_where_something_is_missing(account: Account, settings: object) -> None:
    settings.AWS_WRITER_ROLES = ""  # type: ignore[attr-defined]
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 things"):
        call_command("aws_check", world.ACCOUNT, stdout=out)
    assert "where the worker runs" in out.getvalue()


def test_the_command_knows_only_accounts_that_are_there(account: Account) -> None:
    with pytest.raises(CommandError, match="no such account"):
        call_command("aws_check", "999999999999")


@pytest.mark.parametrize("name", ["reader", "writer", "ceiling"])
def test_a_policy_is_printed_for_an_account(name: str) -> None:
    out = io.StringIO()
    call_command("aws_policy", name, "999999999999", people_path="/people/", stdout=out)
    assert json.loads(out.getvalue())["Version"] == "2012-10-17"
    assert "999999999999" in out.getvalue()


def test_a_policy_is_not_printed_for_nonsense() -> None:
    with pytest.raises(CommandError, match="12 digits"):
        call_command("aws_policy", "reader", "x")
    with pytest.raises(CommandError, match="slash"):
        call_command("aws_policy", "writer", world.ACCOUNT, people_path="people")
