"""Who decides: the first rule that fits, its people and their substitutes, and how many of them."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.utils import timezone

from tests.builders import make_approval, make_request, make_rule
from tests.cast import ALICE_ARN, make_account, make_person
from troubleshoot.access import routing, services
from troubleshoot.access.guards import Attempt, still_approved
from troubleshoot.access.matching import permissions_of
from troubleshoot.access.permissions import roles_of
from troubleshoot.access.services import Refused
from troubleshoot.models import PrincipalLink, Risk, Role, RuleApprover, State
from troubleshoot.remedy import Change, ChangeKind, Edit

pytestmark = pytest.mark.django_db
DELETE = "personalize:DeleteDataset"


@pytest.fixture
def ida(account):
    return make_person("ida")


def who(request):
    return [person.username for person in routing.deciders(request)]


def needed(request):
    return routing.required_approvals(request)


def several(account, *statements):
    return Change(account.account_id, ALICE_ARN, tuple({"Effect": "Allow", **one} for one in statements), 24)


def asks_for(request, change):
    request.change, request.change_digest = change.as_data(), change.digest()
    request.save()
    return request


def test_without_a_rule_the_accounts_approvers_decide(account, alice, rita, noor):
    request = make_request(requester=alice, account=account)
    assert (who(request), needed(request)) == (["rita", "noor"], 1)


def test_the_first_rule_that_fits_says_who_and_how_many(account, alice, rita, noor, ida):
    make_rule(rita, position=20)
    make_rule(ida, noor, position=10, action_pattern="personalize:list*", approvals=2)
    request = make_request(requester=alice, account=account)
    assert (sorted(who(request)), needed(request)) == (["ida", "noor"], 2)
    assert who(make_request(requester=alice, account=account, action=DELETE)) == ["rita"]


@pytest.mark.parametrize(
    ("values", "fits"),
    [
        ({"action_pattern": "PERSONALIZE:Delete*"}, True),
        ({"action_pattern": "personalize:List*"}, False),
        ({"resource_pattern": "arn:aws:personalize:*:*:dataset/prod-*"}, True),
        ({"resource_pattern": "arn:aws:personalize:*:*:dataset/PROD-*"}, False),
        ({"minimal_risk": Risk.LOW}, True),
        ({"minimal_risk": Risk.MEDIUM}, False),
        ({"ended_at": timezone.now()}, False),
    ],
)
def test_a_rule_fits_by_action_resource_and_risk(account, alice, rita, ida, values, fits):
    make_rule(ida, **values)
    arn = "arn:aws:personalize:us-east-1:123456789012:dataset/prod-1"
    request = make_request(requester=alice, account=account, action=DELETE, resource=arn)
    assert who(request) == (["ida"] if fits else ["rita"])


def test_a_rule_of_another_account_does_not_fit(account, alice, rita, ida):
    make_rule(ida, account=make_account("444455556666", "analytics"))
    assert who(make_request(requester=alice, account=account)) == ["rita"]


def test_a_rule_for_a_group_fits_its_people_and_who_is_asked_for(account, alice, helen, rita, ida):
    group = Group.objects.create(name="contractors")
    make_rule(ida, group=group)
    assert who(make_request(requester=alice, account=account)) == ["rita"]
    alice.groups.add(group)
    assert who(make_request(requester=alice, account=account, action=DELETE)) == ["ida"]
    assert who(make_request(requester=helen, beneficiary=alice, account=account, action="s3:GetObject")) == ["ida"]


def test_a_rule_from_a_risk_on_fits_the_higher_ones(account, alice, rita, ida):
    make_rule(ida, minimal_risk=Risk.MEDIUM)
    for risk, names in ((Risk.LOW, ["rita"]), (Risk.MEDIUM, ["ida"]), (Risk.HIGH, ["ida"])):
        assert who(make_request(requester=alice, account=account, action=f"s3:{risk}", risk=risk)) == names


def test_a_high_risk_needs_two_whatever_a_rule_says(account, alice, rita, noor):
    request = make_request(requester=alice, account=account, risk=Risk.HIGH)
    assert needed(request) == 2
    make_rule(rita, noor)
    assert needed(request) == 2


def test_nobody_escapes_a_strict_rule_by_asking_for_more_at_once(account, alice, rita, noor, ida):
    make_rule(ida, action_pattern="personalize:Delete*", position=10, approvals=1)
    make_rule(ida, noor, action_pattern="personalize:List*", position=20)
    change = several(account, {"Action": ["personalize:ListSchemas", DELETE], "Resource": "*"})
    assert who(asks_for(make_request(requester=alice, account=account), change)) == ["ida"]


def test_what_falls_under_no_rule_asks_the_accounts_approvers_too(account, alice, rita, noor):
    make_rule(rita, action_pattern="personalize:Delete*")
    change = several(account, {"Action": ["s3:GetObject", DELETE], "Resource": "*"})
    assert who(asks_for(make_request(requester=alice, account=account), change)) == ["rita"]


@pytest.mark.parametrize("action", ["personalize:*", "personalize:Del*", "*"])
def test_a_wildcard_that_a_rule_covers_in_part_falls_under_it(account, alice, rita, noor, ida, action):
    make_rule(ida, rita, action_pattern="personalize:Delete*", approvals=2)
    change = several(account, {"Action": action, "Resource": "*"})
    request = asks_for(make_request(requester=alice, account=account), change)
    assert (who(request), needed(request)) == (["rita"], 2)


@pytest.mark.parametrize(
    ("resource", "rita_decides"),
    [
        ("arn:aws:s3:::retail/${aws:username}", True),
        ("arn:aws:s3:::retail/${$}mateo", True),
        ("arn:aws:s3:::retail/mary", False),
        ("arn:aws:s3:::other/${aws:username}", False),
    ],
)
def test_no_variable_leads_past_a_rule(account, alice, rita, noor, resource, rita_decides):
    make_rule(rita, resource_pattern="arn:aws:s3:::retail/*mateo")
    change = several(account, {"Action": "s3:GetObject", "Resource": resource})
    people = who(asks_for(make_request(requester=alice, account=account), change))
    assert people == (["rita"] if rita_decides else ["rita", "noor"])


def test_the_edit_of_a_document_counts_as_what_it_adds(account):
    before = '{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}'
    kept = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    after = {"Statement": [kept, {"Effect": "Allow", "Action": [DELETE], "Resource": "*"}]}
    edit = Edit("arn:aws:iam::123456789012:group/x", "p", None, before, after)
    change = Change(account.account_id, ALICE_ARN, (), 24, ChangeKind.GROUP_EDIT, edit)
    assert [found.action for found in permissions_of(change)] == [DELETE]


@time_machine.travel("2028-02-29T12:00:00+00:00", tick=False)  # a midnight in between would be another day
def test_a_substitute_counts_within_the_dates_only(account, alice, rita, ida):
    rule = make_rule(rita)
    place = RuleApprover.objects.get(rule=rule)
    today = timezone.localdate()
    request = make_request(requester=alice, account=account)
    for begins, ends, counts in ((-1, 0, True), (0, 0, True), (-2, -1, False), (1, 2, False)):
        place.substitute = ida
        place.substitute_from, place.substitute_until = today + timedelta(begins), today + timedelta(ends)
        place.save()
        assert who(request) == (["rita", "ida"] if counts else ["rita"])


def test_a_substitutes_approval_stands_after_the_dates_and_a_later_one_never_counts(account, alice, rita, ida):
    rule = make_rule(rita)
    today = timezone.localdate()
    RuleApprover.objects.filter(rule=rule).update(
        substitute=ida, substitute_from=today - timedelta(3), substitute_until=today - timedelta(1)
    )
    request = make_request(requester=alice, account=account, state=State.APPROVED)
    approval = make_approval(request, ida)
    assert still_approved(Attempt(request))
    type(approval).objects.filter(pk=approval.pk).update(decided_at=timezone.now() - timedelta(days=1))
    assert still_approved(Attempt(request)) is None


def test_the_worker_counts_again_when_a_rule_was_added_meanwhile(account, alice, rita, noor):
    request = make_request(requester=alice, account=account)
    services.approve(request=request, approver=rita, change_digest=request.change_digest)
    assert still_approved(Attempt(request)) is None
    make_rule(rita, noor, approvals=2)
    assert "does not stand" in still_approved(Attempt(request))


def test_whom_a_rule_names_is_an_approver_of_its_account_and_decides_only_under_it(account, alice, rita, ida):
    make_rule(ida, account=account, action_pattern="personalize:Delete*")
    roles = roles_of(ida)
    assert roles.approver_of(account)
    assert not roles.is_approver_everywhere
    request = make_request(requester=alice, account=account)
    with pytest.raises(Refused):
        services.approve(request=request, approver=ida, change_digest=request.change_digest)
    other = make_request(requester=alice, account=account, action=DELETE)
    services.approve(request=other, approver=ida, change_digest=other.change_digest)
    assert other.state == State.APPROVED


def test_nobody_a_rule_names_decides_their_own(account, rita, noor):
    make_rule(rita)
    request = make_request(requester=rita, account=account)
    assert who(request) == []
    PrincipalLink.objects.create(person=noor, account=account, principal_arn=ALICE_ARN)
    make_rule(noor, position=5)
    assert who(make_request(requester=rita, account=account, action=DELETE)) == []


@pytest.mark.parametrize(
    "principal",
    ["iam::123456789012:user/rita", "iam::123456789012:user/team/RITA", "sts::123456789012:assumed-role/DATA/x"],
)
def test_no_path_and_no_case_hides_whose_principal_it_is(account, alice, rita, noor, principal):
    for linked in ("user/people/Rita", "role/team/Data"):
        PrincipalLink.objects.create(person=rita, account=account, principal_arn=f"arn:aws:iam::123456789012:{linked}")
    people = routing.approvers_for(account=account, requester=alice, principal_arn=f"arn:aws:{principal}")
    assert [person.username for person in people] == ["noor"]


@pytest.mark.parametrize(
    "principal", ["sts::123456789012:federated-user", "sts::123456789012:x", "iam::123456789012:root"]
)
def test_what_is_neither_user_nor_role_belongs_to_nobody(account, rita, principal):
    assert routing.holders_of(account, f"arn:aws:{principal}") == []


def test_whoever_is_disabled_decides_nothing(account, alice, rita, ida):
    make_rule(ida, rita)
    type(ida).objects.filter(pk=ida.pk).update(is_active=False)
    assert who(make_request(requester=alice, account=account)) == ["rita"]


def test_the_approver_of_all_accounts_needs_no_rule(account, alice):
    make_person("eve", Role.APPROVER)
    assert who(make_request(requester=alice, account=account)) == ["eve"]
