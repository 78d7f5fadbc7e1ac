"""The live state behind a denial, and AWS's own answers: read for the person who asks, within the time of a page.

Both are read only where `sight_of` lets that person see the principal. Nobody makes the portal read about somebody
else by pasting that person's ARN, authorization ID or encoded message.
"""

from dataclasses import dataclass, replace

from troubleshoot.access import accounts, aws_side, explain
from troubleshoot.access.aws_side import AwsSide, Deadline
from troubleshoot.access.judging import call_of
from troubleshoot.access.permissions import sight_of
from troubleshoot.aws.gateway import NotAnswered, one_turn
from troubleshoot.denial import Denial, parse
from troubleshoot.iam.arn import parse_arn
from troubleshoot.iam.snapshot import Missing, Snapshot
from troubleshoot.models import Account, Person, PrincipalLink

FRESH = 0.0
RECENT = 60.0
"""Seconds that a reading may be old when a text is pasted. "Check again" reads anew."""

_OPENING_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Live:
    """What was read. `because` says in words why there is no snapshot. `facts` are as the opened messages fill them."""

    facts: Denial
    account: Account | None
    snapshot: Snapshot | None = None
    because: str = ""
    side: AwsSide | None = None


def read_live(facts: Denial, *, viewer: Person, owner: Person, case: str, max_age: float) -> Live:
    """Return the live state of the principal that the facts name, as far as the viewer may see it.

    The facts are shown to the case's owner as well: what an opened message tells fills them only where both may see
    that principal. Else a stranger would learn it when the helpdesk checks the stranger's case again.
    """
    with one_turn():
        return _read_live(facts, viewer, owner, case, max_age)


def _read_live(facts: Denial, viewer: Person, owner: Person, case: str, max_age: float) -> Live:
    deadline = Deadline()
    side = AwsSide()
    if not is_principal(facts.principal):
        filled, opened = _opened(facts, viewer, case)
        if not is_principal(filled.principal) or sight_of(owner, account_of(filled), filled.principal).live:
            facts, side = filled, opened
        else:
            side = AwsSide(dropped=opened.dropped)
    account = account_of(facts)
    because = _why_not(facts, account, viewer)
    if because or account is None:
        return Live(facts, account, because=because, side=side if side.dropped or side.decoded else None)
    return _read(Live(facts, account, side=side), account, viewer, case, max_age, deadline)


def is_principal(text: str | None) -> bool:
    """Tell whether a text is the ARN of somebody in an account."""
    arn = parse_arn(text or "")
    return arn is not None and bool(arn.account)


def account_of(facts: Denial) -> Account | None:
    """Return the portal's account that the caller belongs to, or None where the portal does not know it.

    The partition counts too: `aws-cn` is another AWS with other accounts.
    """
    if facts.account is None:
        return None
    account = Account.objects.filter(account_id=facts.account).first()
    caller = parse_arn(facts.principal or "")
    return None if account and caller and caller.partition != account.partition else account


def _why_not(facts: Denial, account: Account | None, viewer: Person) -> str:
    if not is_principal(facts.principal):
        return explain.NO_PRINCIPAL
    if account is None:
        return explain.NO_ACCOUNT
    if not account.may_read:
        return explain.TEXT_ONLY
    return "" if sight_of(viewer, account, facts.principal).live else explain.NOT_YOURS


def _read(live: Live, account: Account, viewer: Person, case: str, max_age: float, deadline: Deadline) -> Live:
    facts, answers = live.facts, accounts.answers(account, case=case)
    reader = accounts.reader(account, case=case, max_age=max_age)
    messages = {} if live.side and live.side.decoded else aws_side.messages(facts, answers)
    read, *opened = aws_side.within(
        deadline,
        lambda: reader.snapshot(facts.principal or "", action=facts.action or "", resource=facts.resource or "*"),
        *messages.values(),
    )
    side = live.side or AwsSide()
    if messages:
        side = aws_side.kept_for(viewer, account, dict(zip(messages, opened, strict=True)))
    because = _unread(read)
    if because:
        return replace(live, because=because, side=side)
    side = aws_side.ask_beside(side, call_of(facts, read), read, answers, deadline=deadline)
    return replace(live, snapshot=read, side=side)


def _unread(read: Snapshot | NotAnswered) -> str:
    if isinstance(read, NotAnswered):
        return read.why
    if isinstance(read.exists, Missing):
        return read.exists.why
    return "" if read.exists else explain.NO_SUCH_PRINCIPAL


def _opened(facts: Denial, viewer: Person, case: str) -> tuple[Denial, AwsSide]:
    """Open what the text holds in the one account that the person has something in, and read from it who called."""
    account = account_of(facts) or _only_account(viewer)
    if account is None or not account.may_read:
        return facts, AwsSide()
    messages = aws_side.messages(facts, accounts.answers(account, case=case))
    if not messages:
        return facts, AwsSide()
    opened = aws_side.within(Deadline(_OPENING_SECONDS), *messages.values())
    side = aws_side.kept_for(viewer, account, dict(zip(messages, opened, strict=True)))
    return _with_caller(aws_side.opened_facts(facts, side)), side


def _only_account(viewer: Person) -> Account | None:
    links = PrincipalLink.objects.filter(person=viewer).select_related("account")
    found = {link.account_id: link.account for link in links}
    return next(iter(found.values())) if len(found) == 1 else None


def _with_caller(facts: Denial) -> Denial:
    """Add what kind of principal it is and its account, which the paste's own reader tells from an ARN."""
    if not is_principal(facts.principal):
        return facts
    read = parse(f"User: {facts.principal} is not authorized to perform: x:X").denials
    if not read:
        return facts
    return replace(facts, principal_kind=read[0].principal_kind, account=facts.account or read[0].account)
