"""The commands of an administrator, run by a real shell against an `aws` that writes down what it was given."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from troubleshoot.remedy.proposal import Change, ChangeKind, Edit
from troubleshoot.remedy.render.by_hand import Papers, make, take_back

ACCOUNT = "123456789012"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/people/o'neil"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/people/Import"
GROUP = f"arn:aws:iam::{ACCOUNT}:group/readers"
RESERVED = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Data_Team_0123456789abcdef"
OWN_ARN = f"arn:aws:iam::{ACCOUNT}:policy/portal-managed/AD-X"
THEIR_ARN = f"arn:aws:iam::{ACCOUNT}:policy/theirs"
BEFORE = '{"Version":"2012-10-17",\n\t"Statement": [ ] ,"Id":"it\'s $HOME `id` \\u00e9é"}'
AFTER = '{"Version":"2012-10-17","Statement":[{"Sid":"$(id)"}]}'
STATEMENT = {"Effect": "Allow", "Action": "personalize:ListSchemas", "Resource": "*"}
STUB = """#!/bin/sh
printf '%s\\0' "$@" >> "$CALLS"; printf '\\n\\0' >> "$CALLS"
case "$2" in
  list-instances) echo arn:aws:sso:::instance/ssoins-1 ;;
  list-permission-sets) printf 'arn:other\\tarn:wanted\\n' ;;
  describe-permission-set) case "$6" in arn:wanted) printf 'Data_Team\\tarn:wanted\\n' ;; *) printf 'Data\\tarn:other\\n' ;; esac ;;
esac
"""  # noqa: E501 - a shell script


def run(commands, folder: Path) -> list[list[str]]:
    """Run the commands in one shell, and return what each call of `aws` was given."""
    stub, calls = folder / "aws", folder / "calls"
    stub.write_text(STUB)
    stub.chmod(0o755)
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "CALLS": str(calls)}
    subprocess.run(["/bin/sh", "-euc", "\n".join(commands)], check=True, env=environment)
    return [call.split("\0")[:-1] for call in calls.read_text().split("\n\0")[:-1]]


def change(kind=ChangeKind.OWN_POLICY, edit=None, principal=ALICE, statements=(STATEMENT,)):
    return Change(ACCOUNT, principal, statements if edit is None else (), 24, kind, edit)


def edit(holder, name="team", arn=None):
    return Edit(holder, name, arn, BEFORE, json.loads(AFTER))


@pytest.mark.parametrize(("principal", "kind", "name"), [(ALICE, "user", "o'neil"), (ROLE, "role", "Import")])
def test_a_policy_of_its_own_is_created_with_its_tag_and_attached(tmp_path, principal, kind, name):
    papers = Papers(OWN_ARN, "X", own=AFTER)
    created, attached = run(make(change(principal=principal), papers), tmp_path)
    assert created == ["iam", "create-policy", "--policy-name", "AD-X", "--path", "/portal-managed/",
                       "--policy-document", AFTER, "--tags", "Key=access-desk-request,Value=X"]  # fmt: skip
    assert attached == ["iam", f"attach-{kind}-policy", f"--{kind}-name", name, "--policy-arn", OWN_ARN]


def test_it_is_taken_away_in_the_other_order(tmp_path):
    detached, deleted = run(take_back(change(), Papers(OWN_ARN, "X", own=AFTER)), tmp_path)
    assert detached == ["iam", "detach-user-policy", "--user-name", "o'neil", "--policy-arn", OWN_ARN]
    assert deleted == ["iam", "delete-policy", "--policy-arn", OWN_ARN]


INLINE = [
    (ChangeKind.STATEMENT_EDIT, ALICE, "user", "o'neil"),
    (ChangeKind.STATEMENT_EDIT, ROLE, "role", "Import"),
    (ChangeKind.GROUP_EDIT, GROUP, "group", "readers"),
]


@pytest.mark.parametrize(("kind", "holder", "word", "name"), INLINE)
def test_an_inline_policy_is_put_and_put_back_byte_for_byte(tmp_path, kind, holder, word, name):
    papers = Papers(OWN_ARN, "X", edited=AFTER, before=BEFORE)
    made, back = run(
        [*make(change(kind, edit(holder)), papers), *take_back(change(kind, edit(holder)), papers)], tmp_path
    )
    start = ["iam", f"put-{word}-policy", f"--{word}-name", name, "--policy-name", "team", "--policy-document"]
    assert made == [*start, AFTER]
    assert back == [*start, BEFORE]


@pytest.mark.parametrize(("kind", "holder", "word", "name"), INLINE)
def test_one_that_was_not_there_before_is_deleted(tmp_path, kind, holder, word, name):
    [back] = run(take_back(change(kind, edit(holder)), Papers(OWN_ARN, "X", edited=AFTER)), tmp_path)
    assert back == ["iam", f"delete-{word}-policy", f"--{word}-name", name, "--policy-name", "team"]


@pytest.mark.parametrize("kind", [ChangeKind.STATEMENT_EDIT, ChangeKind.GROUP_EDIT])
def test_a_managed_policy_gets_a_new_default_version(tmp_path, kind):
    asked, papers = change(kind, edit(GROUP, arn=THEIR_ARN)), Papers(OWN_ARN, "X", edited=AFTER, before=BEFORE)
    made, back = run([*make(asked, papers), *take_back(asked, papers)], tmp_path)
    assert made[:4] == back[:4] == ["iam", "create-policy-version", "--policy-arn", THEIR_ARN]
    assert (made[5], back[5], made[6]) == (AFTER, BEFORE, "--set-as-default")


def test_a_trust_policy_is_updated_beside_the_policy_of_its_own(tmp_path):
    asked = Change(ACCOUNT, ALICE, (STATEMENT,), 24, ChangeKind.TRUST_EDIT, edit(ROLE, name=""))
    papers = Papers(OWN_ARN, "X", own=AFTER, edited=AFTER, before=BEFORE)
    calls = run(make(asked, papers), tmp_path)
    assert [call[1] for call in calls] == ["create-policy", "attach-user-policy", "update-assume-role-policy"]
    assert calls[2][2:] == ["--role-name", "Import", "--policy-document", AFTER]
    (tmp_path / "calls").unlink()
    calls = run(take_back(asked, papers), tmp_path)
    assert [call[1] for call in calls] == ["detach-user-policy", "delete-policy", "update-assume-role-policy"]
    assert calls[2][5] == BEFORE


@pytest.mark.parametrize("before", [BEFORE, ""])
def test_a_permission_set_is_found_by_its_name_and_provisioned_anew(tmp_path, before):
    asked, papers = change(ChangeKind.PERMISSION_SET, edit(RESERVED)), Papers(OWN_ARN, "X", edited=AFTER, before=before)
    target = ["--instance-arn", "arn:aws:sso:::instance/ssoins-1", "--permission-set-arn", "arn:wanted"]
    *_, put, provisioned = run(make(asked, papers), tmp_path)
    assert put == ["sso-admin", "put-inline-policy-to-permission-set", *target, "--inline-policy", AFTER]
    assert provisioned[1] == "provision-permission-set"
    (tmp_path / "calls").unlink()
    *_, back, provisioned = run(take_back(asked, papers), tmp_path)
    operation = "put-inline-policy-to-permission-set" if before else "delete-inline-policy-from-permission-set"
    assert back[:6] == ["sso-admin", operation, *target]
    assert back[7:] == ([before] if before else [])
    assert provisioned[2:] == [*target, "--target-type", "ALL_PROVISIONED_ACCOUNTS"]
