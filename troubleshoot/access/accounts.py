"""From a row of the accounts to a reader, and in the worker to a writer, of that AWS account."""

from django.conf import settings

from troubleshoot.aws.gateway import (
    AccountSettings,
    Answers,
    NoAnswers,
    Reader,
    TextOnlyReader,
    Writer,
    answers_for,
    parse_writer_roles,
    reader_for,
    writer_for,
)
from troubleshoot.models import Account, Mode


def reader(account: Account, *, case: str = "", max_age: float | None = None) -> Reader:
    """Return the reader of the account; one that only says why it reads nothing where the account is text only.

    `case` is a diagnosis's or a request's code; the account's own trail then shows what the reading was for.
    `max_age` is for pages only: a snapshot may then be so many seconds old, which its `read_at` tells.
    """
    if not account.may_read:
        return TextOnlyReader(account.account_id)
    return reader_for(_settings(account), case=case, max_age=max_age)


def answers(account: Account, *, case: str = "") -> Answers:
    """Return whoever asks AWS for its own answers about the account; one who says why not where it is text only.

    Who may see an answer is for the caller to settle: `Answers` says before or after which question.
    """
    return answers_for(_settings(account), case=case) if account.may_read else NoAnswers()


def writer(account: Account, *, case: str = "") -> Writer | None:
    """Return the writer of the account, or None where the portal may not write: by its mode, or here."""
    values = _settings(account)
    if account.mode != Mode.WRITE or not values.writer_role_arn:
        return None
    return writer_for(values, case=case)


def _settings(account: Account) -> AccountSettings:
    role, external_id = parse_writer_roles(settings.AWS_WRITER_ROLES).get(account.account_id, ("", ""))
    return AccountSettings(
        account_id=account.account_id,
        partition=account.partition,
        region=account.region,
        reader_role_arn=account.reader_role_arn,
        reader_external_id=account.reader_external_id,
        writer_role_arn=role,
        writer_external_id=external_id,
        people_path=account.people_path,
        ceiling_arn=account.ceiling_arn,
        requires_ceiling=account.requires_ceiling,
        endpoint_url=settings.AWS_ENDPOINT_URL,
    )
