"""From a row to a reader and a writer: the row's mode and the worker's environment both have to allow it."""

import pytest

from tests.cast import ACCOUNT_ID
from troubleshoot.access import accounts
from troubleshoot.aws.gateway import TextOnlyReader
from troubleshoot.models import Mode

pytestmark = pytest.mark.django_db
ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/portal/AccessDeskWriter"


def test_a_text_only_account_is_never_read_whatever_roles_it_has(account):
    account.reader_role_arn = f"arn:aws:iam::{ACCOUNT_ID}:role/portal/AccessDeskReader"
    assert isinstance(accounts.reader(account), TextOnlyReader)
    account.mode = Mode.READ
    assert not isinstance(accounts.reader(account), TextOnlyReader)


@pytest.mark.parametrize(
    ("mode", "roles", "writes"),
    [
        (Mode.WRITE, f"{ACCOUNT_ID}={ROLE};secret-id", True),
        (Mode.WRITE, "", False),
        (Mode.WRITE, "210987654321=arn:aws:iam::210987654321:role/AccessDeskWriter", False),
        (Mode.READ, f"{ACCOUNT_ID}={ROLE}", False),
        (Mode.TEXT, f"{ACCOUNT_ID}={ROLE}", False),
    ],
)
def test_it_writes_only_where_the_mode_and_this_process_both_may(account, settings, mode, roles, writes):
    settings.AWS_WRITER_ROLES = roles
    account.mode = mode
    assert (accounts.writer(account) is not None) is writes
