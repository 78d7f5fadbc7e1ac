"""What one call needs too: offered with its resource, never slipped in, and told apart in what is asked for."""

import json
from dataclasses import replace

import pytest

from tests.iam.build import ACCOUNT, OTHER, USER, allow, doc
from troubleshoot.iam import Outcome, PolicySet, Request, evaluate, request_context
from troubleshoot.iam.catalog import PLACEHOLDER, Check, actions_of, checks_for_operation
from troubleshoot.iam.catalog import action as catalog_action
from troubleshoot.iam.document import parse_policy
from troubleshoot.remedy import Change, ChangeKind, Edit, change_from_data, exact_statement, with_change
from troubleshoot.remedy.dependent import Dependent, also_asked, dependents, with_added
from troubleshoot.remedy.proof import Result, prove

PLACE = f"arn:aws:personalize:us-east-1:{ACCOUNT}"
IMPORT = f"{PLACE}:dataset-import-job/weekly"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/personalize/PersonalizeService"
PASSED = {"StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}}


def of_call(action: str, resource: str) -> dict[str, Dependent]:
    """Everything that the call's operation is checked on beside what was refused."""
    checks = [one for one in checks_for_operation(action) if one.action.lower() != action.lower()]
    found = dependents(Request(USER, action, resource), action.partition(":")[2], checks)
    return {one.action: one for one in found}


def own(action: str, resource: str) -> Change:
    return Change(ACCOUNT, USER, (exact_statement(Request(USER, action, resource)),), 24)


def test_an_import_job_passes_a_role_that_only_the_person_knows() -> None:
    passing = of_call("personalize:CreateDatasetImportJob", IMPORT)["iam:PassRole"]
    assert passing.must_be_named
    assert passing.operation == "CreateDatasetImportJob"
    assert passing.statement(ROLE) == {**allow("iam:PassRole", ROLE, Condition=PASSED), "Sid": "AlsoAsked"}
    with pytest.raises(ValueError, match="was not said"):
        passing.statement()


@pytest.mark.parametrize(
    ("named", "fits"),
    [
        (ROLE, True),
        (f"arn:aws:iam::{OTHER}:role/PersonalizeService", False),
        (f"arn:aws:iam::{ACCOUNT}:role/*", False),
        (f"arn:aws:iam::{ACCOUNT}:user/mateo", False),
        ("PersonalizeService", False),
        ("", False),
        ("*", False),
    ],
)
def test_only_one_role_of_the_same_account_can_be_named(named: str, fits: bool) -> None:
    passing = of_call("personalize:CreateDatasetImportJob", IMPORT)["iam:PassRole"]
    assert (passing.misfit(named, ACCOUNT) == "") is fits


def test_tags_are_set_on_what_is_created_and_on_nothing_else() -> None:
    tagging = of_call("personalize:CreateDatasetImportJob", IMPORT)["personalize:TagResource"]
    assert (tagging.when, tagging.resources) == ("with_tags", (IMPORT,))
    refused_on_the_dataset = of_call("personalize:CreateDatasetImportJob", f"{PLACE}:dataset/retail/INTERACTIONS")
    assert refused_on_the_dataset["personalize:TagResource"].resources == (f"{PLACE}:dataset-import-job/*",)


def test_a_version_that_is_made_stands_below_its_solution() -> None:
    tagging = of_call("personalize:CreateSolutionVersion", f"{PLACE}:solution/retail")["personalize:TagResource"]
    assert tagging.resources == (f"{PLACE}:solution/retail/*",)


def test_where_the_role_was_refused_the_operation_itself_is_asked_for_on_both_of_its_types() -> None:
    call = Request(USER, "iam:PassRole", ROLE, context={"iam:PassedToService": "personalize.amazonaws.com"})
    checks = [one for one in checks_for_operation("CreateDatasetImportJob") if one.action != "iam:PassRole"]
    importing = dependents(call, "CreateDatasetImportJob", checks)[0]
    assert importing.action == "personalize:CreateDatasetImportJob"
    assert importing.must_be_named
    assert importing.statement(IMPORT)["Resource"] == [IMPORT, f"{PLACE}:dataset/*"]
    assert (
        importing.misfit(f"{PLACE}:campaign/retail", ACCOUNT)
        == "That is not the ARN of one dataset or dataset import job."
    )


def test_what_stands_for_something_in_a_name_is_taken_literally() -> None:
    odd = f"{PLACE}:dataset-import-job/a*"
    assert of_call("personalize:CreateDatasetImportJob", odd)["personalize:TagResource"].resources[0].endswith("a${*}")


def test_a_role_for_a_service_that_nobody_named_is_not_offered() -> None:
    call = Request(USER, "lambda:CreateFunction", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:jobs")
    assert dependents(call, "CreateFunction", [Check("iam:PassRole", "role", "always")]) == ()


@pytest.mark.parametrize("action", actions_of("personalize"))
def test_every_operation_of_personalize_offers_what_its_list_names(action: str) -> None:
    offered = of_call(action, f"{PLACE}:campaign/retail-prod")
    wanted = {one.action for one in checks_for_operation(action)} - {action}
    assert set(offered) == wanted
    for one in offered.values():
        policy = parse_policy(json.dumps(doc(one.statement(ROLE if one.must_be_named else ""))), name="offered")
        assert len(policy.statements) == 1


def test_what_was_picked_joins_the_policy_and_can_be_told_from_the_rest() -> None:
    change = own("personalize:CreateDatasetImportJob", IMPORT)
    found = of_call("personalize:CreateDatasetImportJob", IMPORT)
    wanted = [found["iam:PassRole"].statement(ROLE), found["personalize:TagResource"].statement()]
    together = with_added(change, wanted)
    assert [one["Sid"] for one in together.statements] == ["AccessDesk", "AlsoAsked", "AlsoAsked2"]
    assert together.digest() != change.digest()
    assert [one["Action"] for one in also_asked(together)] == ["iam:PassRole", "personalize:TagResource"]
    assert also_asked(change_from_data(json.loads(json.dumps(together.as_data())))) == also_asked(together)
    assert also_asked(change) == ()
    assert with_added(change, []) == change


def test_what_was_picked_joins_an_edit_and_ends_with_it() -> None:
    before = json.dumps(doc({**allow("s3:ListBucket"), "Sid": "AlsoAsked"}))
    after = json.loads(before)
    after["Statement"].append({**allow("personalize:CreateDatasetImportJob", IMPORT), "Sid": "AccessDesk"})
    edit = Edit(ROLE, "AwsSSOInlinePolicy", None, before, after, dated=(1,))
    change = Change(ACCOUNT, ROLE, (), 24, ChangeKind.PERMISSION_SET, edit)
    passing = of_call("personalize:CreateDatasetImportJob", IMPORT)["iam:PassRole"]
    together = with_added(change, [passing.statement(ROLE)])
    assert together.edit is not None
    assert [one.get("Sid") for one in together.edit.after["Statement"]] == ["AlsoAsked", "AccessDesk", "AlsoAsked2"]
    assert together.edit.dated == (1, 2)
    assert [one["Action"] for one in also_asked(together)] == ["iam:PassRole"]
    assert len(edit.after["Statement"]) == 2


def every_dependent() -> list[tuple[str, str]]:
    """Each operation of Personalize with each further action that it needs."""
    return [(action, one) for action in actions_of("personalize") for one in of_call(action, resource_for(action))]


def resource_for(action: str) -> str:
    known = catalog_action(action)
    assert known is not None
    places = {"Partition": "aws", "Region": "us-east-1", "Account": ACCOUNT}
    forms = [PLACEHOLDER.sub(lambda at: places.get(at.group(1), "sales"), one.type.arn) for one in known.resource_types]
    return forms[0] if forms else "*"


@pytest.mark.parametrize(("action", "needed"), every_dependent())
def test_each_is_proven_together_and_stopped_without_it(action: str, needed: str) -> None:
    """What was picked is allowed with the change, and with any other element of it narrowed away it is not."""
    resource = resource_for(action)
    one = of_call(action, resource)[needed]
    statement = one.statement(ROLE if one.must_be_named else "")
    change = own(action, resource)
    found = prove(replace(change, statements=(statement,)), with_change(PolicySet(), change), judge=evaluate)
    assert [(proven.action, proven.result) for proven in found] == [(needed, Result.NEW)]
    together = with_added(change, [statement])
    passed = dict(one.context)
    target = ROLE if one.must_be_named else one.resources[0].replace("*", "sales")
    call = Request(USER, needed, target, context={**request_context(USER), **passed})
    assert evaluate(call, with_change(PolicySet(), together)).outcome is Outcome.ALLOWED
    assert evaluate(call, with_change(PolicySet(), change)).outcome is Outcome.IMPLICIT_DENY
    other = replace(call, context=request_context(USER)) if passed else replace(call, resource=f"{PLACE}:schema/other")
    assert evaluate(other, with_change(PolicySet(), together)).outcome is Outcome.IMPLICIT_DENY
