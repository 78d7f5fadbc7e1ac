"""The one door of this package: readers and writers for an account, and the values that they deal in.

Everything above `aws` imports from here; what lies behind may change.
"""

from troubleshoot.aws.connect import connection, forget, session_name
from troubleshoot.aws.errors import AwsProblem, NotWritable, ProblemKind
from troubleshoot.aws.facts import PORTAL_PATH, AccessKey, AccountSettings, Finding, Reader, RoleFacts, Writer
from troubleshoot.aws.quotas import no_room
from troubleshoot.aws.reader import LiveReader
from troubleshoot.aws.textonly import TextOnlyReader
from troubleshoot.aws.writer import LiveWriter
from troubleshoot.iam.arn import is_account_id

__all__ = [
    "PORTAL_PATH",
    "AccessKey",
    "AccountSettings",
    "AwsProblem",
    "Finding",
    "NotWritable",
    "ProblemKind",
    "Reader",
    "RoleFacts",
    "TextOnlyReader",
    "Writer",
    "WriterRole",
    "forget",
    "no_room",
    "parse_writer_roles",
    "reader_for",
    "writer_for",
]


WriterRole = tuple[str, str]
"""A writer role's ARN and its external ID, which may be empty."""


def reader_for(settings: AccountSettings, *, case: str = "") -> Reader:
    """Return the reader of an account; a text-only one where it has no reader role.

    `case` (a diagnosis's or a request's code) becomes a part of the session's name, so that the account's
    CloudTrail tells what each reading was for. Nothing is sent until the reader is used.
    """
    if not settings.reader_role_arn:
        return TextOnlyReader(settings.account_id)
    return LiveReader(
        settings,
        connection(
            region=settings.region,
            endpoint_url=settings.endpoint_url,
            role_arn=settings.reader_role_arn,
            external_id=settings.reader_external_id,
            session_name=session_name("reader", case),
        ),
    )


def writer_for(settings: AccountSettings, *, case: str = "") -> Writer:
    """Return the writer of an account. `NotWritable` where no writer role is set for it."""
    if not settings.writer_role_arn:
        raise NotWritable("The portal has no writer role in this account. An administrator must apply this by hand.")
    return LiveWriter(
        settings,
        connection(
            region=settings.region,
            endpoint_url=settings.endpoint_url,
            role_arn=settings.writer_role_arn,
            external_id=settings.writer_external_id,
            session_name=session_name("writer", case),
        ),
    )


def parse_writer_roles(text: str) -> dict[str, WriterRole]:
    """Return `{account: (role ARN, external ID)}` from `ACCOUNT=ROLE_ARN[;EXTERNAL_ID],…`.

    That is the form of `ACCESS_DESK_WRITER_ROLES`. `ValueError`, with words, where it is not that.
    """
    roles: dict[str, WriterRole] = {}
    for entry in (part.strip() for part in text.split(",")):
        if not entry:
            continue
        account, _, role = entry.partition("=")
        arn, _, external_id = role.partition(";")
        if not is_account_id(account) or f":iam::{account}:role/" not in arn:
            raise ValueError(f"`{entry}` is not ACCOUNT=ROLE_ARN or ACCOUNT=ROLE_ARN;EXTERNAL_ID of the same account.")
        roles[account] = (arn, external_id)
    return roles
