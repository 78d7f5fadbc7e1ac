"""Resources that stand for all of a form: what the policies treat alike is shown by one."""

from tests.iam.build import ACCOUNT, USER, allow, deny, doc
from troubleshoot.iam import PolicySet, Request, decide, policy_from_data
from troubleshoot.iam.resources import ResourcePattern
from troubleshoot.iam.witnesses import MOST_OVERLAPS, witness_arns, witness_requests

FORM = f"arn:aws:iam::{ACCOUNT}:role/*"
PASS = Request(USER, "iam:PassRole")


def policies(*statements):
    return PolicySet(identity=(policy_from_data(doc(*statements), name="own"),))


def outcomes(*statements, request=PASS, form=FORM):
    held = policies(*statements)
    return {one.resource: str(decide(one, held)) for one in witness_requests(request, form, held)}


def test_where_no_policy_draws_a_line_one_resource_stands_for_all():
    assert outcomes(allow("iam:PassRole", "*")) == {f"arn:aws:iam::{ACCOUNT}:role/example": "allowed"}
    assert list(outcomes(allow("s3:*", "arn:aws:s3:::x")).values()) == ["implicit_deny"]


def test_each_line_that_a_policy_draws_is_followed_on_both_sides():
    found = outcomes(allow("iam:PassRole", "*"), deny("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/admin/*"))
    assert sorted(found.values()) == ["allowed", "explicit_deny"]


def test_variables_take_the_values_of_the_request():
    mine = allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/${{aws:username}}")
    request = Request(USER, "iam:PassRole", context={"aws:username": "mateojackson"})
    assert outcomes(mine, request=request)[f"arn:aws:iam::{ACCOUNT}:role/mateojackson"] == "allowed"
    assert len(outcomes(mine)) == 1


def test_a_form_that_is_anything_stands_for_itself():
    assert witness_arns(ResourcePattern("*", variables=False), (), PASS) == ("*",)


def test_a_form_whose_own_variable_has_no_value_has_no_resource():
    assert witness_arns(ResourcePattern(f"{FORM}${{aws:username}}", variables=True), (), PASS) == ()


def test_an_anonymous_request_gets_some_account():
    nobody = Request("anonymous", "iam:PassRole")
    assert witness_arns(ResourcePattern("arn:aws:iam::*:role/*", variables=False), (), nobody) == (
        f"arn:aws:iam::{ACCOUNT}:role/example",
    )


def test_no_more_lines_are_followed_than_a_page_has_time_for():
    many = [allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/r{number}") for number in range(100)]
    assert len(outcomes(*many)) == MOST_OVERLAPS + 1
