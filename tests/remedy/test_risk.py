"""The risk of a change: what is found, how grave it is, and what that means for the approval."""

import json
import os

import pytest

from tests.iam.build import ACCOUNT, OTHER, ROLE, USER, allow, deny, doc, when
from troubleshoot.iam import PolicySet, Unknown, parse_policy
from troubleshoot.remedy import Change, ChangeKind, Edit
from troubleshoot.remedy.risk import Assessment, Level, assess, finding_from_data
from troubleshoot.remedy.risk.escalation import Path, paths

NOTHING = PolicySet()
DATASET = f"arn:aws:personalize:us-east-1:{ACCOUNT}:dataset/sales/ITEMS"
CAMPAIGN = f"arn:aws:personalize:us-east-1:{ACCOUNT}:campaign/retail-prod"
TO_PERSONALIZE = when("StringEquals", "iam:PassedToService", "personalize.amazonaws.com")


def change(*statements, hours=8):
    return Change(ACCOUNT, USER, statements, hours)


def held(*statements, **layers):
    return PolicySet(identity=(parse_policy(json.dumps(doc(*statements)), name="held", attached_to=USER),), **layers)


def codes(found: Assessment) -> dict[str, Level]:
    return {one.code: one.level for one in found.findings}


def ways(found: Assessment) -> set[str]:
    return {path for one in found.findings if one.code == "escalation" for path in one.paths}


# known ways to more rights


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.id)
def test_every_known_way_is_found_where_all_of_it_is_asked_for(path: Path):
    found = assess(change(allow(list(path.names))), held=NOTHING)
    assert path.id in ways(found)
    assert found.level.rank >= path.level.rank


@pytest.mark.parametrize("path", [path for path in paths() if len(path.names) > 1], ids=lambda path: path.id)
def test_every_known_way_is_found_where_the_last_step_is_asked_for(path: Path):
    for at, name in enumerate(path.names):
        rest = [*path.names[:at], *path.names[at + 1 :]]
        assert path.id in ways(assess(change(allow(name)), held=held(allow(rest))))


@pytest.mark.parametrize("path", paths()[:: 1 if os.environ.get("ACCESS_DESK_DEEP") else 9], ids=lambda path: path.id)
def test_a_way_that_was_open_before_is_not_the_changes_risk(path: Path):
    found = assess(change(allow("personalize:ListSchemas")), held=held(allow(list(path.names))))
    assert found.level is Level.LOW
    assert not ways(found)


def test_a_way_is_found_behind_wildcards():
    assert "iam-008" in ways(assess(change(allow("iam:Attach*")), held=NOTHING))
    assert "lambda-001" in ways(assess(change(allow("lambda:*")), held=held(allow("iam:Pass*"))))


def test_a_role_that_may_be_passed_to_another_service_only_opens_no_way():
    to_lambda = when("StringEquals", "iam:PassedToService", "lambda.amazonaws.com")
    compute = allow(["lambda:CreateFunction", "lambda:InvokeFunction"])
    assert "lambda-001" in ways(assess(change(allow("iam:PassRole", ROLE, **to_lambda)), held=held(compute)))
    assert "lambda-001" not in ways(assess(change(allow("iam:PassRole", ROLE, **TO_PERSONALIZE)), held=held(compute)))


def test_a_way_that_another_layer_stops_today_is_told_one_step_less_grave():
    asked = change(allow("iam:PutUserPolicy"))
    assert assess(asked, held=NOTHING).level is Level.HIGH
    boundary = (parse_policy(json.dumps(doc(allow("personalize:*"))), name="boundary"),)
    capped = assess(asked, held=PolicySet(boundary=boundary))
    assert (capped.level, ways(capped)) == (Level.MEDIUM, {"iam-007"})
    assert "Another layer stops it today." in capped.findings[0].reason


def test_the_shorter_way_speaks_for_the_longer():
    found = assess(change(allow(["iam:CreateAccessKey", "iam:DeleteAccessKey"])), held=NOTHING)
    (escalation,) = [one for one in found.findings if one.code == "escalation"]
    assert (escalation.actions, escalation.paths) == (("iam:CreateAccessKey",), ("iam-002", "iam-003"))


def test_one_named_role_to_assume_is_less_grave_than_every_role():
    assert assess(change(allow("sts:AssumeRole", ROLE)), held=NOTHING).level is Level.MEDIUM
    assert assess(change(allow("sts:AssumeRole")), held=NOTHING).level is Level.HIGH


@pytest.mark.parametrize("unread", [None, PolicySet(identity=Unknown("no permission"))], ids=["nothing", "identity"])
def test_what_could_not_be_read_is_told_where_it_could_matter(unread):
    found = assess(change(allow("iam:PassRole", ROLE)), held=unread)
    assert codes(found)["held_unknown"] is Level.MEDIUM
    assert "held_unknown" not in codes(assess(change(allow("personalize:ListSchemas")), held=unread))
    assert "held_unknown" not in codes(assess(change(allow("iam:PassRole", ROLE, **TO_PERSONALIZE)), held=unread))


# what the level means


@pytest.mark.parametrize(
    ("statement", "level", "approvals", "longest"),
    [
        (allow("personalize:ListSchemas"), Level.LOW, 1, None),
        (allow("personalize:DeleteDataset", DATASET), Level.MEDIUM, 1, 720),
        (allow("iam:*"), Level.HIGH, 2, 168),
    ],
)
def test_the_level_decides_how_many_approve_and_for_how_long(statement, level, approvals, longest):
    found = assess(change(statement), held=NOTHING)
    assert (found.level, found.approvals, found.longest_hours) == (level, approvals, longest)


def test_a_limit_of_time_leaves_no_room_for_access_without_an_end():
    high = assess(change(allow("iam:*")), held=NOTHING)
    assert high.allows_hours(168)
    assert not high.allows_hours(169)
    assert not high.allows_hours(None)
    assert assess(change(allow("personalize:ListSchemas")), held=NOTHING).allows_hours(None)


def test_a_change_of_medium_risk_that_cannot_end_needs_one_approver_more():
    shared = edit([], [allow("personalize:ListSchemas")], ChangeKind.GROUP_EDIT)
    found = assess(shared, held=NOTHING)
    assert (found.level, found.approvals, found.longest_hours) == (Level.MEDIUM, 2, None)
    grave = assess(edit([], [allow("iam:*")], ChangeKind.GROUP_EDIT), held=NOTHING)
    assert not grave.allows_hours(None)


def test_the_gravest_comes_first():
    found = assess(change(allow(["personalize:*", "iam:PutUserPolicy"])), held=NOTHING).findings
    assert [one.level.rank for one in found] == sorted((one.level.rank for one in found), reverse=True)
    assert found[0].level is Level.HIGH


# what else is found


@pytest.mark.parametrize(
    ("statement", "code", "level"),
    [
        (allow("s3:PutBucketAcl", "arn:aws:s3:::b"), "escalation", Level.HIGH),
        (allow("sqs:AddPermission", f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"), "exposure", Level.HIGH),
        (allow("redshift:GetClusterCredentials"), "credentials", Level.HIGH),
        (allow("s3:GetObject"), "data_out", Level.MEDIUM),
        (allow("s3:GetObject", "arn:aws:s3:::retail/*"), "data_out", Level.LOW),
        (allow("personalize:DeleteDataset"), "destroys_data", Level.HIGH),
        (allow("personalize:DeleteDataset", DATASET), "destroys_data", Level.MEDIUM),
        (allow("personalize:DeleteCampaign"), "deletes", Level.MEDIUM),
        (allow("personalize:DeleteCampaign", CAMPAIGN), "deletes", Level.LOW),
        (allow("personalize:UpdateCampaign"), "writes_everywhere", Level.MEDIUM),
        (allow("iam:PassRole", ROLE, **TO_PERSONALIZE), "passes_role", Level.LOW),
        (allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/R*", **TO_PERSONALIZE), "passes_role", Level.MEDIUM),
        (allow("iam:PassRole", ROLE), "passes_to_any_service", Level.HIGH),
        (allow("iam:PassRole", **TO_PERSONALIZE), "passes_any_role", Level.HIGH),
        (allow("sts:AssumeRole", f"arn:aws:iam::{OTHER}:role/R"), "other_account", Level.MEDIUM),
        (allow("*"), "allows_everything", Level.HIGH),
        (allow("sts:*"), "grave_wildcard", Level.HIGH),
        (allow("personalize:*", CAMPAIGN), "service_wildcard", Level.MEDIUM),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, "allows_all_but", Level.HIGH),
        ({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::b"}, "allows_all_but", Level.HIGH),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)  # fmt: skip
def test_each_kind_of_risk_is_found(statement, code, level):
    found = assess(change(statement), held=NOTHING)
    assert codes(found)[code] is level


@pytest.mark.parametrize(
    "statement",
    [
        allow("personalize:DescribeCampaign", CAMPAIGN),
        allow("personalize:UpdateCampaign", CAMPAIGN),
        allow("personalize:ListSchemas"),
    ],
)
def test_a_named_harmless_step_has_no_finding(statement):
    assert assess(change(statement), held=NOTHING).findings == ()


def test_what_the_principal_has_already_is_no_risk_of_the_change():
    asked = change(allow("personalize:DeleteDataset"))
    assert assess(asked, held=held(allow("personalize:*"))).level is Level.LOW


def test_every_finding_has_a_reason_and_something_narrower():
    asked = change(
        allow(["iam:*", "s3:*", "personalize:*"]),
        allow("iam:PassRole", f"arn:aws:iam::{OTHER}:role/R"),
        {"Effect": "Allow", "NotAction": "ec2:*", "Resource": "*"},
    )
    found = assess(asked, held=None).findings
    assert len({one.code for one in found}) > 5
    for one in found:
        assert one.reason.endswith(".")
        assert one.narrower.endswith(".")
        for sentence in f"{one.reason} {one.narrower}".split(". "):
            assert len(sentence.split()) <= 25, sentence


@pytest.mark.parametrize(
    ("resource", "words"),
    [(DATASET, "It names its resources already."), ("*", "Name the resources that are needed")],
)
def test_nobody_is_told_to_name_resources_who_named_them(resource, words):
    [found] = assess(change(allow("personalize:DeleteDataset", resource)), held=NOTHING).findings
    assert found.code == "destroys_data"
    assert found.narrower.startswith(words)


def test_a_finding_comes_back_from_json():
    for one in assess(change(allow(["iam:*", "s3:*"])), held=None).findings:
        assert finding_from_data(json.loads(json.dumps(one.as_data()))) == one


# edits of documents


def edit(before, after, kind=ChangeKind.STATEMENT_EDIT, **where):
    values = {"holder": USER, "policy_name": "Own", "policy_arn": None} | where
    text = json.dumps(doc(*before))
    return Change(ACCOUNT, USER, (), None, kind, Edit(**values, before=text, after=doc(*after)))


def test_only_what_an_edit_changes_is_looked_at():
    kept = allow("personalize:*")
    found = assess(edit([kept], [kept, allow("s3:GetObject", "arn:aws:s3:::b/k")]), held=NOTHING)
    assert codes(found) == {"data_out": Level.LOW}


def test_a_deny_that_goes_away_is_grave():
    before = [allow("s3:GetObject"), deny("s3:*", "arn:aws:s3:::secret/*")]
    assert codes(assess(edit(before, before[:1]), held=NOTHING))["deny_lost"] is Level.HIGH
    assert "deny_lost" not in codes(assess(edit(before, [*before, allow("s3:ListAllMyBuckets")]), held=NOTHING))


@pytest.mark.parametrize(
    ("kind", "arn"),
    [
        (ChangeKind.GROUP_EDIT, None),
        (ChangeKind.PERMISSION_SET, None),
        (ChangeKind.STATEMENT_EDIT, f"arn:aws:iam::{ACCOUNT}:policy/Shared"),
    ],
)
def test_a_policy_that_others_have_too_is_told(kind, arn):
    asked = edit([], [allow("personalize:ListSchemas")], kind, policy_arn=arn)
    assert codes(assess(asked, held=NOTHING))["others_gain"] is Level.MEDIUM


def trust(**values):
    return {"Effect": "Allow", "Action": "sts:AssumeRole", **values}


def test_a_trust_policy_that_lets_in_anybody_is_grave():
    own = trust(Principal={"AWS": USER})
    for bad in (trust(Principal="*"), trust(Principal={"AWS": f"arn:aws:iam::{OTHER}:root"})):
        asked = edit([own], [own, bad], ChangeKind.TRUST_EDIT, holder=ROLE, policy_name="")
        assert assess(asked, held=NOTHING).level is Level.HIGH
    asked = edit([trust(Principal="*")], [trust(Principal="*"), own], ChangeKind.TRUST_EDIT, holder=ROLE)
    assert assess(asked, held=NOTHING).level is Level.MEDIUM
