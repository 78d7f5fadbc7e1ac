"""What can be asked for from one case, side by side."""

import difflib
import json
from dataclasses import dataclass

from troubleshoot.access.options import Options
from troubleshoot.iam.document import parse_policy
from troubleshoot.iam.printing import policy_data
from troubleshoot.remedy import Edit, edited_document
from troubleshoot.remedy.alternatives import Alternative, Way
from troubleshoot.web.components import PolicyLine
from troubleshoot.web.presenters.allows import AllowsView, allows_view
from troubleshoot.web.presenters.policies import PolicyView, change_view
from troubleshoot.web.presenters.requests import touched
from troubleshoot.web.presenters.risk import RiskView, approvals_words, longest_words, risk_view

_JOBS = {
    "auditor": "look at everything, change nothing",
    "builder": "build and train",
    "runtime": "get recommendations in an application",
    "operations": "run what was built",
}


@dataclass(frozen=True, slots=True)
class DiffView:
    """A document before and after, side by side."""

    before: PolicyView
    after: PolicyView


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be asked for. `full` says why AWS has no room for it, and is empty where it has."""

    key: str
    title: str
    explanation: str
    allows: AllowsView
    risk: RiskView
    approvals: str
    longest: str
    proof: str
    touched: str
    policy: PolicyView | None
    diff: DiffView | None
    full: str


def choices_of(options: Options, *, ends: str) -> tuple[Choice, ...]:
    """Return the choices in words. `ends` stands for the date of the end in the policy."""
    return tuple(_choice(one, ends=ends) for one in options.choices)


def title_of(alternative: Alternative) -> str:
    """Return what is asked for, in a few words."""
    if alternative.way is Way.THIS:
        return "Just this action"
    if alternative.way is Way.JOB:
        return f"The whole job: {_JOBS[alternative.job]}"
    edit = alternative.change.edit
    return f"By hand: a change of {edit.policy_name}" if edit else "By hand"


def _choice(one: Alternative, *, ends: str) -> Choice:
    change = one.change
    return Choice(
        key=one.key,
        title=title_of(one),
        explanation=_explanation(one),
        allows=allows_view(one.allows, is_known=one.after is not None),
        risk=risk_view(one.risk),
        approvals=approvals_words(one.risk),
        longest=longest_words(one.risk)
        if one.change.may_end
        else "It has no end. It stays until somebody takes it back.",
        proof=_proof(one),
        touched=touched(change),
        policy=change_view(change, title="The exact policy", ends=ends) if change.statements else None,
        diff=diff_view(change.edit) if change.edit else None,
        full=one.full,
    )


def _explanation(one: Alternative) -> str:
    if one.way is Way.JOB:
        return "For those who do this every day. It spares you ten requests, and it allows much more."
    if one.change.is_manual:
        return "An administrator makes it by hand, and the portal checks it."
    return "The smallest change that lets the call through."


def _proof(one: Alternative) -> str:
    if one.after is None:
        return "Not known: nothing live was read."
    return "Shown to be enough, as far as the portal can read." if one.unchecked else "Shown to be enough."


def diff_view(edit: Edit) -> DiffView:
    """Return the edited document beside what it was, both printed alike, with what goes and what comes marked."""
    before = _printed(edit.before).split("\n") if edit.before else ["(there is no such policy)"]
    after = edited_document(edit, ends_at=None).split("\n")
    return diff_of(before, after, name=edit.policy_name or "trust policy")


def diff_of(before: list[str], after: list[str], *, name: str) -> DiffView:
    """Return two texts side by side, line by line."""
    gone: list[PolicyLine] = []
    come: list[PolicyLine] = []
    for tag, start, end, begin, stop in difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        changed = tag != "equal"
        gone += [PolicyLine(at + 1, before[at], sign="-" if changed else "") for at in range(start, end)]
        come += [PolicyLine(at + 1, after[at], sign="+" if changed else "") for at in range(begin, stop)]
    return DiffView(PolicyView(f"{name}, now", tuple(gone)), PolicyView(f"{name}, with the change", tuple(come)))


def _printed(text: str) -> str:
    return json.dumps(policy_data(parse_policy(text, name="before")), indent=2)
