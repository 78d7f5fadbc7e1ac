"""A change beside what is there now, line by line."""

import difflib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from troubleshoot.iam.document import parse_policy
from troubleshoot.iam.printing import policy_data
from troubleshoot.remedy import Change, ChangeKind, edited_document, grant_document
from troubleshoot.web.components import PolicyLine
from troubleshoot.web.presenters.policies import PolicyView, document_view

_NO_DATE_YET = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_NONE = (PolicyLine(None, "(there is no such policy)"),)


@dataclass(frozen=True, slots=True)
class DiffView:
    """A document before and after, side by side. Lines that go have the sign `-`, those that come `+`."""

    before: PolicyView
    after: PolicyView


def change_diff(change: Change, *, ends: str) -> DiffView:
    """Return what a change writes beside what is there now: the edited document, or nothing for a new policy.

    `ends` stands where the date of its end will stand, and is empty where it has none.
    """
    name = (change.edit.policy_name or "Trust policy") if change.edit else "New policy"
    before = _printed(change.edit.before).split("\n") if change.edit and change.edit.before else []
    after = document_of(change, ends=ends).split("\n")
    found = diff_of(before, after, titles=(f"{name}, now", f"{name}, with the change"))
    return found if before else DiffView(PolicyView(found.before.title, _NONE), found.after)


def added_view(change: Change, *, ends: str) -> PolicyView:
    """Return what a change adds to a document that its reader may not see: `change` as `only_added` left it."""
    name = "the trust policy" if change.kind is ChangeKind.TRUST_EDIT else "the policy"
    caption = "The rest of the document is shown to those who decide."
    return document_view(document_of(change, ends=ends), title=f"What is added to {name}", caption=caption)


def document_of(change: Change, *, ends: str) -> str:
    """Return the document that a change is about, with `ends` for the date of its end."""
    ends_at = _NO_DATE_YET if ends else None
    if change.edit is not None:
        text = edited_document(change.edit, ends_at=ends_at)
    else:
        text = grant_document(change, ends_at=ends_at)
    return text.replace(f'"{_NO_DATE_YET:%Y-%m-%dT%H:%M:%SZ}"', f'"({ends})"')


def diff_of(before: list[str], after: list[str], *, titles: tuple[str, str]) -> DiffView:
    """Return two texts side by side."""
    gone: list[PolicyLine] = []
    come: list[PolicyLine] = []
    for tag, start, end, begin, stop in difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        changed = tag != "equal"
        gone += [PolicyLine(at + 1, before[at], sign="-" if changed else "") for at in range(start, end)]
        come += [PolicyLine(at + 1, after[at], sign="+" if changed else "") for at in range(begin, stop)]
    return DiffView(PolicyView(titles[0], tuple(gone)), PolicyView(titles[1], tuple(come)))


def _printed(text: str) -> str:
    return json.dumps(policy_data(parse_policy(text, name="before")), indent=2)
