"""Roles that a person may already use, and who can make a call already: each step judged in full."""

import json
from dataclasses import replace
from typing import Any

import pytest

from troubleshoot.iam import Outcome, Request
from troubleshoot.iam.account import AccountSnapshot, GroupState, InlinePolicy, ManagedPolicy, PrincipalState
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.quicklook import may_allow_in
from troubleshoot.iam.roles import MOST_WAYS, RoleWay, roles_usable_by, who_can
from troubleshoot.iam.snapshot import Missing, OrganizationLevel, Snapshot, StoredPolicy

ACCOUNT = "123456789012"
MATEO = f"arn:aws:iam::{ACCOUNT}:user/mateojackson"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
LIST = Request(MATEO, "personalize:ListSchemas", "*", wildcard_only=True)
OPEN = Snapshot(ACCOUNT, MATEO, "2026-11-22T12:00:00+00:00", vpc_endpoint=None)


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str, resource: str = "*", **more: Any) -> str:
    return document({"Effect": "Allow", "Action": action, "Resource": resource, **more})


def deny(action: str, resource: str = "*") -> str:
    return document({"Effect": "Deny", "Action": action, "Resource": resource})


def trust(*principals: str, **more: Any) -> str:
    return document({"Effect": "Allow", "Principal": {"AWS": principals}, "Action": "sts:AssumeRole", **more})


def role_arn(name: str, path: str = "/") -> str:
    return f"arn:aws:iam::{ACCOUNT}:role{path}{name}"


def role(name: str, trusts: str, *policies: str, path: str = "/", **more: Any) -> PrincipalState:
    inline = tuple(InlinePolicy(f"p{number}", text) for number, text in enumerate(policies))
    return PrincipalState("role", role_arn(name, path), name, path, inline, trust_policy=trusts, **more)


def user(*policies: str, name: str = "mateojackson", **more: Any) -> PrincipalState:
    inline = tuple(InlinePolicy(f"p{number}", text) for number, text in enumerate(policies))
    return PrincipalState("user", f"arn:aws:iam::{ACCOUNT}:user/{name}", name, "/", inline, **more)


def account(
    *states: PrincipalState,
    groups: tuple[GroupState, ...] = (),
    policies: tuple[ManagedPolicy, ...] = (),
) -> AccountSnapshot:
    return AccountSnapshot(
        ACCOUNT,
        OPEN.read_at,
        {state.arn: state for state in states if state.kind == "user"},
        {state.arn: state for state in states if state.kind == "role"},
        {group.name: group for group in groups},
        {policy.arn: policy for policy in policies},
    )


def ways(*states: PrincipalState, beside: Snapshot | None = OPEN, principal: str = MATEO, **more: Any) -> list[RoleWay]:
    return list(roles_usable_by(account(*states, **more), principal, LIST, beside=beside))


ALLOWING = allow("personalize:ListSchemas")
MAY_ASSUME = allow("sts:AssumeRole", role_arn("*"))


def test_a_role_whose_trust_names_the_person_is_usable_without_more() -> None:
    [way] = ways(user(), role("Reader", trust(MATEO), ALLOWING))
    assert (way.chain, way.outcome) == ((role_arn("Reader"),), Outcome.ALLOWED)


def test_a_trust_that_names_the_account_needs_the_persons_own_policy() -> None:
    trusting = role("Reader", trust(ROOT), ALLOWING)
    assert ways(user(), trusting) == []
    assert [way.role for way in ways(user(MAY_ASSUME), trusting)] == [trusting.arn]


def test_a_right_to_assume_is_nothing_without_the_roles_trust() -> None:
    assert ways(user(MAY_ASSUME), role("Reader", trust("arn:aws:iam::999999999999:root"), ALLOWING)) == []


def test_a_role_that_does_not_allow_the_call_is_of_no_use() -> None:
    assert ways(user(), role("Writer", trust(MATEO), allow("personalize:CreateSchema"))) == []
    assert ways(user(), role("Denied", trust(MATEO), ALLOWING, deny("personalize:List*"))) == []


def test_the_persons_boundary_and_denies_count_when_assuming() -> None:
    trusting = role("Reader", trust(ROOT), ALLOWING)
    boundary = ManagedPolicy(f"arn:aws:iam::{ACCOUNT}:policy/B", "B", allow("personalize:*"), "v1")
    assert ways(user(MAY_ASSUME, boundary=boundary.arn), trusting, policies=(boundary,)) == []
    assert ways(user(MAY_ASSUME, deny("sts:*")), trusting) == []
    assert ways(user(deny("sts:*")), role("Reader", trust(MATEO), ALLOWING)) == []


def test_the_roles_own_boundary_counts_for_the_call() -> None:
    boundary = ManagedPolicy(f"arn:aws:iam::{ACCOUNT}:policy/B", "B", allow("s3:*"), "v1")
    limited = role("Reader", trust(MATEO), ALLOWING, boundary=boundary.arn)
    assert ways(user(), limited, policies=(boundary,)) == []


def test_a_group_may_hold_the_right_to_assume() -> None:
    group = GroupState(f"arn:aws:iam::{ACCOUNT}:group/g", "g", "/", (InlinePolicy("a", MAY_ASSUME),))
    [way] = ways(user(groups=("g",)), role("Reader", trust(ROOT), ALLOWING), groups=(group,))
    assert way.is_certain


def test_two_roles_in_a_row_are_found() -> None:
    between = role("Between", trust(MATEO), MAY_ASSUME)
    last = role("Last", trust(between.arn), ALLOWING)
    [way] = ways(user(), between, last)
    assert way.chain == (between.arn, last.arn)
    assert way.is_certain


def test_three_in_a_row_and_circles_are_not() -> None:
    one, two = role("One", trust(MATEO), MAY_ASSUME), role("Two", trust(role_arn("One")), MAY_ASSUME)
    assert ways(user(), one, two, role("Three", trust(two.arn), ALLOWING)) == []
    assert ways(user(), role("A", trust(role_arn("A")), ALLOWING, MAY_ASSUME)) == []


def test_a_session_of_a_role_starts_from_that_role_and_its_session_policy_is_not_known() -> None:
    own = role("Own", trust(MATEO), MAY_ASSUME, path="/people/")
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/Own/mateo"
    [way] = ways(own, role("Next", trust(own.arn), ALLOWING), principal=session)
    assert way.chain == (role_arn("Next"),)
    assert (way.outcome, way.missing_layers) == (Outcome.DEPENDS, (Layer.SESSION,))
    assert not way.allows_as_read


def test_a_condition_that_nobody_knows_leaves_a_way_open_and_last() -> None:
    mfa = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    found = ways(user(), role("A", trust(MATEO, **mfa), ALLOWING), role("B", trust(MATEO), ALLOWING))
    assert [way.role for way in found] == [role_arn("B"), role_arn("A")]
    assert (found[1].outcome, found[1].missing_keys) == (Outcome.DEPENDS, ("aws:multifactorauthpresent",))


def test_the_roles_own_tags_and_arn_are_its_context_and_not_the_persons() -> None:
    tagged = {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "retail"}}}
    policy = allow("personalize:ListSchemas", **tagged)
    call = replace(LIST, context={"aws:PrincipalTag/team": "retail", "aws:username": "mateojackson"})
    right = account(user(), role("R", trust(MATEO), policy, tags={"team": "retail"}))
    wrong = account(user(), role("R", trust(MATEO), policy, tags={"team": "other"}))
    assert roles_usable_by(right, MATEO, call, beside=OPEN)
    assert roles_usable_by(wrong, MATEO, call, beside=OPEN) == ()


def test_an_scp_stops_roles_as_well() -> None:
    scp = StoredPolicy("scp", "NoPersonalize", deny("personalize:*"), "r-1")
    closed = replace(OPEN, scps=(OrganizationLevel("r-1", "Root", (scp,)),))
    assert ways(user(), role("Reader", trust(MATEO), ALLOWING), beside=closed) == []


@pytest.mark.parametrize("name", ["scps", "rcps", "resource", "vpc_endpoint"])
def test_a_layer_that_was_not_read_keeps_every_way_uncertain(name: str) -> None:
    holed = replace(OPEN, **{name: Missing("not read")})  # type: ignore[arg-type]
    found = ways(user(), role("Reader", trust(MATEO), ALLOWING), beside=holed)
    assert [way.outcome for way in found] == [Outcome.DEPENDS]
    assert not ways(user(), role("Reader", trust(MATEO), ALLOWING), beside=None)[0].is_certain


@pytest.mark.parametrize("broken", ["", "{", '{"Statement": [{"Effect": "Allow"}]}'])
def test_a_document_that_does_not_parse_is_never_taken_for_an_allow(broken: str) -> None:
    assert not any(way.is_certain for way in ways(user(), role("R", broken, ALLOWING)))
    assert not any(way.is_certain for way in ways(user(), role("R", trust(MATEO), ALLOWING, broken)))


def test_a_policy_or_group_that_was_not_listed_is_never_taken_for_an_allow() -> None:
    attached = role("R", trust(MATEO), ALLOWING, attached=(f"arn:aws:iam::{ACCOUNT}:policy/Gone",))
    assert not any(way.is_certain for way in ways(user(), attached))
    assert not any(way.is_certain for way in ways(user(groups=("gone",)), role("R", trust(ROOT), ALLOWING)))
    assert not any(one.is_certain for one in who_can(account(attached), LIST, beside=OPEN))


def test_many_ways_are_cut_off() -> None:
    found = ways(user(), *(role(f"R{number}", trust(MATEO), ALLOWING) for number in range(60)))
    assert len(found) == MOST_WAYS


def test_who_can_names_users_and_roles_the_surest_first() -> None:
    mfa = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    found = who_can(
        account(
            user(name="nobody"),
            user(allow("*", **mfa), name="admin"),
            user(ALLOWING, name="zoe"),
            role("Reader", trust(ROOT), ALLOWING),
        ),
        LIST,
        beside=OPEN,
    )
    assert [one.arn.rsplit("/", 1)[-1] for one in found] == ["Reader", "zoe", "admin"]
    assert [one.is_certain for one in found] == [True, True, False]


def test_nobody_who_is_not_there_has_a_way() -> None:
    assert ways(role("Reader", trust(MATEO), ALLOWING)) == []


def test_a_snapshot_from_the_account_says_what_was_not_read_beside_it() -> None:
    whole = account(user(ALLOWING))
    state = whole.principal(MATEO)
    assert state is not None
    alone = whole.snapshot_of(state)
    assert isinstance(alone.scps, Missing)
    assert isinstance(alone.vpc_endpoint, Missing)
    assert whole.snapshot_of(state, beside=OPEN).scps is None


@pytest.mark.parametrize(
    ("text", "may"),
    [
        (allow("personalize:List*"), True),
        (allow("Personalize:ListSchemas"), True),
        (allow("*"), True),
        (allow("pers*:ListSchemas"), True),
        (document({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}), True),
        (document({"Effect": "Allow", "Action": ["s3:*", "personalize:*"], "Resource": "*"}), True),
        ('{"Statement": {"Effect": "Allow", "Action": "personalize:A", "Resource": "*"}}', True),
        (allow("s3:*"), False),
        (deny("personalize:*"), False),
        ("no JSON", True),
        ("{}", True),
        ('{"Statement": [{"Effect": "Allow", "Action": 7}]}', True),
    ],
)
def test_a_first_look_rules_a_document_out_only_where_it_is_certain(text: str, may: bool) -> None:
    assert may_allow_in(text, "personalize") is may


def test_a_role_that_is_a_way_itself_leads_on_to_others() -> None:
    hub = role("Hub", trust(MATEO), MAY_ASSUME, ALLOWING)
    ends = [role(name, trust(hub.arn), ALLOWING) for name in ("One", "Two")]
    found = {way.chain for way in ways(user(), hub, *ends)}
    assert found == {(hub.arn,), *((hub.arn, end.arn) for end in ends)}


def test_a_document_that_only_looks_like_an_allow_leaves_a_role_open() -> None:
    looks = '{"Statement": [{"Effect": "Allow", "Action": "personalize:*", "Resource": "*", "Nonsense": 1}]}'
    [way] = ways(user(), role("R", trust(MATEO), looks))
    assert way.outcome is Outcome.DEPENDS
