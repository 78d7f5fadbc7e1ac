"""What the catalog knows of services, actions, resource types and keys."""

import json
from pathlib import Path

import pytest

from troubleshoot.iam import catalog
from troubleshoot.iam.catalog import operations

PERSONALIZE = json.loads((Path(catalog.__file__).parent / "data" / "personalize.json").read_text())


def test_it_knows_an_action_in_any_case_and_spells_it_as_aws_does():
    info = catalog.action("Personalize:createCAMPAIGN")
    assert info.name == "personalize:CreateCampaign"
    assert info.access_levels == {"Write"}
    assert [kind.name for kind in info.required_types] == ["campaign", "solution"]
    assert info.dependent_actions == ("personalize:TagResource",)
    assert not info.wildcard_only
    assert info.note is None


def test_an_action_that_takes_no_resource_says_so():
    info = catalog.action("personalize:PutEvents")
    assert info.wildcard_only
    assert "*" in info.note


@pytest.mark.parametrize("name", ["personalize:GetWidget", "nothing:Real", "CreateCampaign", "", "../services:x"])
def test_what_is_no_action_is_none(name):
    assert catalog.action(name) is None
    assert catalog.checks_for_operation(name.replace("CreateCampaign", "NoSuchOperation")) == ()


def test_two_access_levels_are_a_set():
    assert catalog.action("personalize:TagResource").access_levels == {"Tagging", "Write"}


def test_services_are_known_by_prefix():
    assert catalog.service_of("S3:GetObject") == "s3"
    assert catalog.service_of("personalize-runtime:GetRecommendations") is None
    assert catalog.service_name("personalize") == "Amazon Personalize"
    assert catalog.service_name("nothing") is None
    assert catalog.closest_service("personalise") == "personalize"
    assert catalog.closest_service("$$$$$$$") is None
    assert catalog.condition_keys("nothing") == ()
    assert catalog.resource_types("nothing") == ()


def test_the_closest_real_actions_are_named():
    assert catalog.closest_actions("personalise:CreateCampain")[0] == "personalize:CreateCampaign"
    assert "personalize:DescribeDataset" in catalog.closest_actions("personalize:DescribeDatasets", 5)
    assert catalog.closest_actions("$$$$$$$$:x") == ()


def test_the_example_of_aws_help_is_fictional():
    assert catalog.is_fictional("personalize:getwidget")
    assert not catalog.is_fictional("personalize:CreateCampaign")


@pytest.mark.parametrize(
    ("action", "arn", "expected"),
    [
        ("s3:GetObject", "arn:aws:s3:::bucket/key", "object"),
        ("s3:ListBucket", "arn:aws:s3:::bucket", "bucket"),
        ("personalize:DescribeDataset", "arn:aws:personalize:us-east-1:123456789012:dataset/g/ITEMS", "dataset"),
        ("personalize:DescribeDataset", "arn:aws:personalize:us-east-1:123456789012:dataset-group/g", "datasetGroup"),
        ("personalize:NoSuch", "arn:aws:personalize:us-east-1:123456789012:campaign/g", "campaign"),
        ("personalize:DescribeDataset", "arn:aws:personalize:us-east-1:123456789012:widget/g", None),
        ("nothing:Real", "arn:aws:s3:::bucket", None),
        ("s3:GetObject", "arn:aws:s3:::bucket/" + "k" * 2048, None),
    ],
)
def test_the_type_of_a_resource_is_read_from_its_arn(action, arn, expected):
    found = catalog.resource_type_of(action, arn)
    assert (found and found.name) == expected


def test_services_whose_names_carry_a_type_are_told_from_those_without():
    assert catalog.has_typed_resources("personalize")
    assert not catalog.has_typed_resources("s3")
    assert not catalog.has_typed_resources("nothing")


@pytest.mark.parametrize(
    ("key", "known", "several"),
    [
        ("aws:PrincipalTag/any", True, False),
        ("aws:tagkeys", True, True),
        ("s3:prefix", True, False),
        ("iam:PassedToService", True, False),
        ("token.actions.githubusercontent.com:sub", True, None),
        ("saml:aud", True, None),
        ("aws:Nonsense", False, None),
        ("s3:nonsense", False, None),
        ("nothing:at-all", False, None),
        ("dynamodb:LeadingKeys", True, True),
    ],
)
def test_condition_keys_are_known_and_whether_they_have_several_values(key, known, several):
    assert catalog.is_condition_key(key) is known
    assert catalog.is_multivalued(key) is several


def test_the_closest_key_is_named():
    assert catalog.closest_condition_key("aws:SourceIpp") == "aws:SourceIp"
    assert catalog.closest_condition_key("zzzzzzzzzzzz") is None


def test_the_data_carries_its_date():
    assert catalog.data_version().startswith("0.1.2026")
    assert catalog.data_date().startswith("2026-")


def test_resource_control_policies_cover_personalize_and_not_everything():
    assert {"personalize", "s3", "kms", "sts"} <= catalog.rcp_services()
    assert "ec2" not in catalog.rcp_services()


@pytest.mark.parametrize("operation", sorted(PERSONALIZE["operations"]))
def test_every_personalize_operation_has_its_checks(operation):
    checks = catalog.checks_for_operation(operation)
    assert checks[0].action == f"personalize:{operation}"
    further = [check.action for check in checks if check.action != f"personalize:{operation}"]
    assert further == [entry["action"] for entry in PERSONALIZE["further_checks"].get(operation, ())]


def test_all_83_personalize_actions_are_known_with_their_types():
    actions = catalog.actions_of("personalize")
    assert len(actions) == 83
    assert sum(catalog.action(name).wildcard_only for name in actions) == 20
    two_types = [name for name in actions if len(catalog.action(name).required_types) == 2]
    assert len([name for name in two_types if ":Create" in name]) == 11


def test_an_operation_is_checked_on_each_required_type_on_the_role_and_on_the_tags():
    checks = {
        (check.action, check.resource_type): check for check in catalog.checks_for_operation("CreateDatasetImportJob")
    }
    assert checks["personalize:CreateDatasetImportJob", "dataset"].when == "always"
    assert checks["personalize:CreateDatasetImportJob", "datasetImportJob"].when == "always"
    assert checks["personalize:TagResource", "datasetImportJob"].when == "with_tags"
    role = checks["iam:PassRole", "role"]
    assert (role.when, role.role_parameter) == ("with_role", "roleArn")
    assert role.context == (("iam:PassedToService", "personalize.amazonaws.com"),)


def test_an_operation_on_one_of_several_types_and_one_without_a_resource():
    assert {check.when for check in catalog.checks_for_operation("ListTagsForResource")} == {"one_of"}
    assert catalog.checks_for_operation("PutEvents")[0].resource_type is None


def test_operations_of_other_services_name_their_dependent_actions():
    made = catalog.ActionInfo("sqs:CreateQueue", "", frozenset(), (), (), ("kms:Decrypt",), None)
    assert operations._further_checks(made) == (catalog.Check("kms:Decrypt", None, "always"),)


def test_tagging_without_a_type_of_its_own_is_checked_on_none():
    made = catalog.ActionInfo("personalize:CreateNothing", "", frozenset(), (), (), (), None)
    assert operations._created_type(made) is None


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("aws:sourceip", "aws:SourceIp"),
        ("aws:principaltag/Team", "aws:PrincipalTag/Team"),
        ("iam:passedtoservice", "iam:PassedToService"),
        ("nobody:knows", "nobody:knows"),
    ],
)
def test_a_key_is_spelled_as_aws_spells_it(name, spelled):
    assert catalog.spelled_key(name) == spelled


@pytest.mark.parametrize(
    ("name", "endpoint"),
    [
        ("personalize:CreateCampaign", "personalize"),
        ("personalize:GetRecommendations", "personalize-runtime"),
        ("personalize:PutEvents", "personalize-events"),
        ("personalize:GetWidget", "personalize"),
        ("s3:GetObject", "s3"),
    ],
)
def test_an_action_is_called_on_the_endpoint_that_aws_names(name, endpoint):
    assert catalog.endpoint_of(name) == endpoint
