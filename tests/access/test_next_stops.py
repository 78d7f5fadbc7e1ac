"""What would stop the same call next: every further check judged on the kept snapshot, never guessed."""

import json
from dataclasses import replace
from datetime import datetime

import pytest

from tests.cast import MATEO_ARN
from tests.web.living import SNAPSHOT, control_policies, document, identity_policy
from troubleshoot.access.answer import NextCheck, Standing
from troubleshoot.access.judging import judge
from troubleshoot.access.next_stops import next_checks
from troubleshoot.access.permissions import Sight
from troubleshoot.denial import parse
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.snapshot import Missing, Snapshot
from troubleshoot.remedy import Situation, propose

ALL = Sight(live=True, policy_text=True, every_policy_text=True)
HERE = "arn:aws:personalize:us-east-1:123456789012"
DATASET = f"{HERE}:dataset/food/INTERACTIONS"
ROLE = "arn:aws:iam::123456789012:role/service-role/PersonalizeRole"
IMPORT = "personalize:CreateDatasetImportJob"


def further(
    action: str, resource: str, *documents: str, sight: Sight = ALL, proposed: bool = False, **pieces: object
) -> dict[str, NextCheck]:
    """Return the further checks of a denied call by action and type, on a principal that holds these documents."""
    facts = parse(f"User: {MATEO_ARN} is not authorized to perform: {action} on resource: {resource}").denials[0]
    held = tuple(identity_policy(text, name=f"Policy{number}") for number, text in enumerate(documents))
    snapshot: Snapshot = replace(SNAPSHOT, identity=held, **pieces)  # type: ignore[arg-type]
    judged = judge(facts, snapshot, datetime.fromisoformat(snapshot.read_at))
    remedy = propose(Situation(facts, judged.request, judged.policies, judged.decision, "/"))  # type: ignore[arg-type]
    found = next_checks(facts, judged, snapshot, sight, remedy if proposed else None)  # type: ignore[arg-type]
    return {f"{one.action} {one.resource_type}": one for one in found}


def test_a_check_that_nothing_allows_would_stop_the_call_and_the_closest_statement_is_shown():
    found = further(IMPORT, DATASET, document("Allow", "iam:PassRole", "arn:aws:iam::999999999999:role/*", sid="There"))
    passing = found["iam:PassRole role"]
    assert (passing.standing, passing.layer) == (Standing.STOPS, Layer.IDENTITY)
    assert (passing.statement.reason.sid, passing.statement.deciding) == ("There", False)


def test_a_check_that_is_denied_names_the_statement_that_denies():
    deny = document("Deny", "iam:PassRole", sid="NeverPass")
    passing = further(IMPORT, DATASET, document("Allow", "*"), deny)["iam:PassRole role"]
    assert passing.standing is Standing.STOPS
    assert (passing.statement.reason.sid, passing.statement.deciding) == ("NeverPass", True)


def test_a_check_that_is_allowed_on_all_resources_is_no_stop():
    allow = document("Allow", "iam:PassRole", "arn:aws:iam::123456789012:role/*")
    assert further(IMPORT, DATASET, allow)["iam:PassRole role"].standing is Standing.PASSES


def test_where_one_role_may_be_passed_and_others_not_it_depends_on_which_is_meant():
    found = further(IMPORT, DATASET, document("Allow", "iam:PassRole", ROLE))["iam:PassRole role"]
    assert (found.standing, found.resource) == (Standing.SOME, None)
    unnamed = further(IMPORT, DATASET)["iam:PassRole role"]
    assert (unnamed.standing, unnamed.resource) == (Standing.STOPS, None)


def test_the_group_of_a_dataset_is_known_from_its_arn():
    found = further("personalize:CreateDataset", DATASET)["personalize:CreateDataset datasetGroup"]
    assert found.resource == f"{HERE}:dataset-group/food"
    assert found.standing is Standing.STOPS


def test_the_denied_resource_is_the_one_that_is_tagged():
    campaign = f"{HERE}:campaign/food"
    found = further("personalize:CreateCampaign", campaign)["personalize:TagResource campaign"]
    assert (found.resource, found.when) == (campaign, "with_tags")


def test_a_condition_on_what_nobody_has_seen_is_named():
    text = json.loads(document("Allow", "iam:PassRole"))
    text["Statement"][0]["Condition"] = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    found = further(IMPORT, DATASET, json.dumps(text))["iam:PassRole role"]
    assert (found.standing, found.missing) == (Standing.DEPENDS, ("aws:requestedregion",))
    hidden = further(IMPORT, DATASET, json.dumps(text), sight=Sight(live=True))["iam:PassRole role"]
    assert (hidden.standing, hidden.missing) == (Standing.DEPENDS, ())


def test_the_service_that_the_role_is_passed_to_is_known():
    text = json.loads(document("Allow", "iam:PassRole"))
    text["Statement"][0]["Condition"] = {"StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}}
    assert further(IMPORT, DATASET, json.dumps(text))["iam:PassRole role"].standing is Standing.PASSES


def test_what_is_allowed_anyway_is_not_called_a_gift_of_the_change():
    campaign = f"{HERE}:campaign/food"
    allow = document("Allow", "personalize:TagResource", "*")
    found = further("personalize:CreateCampaign", campaign, allow, proposed=True)
    assert found["personalize:TagResource campaign"].standing is Standing.PASSES
    assert not found["personalize:TagResource campaign"].is_given_too


def test_what_the_proposed_change_allows_too_is_said():
    facts = parse(f"User: {MATEO_ARN} is not authorized to perform: {IMPORT} on resource: {DATASET}").denials[0]
    judged = judge(facts, SNAPSHOT, datetime.fromisoformat(SNAPSHOT.read_at))
    proposal = propose(Situation(facts, judged.request, judged.policies, judged.decision, "/"))
    wide = replace(proposal.change, statements=({"Effect": "Allow", "Action": "*", "Resource": "*"},))
    found = next_checks(facts, judged, SNAPSHOT, ALL, replace(proposal, change=wide))
    assert {(one.standing, one.is_given_too) for one in found} == {(Standing.PASSES, True)}


def test_identity_policies_that_could_not_be_read_are_no_yes_and_no_no():
    facts = parse(f"User: {MATEO_ARN} is not authorized to perform: {IMPORT} on resource: {DATASET}").denials[0]
    snapshot = replace(SNAPSHOT, identity=Missing("not allowed to read"))
    judged = judge(facts, snapshot, datetime.fromisoformat(snapshot.read_at))
    found = next_checks(facts, judged, snapshot, ALL, None)
    assert {one.standing for one in found} == {Standing.NOT_JUDGED}


@pytest.mark.parametrize("sight", [Sight(live=True), Sight(live=True, policy_text=True)])
def test_the_organizations_statement_is_named_without_its_text(sight):
    scps = control_policies(document("Deny", "iam:PassRole", sid="Secret"))
    found = further(IMPORT, DATASET, document("Allow", "*"), sight=sight, scps=scps)["iam:PassRole role"]
    assert (found.standing, found.layer) == (Standing.STOPS, Layer.SCPS)
    assert (found.statement.reason.sid, found.statement.document) == (None, None)


def test_without_live_state_the_checks_are_named_and_not_judged():
    facts = parse(f"User: {MATEO_ARN} is not authorized to perform: {IMPORT} on resource: {DATASET}").denials[0]
    judged = judge(facts, None, datetime.fromisoformat(SNAPSHOT.read_at))
    found = next_checks(facts, judged, None, Sight(), None)
    assert [one.action for one in found] == [IMPORT, "personalize:TagResource", "iam:PassRole"]
    assert {one.standing for one in found} == {Standing.NOT_JUDGED}


def test_a_statement_of_a_change_that_nobody_made_is_never_called_the_closest():
    group = f"{HERE}:dataset-group/food"
    found = further("personalize:CreateDatasetGroup", group, proposed=True)["personalize:TagResource datasetGroup"]
    assert (found.standing, found.statement) == (Standing.STOPS, None)
