"""A made-up denial names any resource. The policy of one is shown to those who decide, not to whoever names it."""

import json

import pytest

from tests.cast import MATEO_ARN
from tests.web.living import go_live
from tests.web.signing_in import pasted, signed_in
from troubleshoot.iam.snapshot import StoredPolicy
from troubleshoot.models import AccessRequest, Account, Person

ROLE = "arn:aws:iam::123456789012:role/portal/Keeper"
SECRET_ID = "external-id-that-nobody-may-read"
PARTNER = "arn:aws:iam::444455556666:root"
ASKED = f"User: {MATEO_ARN} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OurPartner",
                "Effect": "Allow",
                "Principal": {"AWS": PARTNER},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": SECRET_ID}},
            }
        ],
    }
)
HIDDEN = (SECRET_ID, PARTNER, "OurPartner", "sts:ExternalId")


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch, account: Account) -> Account:
    go_live(
        monkeypatch,
        account,
        resource=StoredPolicy("resource", "Trust policy", TRUST, ROLE),
        scps=None,
        rcps=None,
        vpc_endpoint=None,
    )
    return account


def test_who_names_a_role_in_a_made_up_denial_does_not_read_its_trust_policy(trusted: Account, mateo: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, ASKED)
    for path in (f"/d/{kept.token}/", f"/d/{kept.token}/ticket/", f"/d/{kept.token}/request/"):
        page = client.get(path)
        assert page.status_code == 200, path
        assert not [word for word in HIDDEN if word in page.content.decode()], path


def test_what_is_added_to_it_is_shown_and_can_be_asked_for(trusted: Account, mateo: Person, rita: Person) -> None:
    client = signed_in(mateo)
    kept = pasted(client, ASKED)
    path = f"/d/{kept.token}/request/"
    page = client.get(path).content.decode()
    assert "What is added to the trust policy" in page
    assert "The rest of the document is shown to those who decide." in page
    client.post(
        path, {"justification": "The weekly import needs it.", "hours": "24", "ticket": "OPS-1", "key": "k" * 32}
    )
    asked = AccessRequest.objects.get()
    own = client.get(f"/requests/{asked.code}/").content.decode()
    assert MATEO_ARN in own
    assert not [word for word in HIDDEN if word in own]
    review = signed_in(rita).get(f"/queue/{asked.code}/").content.decode()
    assert all(word in review for word in HIDDEN)
