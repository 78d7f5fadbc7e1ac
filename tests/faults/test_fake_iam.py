"""The small IAM keeps the promises of the `Writer` protocol, as the sandbox does: one test for both."""

import json

import pytest

from tests.cast import ACCOUNT_ID, ALICE_ARN
from tests.faults.fake_iam import FakeIam, FakeWriter
from tests.sandbox import settings_of
from troubleshoot.aws.gateway import AwsProblem, NotWritable, ProblemKind, writer_for
from troubleshoot.aws.sandbox import world

STATEMENT = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})
OTHER = DOCUMENT.replace("ListBucket", "GetObject")
TAGS = {"access-desk-request": "7Q4K2M"}


@pytest.fixture(params=["fake", "sandbox"])
def writer_and_principal(request, tmp_path):
    if request.param == "fake":
        return FakeWriter(FakeIam(tmp_path / "iam.json")), ALICE_ARN
    return writer_for(settings_of(request.getfixturevalue("sandbox"))), world.MATEO


def test_every_write_can_be_repeated_and_read_back(writer_and_principal):
    writer, principal = writer_and_principal
    before = writer.attached_policies(principal)
    arns = {writer.create_policy("AD-7Q4K2M", DOCUMENT, TAGS) for _ in range(2)}
    assert arns == {f"arn:aws:iam::{ACCOUNT_ID}:policy/portal-managed/AD-7Q4K2M"}
    [arn] = arns
    assert json.loads(writer.policy_document(arn)) == json.loads(DOCUMENT)
    for _ in range(2):
        writer.attach(arn, principal)
    assert writer.attached_policies(principal) == before | {arn}
    for _ in range(2):
        writer.detach(arn, principal)
    assert writer.attached_policies(principal) == before
    for _ in range(2):
        writer.delete_policy(arn)
    assert writer.policy_document(arn) is None


def test_another_document_under_the_name_is_refused(writer_and_principal):
    writer, _ = writer_and_principal
    arn = writer.create_policy("AD-7Q4K2M", DOCUMENT, TAGS)
    with pytest.raises(AwsProblem) as met:
        writer.create_policy("AD-7Q4K2M", OTHER, TAGS)
    assert (met.value.kind, met.value.retryable) == (ProblemKind.ALREADY_EXISTS, False)
    assert json.loads(writer.policy_document(arn)) == json.loads(DOCUMENT)


def test_a_policy_in_use_is_not_deleted(writer_and_principal):
    writer, principal = writer_and_principal
    arn = writer.create_policy("AD-7Q4K2M", DOCUMENT, TAGS)
    writer.attach(arn, principal)
    with pytest.raises(AwsProblem) as met:
        writer.delete_policy(arn)
    assert met.value.kind is ProblemKind.STILL_IN_USE


def test_what_is_not_there_cannot_be_attached(writer_and_principal):
    writer, principal = writer_and_principal
    with pytest.raises(AwsProblem) as met:
        writer.attach(f"arn:aws:iam::{ACCOUNT_ID}:policy/portal-managed/AD-NOTHING", principal)
    assert met.value.kind is ProblemKind.NOT_FOUND


def test_a_principal_that_must_not_be_changed_is_refused(writer_and_principal):
    writer, principal = writer_and_principal
    arn = writer.create_policy("AD-7Q4K2M", DOCUMENT, TAGS)
    writer.check_writable(principal)
    for refused in (writer.check_writable, lambda stranger: writer.attach(arn, stranger)):
        with pytest.raises(NotWritable):
            refused(world.SERVICE_ROLE)


def test_nobody_has_no_unique_id_and_everybody_one_that_stays(writer_and_principal):
    writer, principal = writer_and_principal
    assert writer.unique_id(principal).startswith("AIDA")
    assert writer.unique_id(principal) == writer.unique_id(principal)
    assert writer.unique_id(f"arn:aws:iam::{ACCOUNT_ID}:user/nobody") == ""


def test_a_principal_that_does_not_exist_is_a_problem_of_its_own(writer_and_principal):
    writer, _ = writer_and_principal
    arn = writer.create_policy("AD-7Q4K2M", DOCUMENT, TAGS)
    for refused in (writer.check_writable, lambda nobody: writer.attach(arn, nobody)):
        with pytest.raises(AwsProblem) as met:
            refused(f"arn:aws:iam::{ACCOUNT_ID}:user/nobody")
        assert (met.value.kind, met.value.retryable) == (ProblemKind.NOT_FOUND, False)
