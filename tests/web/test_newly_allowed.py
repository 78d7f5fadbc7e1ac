"""What the review says of a change: newly allowed exactly what the naive evaluator tells apart, risk, difference."""

import json
from itertools import product

import pytest
from hypothesis import given

from tests.builders import denial_text, make_request
from tests.cast import MATEO_ARN
from tests.iam import reference
from tests.iam.build import ACCOUNT, USER, allow, doc
from tests.iam.strategies import Maker, examples, made
from tests.web.living import document, go_live, identity_policy
from tests.web.signing_in import pasted, signed_in
from troubleshoot.iam import PolicySet, Request, parse_policy
from troubleshoot.iam.layers import Unknown
from troubleshoot.iam.query import Query
from troubleshoot.iam.resources import ResourcePattern
from troubleshoot.models import AccessRequest, Account, Person
from troubleshoot.remedy import Change, newly
from troubleshoot.web.presenters.allows import allows_view

ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:ListAllMyBuckets")
ARNS = ("arn:aws:s3:::b", "arn:aws:s3:::b/in/x", "arn:aws:s3:::b/y", "arn:aws:s3:::c", "arn:aws:s3:::c/in/x", "*")
PATTERNS = ("*", "arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:aws:s3:::*/in/*", "arn:aws:s3:::c*", "arn:aws:s3:::b/y")
SENT = {"justification": "The weekly import needs it.", "hours": "168", "key": "k" * 32}


def statement(maker: Maker, effects: tuple[str, ...]) -> dict:
    return {
        "Effect": maker.one_of(effects),
        "Action": maker.one_or_list((*ACTIONS, "s3:*", "s3:Get*", "s3:List*")),
        "Resource": maker.one_or_list(PATTERNS),
    }


def case(maker: Maker) -> tuple[list, list]:
    held = maker.several(lambda: statement(maker, ("Allow", "Allow", "Deny")), 0, 3)
    return held, maker.several(lambda: statement(maker, ("Allow",)), 1, 2)


def naive(statements: list, action: str, arn: str) -> bool:
    asked = {"principal": USER, "action": action, "resource": arn, "context": {}, "wildcard_only": arn == "*"}
    return reference.decide({**asked, "policies": {"identity": [doc(*statements)]}}) == "allowed"


def in_the_world(action: str, arn: str) -> bool:
    """Whether AWS would ask for this action on such a resource at all."""
    if action == "s3:ListAllMyBuckets":
        return arn == "*"
    return arn != "*" and ("/" in arn) == action.endswith("Object")


def covers(pattern: str, action: str, arn: str) -> bool:
    if not pattern:
        return arn == "*"
    return ResourcePattern(pattern, variables=True).judge(Query(Request(USER, action, arn)))[0] == 2


@given(made(case))
@examples(40, 2_000)
def test_the_list_on_the_page_is_the_naive_evaluators_difference(two):
    held, asked = two
    policies = PolicySet(identity=(parse_policy(json.dumps(doc(*held)), name="held", attached_to=USER),))
    change = Change(ACCOUNT, USER, tuple(asked), 8)
    view = allows_view(newly(change, policies), is_known=True)
    listed = [(action.name, group.resource) for group in view.groups for action in group.actions]
    world = [pair for pair in product(ACTIONS, ARNS) if in_the_world(*pair)]
    new = [one for one in world if naive([*held, *asked], *one) and not naive(held, *one)]
    for action, arn in new:
        assert any(name == action and covers(pattern, action, arn) for name, pattern in listed), (action, arn)
    for action, pattern in listed:
        if action in ACTIONS:
            fitting = [pair for pair in world if pair[0] == action and covers(pattern, *pair)]
            assert not fitting or any(pair in new for pair in fitting) or "*" in pattern, (action, pattern)


@pytest.fixture
def filed(monkeypatch: pytest.MonkeyPatch, account: Account, mateo: Person, rita: Person) -> AccessRequest:
    """What Mateo asked for in an account that the portal reads."""
    Account.objects.filter(pk=account.pk).update(allows_permanent=True)
    team = identity_policy(document("Allow", "personalize:List*Groups"))
    go_live(monkeypatch, account, identity=(team,), scps=None, rcps=None, vpc_endpoint=None)
    client = signed_in(mateo)
    kept = pasted(client, denial_text(MATEO_ARN))
    client.post(f"/d/{kept.token}/request/", {**SENT, "what": "job-auditor"})
    return AccessRequest.objects.get()


def review(person: Person, request: AccessRequest) -> str:
    return signed_in(person).get(f"/queue/{request.code}/").content.decode()


def test_only_what_is_new_is_listed(filed: AccessRequest, rita: Person) -> None:
    listed = review(rita, filed).partition('id="allows-title"')[2].partition("</section>")[0]
    assert "<code>personalize:ListSchemas</code>" in listed
    assert "<code>personalize:ListDatasetGroups</code>" not in listed


def test_the_risk_has_its_reasons_and_what_would_be_narrower(filed: AccessRequest, rita: Person) -> None:
    AccessRequest.objects.filter(pk=filed.pk).update(
        risk="high",
        findings=[
            {
                "code": "exposure", "level": "high", "reason": "It opens the `b<1>`.", "narrower": "Ask its owner.",
                "actions": ["s3:PutBucketPolicy"], "resources": [], "paths": [], "sources": [],
            }
        ],
    )  # fmt: skip
    page = review(rita, filed)
    for said in ("high risk", "It opens the <code>b&lt;1&gt;</code>.", "Ask its owner.", "s3:PutBucketPolicy"):
        assert said in page


def test_the_change_stands_beside_what_is_there_now(filed: AccessRequest, rita: Person) -> None:
    page = review(rita, filed)
    assert "(there is no such policy)" in page
    assert "policy__line--added" in page
    assert "(7 days after it is applied)" in page


def test_the_call_is_judged_before_and_after_with_exactly_what_is_asked(filed: AccessRequest, rita: Person) -> None:
    page = review(rita, filed)
    assert "denied: nothing allows it" in page
    assert "<strong>allowed</strong>" in page
    useless = Change(ACCOUNT, MATEO_ARN, (allow("s3:GetObject", "arn:aws:s3:::b/k"),), 8)
    AccessRequest.objects.filter(pk=filed.pk).update(change=useless.as_data(), change_digest=useless.digest())
    page = review(rita, filed)
    assert "Not shown to be enough" in page
    assert "<strong>allowed</strong>" not in page


def test_what_was_asked_at_first_stays_in_sight(filed: AccessRequest, rita: Person) -> None:
    smaller = Change(ACCOUNT, MATEO_ARN, (allow("personalize:ListSchemas"),), 8)
    first = filed.change
    AccessRequest.objects.filter(pk=filed.pk).update(
        change=smaller.as_data(), change_digest=smaller.digest(), first_change=first
    )
    page = review(rita, filed)
    assert "What was asked at first" in page
    assert "policy__line--removed" in page


def test_without_a_case_all_of_the_change_is_listed_and_said_so(account: Account, alice: Person, rita: Person) -> None:
    page = review(rita, make_request(requester=alice, account=account))
    assert "What is held already was not read, so all of the change is listed." in page


def test_what_cannot_be_read_is_told_without_taking_back_the_proof() -> None:
    asked = Change(ACCOUNT, USER, (allow("s3:GetObject", "arn:aws:s3:::b/*"),), 8)
    held = PolicySet(identity=(), scps=Unknown("nobody may read them"), boundary=None, rcps=())
    view = allows_view(newly(asked, held), is_known=True)
    assert view.caveats == ("What cannot be read, or known before a call, may still stop it.",)
