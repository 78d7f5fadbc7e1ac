"""The embedded default's own commands, and the values that come from the environment."""

import pytest
from django.core.management import CommandError, call_command

from tests.sandbox import settings_of
from troubleshoot.aws.gateway import AwsProblem, ProblemKind, forget, parse_writer_roles, writer_for
from troubleshoot.aws.sandbox import world
from troubleshoot.aws.sandbox.process import Sandbox
from troubleshoot.management import demo
from troubleshoot.models import Account, Person, PrincipalLink, Role, RoleAssignment

ROLE = f"arn:aws:iam::{world.ACCOUNT}:role/portal/W"


@pytest.mark.django_db
def test_the_demo_has_people_for_each_role() -> None:
    call_command("seed_demo", password="a-long-demo-password")
    assert set(RoleAssignment.objects.values_list("role", flat=True)) == set(Role.values)
    assert RoleAssignment.objects.filter(role=Role.ADMIN).count() == 2
    assert RoleAssignment.objects.filter(role=Role.APPROVER).count() == 2
    assert set(PrincipalLink.objects.values_list("principal_arn", flat=True)) == {world.MATEO, world.MARY}
    assert all(person.check_password("a-long-demo-password") for person in Person.objects.all())


@pytest.mark.django_db
def test_a_second_seed_changes_nothing() -> None:
    call_command("seed_demo", password="a-long-demo-password")
    before = list(Person.objects.order_by("pk").values()), list(Account.objects.values())
    call_command("seed_demo", password="another-demo-password")
    assert (list(Person.objects.order_by("pk").values()), list(Account.objects.values())) == before
    assert Person.objects.count() == len(demo.PEOPLE)


@pytest.mark.django_db
def test_a_new_password_reaches_the_people_who_are_there() -> None:
    call_command("seed_demo", password="a-long-demo-password")
    call_command("seed_demo", password="another-demo-password", renew=True)
    assert all(person.check_password("another-demo-password") for person in Person.objects.all())


@pytest.mark.django_db
def test_production_gets_no_demo_people(settings: object) -> None:
    settings.EMBEDDED = False  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="production"):
        call_command("seed_demo", password="a-long-demo-password")
    assert not Person.objects.exists()


def test_without_a_sandbox_there_is_nothing_to_replay(settings: object) -> None:
    settings.AWS_ENDPOINT_URL = ""  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="sandbox"):
        call_command("replay_sandbox")


def test_writer_roles_are_read_for_each_account() -> None:
    text = f" {world.ACCOUNT}={ROLE};an-id , 111122223333=arn:aws-cn:iam::111122223333:role/W,"
    assert parse_writer_roles(text) == {
        world.ACCOUNT: (ROLE, "an-id"),
        "111122223333": ("arn:aws-cn:iam::111122223333:role/W", ""),
    }
    assert parse_writer_roles("") == {}


@pytest.mark.parametrize("text", ["x", f"{world.ACCOUNT}", f"111122223333={ROLE}", f"12={ROLE}", f"={ROLE}"])
def test_a_writer_role_of_another_form_is_refused_with_words(text: str) -> None:
    with pytest.raises(ValueError, match="ACCOUNT=ROLE_ARN"):
        parse_writer_roles(text)


def test_the_web_process_may_not_become_the_writer(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "portal")
    forget()
    with pytest.raises(AwsProblem) as refused:
        writer_for(settings_of(sandbox)).check_writable(world.MATEO)
    assert refused.value.kind is ProblemKind.ACCESS_DENIED
    assert refused.value.permission == "sts:AssumeRole"
