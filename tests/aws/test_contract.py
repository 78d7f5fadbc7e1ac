"""What a reader and a writer promise, held over the sandbox and, where it can be, over the text-only reader."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from tests.sandbox import settings_of
from troubleshoot.aws.gateway import (
    AccountSettings,
    AwsProblem,
    NotWritable,
    ProblemKind,
    Reader,
    TextOnlyReader,
    Writer,
    no_room,
    reader_for,
    writer_for,
)
from troubleshoot.aws.sandbox import world
from troubleshoot.aws.sandbox.process import Sandbox
from troubleshoot.aws.sandbox.replay import AppliedGrant, replay
from troubleshoot.aws.sandbox.seed import client, unguarded
from troubleshoot.iam.snapshot import Missing, OrganizationLevel, Snapshot, StoredPolicy, from_data

LIST_SCHEMAS = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "personalize:ListSchemas", "Resource": "*"}]}"""
SESSION = f"arn:aws:sts::{world.ACCOUNT}:assumed-role/PersonalizeBuilder/mateo"
ROOT = f"arn:aws:iam::{world.ACCOUNT}:root"


@pytest.fixture
def reader(seeded_sandbox: Sandbox) -> Reader:
    return reader_for(settings_of(seeded_sandbox), case="AD-TEST")


@pytest.fixture
def writer(seeded_sandbox: Sandbox) -> Iterator[Writer]:
    """A writer. What it wrote is taken away afterwards, which is much quicker than to fill the sandbox anew."""
    yield writer_for(settings_of(seeded_sandbox), case="AD-TEST")
    with unguarded(seeded_sandbox.endpoint_url):
        iam = client("iam", seeded_sandbox.endpoint_url)
        for policy in iam.list_policies(PathPrefix="/portal-managed/")["Policies"]:
            entities = iam.list_entities_for_policy(PolicyArn=policy["Arn"])
            for user in entities["PolicyUsers"]:
                iam.detach_user_policy(UserName=user["UserName"], PolicyArn=policy["Arn"])
            for role in entities["PolicyRoles"]:
                iam.detach_role_policy(RoleName=role["RoleName"], PolicyArn=policy["Arn"])
            iam.delete_policy(PolicyArn=policy["Arn"])


def snapshot_of(
    reader: Reader, principal: str, action: str = "personalize:ListSchemas", resource: str = "*"
) -> Snapshot:
    return reader.snapshot(principal, action=action, resource=resource)


def names(policies: object) -> set[str]:
    assert isinstance(policies, tuple)
    return {policy.name for policy in policies}


def test_it_reads_a_users_own_and_group_policies(reader: Reader) -> None:
    read = snapshot_of(reader, world.MATEO)
    assert read.exists is True
    assert read.path == "/"
    assert read.groups == ("ml-readers",)
    assert read.tags == {"team": "analytics"}
    assert names(read.identity) == {
        "CleanUp",
        "LookAround",
        "PersonalizeReading",
        "RetailDatasets",
        "UseTheBuilderRole",
    }


def test_it_tells_who_holds_a_policy_and_its_version(reader: Reader) -> None:
    identity = snapshot_of(reader, world.MATEO).identity
    assert isinstance(identity, tuple)
    managed = next(policy for policy in identity if policy.name == "PersonalizeReading")
    assert managed.attached_to == f"arn:aws:iam::{world.ACCOUNT}:group/ml-readers"
    assert managed.kind == "managed"
    assert managed.version == "v1"


def test_it_keeps_documents_as_they_were_written(reader: Reader, writer: Writer, sandbox: Sandbox) -> None:
    text = LIST_SCHEMAS.replace('"Effect"', '"Sid":   "Percent20AndMore",\n "Effect"').replace("Percent20", "P20")
    arn = writer.create_policy("AD-TEXT", text + "\n", {})
    writer.attach(arn, world.MATEO)
    identity = snapshot_of(reader_for(settings_of(sandbox)), world.MATEO).identity
    assert isinstance(identity, tuple)
    assert text + "\n" in {policy.document for policy in identity}


def test_it_reads_the_boundary_of_a_user(reader: Reader) -> None:
    boundary = snapshot_of(reader, world.MATEO).boundary
    assert isinstance(boundary, StoredPolicy)
    assert boundary.kind == "boundary"
    assert boundary.arn == world.CEILING_ARN


def test_it_reads_the_control_policies_of_each_level_from_the_root(reader: Reader) -> None:
    scps = snapshot_of(reader, world.MATEO).scps
    assert isinstance(scps, tuple)
    assert [level.name for level in scps] == ["Root", "Retail", "Retail Personalize"]
    assert [names(level.policies) - {"FullAWSAccess"} for level in scps] == [
        {"StayInTheOrganization"},
        {"KeepDatasetGroups"},
        set(),
    ]
    rcps = snapshot_of(reader, world.MATEO).rcps
    assert isinstance(rcps, tuple)
    assert all(isinstance(level, OrganizationLevel) and names(level.policies) == {"RCPFullAWSAccess"} for level in rcps)


def test_it_reads_the_role_behind_a_session(reader: Reader) -> None:
    read = snapshot_of(reader, SESSION)
    assert read.exists is True
    assert read.path == "/personalize-people/"
    assert names(read.identity) == {"Building"}
    assert isinstance(read.session, Missing)
    assert snapshot_of(reader, world.BUILDER_ROLE).session is None


def test_a_user_has_no_session_policy(reader: Reader) -> None:
    assert snapshot_of(reader, world.MATEO).session is None


def test_nobody_can_see_a_vpc_endpoint(reader: Reader) -> None:
    assert isinstance(snapshot_of(reader, world.MATEO).vpc_endpoint, Missing)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("personalize:ListSchemas", "*"),
        ("iam:PassRole", world.SERVICE_ROLE),
        ("s3:ListAllMyBuckets", "*"),
        ("sts:GetCallerIdentity", "*"),
    ],
)
def test_a_service_without_resource_policies_has_none(reader: Reader, action: str, resource: str) -> None:
    assert snapshot_of(reader, world.MATEO, action, resource).resource is None


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", "*"),
        ("s3:GetObject", "arn:aws:s3:::no-such-bucket/x"),
        ("kms:Decrypt", f"arn:aws:kms:us-east-1:{world.ACCOUNT}:alias/x"),
        ("kms:Decrypt", f"arn:aws:kms:us-east-1:{world.ACCOUNT}:key/00000000-0000-0000-0000-000000000000"),
        ("kms:Decrypt", "arn:aws:kms:us-east-1:999999999999:key/00000000-0000-0000-0000-000000000000"),
        ("sts:AssumeRole", f"arn:aws:iam::{world.ACCOUNT}:role/nope"),
        ("sts:AssumeRole", "arn:aws:iam::999999999999:role/theirs"),
        ("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{world.ACCOUNT}:queue"),
    ],
)
def test_a_resource_policy_that_it_cannot_read_is_missing(reader: Reader, action: str, resource: str) -> None:
    policy = snapshot_of(reader, world.MATEO, action, resource).resource
    assert isinstance(policy, Missing)
    assert policy.why


def test_it_reads_the_policy_of_a_bucket_of_the_account(reader: Reader) -> None:
    read = snapshot_of(reader, world.MATEO, "s3:GetObject", f"arn:aws:s3:::{world.DATA_BUCKET}/in/data.csv")
    assert isinstance(read.resource, StoredPolicy)
    assert "PersonalizeReadsAndWrites" in read.resource.document
    assert isinstance(read.rcps, tuple)


def test_a_bucket_without_a_policy_has_none(sandbox: Sandbox) -> None:
    with unguarded(sandbox.endpoint_url):
        client("s3", sandbox.endpoint_url).create_bucket(Bucket="retail-personalize-bare")
    read = snapshot_of(
        reader_for(settings_of(sandbox)), world.MATEO, "s3:GetObject", "arn:aws:s3:::retail-personalize-bare/x"
    )
    assert read.resource is None
    assert isinstance(read.rcps, tuple)


def test_it_reads_the_policy_of_a_key(sandbox: Sandbox) -> None:
    with unguarded(sandbox.endpoint_url):
        key = client("kms", sandbox.endpoint_url).create_key()["KeyMetadata"]["Arn"]
    read = snapshot_of(reader_for(settings_of(sandbox)), world.MATEO, "kms:Decrypt", key)
    assert isinstance(read.resource, StoredPolicy)
    assert "kms:*" in read.resource.document


def test_it_reads_the_trust_of_a_role_that_is_to_be_assumed(reader: Reader) -> None:
    read = snapshot_of(reader, world.MATEO, "sts:AssumeRole", world.BUILDER_ROLE)
    assert isinstance(read.resource, StoredPolicy)
    assert world.MARY in read.resource.document


def test_the_control_policies_of_another_owners_resource_are_unknown(reader: Reader) -> None:
    read = snapshot_of(reader, world.MATEO, "s3:GetObject", "arn:aws:s3:::somewhere/else")
    assert isinstance(read.rcps, Missing)
    assert isinstance(read.scps, tuple)


def test_a_principal_that_is_gone_does_not_exist(reader: Reader) -> None:
    read = snapshot_of(reader, f"arn:aws:iam::{world.ACCOUNT}:user/nobody")
    assert read.exists is False
    assert read.identity == ()


def test_the_same_name_under_another_path_is_another_principal(reader: Reader) -> None:
    assert snapshot_of(reader, f"arn:aws:iam::{world.ACCOUNT}:user/elsewhere/mateojackson").exists is False


@pytest.mark.parametrize(
    "principal",
    ["arn:aws:iam::999999999999:user/mateojackson", "personalize.amazonaws.com", "", "arn:aws:iam::1:user/"],
)
def test_what_it_cannot_read_is_missing_in_every_piece(reader: Reader, principal: str) -> None:
    read = snapshot_of(reader, principal)
    pieces = (read.exists, read.groups, read.identity, read.boundary, read.scps, read.rcps, read.resource, read.session)
    assert all(isinstance(piece, Missing) and piece.why for piece in pieces)


def test_of_a_root_user_only_what_lies_around_it_is_read(reader: Reader) -> None:
    read = snapshot_of(reader, ROOT)
    assert (read.exists, read.identity, read.groups, read.boundary, read.session) == (True, (), (), None, None)
    assert isinstance(read.scps, tuple)


def test_a_federated_users_own_pieces_are_missing_because_nobody_tells_whose_session_it_is(reader: Reader) -> None:
    read = snapshot_of(reader, f"arn:aws:sts::{world.ACCOUNT}:federated-user/mateojackson")
    own = (read.identity, read.groups, read.boundary, read.session)
    assert all(isinstance(piece, Missing) and piece.why for piece in own)
    assert read.exists is True
    assert isinstance(read.scps, tuple)


def test_it_reads_a_role_of_identity_center_through_its_session(sandbox: Sandbox) -> None:
    name, path = "AWSReservedSSO_Builder_0123456789abcdef", "/aws-reserved/sso.amazonaws.com/eu-west-1/"
    with unguarded(sandbox.endpoint_url):
        trust = world.trust({"Service": "sso.amazonaws.com"})
        iam = client("iam", sandbox.endpoint_url)
        iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps(trust))
        iam.put_role_policy(RoleName=name, PolicyName="AwsSSOInlinePolicy", PolicyDocument=LIST_SCHEMAS)
    session = f"arn:aws:sts::{world.ACCOUNT}:assumed-role/{name}/mateo@example.com"
    read = snapshot_of(reader_for(settings_of(sandbox)), session)
    assert (read.exists, read.path) == (True, path)
    assert names(read.identity) == {"AwsSSOInlinePolicy"}


def test_the_text_only_reader_knows_nothing_and_says_so() -> None:
    reader: Reader = reader_for(AccountSettings("123456789012"))
    assert isinstance(reader, TextOnlyReader)
    read = snapshot_of(reader, world.MATEO)
    assert isinstance(read.identity, Missing)
    assert isinstance(reader.access_keys(world.MATEO), Missing)
    assert isinstance(reader.role(world.SERVICE_ROLE), Missing)


def test_a_snapshot_survives_being_stored(reader: Reader) -> None:
    read = snapshot_of(reader, world.MATEO)
    assert from_data(read.as_data()) == read
    assert from_data(read.as_data()).digest() == snapshot_of(reader, world.MATEO).digest()


def test_it_lists_access_keys_without_secrets(reader: Reader) -> None:
    keys = reader.access_keys(world.MATEO)
    assert isinstance(keys, tuple)
    assert [key.status for key in keys] == ["Active", "Inactive"]
    assert all(key.id.startswith("AKIA") and key.created.tzinfo for key in keys)


def test_it_tells_when_a_key_was_used(sandbox: Sandbox) -> None:
    client("sts", sandbox.endpoint_url, **sandbox.keys_of("marymajor")).get_caller_identity()
    keys = reader_for(settings_of(sandbox)).access_keys(world.MARY)
    assert isinstance(keys, tuple)
    assert keys[0].last_used is not None
    assert keys[0].service == "sts"


@pytest.mark.parametrize("arn", [ROOT, SESSION, "arn:aws:iam::999999999999:user/mateojackson"])
def test_only_an_iam_user_of_the_account_has_access_keys(reader: Reader, arn: str) -> None:
    assert isinstance(reader.access_keys(arn), Missing)


def test_it_reads_a_role_with_its_real_path_and_trust(reader: Reader) -> None:
    role = reader.role(f"arn:aws:iam::{world.ACCOUNT}:role/AmazonPersonalize-ExecutionRole-Retail")
    assert role is not None
    assert not isinstance(role, Missing)
    assert role.arn == world.SERVICE_ROLE
    assert "personalize.amazonaws.com" in role.trust_policy


def test_a_role_that_is_not_there_is_none(reader: Reader) -> None:
    assert reader.role(f"arn:aws:iam::{world.ACCOUNT}:role/nope") is None
    assert isinstance(reader.role(world.MATEO), Missing)


def test_a_denied_call_works_after_the_grant_and_not_after_its_end(writer: Writer, sandbox: Sandbox) -> None:
    personalize = client("personalize", sandbox.endpoint_url, **sandbox.keys_of("mateojackson"))
    with pytest.raises(ClientError, match="is not authorized to perform: personalize:ListSchemas"):
        personalize.list_schemas()
    arn = writer.create_policy("AD-1", LIST_SCHEMAS, {"access-desk": "AD-1"})
    writer.attach(arn, world.MATEO)
    assert personalize.list_schemas()["schemas"]
    writer.detach(arn, world.MATEO)
    writer.delete_policy(arn)
    with pytest.raises(ClientError, match="ListSchemas"):
        personalize.list_schemas()


def test_every_write_can_be_repeated(writer: Writer) -> None:
    for _ in range(2):
        arn = writer.create_policy("AD-2", LIST_SCHEMAS, {})
    assert writer.policy_document(arn) == LIST_SCHEMAS
    for _ in range(2):
        writer.attach(arn, world.MATEO)
    assert arn in writer.attached_policies(world.MATEO)
    assert writer.holders(arn) == {f"user/{world.MATEO.rpartition('/')[2]}"}
    for _ in range(2):
        writer.detach(arn, world.MATEO)
    assert arn not in writer.attached_policies(world.MATEO)
    for _ in range(2):
        writer.delete_policy(arn)
    assert writer.policy_document(arn) is None
    assert writer.holders(arn) == frozenset()


def test_it_never_takes_another_document_for_its_own(writer: Writer) -> None:
    writer.create_policy("AD-3", LIST_SCHEMAS, {})
    with pytest.raises(AwsProblem, match="other content") as refused:
        writer.create_policy("AD-3", LIST_SCHEMAS.replace("ListSchemas", "ListRecipes"), {})
    assert refused.value.kind is ProblemKind.ALREADY_EXISTS


def test_it_deletes_nothing_that_is_still_attached(writer: Writer) -> None:
    arn = writer.create_policy("AD-4", LIST_SCHEMAS, {})
    writer.attach(arn, world.BUILDER_ROLE)
    with pytest.raises(AwsProblem) as refused:
        writer.delete_policy(arn)
    assert refused.value.kind is ProblemKind.STILL_IN_USE


def test_it_refuses_a_policy_that_is_too_long(writer: Writer) -> None:
    with pytest.raises(AwsProblem, match="6,144") as refused:
        writer.create_policy("AD-5", LIST_SCHEMAS + '"' + "x" * 6144, {})
    assert refused.value.kind is ProblemKind.LIMIT


def test_it_refuses_an_eleventh_policy(writer: Writer, sandbox: Sandbox) -> None:
    for number in range(10):
        writer.attach(writer.create_policy(f"AD-6-{number}", LIST_SCHEMAS, {}), world.MATEO)
    with pytest.raises(AwsProblem) as refused:
        writer.attach(writer.create_policy("AD-6-10", LIST_SCHEMAS, {}), world.MATEO)
    assert refused.value.kind is ProblemKind.LIMIT
    full = snapshot_of(reader_for(settings_of(sandbox)), world.MATEO)
    assert "10 managed policies" in str(no_room(full))


def test_a_principal_with_few_policies_has_room(reader: Reader) -> None:
    assert no_room(snapshot_of(reader, world.MATEO)) is None
    assert no_room(snapshot_of(TextOnlyReader(world.ACCOUNT), world.MATEO)) is None


@pytest.mark.parametrize(
    ("principal", "words"),
    [
        (world.SERVICE_ROLE, "boundary"),
        ("arn:aws:iam::999999999999:user/mateojackson", "another account"),
        (ROOT, "Only an IAM user or role"),
        (f"arn:aws:iam::{world.ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x", "permission set"),
    ],
)
def test_it_refuses_principals_that_it_must_not_change(writer: Writer, principal: str, words: str) -> None:
    arn = writer.create_policy("AD-7", LIST_SCHEMAS, {})
    with pytest.raises(NotWritable, match=words):
        writer.attach(arn, principal)


def test_a_principal_that_does_not_exist_is_told_as_such(writer: Writer) -> None:
    with pytest.raises(AwsProblem, match="no such user") as found:
        writer.check_writable(f"arn:aws:iam::{world.ACCOUNT}:user/nobody")
    assert (found.value.kind, found.value.retryable) == (ProblemKind.NOT_FOUND, False)


def test_it_refuses_principals_outside_the_people_path(seeded_sandbox: Sandbox) -> None:
    settings = settings_of(seeded_sandbox)
    narrow = writer_for(replace(settings, people_path="/personalize-people/"))
    narrow.check_writable(world.BUILDER_ROLE)
    narrow.check_writable(SESSION)
    with pytest.raises(NotWritable, match="/personalize-people/"):
        narrow.check_writable(world.MATEO)


def test_an_account_may_do_without_the_ceiling(seeded_sandbox: Sandbox) -> None:
    settings = replace(settings_of(seeded_sandbox), requires_ceiling=False)
    writer_for(settings).check_writable(world.SERVICE_ROLE)


def test_it_writes_no_policy_but_its_own(writer: Writer) -> None:
    for method in (writer.attach, writer.detach):
        with pytest.raises(NotWritable, match="portal-managed"):
            method("arn:aws:iam::aws:policy/AdministratorAccess", world.MATEO)
    with pytest.raises(NotWritable, match="portal-managed"):
        writer.delete_policy(world.CEILING_ARN)


def test_without_a_writer_role_there_is_no_writer() -> None:
    with pytest.raises(NotWritable, match="by hand"):
        writer_for(AccountSettings("123456789012"))


def test_replay_brings_grants_back(writer: Writer, sandbox: Sandbox) -> None:
    prefix = f"arn:aws:iam::{world.ACCOUNT}:policy/portal-managed/"
    grants = [
        AppliedGrant(f"{prefix}AD-8", LIST_SCHEMAS, world.MATEO),
        AppliedGrant(f"{prefix}AD-9", LIST_SCHEMAS, world.BUILDER_ROLE),
        AppliedGrant(f"{prefix}AD-10", LIST_SCHEMAS, None),
    ]
    for _ in range(2):
        assert replay(sandbox.endpoint_url, grants) == 3
    assert any(arn.endswith("/portal-managed/AD-8") for arn in writer.attached_policies(world.MATEO))
    assert any(arn.endswith("/portal-managed/AD-9") for arn in writer.attached_policies(world.BUILDER_ROLE))
    assert writer.policy_document(f"{prefix}AD-10") == LIST_SCHEMAS
