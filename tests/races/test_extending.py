"""A grant is taken away in the moment in which its extension becomes active: the access never goes on by accident."""

import pytest
from django.utils import timezone

from tests.builders import make_request
from tests.cast import make_person
from tests.races.test_decisions import ROUNDS, at_once
from troubleshoot.access import services, undo, verify
from troubleshoot.access.claims import Claim
from troubleshoot.access.errors import Told
from troubleshoot.models import AccessRequest, Grant, Role, State

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
FOUND = {"outcome": "allowed", "checked": ["identity"], "unchecked": [], "stopped_by": []}


def with_grant(request: AccessRequest) -> AccessRequest:
    Grant.objects.create(
        request=request,
        policy_arn=f"arn:{request.policy_name}",
        principal_arn=request.principal_arn,
        document="{}",
        before=[],
    )
    return request


def pairs(alice, account):
    for number in range(ROUNDS):
        first = with_grant(
            make_request(requester=alice, account=account, state=State.ACTIVE, resource=f"arn:round-{number}")
        )
        new = make_request(
            requester=alice, account=account, state=State.VERIFYING, resource=f"arn:new-{number}", extends=first
        )
        yield first, with_grant(new)


@pytest.mark.parametrize("how", [services.end_early, undo.ask], ids=["revoked", "undone"])
def test_either_the_extension_goes_with_it_or_whoever_ends_it_is_told(account, alice, how):
    rita = make_person("rita", Role.APPROVER, account=account)
    for first, new in pairs(alice, account):
        claim = Claim(AccessRequest.objects.select_related("account", "grant").get(pk=new.pk), new.fence)

        def activate(claim=claim):
            verify._activate(claim, claim.request.grant, dict(FOUND), timezone.now())

        def end(first=first):
            how(request=first, person=rita, reason="The project ended.")

        outcomes = at_once(activate, end)
        assert sum(isinstance(outcome, Told) for outcome in outcomes) == 1
        is_active = AccessRequest.objects.get(pk=new.pk).state == State.ACTIVE
        grant = Grant.objects.get(request=first)
        assert is_active is not (grant.revoked or undo.is_asked(grant))
