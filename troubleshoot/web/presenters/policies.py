"""Policy documents as numbered lines, with the lines that decide marked."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from troubleshoot.access.answer import ShownStatement
from troubleshoot.iam.decision import StatementReason, Verdict
from troubleshoot.iam.document import Policy, PolicyError, Statement, parse_policy
from troubleshoot.iam.printing import policy_data
from troubleshoot.remedy import Change, grant_document
from troubleshoot.web.components import PolicyLine
from troubleshoot.web.presenters.names import in_sentence, principal_name
from troubleshoot.web.presenters.near_misses import statement_in_words

_NO_DATE_YET = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_DIGEST_COVERS = "The digest covers how long it lasts, too."

WINDOW = 24
"""More lines than this are cut to the statement itself; the whole document stays one click away."""


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A document to show. `whole` is empty where `lines` holds everything."""

    title: str
    lines: tuple[PolicyLine, ...]
    caption: str = ""
    whole: tuple[PolicyLine, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement worth showing: what it is in `words`, and its document where the viewer may see it."""

    title: str
    deciding: bool
    words: tuple[str, ...]
    policy: PolicyView | None
    why_hidden: str


def statement_view(shown: ShownStatement) -> StatementView:
    """Return a deciding or near statement with its place in its document."""
    reason = shown.reason
    hidden = "" if shown.document else f"You may see that this {in_sentence(shown.layer)} decides, not its text."
    return StatementView(
        title=statement_title(reason),
        deciding=shown.deciding,
        words=statement_in_words(reason),
        policy=_document_view(shown.document, reason) if shown.document else None,
        why_hidden=hidden,
    )


def change_view(change: Change, *, title: str, ends: str, is_open: bool = True) -> PolicyView:
    """Return the policy that a change becomes.

    `ends` stands where the date of its end will stand, such as `7 days after it is applied`; empty where it has no
    end. The caption explains that, as long as the change can still be applied (`is_open`).
    """
    if not ends:
        return PolicyView(title, numbered(grant_document(change, ends_at=None)))
    caption = f"The date of the end is written into it when it is applied. {_DIGEST_COVERS}" if is_open else ""
    date = _NO_DATE_YET.strftime("%Y-%m-%dT%H:%M:%SZ")
    text = grant_document(change, ends_at=_NO_DATE_YET).replace(f'"{date}"', f'"({ends})"')
    return PolicyView(title, numbered(text), caption)


def document_view(text: str, *, title: str, caption: str = "") -> PolicyView:
    """Return a policy document as it is, without marks."""
    return PolicyView(title, numbered(text), caption)


def numbered(text: str, marked: frozenset[int] = frozenset()) -> tuple[PolicyLine, ...]:
    """Return the lines of a text, those in `marked` marked."""
    return tuple(PolicyLine(number, line, number in marked) for number, line in enumerate(text.split("\n"), start=1))


def statement_title(reason: StatementReason) -> str:
    """Return how a statement is called: its Sid or number, its policy, and who holds that."""
    statement = reason.sid or f"Statement {reason.index + 1}"
    holder = principal_name(reason.attached_to)
    where = f", attached to the {holder}" if holder and holder.kind else ""
    return f"{statement} in {reason.policy}{where}"


def _document_view(document: str, reason: StatementReason) -> PolicyView:
    text = _readable(document)
    try:
        policy = parse_policy(text, name=reason.policy)
        statement = policy.statements[reason.index]
    except (PolicyError, IndexError):
        return PolicyView(reason.policy, numbered(text), reason.policy_arn or "")
    lines = numbered(text, _marked(policy, statement, reason))
    caption = reason.policy_arn or "inline policy"
    if len(lines) <= WINDOW:
        return PolicyView(reason.policy, lines, caption)
    start, end = policy.position(statement.start).line, policy.position(statement.end - 1).line
    return PolicyView(reason.policy, lines[start - 1 : end], caption, whole=lines)


def _readable(document: str) -> str:
    """Break a document that AWS returned on one line; another keeps its own shape."""
    if "\n" in document.strip():
        return document
    try:
        return json.dumps(policy_data(parse_policy(document, name="")), indent=2, ensure_ascii=False)
    except PolicyError:
        return document


def _marked(policy: Policy, statement: Statement, reason: StatementReason) -> frozenset[int]:
    """The lines of the elements that do not fit, or of the whole statement where all of them do."""
    failing = {element.element for element in reason.elements if element.verdict is not Verdict.MATCH}
    spans = [span for name, span in _spans(statement) if name in failing]
    if not spans:
        spans = [(statement.start, statement.end)]
    lines: set[int] = set()
    for start, end in spans:
        lines.update(range(policy.position(start).line, policy.position(end - 1).line + 1))
    return frozenset(lines)


def _spans(statement: Statement) -> list[tuple[str, tuple[int, int]]]:
    spans = [("action", (statement.action.start, statement.action.end))]
    if statement.resource is not None:
        spans.append(("resource", (statement.resource.start, statement.resource.end)))
    if statement.principal is not None:
        spans.append(("principal", (statement.principal.start, statement.principal.end)))
    for condition in statement.conditions:
        last = condition.values[-1] if condition.values else condition.key
        spans.append(("condition", (condition.operator.start, last.end)))
    return spans
