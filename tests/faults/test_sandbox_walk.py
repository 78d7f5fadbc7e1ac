"""The worker over the sandbox AWS: a real call is denied, granted, succeeds, and the grant ends."""

import json

import pytest
from botocore.exceptions import ClientError
from django.utils import timezone

from tests.cast import MARY_ARN, MATEO_ARN, make_person
from tests.faults.steps import drain, let_it_expire, settle
from troubleshoot.access import services
from troubleshoot.aws.sandbox import world
from troubleshoot.aws.sandbox.seed import client
from troubleshoot.iam.request import Request
from troubleshoot.models import Account, Mode, Role, State
from troubleshoot.remedy import Change

pytestmark = pytest.mark.django_db


@pytest.fixture
def retail(sandbox, settings):
    settings.AWS_ENDPOINT_URL = sandbox.endpoint_url
    settings.AWS_WRITER_ROLES = f"{world.ACCOUNT}={world.WRITER_ROLE};{world.EXTERNAL_ID}"
    return Account.objects.create(
        account_id=world.ACCOUNT,
        name="retail",
        mode=Mode.WRITE,
        region=world.REGION,
        reader_role_arn=world.READER_ROLE,
        reader_external_id=world.EXTERNAL_ID,
        people_path=world.PEOPLE_PATH,
        ceiling_arn=world.CEILING_ARN,
    )


def granted(account, arn, action="personalize:ListSchemas", resource="*"):
    """File and approve a request for one action, as two people."""
    owner = make_person("owner", links=((account, arn),))
    approver = make_person("rita", Role.APPROVER, account=account)
    statement = {"Sid": "AccessDesk", "Effect": "Allow", "Action": action, "Resource": resource}
    request = services.submit(
        requester=owner,
        account=account,
        call=Request(principal=arn, action=action, resource=resource, context={"aws:PrincipalArn": arn}),
        change=Change(account.account_id, arn, (statement,), 1),
        justification="The weekly import needs it.",
        idempotency_key="one",
    )
    services.approve(request=request, approver=approver, change_digest=request.change_digest)
    return request


def list_schemas(sandbox, user):
    return client("personalize", sandbox.endpoint_url, **sandbox.keys_of(user)).list_schemas()


def test_the_denied_call_works_after_the_grant_and_the_record_and_iam_agree(retail, sandbox):
    with pytest.raises(ClientError):
        list_schemas(sandbox, "mateojackson")
    request = granted(retail, MATEO_ARN)
    settle(request)
    assert (request.state, request.failure) == (State.ACTIVE, "")
    assert list_schemas(sandbox, "mateojackson")["schemas"]
    assert "identity" in request.grant.verification["checked"]
    let_it_expire(request)
    drain()
    request.refresh_from_db()
    assert (request.state, request.failure) == (State.EXPIRED, "")
    with pytest.raises(ClientError):
        list_schemas(sandbox, "mateojackson")


def test_a_call_that_the_organization_denies_fails_and_leaves_nothing(retail, sandbox):
    request = granted(retail, MATEO_ARN, "personalize:DeleteDatasetGroup",
                      f"arn:aws:personalize:us-east-1:{world.ACCOUNT}:dataset-group/retail")  # fmt: skip
    settle(request)
    assert request.state == State.FAILED
    assert "service control policies" in request.failure
    assert request.failure.endswith(f"It is not attached ({MATEO_ARN}).")


def test_a_role_that_the_portal_may_not_change_is_handed_to_an_administrator(retail, sandbox):
    request = granted(retail, world.SERVICE_ROLE)
    settle(request)
    assert request.state == State.AWAITING_MANUAL_APPLY
    assert "AccessDesk" in json.dumps(request.grant.document)
    assert request.due_at > timezone.now()


def test_two_principals_get_their_own_policies(retail, sandbox):
    request = granted(retail, MARY_ARN)
    settle(request)
    assert request.state == State.ACTIVE
    with pytest.raises(ClientError):
        list_schemas(sandbox, "mateojackson")
