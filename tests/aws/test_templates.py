"""What an account is prepared with: the templates hold the shipped policies, word for word."""

import io
import json
import re

import pytest
from django.core.management import CommandError, call_command

from troubleshoot.aws.policies import shipped_policy
from troubleshoot.aws.policies.templates import Installation, cloudformation, terraform

PORTAL = "arn:aws:iam::999999999999:role/portal-node"
INSTALLATION = Installation("123456789012", PORTAL, external_id="desk-1", people_path="/people/")


def shipped(name: str) -> object:
    return json.loads(shipped_policy(name, account_id="123456789012", people_path="/people/"))  # type: ignore[arg-type]


def test_cloudformation_holds_the_roles_and_the_ceiling() -> None:
    resources = json.loads(cloudformation(INSTALLATION))["Resources"]
    assert resources["PortalCeiling"]["Properties"]["PolicyDocument"] == shipped("ceiling")
    for name, role in (("reader", "AccessDeskReader"), ("writer", "AccessDeskWriter")):
        properties = resources[role]["Properties"]
        assert properties["Path"] == "/portal/"
        assert properties["Policies"][0]["PolicyDocument"] == shipped(name)
        assert properties["AssumeRolePolicyDocument"] == INSTALLATION.trust()


def test_terraform_holds_the_same_documents() -> None:
    documents = [json.loads(text) for text in re.findall(r"<<JSON\n(.*?)\nJSON", terraform(INSTALLATION), re.DOTALL)]
    trust = INSTALLATION.trust()
    assert documents == [shipped("ceiling"), trust, shipped("reader"), trust, shipped("writer")]


def test_terraform_reads_nothing_of_a_document_as_its_own() -> None:
    text = terraform(Installation("123456789012", "arn:aws:iam::999999999999:user/${aws:username}"))
    assert "$${aws:username}" in text
    assert re.search(r"(?<!\$)\$\{", text) is None


def test_both_roles_trust_the_portal_alone_and_ask_for_the_external_id() -> None:
    [statement] = INSTALLATION.trust()["Statement"]
    assert statement["Principal"] == {"AWS": PORTAL}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "desk-1"}}
    assert "Condition" not in Installation("123456789012", PORTAL).trust()["Statement"][0]


@pytest.mark.parametrize("kind", ["cloudformation", "terraform"])
def test_the_command_prints_a_template(kind: str) -> None:
    out = io.StringIO()
    call_command("aws_setup", kind, "123456789012", trusts=PORTAL, stdout=out)
    assert PORTAL in out.getvalue()


@pytest.mark.parametrize(
    "options",
    [
        {"account": "12"},
        {"trusts": "portal"},
        {"external_id": "a b"},
        {"people_path": "people"},
        {"data_buckets": 'x"'},
        {"partition": "aws:"},
    ],
)
def test_the_command_refuses_values_of_another_form(options: dict[str, str]) -> None:
    account = options.pop("account", "123456789012")
    with pytest.raises(CommandError, match="is not"):
        call_command("aws_setup", "terraform", account, **{"trusts": PORTAL, **options})
