"""The one door of this package: readers and writers for an account, and the values that they deal in.

Everything above `aws` imports from here; what lies behind may change.
"""

from troubleshoot.aws import connect
from troubleshoot.aws.answers import (
    AuthorizationCheck,
    AuthorizationDetails,
    BlindSpot,
    DecodedMessage,
    DecodedStatement,
    DeniedEvent,
    DeniedEvents,
    NewAccess,
    NotAnswered,
    PolicyFinding,
    Simulation,
)
from troubleshoot.aws.connect import Connection, connection, session_name
from troubleshoot.aws.errors import AwsProblem, NotWritable, ProblemKind
from troubleshoot.aws.facts import (
    PORTAL_PATH,
    AccessKey,
    AccountSettings,
    Answers,
    Finding,
    Reader,
    RoleFacts,
    Writer,
)
from troubleshoot.aws.kept import answer_data, answer_from_data
from troubleshoot.aws.kept_organization import ORGANIZATIONS, KeptOrganization
from troubleshoot.aws.kept_readings import LONGEST, READINGS, RememberingReader
from troubleshoot.aws.live_answers import LiveAnswers
from troubleshoot.aws.no_answers import NoAnswers
from troubleshoot.aws.quotas import no_room
from troubleshoot.aws.reader import LiveReader
from troubleshoot.aws.shelf import SHELF
from troubleshoot.aws.simulator import BLIND_SPOTS
from troubleshoot.aws.textonly import TextOnlyReader
from troubleshoot.aws.turns import TURNS
from troubleshoot.aws.writer import LiveWriter
from troubleshoot.iam.arn import is_account_id

__all__ = [
    "BLIND_SPOTS",
    "PORTAL_PATH",
    "AccessKey",
    "AccountSettings",
    "Answers",
    "AuthorizationCheck",
    "AuthorizationDetails",
    "AwsProblem",
    "BlindSpot",
    "DecodedMessage",
    "DecodedStatement",
    "DeniedEvent",
    "DeniedEvents",
    "Finding",
    "NewAccess",
    "NoAnswers",
    "NotAnswered",
    "NotWritable",
    "PolicyFinding",
    "ProblemKind",
    "Reader",
    "RoleFacts",
    "Simulation",
    "TextOnlyReader",
    "Writer",
    "WriterRole",
    "answer_data",
    "answer_from_data",
    "answers_for",
    "forget",
    "no_room",
    "one_turn",
    "parse_writer_roles",
    "reader_for",
    "writer_for",
]


one_turn = TURNS.taken
"""`with one_turn():` lets a page put several questions side by side and count as one that waits for AWS.

The threads that it starts must run in its context (`contextvars.copy_context`).
"""

WriterRole = tuple[str, str]
"""A writer role's ARN and its external ID, which may be empty."""


def reader_for(settings: AccountSettings, *, case: str = "", max_age: float | None = None) -> Reader:
    """Return the reader of an account; a text-only one where it has no reader role.

    `case` (a diagnosis's or a request's code) becomes a part of the session's name, so that the account's
    CloudTrail tells what each reading was for. Nothing is sent until the reader is used.

    `max_age` lets a page have a snapshot that is up to so many seconds old (at most 300); 0 reads anew and keeps
    that for the next page. Without it, which is how to verify anything, nothing is remembered.
    """
    if not settings.reader_role_arn:
        return TextOnlyReader(settings.account_id)
    connected = _as_reader(settings, settings.region, case)
    if max_age is None:
        return LiveReader(settings, connected)
    account = (settings.account_id, settings.reader_role_arn, settings.reader_external_id, settings.endpoint_url)
    reader = LiveReader(settings, connected, KeptOrganization(connected, account, min(max_age, LONGEST)))
    return RememberingReader(reader, account, max_age=max_age)


def answers_for(settings: AccountSettings, *, case: str = "") -> Answers:
    """Return whoever asks AWS for its own answers about an account; without a reader role, one who says why not.

    `case` is as in `reader_for`. Nothing is sent until something is asked.
    """
    if not settings.reader_role_arn:
        return NoAnswers()
    return LiveAnswers(settings, lambda region: _as_reader(settings, region, case))


def forget() -> None:
    """Drop every kept session, client and reading, for example after the portal's credentials have changed."""
    connect.forget()
    SHELF.clear()
    READINGS.clear()
    ORGANIZATIONS.clear()


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


def _as_reader(settings: AccountSettings, region: str, case: str) -> Connection:
    return connection(
        region=region,
        endpoint_url=settings.endpoint_url,
        role_arn=settings.reader_role_arn,
        external_id=settings.reader_external_id,
        session_name=session_name("reader", case),
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
