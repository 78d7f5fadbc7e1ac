"""Whom the edit of a shared policy touches, counted in the account's listing."""

from tests.iam.build import ACCOUNT, USER
from troubleshoot.iam.account import AccountSnapshot, GroupState, PrincipalState
from troubleshoot.remedy import Change, ChangeKind, Edit
from troubleshoot.remedy.reach import Reach, is_shared, reach_of

POLICY = f"arn:aws:iam::{ACCOUNT}:policy/RetailDatasets"
GROUP = f"arn:aws:iam::{ACCOUNT}:group/ml-readers"
AFTER = {"Version": "2012-10-17", "Statement": []}


def user(name: str, **values) -> PrincipalState:
    return PrincipalState("user", f"arn:aws:iam::{ACCOUNT}:user/{name}", name, "/", **values)


def role(name: str, **values) -> PrincipalState:
    return PrincipalState("role", f"arn:aws:iam::{ACCOUNT}:role/{name}", name, "/", **values)


def listing(*principals: PrincipalState, attached: tuple[str, ...] = ()) -> AccountSnapshot:
    group = GroupState(GROUP, "ml-readers", "/", attached=attached)
    other = GroupState(f"{GROUP}-2", "ml-readers-2", "/")
    users = {one.arn: one for one in principals if one.kind == "user"}
    roles = {one.arn: one for one in principals if one.kind == "role"}
    return AccountSnapshot(
        ACCOUNT, "2026-11-22T12:00:00+00:00", users, roles, {"ml-readers": group, other.name: other}, {}
    )


def edit(kind: ChangeKind, holder: str, arn: str | None = None) -> Change:
    return Change(ACCOUNT, USER, (), None, kind, Edit(holder, "RetailDatasets", arn, "", AFTER))


def test_a_groups_own_policy_reaches_its_users_and_nobody_elses() -> None:
    state = listing(user("mary", groups=("ml-readers",)), user("ana", groups=("ml-readers-2",)), user("eve"))
    found = reach_of(edit(ChangeKind.GROUP_EDIT, GROUP), state)
    assert found == Reach((f"arn:aws:iam::{ACCOUNT}:user/mary",), ())


def test_a_managed_policy_reaches_whoever_holds_it_themselves_or_by_a_group() -> None:
    state = listing(
        user("mary", groups=("ml-readers",)),
        user("ana", attached=(POLICY,)),
        user("both", attached=(POLICY,), groups=("ml-readers",)),
        user("eve", groups=("ml-readers-2",)),
        role("Builder", attached=(POLICY,)),
        role("Limited", boundary=POLICY),
        attached=(POLICY,),
    )
    found = reach_of(edit(ChangeKind.STATEMENT_EDIT, USER, POLICY), state)
    assert found is not None
    assert [one.rpartition("/")[2] for one in found.users] == ["ana", "both", "mary"]
    assert [one.rpartition("/")[2] for one in found.roles] == ["Builder"]
    assert found.bounds == 1


def test_an_empty_group_is_counted_as_nobody_and_a_group_that_is_gone_is_not_counted() -> None:
    assert reach_of(edit(ChangeKind.GROUP_EDIT, GROUP), listing()) == Reach((), ())
    assert reach_of(edit(ChangeKind.GROUP_EDIT, f"{GROUP}-3"), listing()) is None


def test_what_nobody_else_holds_and_what_iam_does_not_know_is_not_counted() -> None:
    own = Change(ACCOUNT, USER, ({"Effect": "Allow", "Action": "s3:*", "Resource": "*"},), 24)
    inline = edit(ChangeKind.STATEMENT_EDIT, USER)
    permission_set = edit(ChangeKind.PERMISSION_SET, f"arn:aws:iam::{ACCOUNT}:role/AWSReservedSSO_Retail_1")
    trust = edit(ChangeKind.TRUST_EDIT, f"arn:aws:iam::{ACCOUNT}:role/Builder")
    for change in (own, inline, permission_set, trust):
        assert not is_shared(change)
        assert reach_of(change, listing(user("mary"))) is None
